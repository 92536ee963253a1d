/** Collection of deleted units of a text in two phases, and what goes wrong with less. */
import { expect, test } from 'vitest';
import { SOUND_COLLECTION, play, type Collection, type CollectionRules } from './tombstones.ts';

const WORLDS = 300;

function worlds(rules: CollectionRules): Collection[] {
  return Array.from({ length: WORLDS }, (_, at) => play(at + 1, rules));
}

function sum(all: readonly Collection[], of: keyof Collection): number {
  return all.reduce((total, one) => total + one[of], 0);
}

test('two phases lose no anchor, and collect', () => {
  const all = worlds(SOUND_COLLECTION);
  expect(sum(all, 'lostAnchors')).toBe(0);
  expect(sum(all, 'diverged')).toBe(0);
  expect(sum(all, 'collected')).toBeGreaterThan(1000);
});

test.each([
  ['one phase', { phases: 1 }],
  ['a device may be missing', { waitsForAll: false }],
  ['adopters go on anchoring on what is listed', { adoptersAvoid: false }],
  ['what has got children meanwhile is collected too', { childlessAgain: false }],
] as const)('an anchor is lost when a rule is broken: %s', (_, mutant) => {
  expect(sum(worlds({ ...SOUND_COLLECTION, ...mutant }), 'lostAnchors')).toBeGreaterThan(0);
});
