/** What every {@link ChunkStore} must do, whatever holds the bytes. */
import { expect, test } from 'vitest';
import { utf8, type ChunkStore } from '@atoll/kernel';

/** One profile's chunks on some medium, which can be opened again. */
export interface ChunkBed extends AsyncDisposable {
  open(): Promise<ChunkStore>;
}

const A = 'aa'.repeat(32);
const B = 'bb'.repeat(32);
const at = (no: number): string => no.toString(16).padStart(2, '0').repeat(32);

/** Registers the suite; `make` gives an empty profile. */
export function chunkContract(name: string, make: () => Promise<ChunkBed>): void {
  test(`${name}: a chunk comes back as it was put, and from its bucket alone`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    const bytes = new Uint8Array(70_000).map((_, place) => place * 7);
    await store.put(A, [{ id: at(1), bytes }], 5_000);
    bytes.fill(0);
    const found = await store.get(A, at(1));
    expect(found?.length).toBe(70_000);
    expect(found?.[10]).toBe(70);
    expect(await store.get(B, at(1))).toBeUndefined();
    expect(await store.has(A, [at(2), at(1), at(1)])).toEqual([false, true, true]);
  });

  test(`${name}: what was put is there after opening again`, async () => {
    await using bed = await make();
    const first = await bed.open();
    await first.put(A, [{ id: at(1), bytes: utf8('one') }], 5_000);
    await first[Symbol.asyncDispose]();
    await using second = await bed.open();
    expect(await second.get(A, at(1))).toEqual(utf8('one'));
    expect(await second.buckets()).toEqual([A]);
  });

  test(`${name}: a chunk that is put again stays as it was and counts as put now`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    await store.put(A, [{ id: at(1), bytes: utf8('one') }], 5_000);
    const twice = [
      { id: at(2), bytes: utf8('four') },
      { id: at(1), bytes: utf8('one') },
      { id: at(2), bytes: utf8('four') },
    ];
    await store.put(A, twice, 9_000);
    expect(await store.list(A, { limit: 9 })).toEqual([
      { id: at(1), sizeBytes: 3, atMs: 9_000 },
      { id: at(2), sizeBytes: 4, atMs: 9_000 },
    ]);
    expect(await store.totals(A)).toEqual({ chunks: 2, bytes: 7 });
  });

  test(`${name}: lists are in order, in pages, and by prefix`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    const ids = [at(0x30), at(0x1f), at(0x10), at(0xff)];
    await store.put(
      A,
      ids.map((id) => ({ id, bytes: utf8(id) })),
      1_000,
    );
    await store.put(B, [{ id: at(0x11), bytes: utf8('x') }], 1_000);
    const listed = async (options: { prefix?: string; after?: string }): Promise<unknown[]> =>
      (await store.list(A, { ...options, limit: 2 })).map(({ id }) => id);
    expect(await listed({})).toEqual([at(0x10), at(0x1f)]);
    expect(await listed({ after: at(0x1f) })).toEqual([at(0x30), at(0xff)]);
    expect(await listed({ after: at(0xff) })).toEqual([]);
    expect(await listed({ prefix: '1' })).toEqual([at(0x10), at(0x1f)]);
    expect(await listed({ prefix: '1', after: at(0x10) })).toEqual([at(0x1f)]);
    expect(await listed({ prefix: '1', after: at(0x30) })).toEqual([]);
    expect(await listed({ prefix: at(0xff) })).toEqual([at(0xff)]);
    expect(await listed({ prefix: at(0x77) })).toEqual([]);
    expect(await listed({ prefix: '3', after: at(0x10) })).toEqual([at(0x30)]);
  });

  test(`${name}: what is deleted is gone, and nothing else`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    for (const bucket of [A, B]) {
      await store.put(bucket, [{ id: at(1), bytes: utf8('one') }], 1_000);
      await store.put(bucket, [{ id: at(2), bytes: utf8('two') }], 1_000);
    }
    await store.delete(A, [at(1), at(3)]);
    expect(await store.has(A, [at(1), at(2)])).toEqual([false, true]);
    expect(await store.has(B, [at(1), at(2)])).toEqual([true, true]);
    expect(await store.totals(A)).toEqual({ chunks: 1, bytes: 3 });
    await store.delete(A, [at(2)]);
    expect(await store.buckets()).toEqual([B]);
    expect(await store.totals(A)).toEqual({ chunks: 0, bytes: 0 });
  });

  test(`${name}: what was listed is removed unless it was put again since`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    await using other = await bed.open();
    const chunks = [1, 2, 3].map((no) => ({ id: at(no), bytes: utf8(`chunk ${no}`) }));
    await store.put(A, chunks, 1_000);
    await store.put(B, chunks, 1_000);
    const listed = await store.list(A, { limit: 9 });
    await other.put(A, [{ id: at(2), bytes: utf8('chunk 2') }], 2_000);
    await store.delete(A, [at(3)]);
    expect(await store.deleteListed(A, listed)).toEqual([at(2)]);
    expect(await store.has(A, [at(1), at(2), at(3)])).toEqual([false, true, false]);
    expect(await store.get(A, at(2))).toEqual(utf8('chunk 2'));
    expect(await store.list(A, { limit: 9 })).toEqual([{ id: at(2), sizeBytes: 7, atMs: 2_000 }]);
    expect(await store.has(B, [at(1), at(2), at(3)])).toEqual([true, true, true]);
  });

  test(`${name}: a chunk that is put while it is being removed is there in the end`, async () => {
    await using bed = await make();
    await using store = await bed.open();
    await using other = await bed.open();
    const ids = Array.from({ length: 24 }, (_, no) => at(no + 1));
    const chunks = ids.map((id) => ({ id, bytes: utf8(id) }));
    for (let round = 0; round < 4; round++) {
      await store.put(A, chunks, round * 10_000);
      const listed = await store.list(A, { limit: 99 });
      const putting = chunks.map((chunk) => other.put(A, [chunk], round * 10_000 + 5_000));
      await Promise.all([store.deleteListed(A, listed), ...putting]);
      expect(await store.has(A, ids)).toEqual(ids.map(() => true));
      for (const id of ids) expect(await store.get(A, id)).toEqual(utf8(id));
    }
  });

  test(`${name}: a closed store says so`, async () => {
    await using bed = await make();
    const store = await bed.open();
    await store[Symbol.asyncDispose]();
    await expect(store.get(A, at(1))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });
}
