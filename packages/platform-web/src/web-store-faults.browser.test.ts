/** A browser that ends a transaction at any of its writes: all of the commit is there, or nothing of it. */
import { expect, test } from 'vitest';
import {
  StoreError,
  utf8,
  type BlockHash,
  type FeedKey,
  type NewBlock,
  type SpaceId,
  type StoreBatch,
} from '@atoll/kernel';
import { webRng } from './web-ports.ts';
import { WebStore, deleteWebStore } from './web-store.ts';

const SPACE = 'ab'.repeat(32) as SpaceId;
const NAME = 'ended';

function block(seq: number, sizeBytes = 1000): NewBlock {
  const hash = seq.toString(16).padStart(64, '0') as BlockHash;
  const bytes = webRng.bytes(sizeBytes);
  return { space: SPACE, feed: 'cd'.repeat(32) as FeedKey, seq, hash, bytes, origin: 'own' };
}

const WRITES = ['put', 'add', 'delete'] as const;

/** Ends the transaction after its n-th write, as a browser does that is closed or fails. */
function endAfter(writes: number): { readonly restore: () => void; readonly met: () => boolean } {
  const before = WRITES.map((name) => IDBObjectStore.prototype[name]);
  let left = writes;
  for (const [at, name] of WRITES.entries()) {
    const write = before[at] as (this: IDBObjectStore, ...args: unknown[]) => IDBRequest;
    Object.assign(IDBObjectStore.prototype, {
      [name](this: IDBObjectStore, ...args: unknown[]): IDBRequest {
        const request = write.apply(this, args);
        if (--left === 0) this.transaction.abort();
        return request;
      },
    });
  }
  return {
    restore: () => {
      for (const [at, name] of WRITES.entries()) {
        Object.assign(IDBObjectStore.prototype, { [name]: before[at] });
      }
    },
    met: () => left <= 0,
  };
}

/** Everything in the store, as text. */
async function contentOf(store: WebStore): Promise<string> {
  const blocks = await store.read(SPACE, 0, 1000);
  const values: unknown[] = [];
  for (const name of await store.names('')) values.push([name, await store.value(name)]);
  return JSON.stringify([blocks.map((one) => ({ ...one, bytes: [...one.bytes] })), values]);
}

const BATCHES: readonly (readonly [string, () => StoreBatch])[] = [
  ['blocks and values', () => ({ blocks: [block(6), block(7)], values: named('b', 'c') })],
  ['several packs', () => ({ blocks: [6, 7, 8].map((seq) => block(seq, 300_000)) })],
  ['values that are replaced and removed', () => ({ values: named('a', 'z') })],
  ['drops', () => ({ drops: [{ space: SPACE, positions: [1, 2, 3] }] })],
  ['forgets', () => ({ forgets: [SPACE] })],
];

const named = (kept: string, removed: string): Map<string, Uint8Array | undefined> =>
  new Map([
    [kept, utf8('new')],
    [removed, undefined],
  ]);

test.each(BATCHES)('%s: an end at any write leaves the state before or after', async (_, batch) => {
  for (let writes = 1; ; writes++) {
    await deleteWebStore(NAME);
    const store = await WebStore.open(NAME, webRng);
    await store.commit({ blocks: [0, 1, 2].map((seq) => block(seq)), values: named('a', 'y') });
    await store.commit({ blocks: [3, 4, 5].map((seq) => block(seq)), values: named('z', 'y') });
    const before = await contentOf(store);
    const given = batch();
    const fault = endAfter(writes);
    const failure: unknown = await store.commit(given).then(
      () => undefined,
      (refused: unknown) => refused,
    );
    fault.restore();
    if (!fault.met()) {
      await store[Symbol.asyncDispose]();
      expect(writes).toBeGreaterThan(1);
      return;
    }
    expect(failure).toBeInstanceOf(StoreError);
    expect(await contentOf(store), `ended at write ${writes}`).toBe(before);
    await store[Symbol.asyncDispose]();
    const again = await WebStore.open(NAME, webRng);
    expect(await contentOf(again)).toBe(before);
    // What was refused can be committed, by this process and by the next.
    await again.commit(given);
    expect(await contentOf(again)).not.toBe(before);
    const blocks = await again.read(SPACE, 0, 100);
    expect(blocks.map(({ hash }) => hash)).toEqual([...new Set(blocks.map(({ hash }) => hash))]);
    await again[Symbol.asyncDispose]();
  }
});
