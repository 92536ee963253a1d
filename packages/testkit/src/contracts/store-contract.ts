/** What every {@link Store} must do, whatever holds the bytes. */
import { expect, test } from 'vitest';
import {
  toHex,
  utf8,
  type BlockHash,
  type FeedKey,
  type NewBlock,
  type SpaceId,
  type Store,
  type StoredBlock,
} from '@atoll/kernel';

/** One profile on some medium, which can be opened several times, at once and one after another. */
export interface StoreBed extends AsyncDisposable {
  open(): Promise<Store>;
}

const SPACE_A = 'aa'.repeat(32) as SpaceId;
const SPACE_B = 'bb'.repeat(32) as SpaceId;
const FEED_A = '0a'.repeat(32) as FeedKey;
const FEED_B = '0b'.repeat(32) as FeedKey;

/** A block whose hash and bytes follow from its place and a salt. */
function block(seq: number, changes: Partial<NewBlock> & { salt?: number } = {}): NewBlock {
  const { salt = 0, ...rest } = changes;
  const feed = rest.feed ?? FEED_A;
  const hash = toHex(new Uint8Array(32).map((_, at) => (at * 7 + seq * 13 + salt) & 0xff));
  return {
    space: SPACE_A,
    feed,
    seq,
    hash: (hash.slice(0, 56) +
      feed.slice(0, 4) +
      (seq & 0xffff).toString(16).padStart(4, '0')) as BlockHash,
    bytes: utf8(`block ${seq} salt ${salt}`),
    origin: 'own',
    ...rest,
  };
}

function brief(blocks: readonly StoredBlock[]): unknown[] {
  return blocks.map(({ position, feed, seq, hash }) => [position, feed, seq, hash]);
}

/** Registers the suite; `make` gives an empty profile. */
export function storeContract(name: string, make: () => Promise<StoreBed>): void {
  readingContract(name, make);
  placeContract(name, make);
  conflictContract(name, make);
  raceContract(name, make);
  dropContract(name, make);
  forgetContract(name, make);
  valueContract(name, make);
  lifeContract(name, make);
}

function readingContract(name: string, make: () => Promise<StoreBed>): void {
  test(`${name}: a new store is empty, and a block never written is absent`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    expect(await store.spaces()).toEqual([]);
    expect(await store.lastPosition(SPACE_A)).toBe(0);
    expect(await store.read(SPACE_A, 0, 10)).toEqual([]);
    expect(await store.get(SPACE_A, block(0).hash)).toBeUndefined();
    expect(await store.value('nothing')).toBeUndefined();
  });

  test(`${name}: blocks come back whole, in order of arrival, from any position`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    const signature = new Uint8Array(64).fill(7);
    const written = [
      block(0),
      block(0, { feed: FEED_B }),
      block(1, { signature }),
      block(1, { feed: FEED_B, bytes: new Uint8Array() }),
    ];
    await store.commit({ blocks: written.slice(0, 3) });
    await store.commit({ blocks: written.slice(3) });
    const read = await store.read(SPACE_A, 0, 10);
    expect(brief(read)).toEqual(
      written.map(({ feed, seq, hash }, at) => [at + 1, feed, seq, hash]),
    );
    for (const [at, { bytes }] of written.entries()) {
      expect(read[at]?.bytes.constructor).toBe(Uint8Array);
      expect(toHex(read[at]?.bytes ?? utf8('absent'))).toBe(toHex(bytes));
    }
    expect(read[2]?.signature).toEqual(signature);
    expect('signature' in (read[0] ?? {})).toBe(false);
    expect(brief(await store.read(SPACE_A, 1, 2))).toEqual(brief(read.slice(1, 3)));
    expect(await store.read(SPACE_A, 4, 2)).toEqual([]);
    expect(await store.get(SPACE_A, written[2]?.hash as BlockHash)).toEqual(read[2]);
    expect(await store.lastPosition(SPACE_A)).toBe(4);
  });

  test(`${name}: spaces have separate orders of arrival`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    await store.commit({ blocks: [block(0), block(0, { space: SPACE_B }), block(1)] });
    expect(await store.lastPosition(SPACE_A)).toBe(2);
    expect(brief(await store.read(SPACE_B, 0, 9))).toEqual([[1, FEED_A, 0, block(0).hash]]);
    expect([...(await store.spaces())].sort()).toEqual([SPACE_A, SPACE_B]);
    expect(await store.get(SPACE_B, block(1).hash)).toBeUndefined();
  });

  test(`${name}: a read stops near 4 MiB but always makes progress`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    const bytes = new Uint8Array(1_500_000);
    await store.commit({ blocks: [0, 1, 2, 3, 4].map((seq) => block(seq, { bytes })) });
    const first = await store.read(SPACE_A, 0, 5);
    expect(first.length).toBeGreaterThanOrEqual(1);
    expect(first.length).toBeLessThanOrEqual(3);
    const second = await store.read(SPACE_A, first.length, 5);
    expect(second[0]?.position).toBe(first.length + 1);
  });

  test(`${name}: a thousand blocks in one batch keep their order`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    const blocks = Array.from({ length: 1000 }, (_, seq) => block(seq));
    await store.commit({ blocks });
    const read = await store.read(SPACE_A, 0, 2000);
    expect(read.map(({ hash }) => hash)).toEqual(blocks.map(({ hash }) => hash));
    expect((await store.get(SPACE_A, block(777).hash))?.position).toBe(778);
  });
}

function placeContract(name: string, make: () => Promise<StoreBed>): void {
  test(`${name}: what a commit says of places is where the blocks lie`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    // A store may say nothing; what it says must be true.
    const says = async (blocks: readonly NewBlock[], first: number): Promise<void> => {
      const said = await store.commit({ blocks });
      expect([undefined, first]).toContain(said);
    };
    await says([block(0), block(1)], 1);
    await says([block(0, { space: SPACE_B })], 1);
    await says([block(2), block(3)], 3);
    const [third] = await store.read(SPACE_A, 2, 1);
    expect(third?.hash).toBe(block(2).hash);
  });

  test(`${name}: a commit says no place when a block was there or several spaces are meant`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    await store.commit({ blocks: [block(0)] });
    expect(await store.commit({ blocks: [block(1), block(0), block(2)] })).toBeUndefined();
    const mixed = [block(3), block(0, { space: SPACE_B }), block(4)];
    expect(await store.commit({ blocks: mixed })).toBeUndefined();
    expect(await store.commit({ values: new Map([['mark', utf8('x')]]) })).toBeUndefined();
  });
}

function conflictContract(name: string, make: () => Promise<StoreBed>): void {
  test(`${name}: a block that is there already is skipped and keeps its position`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    await store.commit({ blocks: [block(0), block(1)] });
    await store.commit({ blocks: [block(0), block(1, { origin: 'received' }), block(2)] });
    expect(brief(await store.read(SPACE_A, 0, 9)).length).toBe(3);
    expect((await store.get(SPACE_A, block(1).hash))?.position).toBe(2);
  });

  test(`${name}: a signature that comes later is added, and one that is there stays`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    await store.commit({ blocks: [block(0)] });
    const first = new Uint8Array(64).fill(1);
    await store.commit({ blocks: [block(0, { origin: 'received', signature: first })] });
    expect((await store.get(SPACE_A, block(0).hash))?.signature).toEqual(first);
    const second = new Uint8Array(64).fill(2);
    await store.commit({ blocks: [block(0, { origin: 'received', signature: second })] });
    await store.commit({ blocks: [block(0)] });
    expect((await store.get(SPACE_A, block(0).hash))?.signature).toEqual(first);
  });

  test(`${name}: an own block on a taken place is refused with its whole batch`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    await store.commit({ blocks: [block(0), block(1)] });
    const values = new Map([['mark', utf8('x')]]);
    const batch = { blocks: [block(2), block(1, { salt: 9 })], values };
    await expect(store.commit(batch)).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
    expect(await store.lastPosition(SPACE_A)).toBe(2);
    expect(await store.value('mark')).toBeUndefined();
    const twins = [block(5), block(5, { salt: 1 })];
    await expect(store.commit({ blocks: twins })).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
    await store.commit({ blocks: [block(2)] });
    expect(await store.lastPosition(SPACE_A)).toBe(3);
  });

  test(`${name}: a received branch takes the place from own blocks, and all branches stay`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    const branches = [1, 2, 3].map((salt) => block(4, { salt, origin: 'received' }));
    await store.commit({ blocks: branches });
    expect(await store.lastPosition(SPACE_A)).toBe(3);
    await expect(store.commit({ blocks: [block(4)] })).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
    });
    await store.commit({ blocks: [block(4, { space: SPACE_B })] });
    expect(await store.lastPosition(SPACE_B)).toBe(1);
  });
}

function dropContract(name: string, make: () => Promise<StoreBed>): void {
  test(`${name}: what is dropped is neither read nor got, and positions stay`, async () => {
    await using bed = await make();
    {
      await using store = await bed.open();
      await store.commit({ blocks: [0, 1, 2, 3].map((seq) => block(seq)) });
      await store.commit({ blocks: [block(0, { feed: FEED_B }), block(4)] });
      await store.commit({ drops: [{ space: SPACE_A, positions: [1, 2, 4, 99] }] });
      expect((await store.read(SPACE_A, 0, 9)).map(({ position }) => position)).toEqual([3, 5, 6]);
      expect((await store.read(SPACE_A, 3, 1)).map(({ position }) => position)).toEqual([5]);
      expect(await store.get(SPACE_A, block(1).hash)).toBeUndefined();
    }
    await using store = await bed.open();
    expect(await store.get(SPACE_A, block(3).hash)).toBeUndefined();
    expect((await store.get(SPACE_A, block(2).hash))?.bytes).toEqual(block(2).bytes);
    expect(await store.lastPosition(SPACE_A)).toBe(6);
    await store.commit({ blocks: [block(5)] });
    expect((await store.get(SPACE_A, block(5).hash))?.position).toBe(7);
  });

  test(`${name}: the last block of a log and the last of each feed are not dropped`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    await store.commit({ blocks: [block(0), block(1), block(0, { feed: FEED_B }), block(2)] });
    await store.commit({ drops: [{ space: SPACE_A, positions: [1, 2, 3, 4] }] });
    const left = await store.read(SPACE_A, 0, 9);
    expect(left.map(({ feed, seq }) => [feed, seq])).toEqual([
      [FEED_B, 0],
      [FEED_A, 2],
    ]);
  });

  test(`${name}: a dropped block that is received again is stored at the end`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    await store.commit({ blocks: [block(0), block(1), block(2)] });
    await store.commit({ drops: [{ space: SPACE_A, positions: [1, 2] }] });
    await store.commit({ blocks: [block(1, { origin: 'received' })] });
    expect(brief(await store.read(SPACE_A, 0, 9))).toEqual([
      [3, FEED_A, 2, block(2).hash],
      [4, FEED_A, 1, block(1).hash],
    ]);
  });
}

function forgetContract(name: string, make: () => Promise<StoreBed>): void {
  test(`${name}: a log that is forgotten is gone, and positions go on if it begins anew`, async () => {
    await using bed = await make();
    {
      await using store = await bed.open();
      await store.commit({ blocks: [block(0), block(1), block(0, { space: SPACE_B })] });
      await store.commit({ values: new Map([['v', utf8('1')]]), forgets: [SPACE_A] });
      expect(await store.read(SPACE_A, 0, 9)).toEqual([]);
      expect(await store.get(SPACE_A, block(1).hash)).toBeUndefined();
    }
    await using store = await bed.open();
    expect(await store.spaces()).toEqual([SPACE_B]);
    expect(await store.lastPosition(SPACE_A)).toBe(0);
    expect(await store.lastPosition(SPACE_B)).toBe(1);
    expect(await store.value('v')).toEqual(utf8('1'));
    // The same number of a feed is free again, whoever wrote it.
    await store.commit({ blocks: [block(1, { salt: 7 })] });
    expect((await store.get(SPACE_A, block(1, { salt: 7 }).hash))?.position).toBe(3);
    expect(await store.lastPosition(SPACE_A)).toBe(3);
    await store.commit({ forgets: [SPACE_A] });
    await store.commit({ forgets: [SPACE_A] });
    await store.commit({ blocks: [block(0)] });
    expect(brief(await store.read(SPACE_A, 0, 9))).toEqual([[4, FEED_A, 0, block(0).hash]]);
  });

  test(`${name}: another opener does not go by what it knew of a forgotten log`, async () => {
    await using bed = await make();
    await using one = await bed.open();
    await using two = await bed.open();
    await two.commit({ blocks: [block(0), block(1)] });
    expect((await two.get(SPACE_A, block(0).hash))?.position).toBe(1);
    await one.commit({ forgets: [SPACE_A] });
    expect(await two.get(SPACE_A, block(0).hash)).toBeUndefined();
    await two.commit({ blocks: [block(0), block(1, { origin: 'received' })] });
    const again = [
      [3, FEED_A, 0, block(0).hash],
      [4, FEED_A, 1, block(1).hash],
    ];
    expect(brief(await two.read(SPACE_A, 0, 9))).toEqual(again);
    expect(brief(await one.read(SPACE_A, 0, 9))).toEqual(again);
    expect((await two.get(SPACE_A, block(0).hash))?.position).toBe(3);
  });
}

function raceContract(name: string, make: () => Promise<StoreBed>): void {
  test(`${name}: of two openers that append the same number one wins`, async () => {
    await using bed = await make();
    await using one = await bed.open();
    await using two = await bed.open();
    const outcomes = await Promise.allSettled([
      one.commit({ blocks: [block(0, { salt: 1 })] }),
      two.commit({ blocks: [block(0, { salt: 2 })] }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await one.lastPosition(SPACE_A)).toBe(1);
    expect(brief(await one.read(SPACE_A, 0, 9))).toEqual(brief(await two.read(SPACE_A, 0, 9)));
  });

  test(`${name}: a refused commit does not harm those made at the same moment`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    const outcomes = await Promise.allSettled([
      store.commit({ blocks: [block(0), block(0, { space: SPACE_B })] }),
      store.commit({ blocks: [block(1)], values: new Map([['kept', utf8('1')]]) }),
      store.commit({ blocks: [block(2), block(0, { salt: 1 })] }),
      store.commit({ blocks: [block(2, { salt: 5 })] }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect((await store.read(SPACE_A, 0, 9)).map(({ hash }) => hash)).toEqual([
      block(0).hash,
      block(1).hash,
      block(2, { salt: 5 }).hash,
    ]);
    expect(await store.value('kept')).toEqual(utf8('1'));
  });
}

function valueContract(name: string, make: () => Promise<StoreBed>): void {
  test(`${name}: values are set, replaced, removed and listed by prefix`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    await store.commit({
      values: new Map([
        ['row/b', utf8('1')],
        ['row/a', utf8('2')],
        ['row', new Uint8Array()],
        ['rox/~', utf8('3')],
      ]),
    });
    expect(await store.names('row/')).toEqual(['row/a', 'row/b']);
    expect(await store.names('')).toEqual(['row', 'row/a', 'row/b', 'rox/~']);
    expect(await store.value('row')).toEqual(new Uint8Array());
    await store.commit({
      values: new Map<string, Uint8Array | undefined>([
        ['row/a', utf8('new')],
        ['row/b', undefined],
        ['row/never', undefined],
      ]),
    });
    expect(await store.value('row/a')).toEqual(utf8('new'));
    expect(await store.names('row/')).toEqual(['row/a']);
  });

  test(`${name}: a prefix is taken literally`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    const names = ['a%b', 'a_b', 'axb', 'A%b', 'a*b', 'a~', 'b'];
    await store.commit({ values: new Map(names.map((text) => [text, utf8(text)])) });
    expect(await store.names('a%')).toEqual(['a%b']);
    expect(await store.names('a_')).toEqual(['a_b']);
    expect(await store.names('a~')).toEqual(['a~']);
    expect(await store.names('a')).toEqual(['a%b', 'a*b', 'a_b', 'axb', 'a~']);
  });
}

function lifeContract(name: string, make: () => Promise<StoreBed>): void {
  test(`${name}: what was committed is there after reopening, under the same incarnation`, async () => {
    await using bed = await make();
    let incarnation: string;
    {
      await using store = await bed.open();
      incarnation = store.incarnation;
      await store.commit({ blocks: [block(0)], values: new Map([['v', utf8('1')]]) });
    }
    await using store = await bed.open();
    expect(incarnation).toMatch(/^[0-9a-f]{32}$/);
    expect(store.incarnation).toBe(incarnation);
    expect((await store.read(SPACE_A, 0, 9)).length).toBe(1);
    expect(await store.value('v')).toEqual(utf8('1'));
  });

  test(`${name}: closing lets commits under way finish, and refuses later ones`, async () => {
    await using bed = await make();
    const store = await bed.open();
    const pending = store.commit({ blocks: [block(0)] });
    await store[Symbol.asyncDispose]();
    await pending;
    const late = store.commit({ blocks: [block(1)] });
    await expect(late).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(store.lastPosition(SPACE_A)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await store[Symbol.asyncDispose]();
    await using again = await bed.open();
    expect(await again.lastPosition(SPACE_A)).toBe(1);
  });

  test(`${name}: others are told of a commit, the writer is not`, async () => {
    await using bed = await make();
    await using writer = await bed.open();
    await using reader = await bed.open();
    let own = 0;
    writer.onForeignCommit(() => own++);
    const told = new Promise<void>((resolve) => reader.onForeignCommit(resolve));
    await writer.commit({ blocks: [block(0)] });
    await told;
    expect(await reader.lastPosition(SPACE_A)).toBe(1);
    expect(own).toBe(0);
  });

  test(`${name}: a batch's buffers may be reused once its commit has resolved`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    const bytes = utf8('before');
    await store.commit({ blocks: [block(0, { bytes })], values: new Map([['v', bytes]]) });
    bytes.fill(0);
    expect((await store.read(SPACE_A, 0, 1))[0]?.bytes).toEqual(utf8('before'));
    expect(await store.value('v')).toEqual(utf8('before'));
  });
}
