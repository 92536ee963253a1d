/** Files on their way that are cut off at every piece: what has come is never fetched or given once more. */
import { equalBytes, toHex } from '@atoll/kernel';
import { defineType, s, type BlobRef } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import type { Space } from '../api.ts';
import { SpaceHandle } from '../space-handle.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

const Photo = defineType('org.example.Photo', { title: s.string(), file: s.blob().optional() });
/** Some pieces of about 64 KiB, and the one that lists them. */
const FILE_BYTES = 400_000;

function handleOf(space: Space): SpaceHandle {
  if (space instanceof SpaceHandle) return space;
  throw new RangeError('no handle');
}

/** Counts how often each piece is read for somebody else. */
function countServed(space: Space): Map<string, number> {
  const { served } = handleOf(space).place;
  const read = served.read.bind(served);
  const timesById = new Map<string, number>();
  served.read = (id) => {
    timesById.set(id, (timesById.get(id) ?? 0) + 1);
    return read(id);
  };
  return timesById;
}

/** Ada has a file, and Jun knows of it; only the two are there. */
async function shared(seed: number): Promise<{
  readonly scene: ClientScene;
  readonly trip: Space;
  readonly theirs: Space;
  readonly ref: BlobRef;
  readonly bytes: Uint8Array;
}> {
  const scene = new ClientScene(seed, { files: { eagerBytesMax: 0 } }, { keepsMailboxes: false });
  const { world } = scene;
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.space(ada, 'Trip');
  const theirs = await scene.join(trip, jun);
  const bytes = new SimRng(seed).bytes(FILE_BYTES);
  const ref = await world.during(trip.blobs.put(bytes));
  trip.db.add(Photo, { title: 'Sea', file: ref });
  await world.during(trip.flush());
  expect(await world.runUntil(() => theirs.db.query(Photo).count() === 1, 20_000)).toBe(true);
  return { scene, trip, theirs, ref, bytes };
}

test('a fetch that loses power at any piece goes on with the next one', async () => {
  let cuts = 0;
  for (let piece = 1; ; piece++) {
    const { bytes, ref, scene, theirs, trip } = await shared(1);
    const jun = scene.machine('jun');
    const before = jun.chunkDisk.life;
    jun.chunkDisk.failAt(piece, 'crash-after');
    const first = scene.world.during(theirs.blobs.bytes(ref));
    await first.catch(() => undefined);
    if (jun.chunkDisk.life === before) break;
    cuts++;
    const kept = new Set(jun.chunkDisk.bucket(trip.id).keys());
    expect(kept.size).toBeGreaterThan(0);
    // What was asked before the power failed is still answered, to nobody.
    await scene.world.run(scene.world.nowMs + 5_000);
    const served = countServed(trip);
    const again = await scene.open('jun');
    expect(await scene.world.runUntil(() => again.spaces.get(trip.id) !== undefined, 30_000)).toBe(
      true,
    );
    const got = await scene.world.during(found(again, trip.id).blobs.bytes(ref));
    expect(equalBytes(got, bytes)).toBe(true);
    expect([...served.keys()].filter((id) => kept.has(id))).toEqual([]);
    expect([...served.values()].filter((times) => times > 1)).toEqual([]);
    expect(served.size).toBe(jun.chunkDisk.bucket(trip.id).size - kept.size);
  }
  expect(cuts).toBeGreaterThan(4);
});

test('a fetch whose connection breaks at any piece goes on with the next one, and none comes twice', async () => {
  let breaks = 0;
  for (let piece = 1; ; piece++) {
    const { bytes, ref, scene, theirs, trip } = await shared(2);
    const { chunkDisk } = scene.machine('jun');
    const served = countServed(trip);
    const reading = scene.world.during(theirs.blobs.bytes(ref));
    const here = (): number => chunkDisk.bucket(trip.id).size;
    if (piece > 12 || !(await scene.world.runUntil(() => here() >= piece, 60_000))) break;
    breaks++;
    const kept = new Set(chunkDisk.bucket(trip.id).keys());
    const whenBroken = new Map(served);
    scene.network.breakWires();
    expect(equalBytes(await reading, bytes)).toBe(true);
    const more = [...served].filter(([id, times]) => times > (whenBroken.get(id) ?? 0));
    expect(more.filter(([id]) => kept.has(id))).toEqual([]);
    expect(chunkDisk.bucket(trip.id).has(toHex(ref.id))).toBe(true);
  }
  expect(breaks).toBeGreaterThan(4);
});

test('an upload that loses power at any piece gives the server only what it has not got', async () => {
  let cuts = 0;
  for (let piece = 1; ; piece++) {
    const scene = new ClientScene(3);
    const ada = await scene.person('ada');
    const trip = await scene.space(ada, 'Trip');
    const ref = await scene.world.during(trip.blobs.put(new SimRng(3).bytes(FILE_BYTES)));
    trip.db.add(Photo, { title: 'Sea', file: ref });
    await scene.world.during(trip.flush());
    const machine = scene.machine('ada');
    const pieces = machine.chunkDisk.bucket(trip.id).size;
    const there = (): number => {
      const [mailbox = ''] = scene.kube.chunkDisk.names;
      return scene.kube.chunkDisk.bucket(mailbox).size;
    };
    if (piece >= pieces) break;
    expect(await scene.world.runUntil(() => there() >= piece, 60_000)).toBe(true);
    machine.crash();
    // What was given before the power failed is still taken.
    await scene.world.run(scene.world.nowMs + 5_000);
    const [kept, puts] = [there(), scene.kube.chunkDisk.operations];
    if (kept < pieces) cuts++;
    const again = await scene.open('ada');
    expect(await scene.world.runUntil(() => again.spaces.get(trip.id) !== undefined, 30_000)).toBe(
      true,
    );
    await scene.world.during(found(again, trip.id).open());
    await scene.world.during(found(again, trip.id).blobs.stored(ref));
    expect(there()).toBe(pieces);
    expect(scene.kube.chunkDisk.operations - puts).toBe(pieces - kept);
  }
  expect(cuts).toBeGreaterThan(2);
});
