/** Every encoding has one form, reads back as what was written, and refuses everything else. */
import { CodecError } from '@atoll/codec';
import { AtollError, equalBytes, toHex } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { KeyRing } from './key-ring.ts';
import { decodeInvitationRecord, encodeInvitationRecord } from './invitation-record.ts';
import { formatInvitationCode, parseInvitationCode } from './invitation-code.ts';
import { decodeGuestMessage, decodeHostMessage, encodePairing } from './pairing-messages.ts';
import { decodeStatements, encodeStatements } from './statement-codec.ts';
import { decodeTicket, encodeTicket } from './ticket.ts';
import { samples } from './testing/samples.ts';

/** Mutated inputs for each decoder. */
const MUTANTS = 3_000;

/** A decoder and what it gave, encoded again. */
interface Form {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly again: (bytes: Uint8Array) => Uint8Array | undefined;
}

async function forms(): Promise<Form[]> {
  const { deviceTicket, messages, record, statements, ticket } = await samples();
  const all: Form[] = statements.map((statement, at) => ({
    name: `${at} ${statement.kind}`,
    bytes: encodeStatements([statement]),
    again: (bytes) => encodeStatements(decodeStatements(bytes)),
  }));
  for (const message of messages) {
    all.push({
      name: message.say,
      bytes: encodePairing(message),
      again: (bytes) => {
        const read = decodeHostMessage(bytes) ?? decodeGuestMessage(bytes);
        return read === undefined ? undefined : encodePairing(read);
      },
    });
  }
  for (const one of [ticket, deviceTicket]) {
    all.push({
      name: `${one.kind} ticket`,
      bytes: encodeTicket(one),
      again: (bytes) => encodeTicket(decodeTicket(bytes)),
    });
  }
  all.push({
    name: 'key ring',
    bytes: ticket.keys.export(),
    again: (bytes) => KeyRing.import(bytes).export(),
  });
  all.push({
    name: 'record',
    bytes: encodeInvitationRecord(record),
    again: (bytes) => encodeInvitationRecord(decodeInvitationRecord(bytes)),
  });
  return all;
}

test('what was written is read back, byte for byte', async () => {
  for (const { again, bytes, name } of await forms()) {
    expect(toHex(again(bytes) ?? new Uint8Array()), name).toBe(toHex(bytes));
  }
});

test('statements are read back as they were', async () => {
  const { statements } = await samples();
  expect(decodeStatements(encodeStatements(statements))).toEqual(statements);
});

test('mutated bytes are refused with a code, or are the one form of something else', async () => {
  const rng = new SimRng(404);
  const all = await forms();
  let refused = 0;
  for (let at = 0; at < MUTANTS; at++) {
    const form = rng.pick(all);
    const mutant = mutated(form.bytes, rng);
    const read = readOrRefuse(form, mutant);
    if (read === undefined) refused++;
    else expect(equalBytes(read, mutant), `${form.name} ${toHex(mutant)}`).toBe(true);
  }
  expect(refused).toBeGreaterThan(MUTANTS / 20);
});

test('every truncation is refused', async () => {
  for (const form of await forms()) {
    for (let length = 0; length < form.bytes.length; length += 7) {
      const read = readOrRefuse(form, form.bytes.slice(0, length));
      expect(read, `${form.name} cut at ${length}`).toBeUndefined();
    }
  }
});

describe('an invitation code', () => {
  test('survives no change of a character', async () => {
    const { code } = await samples();
    const text = formatInvitationCode(code);
    const rng = new SimRng(5);
    for (let at = 0; at < text.length; at++) {
      const other = rng.pick([...'ABCDEFGHabcdefgh0123456789-_']);
      if (other === text[at]) continue;
      const damaged = text.slice(0, at) + other + text.slice(at + 1);
      let failure: unknown;
      try {
        parseInvitationCode(damaged);
      } catch (caught) {
        failure = caught;
      }
      expect(failure, damaged).toBeInstanceOf(AtollError);
    }
  });
});

function readOrRefuse({ again }: Form, bytes: Uint8Array): Uint8Array | undefined {
  try {
    return again(bytes);
  } catch (failure) {
    if (failure instanceof CodecError || failure instanceof AtollError) return undefined;
    throw failure;
  }
}

function mutated(bytes: Uint8Array, rng: SimRng): Uint8Array<ArrayBuffer> {
  const copy = Array.from(bytes);
  const changes = 1 + rng.int(3);
  for (let at = 0; at < changes; at++) {
    // Lengths, tags and counts stand in front: look there more often.
    const place = rng.int(rng.chance(0.5) ? Math.min(8, copy.length) : copy.length);
    switch (rng.int(4)) {
      case 0:
        copy[place] = rng.int(256);
        break;
      case 1:
        copy[place] = (copy[place] ?? 0) ^ (1 << rng.int(8));
        break;
      case 2:
        copy.splice(place, 1 + rng.int(4));
        break;
      default:
        copy.splice(place, 0, rng.int(256));
    }
  }
  return Uint8Array.from(copy);
}
