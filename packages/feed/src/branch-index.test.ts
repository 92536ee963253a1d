/** The index of a log: numbers, branches, tips and limits. */
import { toHex, type BlockHash, type FeedKey } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { BRANCHES_PER_FEED_MAX, BranchIndex, type IndexedBlock } from './branch-index.ts';
import { HashArena } from './column.ts';

const rng = new SimRng(3);
const newHash = (): BlockHash => toHex(rng.bytes(32)) as BlockHash;
const newFeed = (): FeedKey => toHex(rng.bytes(32)) as FeedKey;

function chain(feed: FeedKey, length: number, after?: IndexedBlock): IndexedBlock[] {
  const blocks: IndexedBlock[] = [];
  let before = after;
  for (let count = 0; count < length; count++) {
    const seq = before === undefined ? 0 : before.seq + 1;
    before = { feed, seq, hash: newHash(), prev: before?.hash ?? newHash() };
    blocks.push(before);
  }
  return blocks;
}

function bytesOf({ buffer }: Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(buffer);
}

function numberOf(index: BranchIndex, block: IndexedBlock | undefined): number {
  const number = block === undefined ? undefined : index.blockOf(block.hash);
  if (number === undefined) throw new Error('the block is not in the index');
  return number;
}

describe('a branch index', () => {
  test('finds every block by hash and no other', () => {
    const index = new BranchIndex(rng.uint32());
    const blocks = Array.from({ length: 20 }, () => chain(newFeed(), 50)).flat();
    for (const block of blocks)
      expect(index.add(block)).toMatchObject({ at: 'added', fork: false });
    for (const block of blocks) {
      const number = numberOf(index, block);
      expect(index.hashOf(number)).toBe(block.hash);
      expect(index.feedOf(number)).toBe(block.feed);
      expect(index.seqOf(number)).toBe(block.seq);
      expect(index.add(block)).toEqual({ at: 'known', block: number });
    }
    expect(index.blockOf(newHash())).toBeUndefined();
    expect(index.blockCount).toBe(1000);
  });

  test('refuses every block that has no place behind what an epoch has let go, where places are kept too', () => {
    const feed = newFeed();
    const blocks = chain(feed, 6);
    const kept = [2, 4].map((seq) => blocks[seq] as IndexedBlock);
    const ints = (...values: number[]): Uint8Array => bytesOf(Int32Array.from(values));
    const index = BranchIndex.restored(
      1,
      [{ feed, parent: undefined, fork: 0, whole: 5 }],
      [
        {
          hashes: Uint8Array.from(Buffer.from(kept.map(({ hash }) => hash).join(''), 'hex')),
          branches: ints(0, 0),
          seqs: ints(2, 4),
          prevs: ints(-1, 0),
          lamports: bytesOf(Float64Array.of(3, 5)),
          positions: bytesOf(Float64Array.of(0, 0)),
          signed: ints(0, 1),
        },
      ],
    );
    for (const seq of [0, 1, 3]) {
      const gone = blocks[seq] as IndexedBlock;
      expect(index.add(gone)).toEqual({ at: 'refused', code: 'FEED_FORGOTTEN' });
    }
    const other = chain(feed, 6);
    for (const block of [
      ...other.slice(0, 5),
      { ...(other[3] as IndexedBlock), prev: kept[0]?.hash },
    ]) {
      expect(index.refusal(block as IndexedBlock)).toBe('FEED_FORGOTTEN');
    }
    expect(index.branchCount).toBe(1);
    expect(index.add(blocks[2] as IndexedBlock)).toEqual({ at: 'known', block: 0 });
    expect(index.add(blocks[5] as IndexedBlock)).toEqual({ at: 'added', block: 2, fork: false });
    const last = { ...(other[5] as IndexedBlock), prev: (blocks[4] as IndexedBlock).hash };
    expect(index.add(last)).toEqual({ at: 'added', block: 3, fork: true });
  });

  test('what is let go later has no place from then on', () => {
    const index = new BranchIndex(1);
    const feed = newFeed();
    const blocks = chain(feed, 4);
    for (const block of blocks) index.add(block);
    const [, , , parted] = chain(feed, 4);
    const fork = { ...(parted as IndexedBlock), seq: 2, prev: (blocks[1] as IndexedBlock).hash };
    expect(index.refusal(fork)).toBeUndefined();
    index.letGo(feed, 4);
    expect(index.wholeFrom(feed)).toBe(4);
    expect(index.refusal(fork)).toBe('FEED_FORGOTTEN');
    index.letGo(feed, 3);
    expect(index.wholeFrom(feed)).toBe(4);
  });

  test('refuses what continues nothing and changes nothing then', () => {
    const index = new BranchIndex(1);
    const feed = newFeed();
    const [first, second, third] = chain(feed, 3) as [IndexedBlock, IndexedBlock, IndexedBlock];
    expect(index.add(second)).toEqual({ at: 'refused', code: 'FEED_PREV_UNKNOWN' });
    index.add(first);
    expect(index.add(third)).toEqual({ at: 'refused', code: 'FEED_PREV_UNKNOWN' });
    expect(index.add({ ...second, seq: 2 })).toEqual({ at: 'refused', code: 'FEED_RUN_BROKEN' });
    const [other] = chain(newFeed(), 1) as [IndexedBlock];
    index.add(other);
    const stolen = index.add({ ...second, prev: other.hash });
    expect(stolen).toEqual({ at: 'refused', code: 'FEED_RUN_BROKEN' });
    expect(index.blockCount).toBe(2);
  });

  test('keeps a branch for every further child of a block, with its prefix', () => {
    const index = new BranchIndex(1);
    const feed = newFeed();
    const trunk = chain(feed, 5);
    const left = chain(feed, 3, trunk[2]);
    const twig = chain(feed, 2, left[0]);
    [...trunk, ...left, ...twig].forEach((block) => index.add(block));
    expect(index.branchesOf(feed)).toEqual([0, 1, 2]);
    expect([0, 1, 2].map((branch) => index.branchFork(branch))).toEqual([0, 3, 4]);
    expect([0, 1, 2].map((branch) => index.branchParent(branch))).toEqual([undefined, 0, 1]);
    const seen = Array.from({ length: 6 }, (_, seq) => index.blockAt(2, seq));
    const whole = [...trunk.slice(0, 3), left[0], ...twig];
    expect(seen).toEqual(whole.map((block) => numberOf(index, block)));
    expect(index.blockAt(2, 6)).toBeUndefined();
    const at = (block: IndexedBlock | undefined): number => numberOf(index, block);
    expect(index.isOnChain(at(trunk[2]), at(twig[1]))).toBe(true);
    expect(index.isOnChain(at(trunk[3]), at(twig[1]))).toBe(false);
    expect(index.isOnChain(at(left[1]), at(twig[1]))).toBe(false);
  });

  test('lists the last signed block of every branch as a tip', () => {
    const index = new BranchIndex(1);
    const feed = newFeed();
    const trunk = chain(feed, 4);
    const left = chain(feed, 2, trunk[1]);
    [...trunk, ...left].forEach((block) => index.add(block));
    expect(index.tips()).toEqual([]);
    index.markSigned(numberOf(index, trunk[2]));
    index.markSigned(numberOf(index, trunk[0]));
    index.markSigned(numberOf(index, left[1]));
    const hashes = index.tips().map((tip) => tip.hash);
    expect(hashes).toEqual([trunk[2]?.hash, left[1]?.hash].sort());
    expect(index.isCovered(numberOf(index, trunk[1]))).toBe(true);
    expect(index.isCovered(numberOf(index, trunk[3]))).toBe(false);
  });

  test('counts a second genesis of the same feed as a fork without a common past', () => {
    const index = new BranchIndex(1);
    const feed = newFeed();
    expect(index.add(chain(feed, 1)[0] as IndexedBlock)).toMatchObject({ fork: false });
    expect(index.add(chain(feed, 1)[0] as IndexedBlock)).toMatchObject({ fork: true });
    expect(index.branchParent(1)).toBeUndefined();
  });

  test('takes no more branches of one feed than its limit', () => {
    const index = new BranchIndex(1);
    const feed = newFeed();
    const [root] = chain(feed, 1) as [IndexedBlock];
    index.add(root);
    for (let count = 0; count < BRANCHES_PER_FEED_MAX; count++) {
      expect(index.add(chain(feed, 1, root)[0] as IndexedBlock).at).toBe('added');
    }
    const last = index.add(chain(feed, 1, root)[0] as IndexedBlock);
    expect(last).toEqual({ at: 'refused', code: 'FEED_BRANCHES_MAX' });
  });
});

test('a hash arena finds hashes that share all but one byte', () => {
  const arena = new HashArena(77);
  const hashes = Array.from({ length: 5000 }, (_, at) => {
    const bytes = new Uint8Array(32);
    bytes[31] = at & 0xff;
    bytes[30] = at >> 8;
    return toHex(bytes);
  });
  const rows = hashes.map((_, row) => row);
  expect(hashes.map((hash) => arena.push(hash))).toEqual(rows);
  expect(hashes.map((hash) => arena.find(hash))).toEqual(rows);
  expect(arena.find('ff'.repeat(32))).toBe(-1);
});
