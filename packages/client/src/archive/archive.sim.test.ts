/** Archives: the same root comes back, and nothing false does. */
import { fc, test as property } from '@fast-check/vitest';
import { defineType, s, type BlobRef } from '@atoll/schema';
import { SimChunks } from '@atoll/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Space } from '../api.ts';
import type { AtollClient } from '../client.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string(), notes: s.text() });

class Scene extends ClientScene {
  constructor(seed: number) {
    super(seed, { online: false });
  }

  async trip(client: AtollClient): Promise<Space> {
    const space = await this.space(client, 'Trip');
    for (const title of ['Pack', 'Lock the door', 'Go']) {
      const task = space.db.add(Task, { title });
      task.notes.insert(0, `notes of ${title} 😀`);
      await this.world.during(space.flush());
    }
    return space;
  }

  async bytesOf(space: Space, passphrase?: string): Promise<Uint8Array> {
    const archive = space.export(passphrase === undefined ? {} : { passphrase });
    return new Uint8Array(Buffer.concat(await this.world.during(Array.fromAsync(archive))));
  }
}

/** The bytes in pieces, as a file or a socket gives them. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('a stranger with the passphrase gets the same root and may read, but not write', async () => {
  const scene = new Scene(1);
  const [ada, eve] = [await scene.person('Ada'), await scene.person('Eve')];
  const space = await scene.trip(ada);
  const bytes = await scene.bytesOf(space, 'open sesame');
  const done = await scene.world.during(
    eve.spaces.import(inPieces(bytes, 1000), { passphrase: 'open sesame' }),
  );
  expect(done).toMatchObject({ space: space.id, same: true });
  expect(done.blocks).toBeGreaterThan(3);
  const copy = found(eve, space.id);
  expect((await scene.world.during(copy.info())).root).toBe(
    (await scene.world.during(space.info())).root,
  );
  expect(copy.name.get()).toBe('Trip');
  expect(() => copy.db.add(Task, { title: 'mine' })).toThrow(
    expect.objectContaining({ code: 'SPACE_NOT_READY' }),
  );
  expect(Buffer.from(bytes).includes('Lock the door')).toBe(false);
});

test('what is here already is not taken twice, and what is more here stays', async () => {
  const scene = new Scene(2);
  const ada = await scene.person('Ada');
  const space = await scene.trip(ada);
  const bytes = await scene.bytesOf(space);
  expect(await scene.world.during(ada.spaces.import(inPieces(bytes, 77)))).toEqual({
    space: space.id,
    blocks: 0,
    same: true,
    files: 0,
  });
  space.db.add(Task, { title: 'later' });
  await scene.world.during(space.flush());
  expect(await scene.world.during(ada.spaces.import(inPieces(bytes, 9999)))).toMatchObject({
    blocks: 0,
    same: false,
  });
  expect(space.db.query(Task).count()).toBe(4);
});

test('without its passphrase, or with a wrong one, an archive stays closed', async () => {
  const scene = new Scene(3);
  const [ada, eve] = [await scene.person('Ada'), await scene.person('Eve')];
  const space = await scene.trip(ada);
  const open = await scene.bytesOf(space);
  const sealed = await scene.bytesOf(space, 'right');
  const tries = [
    [open, undefined, 'CLIENT_ARCHIVE_LOCKED'],
    [open, 'right', 'CLIENT_ARCHIVE_LOCKED'],
    [sealed, undefined, 'CLIENT_ARCHIVE_LOCKED'],
    [sealed, 'wrong', 'CLIENT_ARCHIVE_PASSPHRASE'],
  ] as const;
  for (const [bytes, passphrase, code] of tries) {
    const options = passphrase === undefined ? {} : { passphrase };
    await expect(
      scene.world.during(eve.spaces.import(inPieces(bytes, 500), options)),
    ).rejects.toMatchObject({ code });
  }
  expect(eve.spaces.list.get()).toEqual([]);
});

describe('a damaged archive', () => {
  let scene: Scene;
  let ada: AtollClient;
  let bytes: Uint8Array;
  let root: string;

  beforeAll(async () => {
    scene = new Scene(4);
    ada = await scene.person('Ada');
    const space = await scene.trip(ada);
    bytes = await scene.bytesOf(space);
    root = (await scene.world.during(space.info())).root;
  });

  property.prop([fc.nat(), fc.integer({ min: 1, max: 255 })], { numRuns: 200 })(
    'is refused whichever byte was changed',
    async (place, flip) => {
      const changed = bytes.slice();
      const at = place % bytes.length;
      changed[at] = (changed[at] ?? 0) ^ flip;
      await expect(
        scene.world.during(ada.spaces.import(inPieces(changed, 700))),
      ).rejects.toMatchObject({ code: expect.stringMatching(/^CLIENT_ARCHIVE_/) as string });
    },
  );

  property.prop([fc.nat()], { numRuns: 100 })('is refused wherever it ends', async (place) => {
    const cut = bytes.subarray(0, place % bytes.length);
    await expect(scene.world.during(ada.spaces.import(inPieces(cut, 700)))).rejects.toMatchObject({
      code: 'CLIENT_ARCHIVE_DAMAGED',
    });
    expect(
      (await scene.world.during(found(ada, ada.spaces.list.get()[0]?.id ?? '').info())).root,
    ).toBe(root);
  });
});

describe('files', () => {
  const File = defineType('org.example.File', { title: s.string(), file: s.blob().optional() });
  let state = 1;
  const bytes = Uint8Array.from({ length: 700_000 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >>> 24;
  });

  async function withFile(scene: Scene): Promise<{ space: Space; ref: BlobRef; loose: BlobRef }> {
    const ada = await scene.person('Ada');
    const space = await scene.trip(ada);
    const ref = await scene.world.during(space.blobs.put(bytes, { name: 'sea.png' }));
    const loose = await scene.world.during(space.blobs.put(bytes.subarray(0, 50_000)));
    space.db.add(File, { title: 'Sea', file: ref });
    await scene.world.during(space.flush());
    return { space, ref, loose };
  }

  test('come back with the archive, and only those that objects name', async () => {
    const scene = new Scene(41);
    const { loose, ref, space } = await withFile(scene);
    const eve = await scene.person('Eve');
    const archive = await scene.bytesOf(space, 'open sesame');
    expect(Buffer.from(archive).includes('sea.png')).toBe(false);
    const options = { passphrase: 'open sesame' };
    const done = await scene.world.during(eve.spaces.import(inPieces(archive, 7777), options));
    expect(done).toMatchObject({ same: true, files: 1 });
    const copy = found(eve, space.id);
    const local = { localOnly: true };
    const got = await scene.world.during(copy.blobs.bytes(ref, local));
    expect(Buffer.compare(got, bytes)).toBe(0);
    const reading = scene.world.during(copy.blobs.bytes(loose, local));
    await expect(reading).rejects.toMatchObject({ code: 'BLOB_AWAY' });
  });

  test('are left out where that is wanted, and counted where they are not here', async () => {
    const scene = new Scene(42);
    const { ref, space } = await withFile(scene);
    const counts: unknown[] = [];
    const onFiles = (count: unknown): void => void counts.push(count);
    const whole = await scene.world.during(Array.fromAsync(space.export({ onFiles })));
    const bare = await scene.world.during(Array.fromAsync(space.export({ files: false })));
    const sizeOf = (pieces: readonly Uint8Array[]): number =>
      pieces.reduce((sum, { length }) => sum + length, 0);
    expect(sizeOf(whole) - sizeOf(bare)).toBeGreaterThan(700_000);
    await scene.world.during(space.blobs.bytes(ref));
    const disk = new SimChunks(scene.machine('Ada').chunkDisk);
    const ids = [...scene.machine('Ada').chunkDisk.bucket(space.id).keys()];
    await scene.world.during(disk.delete(space.id, ids.slice(0, 1)));
    await scene.world.during(Array.fromAsync(space.export({ onFiles })));
    expect(counts).toEqual([
      { files: 1, missing: 0 },
      { files: 0, missing: 1 },
    ]);
  });

  test('whose pieces were changed on the way are refused', async () => {
    const scene = new Scene(43);
    const { space } = await withFile(scene);
    const eve = await scene.person('Eve');
    const archive = await scene.bytesOf(space, 'p');
    const changed = archive.slice();
    const at = archive.length - 200_000;
    changed[at] = (changed[at] ?? 0) ^ 1;
    const reading = eve.spaces.import(inPieces(changed, 9999), { passphrase: 'p' });
    await expect(scene.world.during(reading)).rejects.toMatchObject({
      code: 'CLIENT_ARCHIVE_DAMAGED',
    });
  });
});
