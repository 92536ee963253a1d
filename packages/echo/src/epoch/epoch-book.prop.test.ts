/** Laws of the vote: devices that act, talk and part at random, over many epochs. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Town, chainOf } from './epoch-town.fixture.ts';

interface Play {
  readonly devices: number;
  readonly moves: readonly number[];
}

const plays = fc.record({
  devices: fc.integer({ min: 1, max: 5 }),
  moves: fc.array(fc.nat(), { minLength: 30, maxLength: 160 }),
});

/** Plays moves; the devices of each half hear only of each other for a while. */
function play({ devices, moves }: Play): Town {
  const town = new Town(devices);
  moves.forEach((move, at) => {
    const device = move % devices;
    const dice = (move >>> 3) % 10;
    const isParted = Math.floor(at / 40) % 2 === 1;
    const other = (move >>> 7) % devices;
    const hears = !isParted || device % 2 === other % 2;
    if (dice < 4) town.act(device, { wants: dice < 2, isLate: (move >>> 11) % 8 === 0 });
    else if (dice < 5) town.write(device, []);
    else if (other !== device && hears) town.readAll(device, other);
  });
  return town;
}

/** Everybody reads everything. */
function meet(town: Town): void {
  for (let device = 0; device < town.devices; device++) {
    for (const block of town.blocks) town.read(device, block);
  }
}

test('devices that part and meet never seal two epochs of one number', () => {
  let sealed = 0;
  fc.assert(
    fc.property(plays, (moves) => {
      const town = play(moves);
      const chains = town.books.map(chainOf);
      meet(town);
      const [final] = town.books.map(chainOf);
      for (const chain of chains) expect(final?.slice(0, chain.length)).toEqual(chain);
      for (const { vote, chain } of town.books) {
        expect(vote?.isSealedTwice).toBe(false);
        sealed += chain.length - 1;
      }
    }),
    { numRuns: 200 },
  );
  expect(sealed).toBeGreaterThan(100);
});

test('every order of arrival gives the same chain of epochs', () => {
  fc.assert(
    fc.property(plays, fc.infiniteStream(fc.nat()), (moves, random) => {
      const town = play(moves);
      meet(town);
      const below = (limit: number): number => (random.next().value ?? 0) % limit;
      const [first] = town.books;
      for (let order = 0; order < 3; order++) {
        expect(chainOf(town.shuffled(below))).toEqual(first === undefined ? [] : chainOf(first));
      }
    }),
    { numRuns: 60 },
  );
});

test('a majority that talks seals, whatever was said before', () => {
  fc.assert(
    fc.property(plays, (moves) => {
      const town = play(moves);
      const majority = Math.floor(town.devices / 2) + 1;
      const before = town.books[0]?.chain.length ?? 0;
      // Each in turn loses patience; the others only answer.
      for (let round = 0; round < 8 * majority; round++) {
        for (let device = 0; device < majority; device++) {
          for (let from = 0; from < majority; from++) town.readAll(device, from);
          const isLate = round % majority === device && round % 4 === 3;
          for (let act = 0; act < 4 && town.act(device, { wants: true, isLate }); act++) {
            if (isLate) break;
          }
        }
        if ((town.books[0]?.chain.length ?? 0) > before + 1) break;
      }
      expect(town.books[0]?.chain.length).toBeGreaterThan(before);
    }),
    { numRuns: 100 },
  );
});
