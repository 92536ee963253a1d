/** When a collector removes pieces that nothing names, and when it does not dare to. */
import { concatBytes, fromHex, type SpaceId } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimChunkDisk, SimChunks, SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { lookForLoose, removeLoose, type Look, type LookInput } from './blob-collector.ts';
import { BlobIndex } from './blob-index.ts';

const BUCKET = '11'.repeat(16) as SpaceId;
const [ROOT, LIST, LEAF, OTHER] = ['ab', 'bc', 'cd', 'de'].map((each) => each.repeat(32)) as [
  string,
  string,
  string,
  string,
];
const ALL = [ROOT, LIST, LEAF, OTHER];

class Bed {
  readonly chunks = new SimChunks(new SimChunkDisk());
  readonly store = new MemoryStore(new MemoryDisk(new SimRng(1)));
  readonly index = new BlobIndex(this.store, BUCKET);
  /** What the space says. */
  plain: Uint8Array = new Uint8Array(0);
  unreadable = 0;
  readonly inUse = new Set<string>();

  async put(ids: readonly string[], atMs: number): Promise<void> {
    const chunks = ids.map((id) => ({ id, bytes: new Uint8Array(100) }));
    await this.chunks.put(BUCKET, chunks, atMs);
  }

  name(...ids: readonly string[]): void {
    this.plain = concatBytes(Uint8Array.of(7), ...ids.map((id) => fromHex(id) as Uint8Array));
  }

  get input(): LookInput {
    return {
      chunks: this.chunks,
      bucket: BUCKET,
      index: this.index,
      visit: (see) => {
        see(this.plain);
        return Promise.resolve({ unreadable: this.unreadable, position: 1 });
      },
      inUse: () => this.inUse,
      nowMs: 1_000,
      graceMs: 100,
    };
  }

  look(): Promise<Look> {
    return lookForLoose(this.input);
  }

  async collect(): Promise<readonly string[]> {
    const { loose } = await this.look();
    await removeLoose(this.input, loose);
    return this.here();
  }

  async here(): Promise<readonly string[]> {
    return (await this.chunks.list(BUCKET, { limit: 99 })).map(({ id }) => id);
  }
}

test('nothing is removed while a part of the history cannot be read', async () => {
  const bed = new Bed();
  await bed.put([ROOT], 0);
  await bed.index.note(ROOT, [ROOT]);
  bed.unreadable = 1;
  await expect(bed.look()).rejects.toMatchObject({ code: 'BLOB_GC_UNSURE' });
  expect([await bed.here(), await bed.index.known()]).toEqual([[ROOT], [ROOT]]);
  bed.unreadable = 0;
  expect(await bed.collect()).toEqual([]);
  expect(await bed.index.known()).toEqual([]);
});

test('what is said after the look is heard before anything goes', async () => {
  const bed = new Bed();
  await bed.put(ALL, 0);
  await bed.index.note(ROOT, [ROOT, LEAF]);
  const look = await bed.look();
  expect(look.loose.chunks.map(({ id }) => id)).toEqual(ALL);
  bed.name(ROOT);
  const after = await look.again([OTHER]);
  expect(after.chunks.map(({ id }) => id)).toEqual([LIST]);
  expect(after.roots).toEqual([]);
});

test('a piece of no known file stays while something is named of which the pieces are unknown', async () => {
  const bed = new Bed();
  await bed.put(ALL, 0);
  bed.name(ROOT);
  // Its record is lost, or damaged: nobody can say that LIST and LEAF are not of it.
  await bed.index.note(OTHER, [OTHER]);
  expect(await bed.collect()).toEqual([ROOT, LIST, LEAF]);
  await bed.index.note(ROOT, [ROOT, LEAF]);
  expect(await bed.collect()).toEqual([ROOT, LEAF]);
});

test('a record with a byte that the disk has changed is none, and takes no piece with it', async () => {
  const bed = new Bed();
  await bed.put([ROOT, LEAF], 0);
  bed.name(ROOT);
  await bed.index.note(ROOT, [ROOT, LEAF]);
  const name = `blob-chunks/${BUCKET}/${ROOT}`;
  const whole = (await bed.store.value(name)) as Uint8Array;
  for (let at = 0; at < whole.length; at++) {
    const wrong = whole.slice();
    wrong[at] = (wrong[at] as number) ^ 16;
    await bed.store.commit({ values: new Map([[name, wrong]]) });
    expect(await bed.index.chunksOf(ROOT)).toBeUndefined();
    expect(await bed.collect()).toEqual([ROOT, LEAF]);
  }
});

test('a file of which a piece is being read, or is young, stays whole', async () => {
  const bed = new Bed();
  await bed.put(ALL, 0);
  await bed.index.note(ROOT, [ROOT, LIST, LEAF]);
  bed.inUse.add(LEAF);
  expect((await bed.look()).spared).toBe(3);
  expect(await bed.collect()).toEqual([ROOT, LIST, LEAF]);
  bed.inUse.clear();
  await bed.put([LIST], 950);
  expect(await bed.collect()).toEqual([ROOT, LIST, LEAF]);
});

test('a file that is put again between the look and the removal keeps its pieces and its record', async () => {
  const bed = new Bed();
  await bed.put([ROOT, LEAF], 0);
  await bed.index.note(ROOT, [ROOT, LEAF]);
  const { loose } = await bed.look();
  await bed.put([ROOT, LEAF], 999);
  await bed.index.note(ROOT, [ROOT, LEAF], 'upload');
  expect(await removeLoose(bed.input, loose)).toBe(0);
  expect(await bed.here()).toEqual([ROOT, LEAF]);
  expect(await bed.index.chunksOf(ROOT)).toEqual([ROOT, LEAF]);
});
