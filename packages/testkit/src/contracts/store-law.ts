/** The law of every store: after any history of batches, refusals included, it equals the model. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  BlockDrop,
  BlockHash,
  FeedKey,
  NewBlock,
  SpaceId,
  Store,
  StoreBatch,
} from '@atoll/kernel';
import { anyBytes } from '../arbitraries.ts';
import { MemoryDisk, MemoryStore } from '../memory-store.ts';
import { SimRng } from '../sim-rng.ts';
import type { StoreBed } from './store-contract.ts';

const SPACES = ['a1', 'b2'].map((digits) => digits.repeat(32) as SpaceId);
const FEEDS = ['01', '02', '03'].map((digits) => digits.repeat(32) as FeedKey);

// Few names and numbers, so that doubles and conflicts are frequent.
const anyBlock: fc.Arbitrary<NewBlock> = fc
  .record({
    space: fc.constantFrom(...SPACES),
    feed: fc.constantFrom(...FEEDS),
    seq: fc.nat(4),
    branch: fc.nat(2),
    bytes: anyBytes(20),
    origin: fc.constantFrom('own', 'received'),
    signature: fc.option(fc.constant(new Uint8Array(64).fill(3)), { nil: undefined }),
  })
  .map(({ branch, signature, ...block }) => {
    const hash = `${block.feed.slice(0, 8)}${block.seq}${branch}`.padEnd(64, '0') as BlockHash;
    return signature === undefined ? { ...block, hash } : { ...block, hash, signature };
  });

const anyDrops: fc.Arbitrary<readonly BlockDrop[]> = fc.array(
  fc.record({
    space: fc.constantFrom(...SPACES),
    positions: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 2 },
);

const anyBatch: fc.Arbitrary<StoreBatch> = fc.record(
  {
    blocks: fc.array(anyBlock, { maxLength: 4 }),
    values: fc
      .array(fc.tuple(fc.constantFrom('a', 'a/b', 'b', '~'), fc.option(anyBytes(5))), {
        maxLength: 2,
      })
      .map((pairs) => new Map(pairs.map(([name, value]) => [name, value ?? undefined]))),
    drops: anyDrops,
    forgets: fc.subarray(SPACES, { minLength: 1 }),
  },
  { requiredKeys: ['blocks', 'values'] },
);

/** All that a store holds, as plain data. */
async function content(store: Store): Promise<unknown> {
  const names = await store.names('');
  return {
    spaces: [...(await store.spaces())].sort(),
    logs: await Promise.all(SPACES.map((space) => store.read(space, 0, 1000))),
    last: await Promise.all(SPACES.map((space) => store.lastPosition(space))),
    values: await Promise.all(names.map(async (name) => [name, await store.value(name)])),
  };
}

async function outcomes(
  store: Store,
  batches: readonly StoreBatch[],
  atOnce: boolean,
): Promise<readonly string[]> {
  const commits: Promise<string>[] = [];
  for (const batch of batches) {
    const commit = store.commit(batch).then(
      () => 'done',
      (failure: { code: string }) => failure.code,
    );
    commits.push(commit);
    if (!atOnce) await commit;
  }
  return Promise.all(commits);
}

/** Registers the law; `make` gives an empty profile each time. */
export function storeLaw(name: string, make: () => Promise<StoreBed>, numRuns = 60): void {
  test(`${name}: it equals the model after any history, also one committed all at once`, async () => {
    const law = fc.asyncProperty(
      fc.array(anyBatch, { maxLength: 8 }),
      fc.boolean(),
      async (batches, atOnce) => {
        await using model = new MemoryStore(new MemoryDisk(new SimRng(1)));
        await using bed = await make();
        await using store = await bed.open();
        expect(await outcomes(store, batches, atOnce)).toEqual(
          await outcomes(model, batches, atOnce),
        );
        expect(await content(store)).toEqual(await content(model));
      },
    );
    await fc.assert(law, { numRuns });
  });
}
