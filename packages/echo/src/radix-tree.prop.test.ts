/** Laws of the radix tree, against a sorted map that is hashed anew each time. */
import { fc, test } from '@fast-check/vitest';
import { keyedHash } from '@atoll/crypto';
import { compareBytes, concatBytes, toHex } from '@atoll/kernel';
import { expect } from 'vitest';
import { BUCKET_MAX, RadixTree, type Leaves } from './radix-tree.ts';

const KEY = new Uint8Array(32).fill(5);

interface Entry {
  readonly id: Uint8Array;
  readonly hash: Uint8Array;
}

/** The root as the specification says it, with nothing kept. */
function rootOf(entries: readonly Entry[], depth = 0): Uint8Array {
  if (entries.length === 0) return new Uint8Array(32);
  if (entries.length <= BUCKET_MAX) {
    const sorted = [...entries].sort((a, b) => compareBytes(a.id, b.id));
    return keyedHash(
      KEY,
      'state-bucket',
      concatBytes(...sorted.flatMap(({ id, hash }) => [id, hash])),
    );
  }
  const hashes = Array.from({ length: 16 }, (_, way) => {
    const part = entries.filter(({ id }) => Number.parseInt(toHex(id)[depth] ?? '0', 16) === way);
    return rootOf(part, depth + 1);
  });
  return keyedHash(KEY, 'state-node', concatBytes(...hashes));
}

/** Ids of a few prefixes, so that nodes lie deep. */
const ids = fc
  .tuple(fc.constantFrom(0, 0, 0, 1, 0xa5), fc.integer({ min: 0, max: 60 }), fc.nat({ max: 3 }))
  .map(([first, second, last]) => {
    const id = new Uint8Array(16);
    id[0] = first;
    id[3] = second;
    id[15] = last;
    return id;
  });

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('set' as const),
        id: ids,
        hash: fc.nat({ max: 255 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('delete' as const), id: ids, hash: fc.constant(0) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('root' as const), id: ids, hash: fc.constant(0) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('reload' as const), id: ids, hash: fc.constant(0) }),
    },
  ),
  { maxLength: 400 },
);

test.prop([steps], { numRuns: 150 })(
  'the tree has the root of the sorted map, at any time',
  (work) => {
    const rows: { readonly id: Uint8Array; hash: Uint8Array }[] = [];
    const rowById = new Map<string, number>();
    const here = new Set<number>();
    const leaves: Leaves = {
      idByte: (row, at) => rows[row]?.id[at] as number,
      idBytes: (row) => rows[row]?.id as Uint8Array,
      hash: (row) => rows[row]?.hash as Uint8Array,
    };
    let tree = new RadixTree(KEY, leaves);
    const model = (): Uint8Array => rootOf([...here].map((row) => rows[row] as Entry));
    for (const step of work) {
      const name = toHex(step.id);
      const row = rowById.get(name) ?? rows.push({ id: step.id, hash: new Uint8Array(32) }) - 1;
      rowById.set(name, row);
      if (step.do === 'set') {
        (rows[row] as { hash: Uint8Array }).hash = new Uint8Array(32).fill(step.hash);
        here.add(row);
        tree.set(row);
      } else if (step.do === 'delete') {
        here.delete(row);
        tree.delete(row);
      } else if (step.do === 'root') expect(tree.root()).toEqual(model());
      else {
        const again = new RadixTree(KEY, leaves);
        again.fill(Int32Array.from(here));
        again.restoreHashes(tree.hashes());
        expect(again.root()).toEqual(tree.root());
        tree = again;
      }
      expect(tree.size).toBe(here.size);
    }
    expect(tree.root()).toEqual(model());
    const filled = new RadixTree(KEY, leaves);
    filled.fill(Int32Array.from(here));
    expect(filled.root()).toEqual(model());
  },
);
