/** Archives: the same root comes back, and nothing false does. */
import { fc, test as property } from '@fast-check/vitest';
import { defineType, s } from '@atoll/schema';
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
  expect((await copy.info()).root).toBe((await space.info()).root);
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
    root = (await space.info()).root;
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
    expect((await ada.spaces.list.get()[0]?.info())?.root).toBe(root);
  });
});
