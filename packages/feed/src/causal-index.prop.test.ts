/** Causal contexts against sets of blocks, with forks and with deps on any branch. */
import { toHex, type BlockHash, type FeedKey } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BranchIndex, type IndexedBlock } from './branch-index.ts';
import { CausalIndex } from './causal-index.ts';

const STEPS = 40;
const FEEDS = 4;

interface Grown {
  readonly index: BranchIndex;
  readonly causal: CausalIndex;
  /** By block number: everything in its past, itself included. */
  readonly pasts: Set<number>[];
}

/** A random history: most blocks continue a chain, some fork one; deps point anywhere. */
function grow(seed: number): Grown {
  const rng = new SimRng(seed);
  const index = new BranchIndex(rng.uint32());
  const causal = new CausalIndex(index);
  const pasts: Set<number>[] = [];
  const blocks: IndexedBlock[] = [];
  const feeds = Array.from({ length: FEEDS }, () => toHex(rng.bytes(32)) as FeedKey);
  for (let step = 0; step < STEPS; step++) {
    const feed = rng.pick(feeds);
    const mine = blocks.filter((block) => block.feed === feed);
    const before = rng.chance(0.75) ? mine.at(-1) : mine[rng.int(Math.max(1, mine.length))];
    const block: IndexedBlock = {
      feed,
      seq: before === undefined ? 0 : before.seq + 1,
      prev: before?.hash ?? (toHex(rng.bytes(32)) as BlockHash),
      hash: toHex(rng.bytes(32)) as BlockHash,
    };
    const added = index.add(block);
    if (added.at !== 'added') continue;
    const past = new Set([added.block]);
    const from = index.prevOf(added.block);
    if (from !== undefined) pasts[from]?.forEach((number) => past.add(number));
    const deps = Array.from({ length: rng.int(3) }, () => rng.int(added.block + 1)).filter(
      (dep) => dep !== added.block,
    );
    for (const dep of deps) pasts[dep]?.forEach((number) => past.add(number));
    causal.addBlock(added.block, deps);
    pasts[added.block] = past;
    blocks.push(block);
  }
  return { index, causal, pasts };
}

test('a block is in the past of another exactly when a path of prevs and deps leads to it', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { index, causal, pasts } = grow(seed);
      for (let block = 0; block < index.blockCount; block++) {
        for (let past = 0; past < index.blockCount; past++) {
          if (causal.isInPast(past, block) !== pasts[block]?.has(past)) return false;
        }
      }
      return true;
    }),
    { numRuns: 150 },
  );
});

test('a context names the greatest known block of every branch and nothing else', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { index, causal, pasts } = grow(seed);
      for (let block = 0; block < index.blockCount; block++) {
        const named = new Set<number>();
        for (const [branch, seq] of causal.contextOf(block)) {
          for (let at = 0; at <= seq; at++) named.add(index.blockAt(branch, at) as number);
        }
        expect([...named].sort()).toEqual([...(pasts[block] as Set<number>)].sort());
      }
    }),
    { numRuns: 100 },
  );
});

test('a block whose predecessor or dep is missing is not added', () => {
  const { index, causal } = grow(8);
  const fresh = new CausalIndex(index);
  const follower = Array.from({ length: index.blockCount }, (_, at) => at).find(
    (block) => index.prevOf(block) !== undefined,
  ) as number;
  expect(() => fresh.addBlock(follower, [])).toThrow(
    expect.objectContaining({ code: 'KERNEL_IMPOSSIBLE' }),
  );
  expect(causal.has(follower)).toBe(true);
  expect(fresh.has(follower)).toBe(false);
});
