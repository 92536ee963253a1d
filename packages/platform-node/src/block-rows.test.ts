import { toHex, type BlockHash, type FeedKey, type NewBlock, type SpaceId } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { packBatch, rowBatch, unpackBatch } from './block-rows.ts';

function block(no: number, over: Partial<NewBlock> = {}): NewBlock {
  return {
    space: 'aa'.repeat(32) as SpaceId,
    feed: 'bb'.repeat(32) as FeedKey,
    seq: no,
    hash: toHex(new Uint8Array(32).fill(no)) as BlockHash,
    bytes: new Uint8Array(no * 3).fill(no),
    origin: 'own',
    ...over,
  };
}

test('a packed batch says in the other thread what it said in this one', () => {
  const feed = 'cc'.repeat(32) as FeedKey;
  const space = 'dd'.repeat(32) as SpaceId;
  const batch = {
    blocks: [
      block(1),
      block(2, { signature: new Uint8Array(64).fill(9) }),
      block(3, { feed, origin: 'received' }),
      block(4, { feed, space, origin: 'received', seq: 2 ** 40 }),
      block(5),
    ],
    values: new Map([['a name', new Uint8Array([1])]]),
    drops: [{ space, positions: [1, 2] }],
  };
  const { batch: packed, memory } = packBatch(batch);
  const there = unpackBatch(structuredClone(packed, { transfer: [...memory] }));
  const plain = (rows: ReturnType<typeof rowBatch>['rows']): unknown =>
    rows.map(({ bytes, hash, signature, ...row }) => ({
      ...row,
      bytes: toHex(bytes),
      hash: toHex(hash),
      signature: signature && toHex(signature),
    }));
  expect(plain(there.rows)).toEqual(plain(rowBatch(batch).rows));
  expect(there.values).toEqual(batch.values);
  expect(there.drops).toEqual(batch.drops);
});

test('a batch without blocks sends no memory', () => {
  const { batch, memory } = packBatch({ values: new Map() });
  expect(memory).toEqual([]);
  expect(unpackBatch(batch).rows).toEqual([]);
});
