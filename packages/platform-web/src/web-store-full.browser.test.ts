/**
 * A browser that has no room left refuses a commit as a whole, and goes on when there is room. The
 * lack of room is made by hand: DevTools' override of the quota leaves IndexedDB in Chromium 156 alone.
 */
import { expect, test } from 'vitest';
import { utf8, type BlockHash, type FeedKey, type NewBlock, type SpaceId } from '@atoll/kernel';
import { webRng } from './web-ports.ts';
import { WebStore, deleteWebStore } from './web-store.ts';

const SPACE = 'ab'.repeat(32) as SpaceId;

function block(seq: number, sizeBytes: number): NewBlock {
  const feed = 'cd'.repeat(32) as FeedKey;
  const hash = seq.toString(16).padStart(64, '0') as BlockHash;
  return { space: SPACE, feed, seq, hash, bytes: webRng.bytes(sizeBytes), origin: 'own' };
}

/** Lets the n-th record from now, and all later ones, find no room. Returns the way back. */
function fillAfter(records: number): () => void {
  const { put } = IDBObjectStore.prototype;
  let left = records;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args: [unknown, IDBValidKey?]) {
    if (left-- <= 0) throw new DOMException('no room', 'QuotaExceededError');
    return put.apply(this, args);
  };
  return () => {
    IDBObjectStore.prototype.put = put;
  };
}

test.each([0, 1, 2, 3, 6])(
  'no room at record %i refuses the whole commit, not those before and after',
  async (records) => {
    await deleteWebStore('full');
    const store = await WebStore.open('full', webRng);
    await store.commit({ blocks: [block(0, 1000)] });
    const large = {
      blocks: [1, 2, 3].map((seq) => block(seq, 300_000)),
      values: new Map([['mark', utf8('x')]]),
    };
    const makeRoom = fillAfter(records);
    await expect(store.commit(large)).rejects.toMatchObject({ code: 'STORE_FULL' });
    makeRoom();
    expect((await store.read(SPACE, 0, 9)).map(({ seq }) => seq)).toEqual([0]);
    expect(await store.value('mark')).toBeUndefined();
    await store.commit(large);
    expect((await store.read(SPACE, 0, 9)).map(({ position, seq }) => [position, seq])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 3],
    ]);
    expect(await store.value('mark')).toEqual(utf8('x'));
    await store[Symbol.asyncDispose]();
    await deleteWebStore('full');
  },
);
