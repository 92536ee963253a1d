/** CPace against the draft's vector, between two people, and against one who guesses. */
import { toHex, utf8 } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import {
  cpaceConfirmations,
  cpaceFinish,
  cpaceGenerator,
  cpaceStart,
  cpaceStartWith,
  littleEndian,
  type CpaceInput,
  type CpaceTranscript,
} from './cpace.ts';
import { hex, readVectors } from './testing/vectors.ts';

type Vector = Record<
  'PRS' | 'CI' | 'sid' | 'g' | 'ya' | 'ADa' | 'Ya' | 'yb' | 'ADb' | 'Yb' | 'ISK_IR',
  string
>;

const rng = new SimRng(21);

test('generator, shares and session key equal the published ones', () => {
  const vector = readVectors<Vector>('cpace');
  const input: CpaceInput = {
    password: hex(vector.PRS),
    channel: hex(vector.CI),
    sessionId: hex(vector.sid),
  };
  expect(cpaceGenerator(input)).toEqual(hex(vector.g));
  const initiator = cpaceStartWith(input, littleEndian(hex(vector.ya)));
  const responder = cpaceStartWith(input, littleEndian(hex(vector.yb)));
  expect(initiator.share).toEqual(hex(vector.Ya));
  expect(responder.share).toEqual(hex(vector.Yb));
  const transcript: CpaceTranscript = {
    initiatorShare: initiator.share,
    initiatorData: hex(vector.ADa),
    responderShare: responder.share,
    responderData: hex(vector.ADb),
  };
  const key = vector.ISK_IR.toLowerCase();
  expect(toHex(cpaceFinish(initiator, 'initiator', transcript) ?? rng.bytes(1))).toBe(key);
  expect(toHex(cpaceFinish(responder, 'responder', transcript) ?? rng.bytes(1))).toBe(key);
});

function input(digits: string, over: Partial<CpaceInput> = {}): CpaceInput {
  return { password: utf8(digits), channel: utf8('ci'), sessionId: utf8('sid'), ...over };
}

/** Both keys of a run between two inputs. */
function run(a: CpaceInput, b: CpaceInput): { keys: Uint8Array[]; transcript: CpaceTranscript } {
  const [initiator, responder] = [cpaceStart(a, rng), cpaceStart(b, rng)];
  const transcript = { initiatorShare: initiator.share, responderShare: responder.share };
  const keys = [
    cpaceFinish(initiator, 'initiator', transcript) ?? new Uint8Array(0),
    cpaceFinish(responder, 'responder', transcript) ?? new Uint8Array(1),
  ];
  return { keys, transcript };
}

describe('a run', () => {
  test('gives one key for the same digits, channel and session', () => {
    const { keys } = run(input('123456'), input('123456'));
    expect(keys[0]).toEqual(keys[1]);
    expect(keys[0]?.length).toBe(64);
  });

  test.each([
    ['digits', input('123457')],
    ['channel', input('123456', { channel: utf8('ci2') })],
    ['session id', input('123456', { sessionId: utf8('sid2') })],
  ])('gives two keys when the %s differ', (_what, other) => {
    const { keys } = run(input('123456'), other);
    expect(keys[0]).not.toEqual(keys[1]);
  });

  test('associated data that one side did not see gives another key', () => {
    const [initiator, responder] = [cpaceStart(input('1'), rng), cpaceStart(input('1'), rng)];
    const transcript = { initiatorShare: initiator.share, responderShare: responder.share };
    const one = cpaceFinish(initiator, 'initiator', transcript);
    const data = { ...transcript, initiatorData: utf8('x') };
    expect(cpaceFinish(responder, 'responder', data)).not.toEqual(one);
  });

  test('a share that is neutral, no element, not canonical or too short gives nothing', () => {
    const mine = cpaceStart(input('1'), rng);
    const notCanonical = hex(`ed${'ff'.repeat(30)}7f`);
    const negative = hex(`01${'00'.repeat(31)}`);
    const bad = [new Uint8Array(32), notCanonical, negative, new Uint8Array(31), rng.bytes(33)];
    for (const responderShare of bad) {
      const transcript = { initiatorShare: mine.share, responderShare };
      expect(cpaceFinish(mine, 'initiator', transcript)).toBeUndefined();
    }
  });
});

describe('confirmations', () => {
  test('differ by role, so a reflected one does not fit', () => {
    const { keys, transcript } = run(input('1'), input('1'));
    const mine = cpaceConfirmations(keys[0] as Uint8Array, utf8('sid'), transcript);
    const theirs = cpaceConfirmations(keys[1] as Uint8Array, utf8('sid'), transcript);
    expect(mine).toEqual(theirs);
    expect(mine.initiator).not.toEqual(mine.responder);
  });

  test('of wrong digits fit on neither side', () => {
    const { keys, transcript } = run(input('1'), input('2'));
    const mine = cpaceConfirmations(keys[0] as Uint8Array, utf8('sid'), transcript);
    const theirs = cpaceConfirmations(keys[1] as Uint8Array, utf8('sid'), transcript);
    expect(mine.initiator).not.toEqual(theirs.initiator);
    expect(mine.responder).not.toEqual(theirs.responder);
  });

  test('change with every part of the transcript', () => {
    const { keys, transcript } = run(input('1'), input('1'));
    const key = keys[0] as Uint8Array;
    const tags = [
      cpaceConfirmations(key, utf8('sid'), transcript),
      cpaceConfirmations(key, utf8('sid2'), transcript),
      cpaceConfirmations(key, utf8('sid'), { ...transcript, initiatorData: utf8('x') }),
      cpaceConfirmations(key, utf8('sid'), { ...transcript, responderData: utf8('x') }),
    ].map((both) => toHex(both.initiator));
    expect(new Set(tags).size).toBe(4);
  });
});
