/** The ballots by which epochs are sealed, explored whole within bounds; and what each rule is for. */
import { expect, test } from 'vitest';
import { SOUND, explore, type BallotRules, type Bounds } from './ballots.ts';

const STATES_MAX = 1_000_000;

function bounds(voters: number, ballots: number, atomicWrites = false): Bounds {
  return { voters, ballots, atomicWrites, statesMax: STATES_MAX };
}

test.each([
  bounds(1, 3),
  bounds(2, 3),
  bounds(3, 3),
  bounds(4, 2),
  bounds(5, 2),
  bounds(4, 3, true),
])('two epochs of one number are never sealed, and a majority can go on: %o', (within) => {
  const { states, twoSealed, stuck } = explore(SOUND, within);
  expect(twoSealed).toBeUndefined();
  expect(stuck).toBeUndefined();
  expect(states).toBeGreaterThan(within.voters);
});

test('a proposer that speaks twice in one ballot cannot seal two epochs', () => {
  for (const voters of [3, 4]) {
    const twice = { ...SOUND, proposalsPerBallot: 2 } as const;
    expect(explore(twice, bounds(voters, 2)).twoSealed).toBeUndefined();
  }
});

test('a ballot that is open to all can leave three voters of five without a way on', () => {
  const twice = { ...SOUND, proposalsPerBallot: 2 } as const;
  expect(explore(twice, bounds(5, 2, true)).stuck).toBeDefined();
});

/** Each rule broken on purpose, and the bounds within which that seals two epochs. */
const MUTANTS: readonly (readonly [string, Partial<BallotRules>, Bounds])[] = [
  ['half of the voters seal', { quorum: (n) => Math.ceil(n / 2) }, bounds(4, 2)],
  ['one voter less than a majority seals', { quorum: (n) => Math.floor(n / 2) }, bounds(3, 2)],
  ['a ballot above 0 proposes its own', { reproposes: 'own' }, bounds(3, 2)],
  ['a ballot above 0 proposes the lowest', { reproposes: 'lowest' }, bounds(3, 3)],
  ['a promise is forgotten in a crash', { promisesDurable: false }, bounds(3, 2)],
  ['an acknowledgement is forgotten in a crash', { acksDurable: false }, bounds(3, 2)],
  ['a record is sent before it is durable', { durableBeforeSent: false }, bounds(3, 2)],
  ['a promise reports nothing', { promisesReport: false }, bounds(3, 2)],
  ['a promise does not bind', { promisesBind: false }, bounds(3, 2)],
  ['a ballot above 0 needs no promises', { promisesNeeded: false }, bounds(3, 2)],
  [
    'two proposals of one ballot may both be acknowledged',
    { acksOnce: false, proposalsPerBallot: 2 },
    bounds(3, 2),
  ],
  [
    'of two proposals of one ballot any is taken up',
    { betweenTwo: 'any', proposalsPerBallot: 2 },
    bounds(5, 2, true),
  ],
];

test.each(MUTANTS)('it takes two sealed epochs to break a rule: %s', (_, mutant, within) => {
  const { twoSealed } = explore({ ...SOUND, ...mutant }, within);
  expect(twoSealed).toBeDefined();
});
