/** Room among siblings: what is put somewhere stands there, and as few siblings as it takes are written. */
import { compareBytes } from '@atoll/kernel';
import { POSITION_BYTES_MAX } from '@atoll/schema';
import { fc, test } from '@fast-check/vitest';
import { expect, test as plainTest } from 'vitest';
import { placeAmong, placeNear, type Positions } from './sibling-places.ts';
import { numberedPosition, positionBetween } from './tree-position.ts';

type Sibling = readonly [name: number, position: Uint8Array | undefined];

const position = fc
  .uint8Array({ minLength: 1, maxLength: POSITION_BYTES_MAX })
  .filter((bytes) => bytes.at(-1) !== 0);
/** Short ones are often equal, long ones leave no room. */
const tight = fc
  .tuple(fc.constantFrom(1, 2), fc.constantFrom(1, POSITION_BYTES_MAX))
  .map(([first, length]) => new Uint8Array(length).fill(first));
const siblings = fc
  .tuple(
    fc.array(fc.oneof(position, tight), { maxLength: 12 }),
    fc.nat(4).map((count) => Array.from({ length: count }, () => undefined)),
  )
  .map(([placed, not]) => [...placed.sort(compareBytes), ...not]);
const spread = fc.nat(0xffffff);

/** Names in the order of positions, those without one behind; of equal ones the less name first. */
function shown(all: readonly Sibling[]): readonly number[] {
  return [...all].sort(([a, at], [b, bt]) => order(at, bt) || a - b).map(([name]) => name);
}

function order(a: Uint8Array | undefined, b: Uint8Array | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareBytes(a, b);
}

function positionsAfter(all: Positions, others: ReadonlyMap<number, Uint8Array>): Sibling[] {
  return all.map((known, no) => [no, others.get(no) ?? known]);
}

const NEW = 0.5;

test.prop([siblings, fc.nat(), spread])(
  'what is put at a place stands there, and the others as they stood',
  (all, some, noise) => {
    const at = some % (all.length + 1);
    const { others, own } = placeAmong(all, at, noise);
    const names = shown([...positionsAfter(all, others), [at - NEW, own]]);
    const expected = all.map((_, no) => no);
    expect(names).toEqual(expected.toSpliced(at, 0, at - NEW));
    for (const made of [own, ...others.values()]) {
      expect(made.length).toBeLessThanOrEqual(POSITION_BYTES_MAX);
      expect(made.at(-1)).not.toBe(0);
    }
  },
);

test.prop([siblings, fc.nat(), spread])(
  'no sibling is written where there is room, and none but those that were never placed, or beside a gap that is full',
  (all, some, noise) => {
    const at = some % (all.length + 1);
    const { others } = placeAmong(all, at, noise);
    const placed = all.filter((one) => one !== undefined).length;
    if (at > placed) {
      expect([...others.keys()]).toEqual(
        Array.from({ length: at - placed }, (_, no) => placed + no),
      );
      return;
    }
    const isRoom = positionBetween(all[at - 1], all[at], noise) !== undefined;
    expect(others.size === 0).toBe(isRoom);
  },
);

test.prop([siblings, fc.nat(), spread])(
  'a place near by is one between others as they are',
  (all, some, noise) => {
    const at = some % (all.length + 1);
    const near = placeNear(all, at, noise);
    if (near === undefined) return;
    const { others, own } = placeAmong(all, at, noise);
    if (others.size === 0) expect(near).toEqual(own);
    for (const known of all) if (known !== undefined) expect(compareBytes(near, known)).not.toBe(0);
  },
);

plainTest('a full gap is made wider by one sibling, whatever number there are', () => {
  const first = numberedPosition(0, 7);
  let last = numberedPosition(1, 7);
  for (let next: Uint8Array | undefined = last; next !== undefined;) {
    last = next;
    next = positionBetween(first, last, 7919);
  }
  const all = [first, last, ...Array.from({ length: 100 }, (_, no) => numberedPosition(no + 1, 7))];
  expect([...placeAmong(all, 1, 3).others.keys()]).toEqual([1]);
  const copies = [first, first, first, numberedPosition(1, 7)];
  expect([...placeAmong(copies, 1, 3).others.keys()]).toEqual([1, 2]);
});
