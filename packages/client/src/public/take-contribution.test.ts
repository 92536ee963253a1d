/** Limits of a door, by what was taken up in the last hour. */
import type { CheckedContribution, Door } from '@atoll/halo';
import { expect, test } from 'vitest';
import type { Proof } from './contributed-items.ts';
import { RATE_MS, isWithinRate } from './take-contribution.ts';

const NOW_MS = 1_767_312_000_000;
const door = { perAuthor: 2, perHour: 3 } as Door;
const by = (identity: string): CheckedContribution => ({ identity }) as CheckedContribution;
const taken = (identity: string, agoMs: number, isSecond = false): Proof =>
  ({ contribution: by(identity), takenAtMs: NOW_MS - agoMs, isSecond }) as Proof;

function lets(author: string, proofs: readonly Proof[]): boolean {
  return isWithinRate(door, by(author), { nowMs: NOW_MS, proofs });
}

test('an author is let in as often as the door says, and again after an hour', () => {
  expect(lets('kim', [taken('kim', 1)])).toBe(true);
  expect(lets('kim', [taken('kim', 1), taken('kim', RATE_MS - 1)])).toBe(false);
  expect(lets('leo', [taken('kim', 1), taken('kim', RATE_MS - 1)])).toBe(true);
  expect(lets('kim', [taken('kim', 1), taken('kim', RATE_MS)])).toBe(true);
});

test('all authors together are let in as often as the door says', () => {
  const three = [taken('a', 1), taken('b', 2), taken('c', 3)];
  expect(lets('kim', three)).toBe(false);
  expect(lets('kim', three.slice(1))).toBe(true);
});

test('what was taken up twice counts once', () => {
  expect(lets('kim', [taken('kim', 1), taken('kim', 2, true)])).toBe(true);
});
