/** The handshake against published vectors, and what it does with everything that is not one. */
import { toHex, utf8 } from '@atoll/kernel';
import { SimRng, simAgreer } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { NoiseHandshake, type NoiseRole, type NoiseSession } from './noise.ts';
import { NOISE_MESSAGE_BYTES_MAX } from './noise-symmetric.ts';
import { softwareAgreer } from './software-keys.ts';
import { hex, readVectors } from './testing/vectors.ts';

interface Vector {
  readonly prologue: string;
  readonly init_psk: string;
  readonly init_static: string;
  readonly resp_static: string;
  readonly init_ephemeral: string;
  readonly resp_ephemeral: string;
  readonly messages: readonly { readonly payload: string; readonly ciphertext: string }[];
}

const rng = new SimRng(11);
const nothing = new Uint8Array(0);

function side(role: NoiseRole, over: { psk?: Uint8Array; prologue?: string } = {}): NoiseHandshake {
  return new NoiseHandshake({
    role,
    psk: over.psk ?? new Uint8Array(32).fill(9),
    prologue: utf8(over.prologue ?? 'atoll/1'),
    agreer: softwareAgreer(rng.bytes(32)),
    ephemeral: softwareAgreer(rng.bytes(32)),
  });
}

async function pair(): Promise<{ alice: NoiseSession; bob: NoiseSession }> {
  const alice = side('initiator');
  const bob = side('responder');
  await bob.readMessage(await alice.writeMessage(nothing));
  await alice.readMessage(await bob.writeMessage(nothing));
  await bob.readMessage(await alice.writeMessage(nothing));
  return { alice: alice.split(), bob: bob.split() };
}

test.each([
  ['ours', softwareAgreer],
  ['of the platform', simAgreer],
])('with keys %s every message of the published vectors is as published', async (_, agreerOf) => {
  const { vectors } = readVectors<{ vectors: Vector[] }>('noise-xxpsk0');
  for (const vector of vectors) {
    const make = (role: NoiseRole, secret: string, ephemeral: string): NoiseHandshake =>
      new NoiseHandshake({
        role,
        psk: hex(vector.init_psk),
        prologue: hex(vector.prologue),
        agreer: agreerOf(hex(secret)),
        ephemeral: agreerOf(hex(ephemeral)),
      });
    const alice = make('initiator', vector.init_static, vector.init_ephemeral);
    const bob = make('responder', vector.resp_static, vector.resp_ephemeral);
    for (const [at, message] of vector.messages.slice(0, 3).entries()) {
      const [writer, reader] = at % 2 === 0 ? [alice, bob] : [bob, alice];
      const written = await writer.writeMessage(hex(message.payload));
      expect(toHex(written)).toBe(message.ciphertext);
      expect(toHex((await reader.readMessage(written)) ?? Uint8Array.of(1))).toBe(message.payload);
    }
    const sessions = [alice.split(), bob.split()] as const;
    for (const [at, message] of vector.messages.slice(3).entries()) {
      const [writer, reader] = at % 2 === 0 ? sessions : [sessions[1], sessions[0]];
      const written = writer.send.encrypt(hex(message.payload));
      expect(toHex(written)).toBe(message.ciphertext);
      expect(toHex(reader.receive.decrypt(written) ?? Uint8Array.of(1))).toBe(message.payload);
    }
  }
});

describe('a finished handshake', () => {
  test('leaves both sides with one hash and the static key of the other', async () => {
    const { alice, bob } = await pair();
    expect(alice.handshakeHash).toEqual(bob.handshakeHash);
    expect(alice.remoteStatic).not.toEqual(bob.remoteStatic);
  });

  test('carries payloads in all three messages', async () => {
    const [alice, bob] = [side('initiator'), side('responder')];
    expect(await bob.readMessage(await alice.writeMessage(utf8('one')))).toEqual(utf8('one'));
    expect(await alice.readMessage(await bob.writeMessage(utf8('two')))).toEqual(utf8('two'));
    expect(await bob.readMessage(await alice.writeMessage(utf8('three')))).toEqual(utf8('three'));
    expect(bob.next).toBe('split');
  });

  test('a message lost, repeated or exchanged does not open, and does not disturb the next', async () => {
    const { alice, bob } = await pair();
    const [first, second] = [alice.send.encrypt(utf8('1')), alice.send.encrypt(utf8('2'))];
    expect(bob.receive.decrypt(second)).toBeUndefined();
    expect(bob.receive.decrypt(first)).toEqual(utf8('1'));
    expect(bob.receive.decrypt(first)).toBeUndefined();
    expect(bob.receive.decrypt(second)).toEqual(utf8('2'));
  });

  test('a message sent back to its author does not open', async () => {
    const { alice } = await pair();
    expect(alice.receive.decrypt(alice.send.encrypt(utf8('mine')))).toBeUndefined();
  });

  test('associated data must be the same on both sides', async () => {
    const { alice, bob } = await pair();
    const sealed = alice.send.encrypt(utf8('x'), utf8('a'));
    expect(bob.receive.decrypt(sealed, utf8('b'))).toBeUndefined();
    expect(bob.receive.decrypt(sealed, utf8('a'))).toEqual(utf8('x'));
  });

  test('after a rekey on both sides messages open, on one side alone they do not', async () => {
    const { alice, bob } = await pair();
    alice.send.rekey();
    const sealed = alice.send.encrypt(utf8('x'));
    expect(bob.receive.decrypt(sealed)).toBeUndefined();
    bob.receive.rekey();
    expect(bob.receive.decrypt(sealed)).toEqual(utf8('x'));
  });

  test('the largest message passes and a larger one is refused', async () => {
    const { alice, bob } = await pair();
    const largest = new Uint8Array(NOISE_MESSAGE_BYTES_MAX - 16);
    expect(bob.receive.decrypt(alice.send.encrypt(largest))?.length).toBe(largest.length);
    const attempt = (): unknown => alice.send.encrypt(new Uint8Array(largest.length + 1));
    expect(attempt).toThrow(expect.objectContaining({ code: 'CRYPTO_SIZE' }));
    expect(bob.receive.decrypt(new Uint8Array(NOISE_MESSAGE_BYTES_MAX + 1))).toBeUndefined();
  });

  test('a forgotten cipher state seals and opens nothing more', async () => {
    const { alice, bob } = await pair();
    const sealed = alice.send.encrypt(nothing);
    bob.receive.forget();
    expect(bob.receive.decrypt(sealed)).toBeUndefined();
    alice.send.forget();
    const attempt = (): unknown => alice.send.encrypt(nothing);
    expect(attempt).toThrow(expect.objectContaining({ code: 'CRYPTO_NONCE_EXHAUSTED' }));
  });
});

describe('a handshake with the wrong peer', () => {
  test('another psk or prologue ends it at the first message', async () => {
    const message = await side('initiator').writeMessage(nothing);
    const otherPsk = side('responder', { psk: new Uint8Array(32).fill(8) });
    expect(await otherPsk.readMessage(message)).toBeUndefined();
    expect(await side('responder', { prologue: 'atoll/2' }).readMessage(message)).toBeUndefined();
    expect(await side('responder').readMessage(message)).toEqual(nothing);
  });

  test('an ephemeral key of small order is refused before any secret is mixed', async () => {
    const bob = side('responder');
    expect(await bob.readMessage(new Uint8Array(48))).toBeUndefined();
    expect(bob.next).toBe('over');
  });

  test('a truncated, prolonged or changed message ends it, whichever of the three it is', async () => {
    for (const broken of [0, 1, 2]) {
      for (const spoil of [truncated, prolonged, flipped]) {
        const [alice, bob] = [side('initiator'), side('responder')];
        const sides = [alice, bob] as const;
        for (let at = 0; at < broken; at++) {
          const message = await (sides[at % 2] as NoiseHandshake).writeMessage(nothing);
          await (sides[(at + 1) % 2] as NoiseHandshake).readMessage(message);
        }
        const message = await (sides[broken % 2] as NoiseHandshake).writeMessage(utf8('payload'));
        const reader = sides[(broken + 1) % 2] as NoiseHandshake;
        expect(await reader.readMessage(spoil(message))).toBeUndefined();
        expect(reader.next).toBe('over');
      }
    }
  });

  test('every length below that of a message is a value, not a throw', async () => {
    for (let size = 0; size < 60; size++) {
      expect(await side('responder').readMessage(rng.bytes(size))).toBeUndefined();
    }
  });

  test('a step out of turn, or after a failure, is refused with a code', async () => {
    const order = expect.objectContaining({ code: 'CRYPTO_HANDSHAKE_ORDER' });
    const bob = side('responder');
    await expect(bob.writeMessage(nothing)).rejects.toThrow(order);
    expect(() => bob.split()).toThrow(order);
    const reading = bob.readMessage(nothing);
    await expect(bob.readMessage(nothing)).rejects.toThrow(order); // One at a time.
    expect(await reading).toBeUndefined();
    await expect(bob.readMessage(nothing)).rejects.toThrow(order);
  });
});

test('a psk of another length than 32 bytes is refused', () => {
  const attempt = (): unknown => side('initiator', { psk: new Uint8Array(16) });
  expect(attempt).toThrow(expect.objectContaining({ code: 'CRYPTO_SIZE' }));
});

function truncated(message: Uint8Array): Uint8Array {
  return message.subarray(0, message.length - 1);
}

function prolonged(message: Uint8Array): Uint8Array {
  return Uint8Array.of(...message, 0);
}

function flipped(message: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(message);
  changed[changed.length - 20] = (changed[changed.length - 20] as number) ^ 1;
  return changed;
}
