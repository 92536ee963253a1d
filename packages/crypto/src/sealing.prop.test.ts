/** Laws of everything that opens: what was sealed opens, and nothing else does, whatever the bytes. */
import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { anyBytes, bytesOf, SimRng } from '@atoll/testkit';
import { expect } from 'vitest';
import { NoiseHandshake } from './noise.ts';
import { open, seal, sealingKey } from './seal.ts';
import { sealTo } from './seal-to.ts';
import { openSealed } from './sealed-box.ts';
import { softwareAgreer } from './software-keys.ts';
import { freshAgreer } from './software-platform.ts';

const rng = new SimRng(51);
const key = sealingKey(rng.bytes(32));
const reader = softwareAgreer(rng.bytes(32));

/** Ways to spoil bytes: change one bit, cut, prolong. */
const anySpoil = fc.oneof(
  fc.record({
    kind: fc.constant('flip' as const),
    at: fc.nat(),
    bit: fc.integer({ max: 7, min: 0 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('prolong' as const),
    more: fc.uint8Array({ minLength: 1, maxLength: 20 }),
  }),
);
type Spoil = typeof anySpoil extends fc.Arbitrary<infer T> ? T : never;

function spoiled(bytes: Uint8Array, spoil: Spoil): Uint8Array {
  if (spoil.kind === 'cut') return bytes.slice(0, spoil.at % bytes.length);
  if (spoil.kind === 'prolong') return Uint8Array.of(...bytes, ...spoil.more);
  const changed = Uint8Array.from(bytes);
  const at = spoil.at % bytes.length;
  changed[at] = (changed[at] as number) ^ (1 << spoil.bit);
  return changed;
}

test.prop([anyBytes(800), anyBytes(80)])('open undoes seal', (plaintext, associated) => {
  const sealed = seal(key, { rng, associated, plaintext });
  expect(open(key, { associated, sealed })).toEqual(plaintext);
});

test.prop([anyBytes(300), anyBytes(40), anySpoil], { numRuns: 500 })(
  'a spoiled sealed text does not open',
  (plaintext, associated, spoil) => {
    const sealed = seal(key, { rng, associated, plaintext });
    expect(open(key, { associated, sealed: spoiled(sealed, spoil) })).toBeUndefined();
  },
);

test.prop([anyBytes(200), anyBytes(200)], { numRuns: 300 })(
  'bytes that nobody sealed do not open',
  (sealed, associated) => {
    expect(open(key, { associated, sealed })).toBeUndefined();
  },
);

test.prop([anyBytes(100), anySpoil], { numRuns: 60 })(
  'a spoiled sealed box does not open',
  async (plaintext, spoil) => {
    const info = new Uint8Array(3);
    const sealed = sealTo({ recipient: reader.publicKey, plaintext, info, rng });
    expect(await openSealed(reader, spoiled(sealed, spoil), info)).toBeUndefined();
  },
);

test.prop([bytesOf(32), anyBytes(120)], { numRuns: 60 })(
  'a responder reads any bytes without a throw',
  async (psk, message) => {
    const prologue = new Uint8Array(0);
    const ephemeral = await freshAgreer(rng);
    const bob = new NoiseHandshake({ role: 'responder', psk, prologue, agreer: reader, ephemeral });
    expect(await bob.readMessage(message)).toBeUndefined();
  },
);
