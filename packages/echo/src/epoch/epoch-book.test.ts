/** Votes about epochs, case by case. */
import { epochIdOf } from '@atoll/halo';
import { expect, test } from 'vitest';
import {
  TOWN_RECOVERY,
  Town,
  blockHash,
  chainOf,
  resetWith,
  voterOf,
} from './epoch-town.fixture.ts';

const EAGER = { wants: true, isLate: false };
const LATE = { wants: true, isLate: true };
const CALM = { wants: false, isLate: false };

/** Voter (number + ballot) mod voters: of the first epoch's ballot 0, with three voters, device 1. */
const OWNER = 1;

test('a device that votes alone seals what it proposes', () => {
  const town = new Town(1);
  while (town.act(0, CALM) || (town.books[0]?.current?.number === 0 && town.act(0, EAGER)));
  expect(town.books[0]?.current?.number).toBe(1);
  expect(town.books[0]?.chain.map(({ number }) => number)).toEqual([0, 1]);
});

test('an epoch of three voters is sealed by two of them, and not by one', () => {
  const town = new Town(3);
  town.act(OWNER, EAGER);
  town.act(OWNER, CALM);
  expect(town.books[OWNER]?.current?.number).toBe(0);
  town.readAll(2, OWNER);
  town.act(2, CALM);
  expect(town.books[2]?.current?.number).toBe(1);
});

test('who does not own ballot 0 proposes in a later one, with the promises of two of three', () => {
  const town = new Town(3);
  expect(town.act(0, EAGER)).toBe(false);
  expect(town.act(0, LATE)).toBe(true);
  expect(town.act(0, EAGER)).toBe(false);
  town.readAll(2, 0);
  town.act(2, CALM);
  town.readAll(0, 2);
  while (town.act(0, EAGER));
  town.readAll(2, 0);
  town.act(2, CALM);
  expect(town.books[2]?.current?.number).toBe(1);
});

test('what one voter has acknowledged is proposed again when its promise is counted', () => {
  const town = new Town(3);
  town.act(OWNER, EAGER);
  const [first] = town.books[OWNER]?.vote?.proposals ?? [];
  town.readAll(2, OWNER);
  town.act(2, CALM);
  // Device 1 is gone; 0 has heard nothing of it, and begins a ballot of its own.
  town.readAll(0, 2);
  town.act(0, LATE);
  town.readAll(2, 0);
  while (town.act(2, CALM));
  town.readAll(0, 2);
  while (town.act(0, EAGER));
  expect(town.books[0]?.current?.id).toBe(first?.epoch);
});

test('a proposal in a ballot of another voter does not count', () => {
  const town = new Town(3);
  const anchor = town.write(0, []);
  town.write(0, [{ kind: 'epoch-proposal', ballot: 0, terms: town.terms(0, anchor) }]);
  expect(town.books[0]?.vote?.proposals).toEqual([]);
});

test('a proposal whose anchor is not in its past does not count', () => {
  const town = new Town(1);
  const terms = { ...town.terms(0, town.write(0, [])), anchor: blockHash(7) };
  town.write(0, [{ kind: 'epoch-proposal', ballot: 0, terms }]);
  expect(town.books[0]?.vote?.proposals).toEqual([]);
});

test('a second acknowledgement of a voter in one ballot does not count', () => {
  const town = new Town(3);
  const anchor = town.write(OWNER, []);
  const one = town.terms(OWNER, anchor);
  const two = { ...one, listedIn: 1 };
  for (const terms of [one, two]) {
    town.write(OWNER, [{ kind: 'epoch-proposal', ballot: 0, terms }]);
  }
  town.readAll(2, OWNER);
  for (const terms of [one, two]) {
    const { space, previous } = terms;
    const epoch = epochIdOf(terms);
    town.write(2, [{ kind: 'epoch-acknowledgement', space, previous, ballot: 0, epoch }]);
  }
  const vote = town.books[2]?.vote;
  expect(vote?.acknowledgedBy(epochIdOf(one)).size).toBe(1);
  expect(vote?.acknowledgedBy(epochIdOf(two)).size).toBe(0);
});

test('the recovery key begins a new era with voters of its own, and nobody else does', () => {
  const town = new Town(3);
  const anchor = town.write(0, []);
  const terms = { ...town.terms(0, anchor), era: 1, voters: [voterOf(0)] };
  town.write(0, [resetWith(terms, new Uint8Array(32))]);
  expect(town.books[0]?.current?.era).toBe(0);
  town.write(0, [resetWith(terms, TOWN_RECOVERY)]);
  expect(town.books[0]?.current).toMatchObject({ era: 1, number: 1, isReset: true });
  while (town.act(0, CALM) || (town.books[0]?.current?.number === 1 && town.act(0, EAGER)));
  expect(town.books[0]?.current).toMatchObject({ era: 1, number: 2 });
});

test('of two resets to one era all replicas take the same', () => {
  const town = new Town(2);
  for (const device of [0, 1]) {
    const terms = { ...town.terms(device, town.write(device, [])), era: 1 };
    town.write(device, [resetWith(terms, TOWN_RECOVERY)]);
  }
  town.readAll(0, 1);
  town.readAll(1, 0);
  expect(chainOf(town.books[0] ?? town.emptyBook())).toEqual(
    chainOf(town.books[1] ?? town.emptyBook()),
  );
});

test('other terms than what a promise tells of do not count in a later ballot', () => {
  const town = new Town(5);
  const previous = town.books[0]?.vote?.base.id;
  if (previous === undefined) throw new RangeError('a town votes from its beginning');
  const anchor = town.write(OWNER, []);
  const terms = town.terms(OWNER, anchor);
  town.write(OWNER, [{ kind: 'epoch-proposal', ballot: 0, terms }]);
  town.readAll(2, OWNER);
  town.act(2, CALM);
  // Voter (1 + ballot) mod 5: the fourth ballot is that of device 0, which two others and itself promise.
  const ballot = 4;
  const { space } = terms;
  for (const device of [2, 3, 0]) {
    town.write(device, [{ kind: 'epoch-promise', space, previous, ballot }]);
    town.readAll(0, device);
  }
  const own = town.terms(0, town.write(0, []));
  const counted = (): number => town.books[0]?.vote?.proposals.length ?? -1;
  const before = counted();
  town.write(0, [{ kind: 'epoch-proposal', ballot, terms: own }]);
  expect(counted()).toBe(before);
  town.write(0, [{ kind: 'epoch-proposal', ballot, terms }]);
  expect(counted()).toBe(before + 1);
});
