/** Rights in a space: attacks as stories, random worlds, and each rule broken on purpose. */
import { describe, expect, test } from 'vitest';
import { decide } from './access.ts';
import { STORIES, type Decide } from './access-stories.ts';
import { SOUND_ACCESS, type AccessRules } from './access-types.ts';
import { playAccess } from './access-worlds.ts';

const RULES = Object.keys(SOUND_ACCESS) as readonly (keyof AccessRules)[];

describe('a story comes as it should', () => {
  test.each(Object.entries(STORIES))('%s', (_, story) => {
    expect(story(decide)).toBe(true);
  });
});

describe('a broken rule is noticed by a story', () => {
  test.each(RULES)('%s', (rule) => {
    const mutant: Decide = (space) => decide(space, { ...SOUND_ACCESS, [rule]: true });
    expect(Object.values(STORIES).some((story) => !story(mutant))).toBe(true);
  });
});

test('whoever lies about what, in many short worlds and some long ones all rules hold', () => {
  const worlds = [
    ...Array.from({ length: 300 }, (_, at) => playAccess(at + 1, 40)),
    ...Array.from({ length: 30 }, (_, at) => playAccess(at + 1001, 250)),
  ];
  expect(worlds.flatMap(({ broken }) => broken)).toEqual([]);
  const counted = worlds.reduce((sum, world) => sum + world.counted, 0);
  expect(counted).toBeGreaterThan(5_000);
});

test.each([
  'arrivalOrder',
  'noCut',
  'unlistedStay',
  'anybodyRevokes',
  'concurrentGrantStands',
  'rankByHash',
  'citeWhatOthersHold',
] as const)('random worlds notice it without being told where to look: %s', (rule) => {
  const mutant = { ...SOUND_ACCESS, [rule]: true };
  const isNoticed = Array.from({ length: 1_200 }, (_, at) => at + 1).some(
    (seed) => playAccess(seed, 40, mutant).broken.length > 0,
  );
  expect(isNoticed).toBe(true);
});
