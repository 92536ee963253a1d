/** Removal of files by itself: when it looks, what it leaves alone, and what a power cut in it does. */
import { equalBytes, toHex } from '@atoll/kernel';
import { defineType, s, type BlobRef } from '@atoll/schema';
import { SimRng, type SimMachine } from '@atoll/testkit';
import { expect, test } from 'vitest';
import type { Space } from '../api.ts';
import type { AtollClient } from '../client.ts';
import { liveUntil } from '../live.ts';
import { SpaceHandle } from '../space-handle.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

const Photo = defineType('org.example.Photo', { title: s.string(), file: s.blob().optional() });
const DAY_MS = 24 * 60 * 60 * 1000;
const FILE_BYTES = 100_000;

function bytesOf(seed: number, length: number = FILE_BYTES): Uint8Array {
  return new SimRng(seed).bytes(length);
}

class Scene extends ClientScene {
  spaceId = '';

  get machineOfAda(): SimMachine {
    return this.machine('ada');
  }

  async begin(): Promise<AtollClient> {
    const ada = await this.person('ada');
    this.spaceId = (await this.space(ada, 'Trip')).id;
    return ada;
  }

  /** Ada in another run, some days later. */
  async later(client: AtollClient, days: number): Promise<AtollClient> {
    await this.world.during(client.close());
    this.machineOfAda.skewMs += days * DAY_MS;
    return this.open('ada');
  }

  trip(client: AtollClient): Space {
    return found(client, this.spaceId);
  }

  put(space: Space, seed: number, length?: number): Promise<BlobRef> {
    return this.world.during(space.blobs.put(bytesOf(seed, length)));
  }

  /** An object with a file, all of it durable and with the server. */
  async photo(space: Space, seed: number): Promise<BlobRef> {
    const file = await this.put(space, seed);
    // Set later: what an object is created with stays in snapshots as long as it has a row.
    const photo = space.db.add(Photo, { title: `photo ${seed}` });
    await this.world.during(space.flush());
    handleOf(space).undo.stacks.apart(() => (photo.file = file));
    await this.world.during(space.flush());
    await this.world.during(space.blobs.stored(file));
    return file;
  }

  /** What the hourly look does. */
  async tidy(client: AtollClient): Promise<void> {
    await this.world.during(handleOf(this.trip(client)).blobs.keeping.tidy());
  }

  /** Seals an epoch and drops the history under it at once. */
  async drop(client: AtollClient): Promise<void> {
    const trip = handleOf(this.trip(client));
    trip.db.add(Photo, { title: 'the last block of a feed stays, whatever it says' });
    await this.world.during(trip.flush());
    const { number } = trip.epochs.status.get();
    await this.world.during(trip.epochs.propose());
    await this.world.during(liveUntil(trip.epochs.status, (now) => now.number > number));
    await this.world.during(trip.echo.epochs.dropHistory(0));
  }

  isHere(ref: BlobRef, space: string = this.spaceId): boolean {
    return this.machineOfAda.chunkDisk.bucket(space).has(toHex(ref.id));
  }

  async expectWhole(space: Space, ref: BlobRef, seed: number): Promise<void> {
    const got = await this.world.during(space.blobs.bytes(ref, { localOnly: true }));
    expect(equalBytes(got, bytesOf(seed))).toBe(true);
  }
}

function handleOf(space: Space): SpaceHandle {
  if (space instanceof SpaceHandle) return space;
  throw new RangeError('no handle');
}

/** A file that was shown, replaced, and is in no history, undo or memory any more; and one that stays. */
async function withLoose(scene: Scene): Promise<{
  readonly ada: AtollClient;
  readonly gone: BlobRef;
  readonly kept: BlobRef;
}> {
  let ada = await scene.begin();
  const trip = scene.trip(ada);
  const gone = await scene.put(trip, 1);
  await scene.world.during(trip.blobs.stored(gone));
  const kept = await scene.photo(trip, 2);
  ada = await scene.later(ada, 0);
  return { ada, gone, kept };
}

test('what nobody needs goes by itself a day after it was first seen, and it is said how much', async () => {
  const scene = new Scene(1);
  const { gone, kept, ...first } = await withLoose(scene);
  let { ada } = first;
  await scene.tidy(ada);
  expect(scene.isHere(gone)).toBe(true);
  const before = await scene.world.during(scene.trip(ada).blobs.usage());
  expect(before).toMatchObject({ freedBytes: 0 });
  ada = await scene.later(ada, 2);
  await scene.tidy(ada);
  expect(scene.isHere(gone)).toBe(false);
  await scene.expectWhole(scene.trip(ada), kept, 2);
  const after = await scene.world.during(scene.trip(ada).blobs.usage());
  expect(after.freedBytes).toBe(before.bytes - after.bytes);
  expect(after.freedBytes).toBeGreaterThanOrEqual(FILE_BYTES);
  expect(after.freedMs).toBeGreaterThan(0);
});

test('a client that is open looks some minutes after its start, without being asked', async () => {
  const scene = new Scene(2);
  const { gone, ...first } = await withLoose(scene);
  let { ada } = first;
  const minutes = (count: number): Promise<void> =>
    scene.world.run(scene.world.nowMs + count * 60_000);
  await minutes(4);
  ada = await scene.later(ada, 2);
  await minutes(2);
  expect(scene.isHere(gone)).toBe(true);
  await minutes(2);
  expect(scene.isHere(gone)).toBe(false);
  await scene.world.during(ada.close());
});

test('nothing is read again while nothing has changed, and after history was dropped it is', async () => {
  const scene = new Scene(3);
  let { ada } = await withLoose(scene);
  await scene.tidy(ada);
  ada = await scene.later(ada, 2);
  await scene.tidy(ada);
  // What is loose now is seen by no look until there is a reason for one.
  const trip = scene.trip(ada);
  const late = await scene.put(trip, 3);
  await scene.world.during(trip.blobs.stored(late));
  ada = await scene.later(ada, 3);
  await scene.tidy(ada);
  expect(scene.isHere(late)).toBe(true);
  await scene.drop(ada);
  await scene.tidy(ada);
  expect(scene.isHere(late)).toBe(false);
});

test('and when much has come, or a month has gone by', async () => {
  for (const isMuch of [true, false]) {
    const scene = new Scene(4);
    let { ada } = await withLoose(scene);
    await scene.tidy(ada);
    ada = await scene.later(ada, 2);
    await scene.tidy(ada);
    const late = await scene.put(scene.trip(ada), 3, isMuch ? 18 * 2 ** 20 : 1000);
    await scene.world.during(scene.trip(ada).blobs.stored(late));
    ada = await scene.later(ada, isMuch ? 2 : 31);
    await scene.tidy(ada);
    expect(scene.isHere(late)).toBe(false);
  }
});

test('a second window keeps what only its undo, its reader or its writer knows of', async () => {
  const scene = new Scene(5);
  const ada = await scene.begin();
  const first = scene.trip(ada);
  const file = await scene.photo(first, 1);
  const window = await scene.open('ada');
  const sees = (): boolean => window.spaces.get(scene.spaceId)?.db.query(Photo).count() === 1;
  expect(await scene.world.runUntil(sees, 30_000)).toBe(true);
  const second = scene.trip(window);
  const photo = second.db.query(Photo).first();
  if (photo === undefined) throw new RangeError('no photo');
  photo.file = undefined;
  await scene.world.during(second.flush());
  const cleared = (): boolean => first.db.query(Photo).first()?.file === undefined;
  expect(await scene.world.runUntil(cleared, 30_000)).toBe(true);
  await scene.drop(ada);
  await scene.world.run(scene.world.nowMs + 5_000);
  // The first window writes its own stacks over those of the second one.
  first.db.add(Photo, { title: 'one more' });
  const collect = (space: Space) => scene.world.during(space.blobs.collect({ graceMs: 0 }));
  // What the first window has put in this run stays anyway: a third one knows nothing of it.
  await scene.world.during(ada.close());
  const third = await scene.open('ada');
  expect((await collect(scene.trip(third))).looseChunks).toBe(0);
  expect(second.undo.undo()).toMatchObject({ done: 1 });
  await scene.expectWhole(second, file, 1);
  second.undo.redo();
  await scene.world.during(second.flush());
  await scene.world.during(window.close());
});

test('a window that does not answer keeps everything, and when it has ended it keeps nothing', async () => {
  const scene = new Scene(6);
  const { ada, gone } = await withLoose(scene);
  const asleep = scene.machineOfAda.boot();
  const lock = await asleep.locks.tryAcquire('slot-7');
  const collecting = scene.trip(ada).blobs.collect({ graceMs: 0 });
  await expect(scene.world.during(collecting)).rejects.toMatchObject({ code: 'BLOB_GC_UNSURE' });
  expect(scene.isHere(gone)).toBe(true);
  await lock?.[Symbol.asyncDispose]();
  await scene.world.during(scene.trip(ada).blobs.collect({ graceMs: 0 }));
  expect(scene.isHere(gone)).toBe(false);
});

test('a branch gets its own copy of what it read from its origin before that lets it go', async () => {
  const scene = new Scene(7);
  let ada = await scene.begin();
  const file = await scene.photo(scene.trip(ada), 1);
  const grown = await scene.world.during(ada.spaces.branch(scene.trip(ada), { name: 'draft' }));
  // As if the piece had not been here when the branch was made, and had come to the origin since.
  const { chunkDisk } = scene.machineOfAda;
  chunkDisk.delete(grown.id, [...chunkDisk.bucket(grown.id).keys()]);
  ada = await scene.later(ada, 0);
  const photo = scene.trip(ada).db.query(Photo).first();
  if (photo === undefined) throw new RangeError('no photo');
  handleOf(scene.trip(ada)).undo.stacks.apart(() => (photo.file = undefined));
  await scene.world.during(scene.trip(ada).flush());
  await scene.drop(ada);
  await scene.world.during(scene.trip(ada).blobs.collect({ graceMs: 0 }));
  expect(scene.isHere(file)).toBe(false);
  await scene.expectWhole(found(ada, grown.id), file, 1);
});

test('what a member has got from here lately stays whole', async () => {
  const scene = new Scene(8);
  const { ada, gone } = await withLoose(scene);
  const { blobs, place } = handleOf(scene.trip(ada));
  expect(await place.served.read(toHex(gone.id))).toBeDefined();
  const collect = () => scene.world.during(blobs.collect({ graceMs: 0 }));
  expect((await collect()).looseChunks).toBe(0);
  await scene.expectWhole(scene.trip(ada), gone, 1);
  const again = await scene.later(ada, 0);
  await scene.world.during(scene.trip(again).blobs.collect({ graceMs: 0 }));
  expect(scene.isHere(gone)).toBe(false);
});

test.each(['crash-before', 'crash-torn', 'crash-after'] as const)(
  'power fails at any write of a removal (%s): what is needed is whole, and the next one ends it',
  async (fault) => {
    let crashes = 0;
    for (const disk of ['disk', 'chunkDisk'] as const) {
      for (let write = 1; ; write++) {
        const scene = new Scene(9);
        const { gone, kept, ...first } = await withLoose(scene);
        let { ada } = first;
        const machine = scene.machineOfAda;
        const died = machine[disk].life;
        machine[disk].failAt(write, fault);
        const collecting = scene.trip(ada).blobs.collect({ graceMs: 0 });
        await scene.world.during(collecting.catch(() => undefined));
        const hasDied = machine[disk].life !== died;
        if (hasDied) {
          crashes++;
          ada = await scene.open('ada');
          await scene.expectWhole(scene.trip(ada), kept, 2);
          await scene.world.during(scene.trip(ada).blobs.collect({ graceMs: 0 }));
        }
        expect(scene.isHere(gone)).toBe(false);
        await scene.expectWhole(scene.trip(ada), kept, 2);
        if (!hasDied) break;
      }
    }
    expect(crashes).toBeGreaterThan(2);
  },
);
