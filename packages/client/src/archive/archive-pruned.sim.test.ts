/** Archives and history that was dropped: none is written without it, and others are read all the same. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from '../api.ts';
import { liveUntil } from '../live.ts';
import { SpaceHandle } from '../space-handle.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

class Scene extends ClientScene {
  /** One title after the other, each in a block that nothing names once the next is there. */
  async write(space: Space, titles: readonly string[]): Promise<void> {
    for (const title of titles) {
      const task = space.db.query(Task).first() ?? space.db.add(Task, { title });
      task.title = title;
      await this.world.during(space.flush());
    }
  }

  async bytesOf(space: Space): Promise<Uint8Array> {
    return new Uint8Array(Buffer.concat(await this.world.during(Array.fromAsync(space.export()))));
  }

  /** Seals an epoch and drops the history under it at once; the blocks that were dropped. */
  async drop(space: Space): Promise<number> {
    if (!(space instanceof SpaceHandle)) throw new RangeError('no handle');
    await this.world.during(space.epochs.propose());
    await this.world.during(liveUntil(space.epochs.status, ({ number }) => number === 1));
    return this.world.during(space.echo.epochs.dropHistory(0));
  }
}

function titleIn(space: Space): string | undefined {
  return space.db.query(Task).first()?.title;
}

async function* oncePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

test('a device without its history writes no archive, now and after a restart', async () => {
  const scene = new Scene(31);
  const ada = await scene.person('ada');
  const trip = await scene.space(ada, 'Trip');
  await scene.write(trip, DAYS);
  const before = await scene.bytesOf(trip);
  expect(await scene.drop(trip)).toBeGreaterThan(3);
  const refused = { code: 'CLIENT_ARCHIVE_PRUNED' };
  await expect(scene.bytesOf(trip)).rejects.toMatchObject(refused);
  const { root } = await trip.info();
  await scene.world.during(ada[Symbol.asyncDispose]());
  const again = await scene.open('ada');
  await scene.world.runUntil(() => again.spaces.get(trip.id) !== undefined, 10_000);
  const space = found(again, trip.id);
  expect((await space.info()).root).toBe(root);
  await expect(scene.bytesOf(space)).rejects.toMatchObject(refused);
  // What the archive from before holds is known, although it is not held.
  const done = await scene.world.during(again.spaces.import(oncePiece(before)));
  expect(done).toMatchObject({ blocks: 0, same: false });
  expect((await space.info()).root).toBe(root);
  await scene.write(space, ['after']);
  expect(titleIn(space)).toBe('after');
});

test('of an archive with history, a device without takes what is new to it', async () => {
  const scene = new Scene(32);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.space(ada, 'Trip');
  const theirs = await scene.join(trip, jun);
  await scene.world.during(liveUntil(theirs.myRole, (role) => role === 'writer'));
  await scene.write(theirs, DAYS);
  const isHere = (): boolean => titleIn(trip) === DAYS.at(-1);
  expect(await scene.world.runUntil(isHere, 20_000)).toBe(true);
  jun.network.setOnline(false);
  expect(await scene.drop(trip)).toBeGreaterThan(3);
  ada.network.setOnline(false);
  await scene.world.during(ada[Symbol.asyncDispose]());
  await scene.write(theirs, ['late', 'later']);
  const archive = await scene.bytesOf(theirs);
  const again = await scene.open('ada');
  await scene.world.runUntil(() => again.spaces.get(trip.id) !== undefined, 10_000);
  const space = found(again, trip.id);
  again.network.setOnline(false);
  const done = await scene.world.during(again.spaces.import(oncePiece(archive)));
  expect(done).toMatchObject({ same: false });
  expect(done.blocks).toBeGreaterThan(1);
  expect(titleIn(space)).toBe('later');
});
