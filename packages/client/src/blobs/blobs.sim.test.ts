/** Files of a space in a simulated world: people, a KUBE, disks that fail, and nothing else. */
import { equalBytes, toHex } from '@atoll/kernel';
import { defineType, s, type BlobPart, type BlobRef } from '@atoll/schema';
import { SimChunks } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import type { AtollClient } from '../client.ts';
import type { Space } from '../api.ts';
import type { PutOptions } from './api.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

const Photo = defineType('org.example.Photo', { title: s.string(), file: s.blob().optional() });
const DAY_MS = 24 * 60 * 60 * 1000;

/** Bytes without pattern, the same for the same seed. */
function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 2654435761;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

class Scene extends ClientScene {
  /** Ada and Jun in one space, with a picture that Ada has put into an object. */
  async withPicture(bytes: Uint8Array): Promise<Shared> {
    const ada = await this.person('ada');
    const jun = await this.person('jun');
    const trip = await this.space(ada, 'Trip');
    const theirs = await this.join(trip, jun);
    const ref = await this.world.during(
      trip.blobs.put(bytes, { type: 'image/png', name: 'a.png' }),
    );
    const photo = trip.db.add(Photo, { title: 'Sea', file: ref });
    await this.world.during(trip.flush());
    expect(await this.world.runUntil(() => photoOf(theirs) !== undefined, 20_000)).toBe(true);
    return { ada, jun, trip, theirs, ref, photo };
  }
}

interface Shared {
  readonly ada: AtollClient;
  readonly jun: AtollClient;
  readonly trip: Space;
  readonly theirs: Space;
  readonly ref: BlobRef;
  readonly photo: { file?: BlobRef | undefined };
}

function photoOf(space: Space): BlobRef | undefined {
  return space.db.query(Photo).first()?.file;
}

function uploaded(scene: Scene, space: Space, ref: BlobRef): Promise<boolean> {
  return scene.world.runUntil(() => space.blobs.state(ref).get().upload === 'stored', 60_000);
}

describe('a file', () => {
  test('is read back where it was put, and says what it is', async () => {
    const scene = new Scene(1);
    const ada = await scene.person('ada');
    const trip = await scene.space(ada, 'Trip');
    for (const length of [0, 1, 255, 16_384, 300_000, 2_000_000]) {
      const bytes = noise(length, length);
      const ref = await scene.world.during(trip.blobs.put(bytes, { type: 'text/plain' }));
      expect(ref).toMatchObject({ size: length, type: 'text/plain' });
      expect(equalBytes(await scene.world.during(trip.blobs.bytes(ref)), bytes)).toBe(true);
      expect(trip.blobs.state(ref).get()).toMatchObject({ at: 'here', have: length, of: length });
    }
  });

  test('reaches a member who asks for it, with its ref long before its bytes', async () => {
    const scene = new Scene(2);
    const bytes = noise(1_500_000);
    const { theirs } = await scene.withPicture(bytes);
    const ref = photoOf(theirs) as BlobRef;
    expect(ref).toMatchObject({ name: 'a.png', type: 'image/png', size: bytes.length });
    const state = theirs.blobs.state(ref);
    const seen = new Set<string>();
    state.subscribe(() => seen.add(state.get().at));
    const progress: number[] = [];
    const onProgress = ({ have }: { readonly have: number }): void => void progress.push(have);
    const got = await scene.world.during(theirs.blobs.bytes(ref, { onProgress }));
    expect(equalBytes(got, bytes)).toBe(true);
    expect(progress.at(-1)).toBe(bytes.length);
    expect(progress.length).toBeGreaterThan(5);
    expect(state.get()).toMatchObject({ at: 'here', have: bytes.length });
    expect(seen).toContain('coming');
    await scene.world.during(theirs.blobs.bytes(ref, { localOnly: true }));
  });

  test('reaches a member through the server although they are never online together', async () => {
    const scene = new Scene(3);
    const bytes = noise(900_000);
    const { ada, jun, theirs, trip } = await scene.withPicture(new Uint8Array(10));
    await scene.world.during(jun.close());
    const ref = await scene.world.during(trip.blobs.put(bytes));
    trip.db.add(Photo, { title: 'Later', file: ref });
    await scene.world.during(trip.flush());
    expect(await uploaded(scene, trip, ref)).toBe(true);
    await scene.world.run(scene.world.nowMs + 5_000);
    await scene.world.during(ada.close());
    const again = await scene.open('jun');
    const later = (): Space | undefined => again.spaces.get(theirs.id);
    const has = (): boolean =>
      later()?.db.query(Photo).where({ title: 'Later' }).first() !== undefined;
    expect(await scene.world.runUntil(has, 30_000)).toBe(true);
    expect(
      equalBytes(await scene.world.during(found(again, theirs.id).blobs.bytes(ref)), bytes),
    ).toBe(true);
  });

  test('tells the server nothing: neither content, nor that two spaces hold the same', async () => {
    const scene = new Scene(4);
    const ada = await scene.person('ada');
    const text = 'a secret that nobody else may read '.repeat(4_000);
    const bytes = new TextEncoder().encode(text);
    const ids: string[][] = [];
    for (const name of ['One', 'Two']) {
      const space = await scene.world.during(ada.spaces.create({ name }));
      const ref = await scene.world.during(space.blobs.put(bytes, { name: 'secret.txt' }));
      expect(await uploaded(scene, space, ref)).toBe(true);
      ids.push([...scene.machine('ada').chunkDisk.bucket(space.id).keys()]);
    }
    const held = scene.kube.chunkDisk.names.map((name) => [...scene.kube.chunkDisk.bucket(name)]);
    expect(held.flat().length).toBe(ids.flat().length);
    for (const [, chunk] of held.flat()) {
      expect(Buffer.from(chunk.bytes).includes('secret')).toBe(false);
    }
    expect(ids[0]?.filter((id) => ids[1]?.includes(id))).toEqual([]);
  });

  test('shares its pieces with the file it was edited from', async () => {
    const scene = new Scene(5);
    const ada = await scene.person('ada');
    const trip = await scene.space(ada, 'Trip');
    const bytes = noise(4_000_000);
    const edited = new Uint8Array(bytes.length + 3);
    edited.set(bytes.subarray(0, 2_000_000));
    edited.set([1, 2, 3], 2_000_000);
    edited.set(bytes.subarray(2_000_000), 2_000_003);
    await scene.world.during(trip.blobs.put(bytes));
    const disk = new SimChunks(scene.machine('ada').chunkDisk);
    const before = await disk.totals(trip.id);
    const ref = await scene.world.during(trip.blobs.put(edited));
    const after = await disk.totals(trip.id);
    expect(after.bytes - before.bytes).toBeLessThan(600_000);
    expect(equalBytes(await scene.world.during(trip.blobs.bytes(ref)), edited)).toBe(true);
  });
});

describe('small files', () => {
  const small = noise(40_000, 3);
  const large = noise(200_000, 4);

  /** Jun without a connection, while Ada puts a small file and a large one with a small picture. */
  async function apart(scene: Scene): Promise<{ theirs: Space; refs: readonly BlobPart[] }> {
    const { jun, theirs, trip } = await scene.withPicture(new Uint8Array(10));
    await scene.world.during(jun.close());
    const thumbnail = await scene.world.during(trip.blobs.put(noise(9_000, 5)));
    const of = async (bytes: Uint8Array, options: PutOptions): Promise<BlobRef> => {
      const ref = await scene.world.during(trip.blobs.put(bytes, options));
      trip.db.add(Photo, { title: 'Later', file: ref });
      return ref;
    };
    const refs = [await of(small, {}), await of(large, { thumbnail }), thumbnail];
    await scene.world.during(trip.flush());
    const again = await scene.open('jun');
    return { theirs: found(again, theirs.id), refs };
  }

  const at = ({ blobs }: Space, refs: readonly BlobPart[]): readonly string[] =>
    refs.map((ref) => blobs.state(ref).get().at);

  test('come with the objects that name them, pictures of large ones too; the large ones wait', async () => {
    const scene = new Scene(21);
    const { refs, theirs } = await apart(scene);
    const isDone = (): boolean => at(theirs, refs).join() === 'here,away,here';
    expect(await scene.world.runUntil(isDone, 60_000)).toBe(true);
    const [first] = refs as [BlobPart];
    const got = await scene.world.during(theirs.blobs.bytes(first, { localOnly: true }));
    expect(equalBytes(got, small)).toBe(true);
  });

  test('are left where they are by a client that wants none', async () => {
    const scene = new Scene(22, { files: { eagerBytesMax: 0 } });
    const { refs, theirs } = await apart(scene);
    const knows = (): boolean => theirs.db.query(Photo).where({ title: 'Later' }).count() === 2;
    expect(await scene.world.runUntil(knows, 60_000)).toBe(true);
    await scene.world.run(scene.world.nowMs + 30_000);
    expect(at(theirs, refs)).not.toContain('here');
  });

  test('and pinned ones of any size are made whole after a restart', async () => {
    const scene = new Scene(24, { files: { eagerBytesMax: 0 } });
    const { jun, ref, theirs } = await scene.withPicture(noise(3_000_000));
    await scene.world.during(theirs.blobs.pin(ref));
    await scene.world.run(scene.world.nowMs + 40);
    expect(theirs.blobs.state(ref).get().at).toBe('coming');
    await scene.world.during(jun.close());
    const again = found(await scene.open('jun'), theirs.id);
    const isHere = (): boolean => again.blobs.state(ref).get().at === 'here';
    expect(await scene.world.runUntil(isHere, 120_000)).toBe(true);
    expect(again.blobs.state(ref).get().pinned).toBe(true);
  });

  test('that nobody had at first come when somebody who has them is there', async () => {
    const scene = new Scene(23);
    const { ada, jun, theirs, trip } = await scene.withPicture(new Uint8Array(10));
    await scene.world.during(jun.close());
    const ref = await scene.world.during(trip.blobs.put(small));
    trip.db.add(Photo, { title: 'Later', file: ref });
    await scene.world.during(trip.flush());
    expect(await uploaded(scene, trip, ref)).toBe(true);
    await scene.world.run(scene.world.nowMs + 5_000);
    await scene.world.during(ada.close());
    // The server has lost its files, and nobody else is there.
    const disk = new SimChunks(scene.kube.chunkDisk);
    for (const name of scene.kube.chunkDisk.names) {
      const ids = [...scene.kube.chunkDisk.bucket(name).keys()];
      await scene.world.during(disk.delete(name, ids));
    }
    const again = found(await scene.open('jun'), theirs.id);
    const knows = (): boolean => again.db.query(Photo).where({ title: 'Later' }).count() === 1;
    expect(await scene.world.runUntil(knows, 60_000)).toBe(true);
    await scene.world.run(scene.world.nowMs + 60_000);
    expect(at(again, [ref])).not.toContain('here');
    await scene.open('ada');
    const isHere = (): boolean => at(again, [ref])[0] === 'here';
    expect(await scene.world.runUntil(isHere, 60_000)).toBe(true);
  });
});

describe('a fault', () => {
  test('of the disk in a piece is noticed, and the piece fetched anew', async () => {
    const scene = new Scene(6);
    const bytes = noise(800_000);
    const { ref, theirs, trip } = await scene.withPicture(bytes);
    await scene.world.during(theirs.blobs.bytes(ref));
    const disk = scene.machine('ada').chunkDisk;
    for (const [id] of disk.bucket(trip.id)) expect(disk.damage(trip.id, id)).toBe(true);
    expect(equalBytes(await scene.world.during(trip.blobs.bytes(ref)), bytes)).toBe(true);
    expect(
      equalBytes(await scene.world.during(trip.blobs.bytes(ref, { localOnly: true })), bytes),
    ).toBe(true);
  });

  test('full disk: putting fails with its code, and looking at others’ pictures does not', async () => {
    const scene = new Scene(7);
    const bytes = noise(500_000);
    const { ref, theirs } = await scene.withPicture(bytes);
    scene.machine('jun').chunkDisk.bytesMax = 100_000;
    const putting = theirs.blobs.put(noise(500_000, 9));
    await expect(scene.world.during(putting)).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(equalBytes(await scene.world.during(theirs.blobs.bytes(ref)), bytes)).toBe(true);
  });

  test.each(['crash-before', 'crash-torn', 'crash-after'] as const)(
    'power fails at any write (%s): what was put is whole, and its upload goes on',
    async (fault) => {
      for (let at = 1; at <= 2; at++) {
        const scene = new Scene(100 + at);
        const bytes = noise(5_000_000, at);
        const ada = await scene.person('ada');
        const trip = await scene.space(ada, 'Trip');
        scene.machine('ada').chunkDisk.failAt(at, fault);
        const first = trip.blobs.put(bytes).then(
          () => true,
          () => false,
        );
        await scene.world.run(scene.world.nowMs + 5_000);
        await first;
        const again = found(await scene.open('ada'), trip.id);
        const ref = await scene.world.during(again.blobs.put(bytes));
        again.db.add(Photo, { title: 'Sea', file: ref });
        expect(equalBytes(await scene.world.during(again.blobs.bytes(ref)), bytes)).toBe(true);
        expect(await uploaded(scene, again, ref)).toBe(true);
      }
    },
  );

  test('full server: the file stays here, whoever waits is told why, and room lets it go on', async () => {
    const scene = new Scene(13);
    scene.kube.chunkBytesMax = 300_000;
    const ada = await scene.person('ada');
    const trip = await scene.space(ada, 'Trip');
    const small = await scene.world.during(trip.blobs.put(noise(100_000, 1)));
    await scene.world.during(trip.blobs.stored(small));
    const ref = await scene.world.during(trip.blobs.put(noise(500_000, 2)));
    trip.db.add(Photo, { title: 'Sea', file: ref });
    const waiting = scene.world.during(trip.blobs.stored(ref));
    await expect(waiting).rejects.toMatchObject({ code: 'BLOB_QUOTA' });
    expect(trip.blobs.state(ref).get()).toMatchObject({ at: 'here', upload: 'full' });
    const [mailbox] = scene.kube.chunkDisk.names;
    const held = await new SimChunks(scene.kube.chunkDisk).totals(mailbox ?? '');
    expect(held.bytes).toBeLessThanOrEqual(300_000);
    scene.kube.chunkBytesMax = 3_000_000;
    await scene.world.during(ada.close());
    const again = found(await scene.open('ada'), trip.id);
    expect(await uploaded(scene, again, ref)).toBe(true);
  });

  test('an upload that was cut off by a restart is finished by the next run', async () => {
    const scene = new Scene(8);
    const ada = await scene.person('ada');
    const trip = await scene.space(ada, 'Trip');
    scene.kube.stop();
    const ref = await scene.world.during(trip.blobs.put(noise(700_000)));
    trip.db.add(Photo, { title: 'Sea', file: ref });
    await scene.world.during(trip.flush());
    expect(trip.blobs.state(ref).get().upload).toBe('waiting');
    await scene.world.during(ada.close());
    scene.kube.start();
    const again = found(await scene.open('ada'), trip.id);
    expect(await uploaded(scene, again, ref)).toBe(true);
    const here = scene.machine('ada').chunkDisk.bucket(trip.id);
    const [mailbox] = scene.kube.chunkDisk.names;
    expect([...scene.kube.chunkDisk.bucket(mailbox ?? '').keys()].sort()).toEqual(
      [...here.keys()].sort(),
    );
  });

  test('pinned, it comes by itself and stays', async () => {
    const scene = new Scene(9);
    const bytes = noise(600_000);
    const { ref, theirs } = await scene.withPicture(bytes);
    await scene.world.during(theirs.blobs.pin(ref));
    const isHere = (): boolean => theirs.blobs.state(ref).get().at === 'here';
    expect(await scene.world.runUntil(isHere, 60_000)).toBe(true);
    expect(theirs.blobs.state(ref).get().pinned).toBe(true);
    expect(await scene.world.during(theirs.blobs.forget(ref))).toBe(false);
    await scene.world.during(theirs.blobs.unpin(ref));
    expect(await scene.world.during(theirs.blobs.forget(ref))).toBe(true);
    expect(theirs.blobs.state(ref).get().at).toBe('away');
  });
});

describe('making space', () => {
  test('keeps what an object names, has named, or could name again by undo', async () => {
    const scene = new Scene(10);
    const { ada, photo, ref, trip } = await scene.withPicture(noise(400_000));
    const loose = await scene.world.during(trip.blobs.put(noise(300_000, 7)));
    expect(await uploaded(scene, trip, loose)).toBe(true);
    const other = await scene.world.during(trip.blobs.put(noise(200_000, 8)));
    expect(await uploaded(scene, trip, other)).toBe(true);
    photo.file = other;
    await scene.world.during(trip.flush());
    await scene.world.during(ada.close());
    scene.machine('ada').skewMs = 2 * DAY_MS;
    const again = found(await scene.open('ada'), trip.id);
    const dry = await scene.world.during(again.blobs.collect({ dryRun: true }));
    expect(dry.looseBytes).toBeGreaterThan(300_000);
    expect(dry.looseBytes).toBeLessThan(330_000);
    expect(again.blobs.state(loose).get().at).not.toBe('away');
    expect(await scene.world.during(again.blobs.collect())).toEqual({ ...dry, removed: true });
    const left = await scene.world.during(again.blobs.collect());
    expect(left.looseChunks).toBe(0);
    const local = { localOnly: true };
    const old = await scene.world.during(again.blobs.bytes(ref, local));
    expect(old.length).toBe(400_000);
    await scene.world.during(again.blobs.bytes(other, local));
    const gone = scene.world.during(again.blobs.bytes(loose, local));
    await expect(gone).rejects.toMatchObject({ code: 'BLOB_AWAY' });
  });

  test('never touches what was put within the time of grace, or waits for its upload', async () => {
    const scene = new Scene(11);
    const ada = await scene.person('ada');
    const trip = await scene.space(ada, 'Trip');
    await scene.world.during(trip.blobs.put(noise(100_000)));
    expect((await scene.world.during(trip.blobs.collect())).looseChunks).toBe(0);
    scene.kube.stop();
    const waiting = await scene.world.during(trip.blobs.put(noise(100_000, 2)));
    await scene.world.during(ada.close());
    scene.machine('ada').skewMs = 2 * DAY_MS;
    const again = found(await scene.open('ada'), trip.id);
    await scene.world.during(again.blobs.collect());
    await scene.world.during(again.blobs.bytes(waiting, { localOnly: true }));
  });

  test('reaches to the server when that is wanted, and there, too, spares what is new', async () => {
    const scene = new Scene(14);
    const ada = await scene.person('ada');
    const trip = await scene.space(ada, 'Trip');
    const kept = await scene.world.during(trip.blobs.put(noise(100_000, 1)));
    trip.db.add(Photo, { title: 'Sea', file: kept });
    const old = await scene.world.during(trip.blobs.put(noise(200_000, 2)));
    expect(await uploaded(scene, trip, old)).toBe(true);
    await scene.world.during(ada.close());
    await scene.world.run(scene.world.nowMs + 2 * DAY_MS);
    const again = await scene.open('ada');
    const space = found(again, trip.id);
    const young = await scene.world.during(space.blobs.put(noise(50_000, 3)));
    expect(await uploaded(scene, space, young)).toBe(true);
    await scene.world.during(again.close());
    const later = await scene.open('ada');
    const there = found(later, trip.id);
    later.network.setOnline(false);
    const options = { servers: true, graceMs: 0 };
    const alone = scene.world.during(there.blobs.collect(options));
    await expect(alone).rejects.toMatchObject({ code: 'BLOB_AWAY' });
    later.network.setOnline(true);
    const isHere = (): boolean => there.status.get().mailbox === 'has-everything';
    expect(await scene.world.runUntil(isHere, 60_000)).toBe(true);
    const done = await scene.world.during(there.blobs.collect(options));
    const held = scene.kube.chunkDisk.names.flatMap((name) => [
      ...scene.kube.chunkDisk.bucket(name).keys(),
    ]);
    expect(held).toContain(toHex(kept.id));
    expect(held).toContain(toHex(young.id));
    expect(held).not.toContain(toHex(old.id));
    expect(done.removedFromServers).toBeGreaterThan(1);
    expect(done.removedFromServers).toBeLessThan(done.looseChunks);
    await scene.world.during(there.blobs.bytes(kept, { localOnly: true }));
  });

  test('finds a name that stands in a text, as digits', async () => {
    const scene = new Scene(12);
    const ada = await scene.person('ada');
    const trip = await scene.space(ada, 'Trip');
    const ref = await scene.world.during(trip.blobs.put(noise(50_000)));
    expect(await uploaded(scene, trip, ref)).toBe(true);
    trip.db.add(Photo, { title: `see atoll-blob:${toHex(ref.id)} there` });
    await scene.world.during(ada.close());
    scene.machine('ada').skewMs = 2 * DAY_MS;
    const again = found(await scene.open('ada'), trip.id);
    expect((await scene.world.during(again.blobs.collect())).looseChunks).toBe(0);
  });
});
