/** Every encoding has one form, reads back as what was written, and refuses everything else. */
import { AtollError, toHex } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { formatInvitationCode, parseInvitationCode } from './invitation-code.ts';
import { decodeStatements, encodeStatements } from './statement-codec.ts';
import { forms, fuzzEncodings, readOrRefuse } from './testing/fuzz.ts';
import { plainStatement } from './testing/plain-statement.ts';
import { samples } from './testing/samples.ts';

/** Mutated inputs for each decoder. */
const MUTANTS = 3_000;

test('what was written is read back, byte for byte', async () => {
  for (const { again, bytes, name } of await forms()) {
    expect(toHex(again(bytes) ?? new Uint8Array()), name).toBe(toHex(bytes));
  }
});

test('statements are read back as they were', async () => {
  const { statements } = await samples();
  const read = decodeStatements(encodeStatements(statements));
  expect(read.map(plainStatement)).toEqual(statements);
});

test('mutated bytes are refused with a code, or are the one form of something else', async () => {
  const { refused, tried } = await fuzzEncodings(new SimRng(404), MUTANTS);
  expect(tried).toBe(MUTANTS);
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
