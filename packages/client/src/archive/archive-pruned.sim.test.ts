/** Archives where history was dropped: the epoch stands for it, on the way out and on the way in. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from '../api.ts';
import { liveUntil } from '../live.ts';
import { SpaceHandle } from '../space-handle.ts';
import { ClientScene, found } from '../testing/client-scene.ts';
import { ArchiveWriter, readArchive, type ArchiveRecord } from './archive-codec.ts';

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

  async bytesOf(space: Space, passphrase?: string): Promise<Uint8Array> {
    const pieces = space.export(passphrase === undefined ? {} : { passphrase });
    return new Uint8Array(Buffer.concat(await this.world.during(Array.fromAsync(pieces))));
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

function flipped({ part }: ArchiveRecord & { readonly kind: 'part' }): ArchiveRecord {
  const { answer, question } = part;
  const at = answer.length >> 1;
  return { kind: 'part', part: { question, answer: answer.with(at, (answer[at] ?? 0) ^ 1) } };
}

async function* oncePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

test('a device without its history writes the epoch and the tail, now and after a restart', async () => {
  const scene = new Scene(31);
  const ada = await scene.person('ada');
  const trip = await scene.space(ada, 'Trip');
  await scene.write(trip, DAYS);
  const before = await scene.bytesOf(trip);
  expect(await scene.drop(trip)).toBeGreaterThan(3);
  await scene.write(trip, ['after the epoch']);
  const { root } = await scene.world.during(trip.info());
  const pruned = await scene.bytesOf(trip, 'words');
  await scene.world.during(ada[Symbol.asyncDispose]());
  const again = await scene.open('ada');
  await scene.world.runUntil(() => again.spaces.get(trip.id) !== undefined, 10_000);
  const space = found(again, trip.id);
  expect((await scene.world.during(space.info())).root).toBe(root);
  // What the archive from before holds is known, although it is not held.
  const done = await scene.world.during(again.spaces.import(oncePiece(before)));
  expect(done).toMatchObject({ blocks: 0, same: false });
  const later = await scene.bytesOf(space, 'words');
  again.network.setOnline(false);
  for (const [name, archive] of [
    ['kim', pruned],
    ['lea', later],
  ] as const) {
    const stranger = await scene.person(name);
    stranger.network.setOnline(false);
    const read = stranger.spaces.import(oncePiece(archive), { passphrase: 'words' });
    expect(await scene.world.during(read)).toMatchObject({ same: true });
    const theirs = found(stranger, trip.id);
    expect((await scene.world.during(theirs.info())).root).toBe(root);
    expect(titleIn(theirs)).toBe('after the epoch');
    // Twice is once, and what it has read it can write.
    const twice = stranger.spaces.import(oncePiece(archive));
    expect(await scene.world.during(twice)).toMatchObject({ blocks: 0, same: true });
    expect((await scene.bytesOf(theirs)).length).toBeGreaterThan(500);
  }
});

test('a member who was away reads the archive of one without history, and loses nothing', async () => {
  const scene = new Scene(33);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.space(ada, 'Trip');
  const theirs = await scene.join(trip, jun);
  await scene.world.during(liveUntil(theirs.myRole, (role) => role === 'writer'));
  jun.network.setOnline(false);
  theirs.db.add(Task, { title: 'written away' });
  await scene.world.during(theirs.flush());
  await scene.write(trip, DAYS);
  expect(await scene.drop(trip)).toBeGreaterThan(3);
  const archive = await scene.bytesOf(trip);
  const done = await scene.world.during(jun.spaces.import(oncePiece(archive)));
  expect(done.same).toBe(false);
  const titles = theirs.db
    .query(Task)
    .run()
    .map(({ title }) => title);
  expect(titles.sort()).toEqual(['Sun', 'written away']);
});

test('an archive with a part of its epoch cut out, or of no member, changes nothing', async () => {
  const scene = new Scene(34);
  const ada = await scene.person('ada');
  const trip = await scene.space(ada, 'Trip');
  await scene.write(trip, DAYS);
  await scene.drop(trip);
  const whole = await scene.bytesOf(trip, 'words');
  const records: ArchiveRecord[] = await Array.fromAsync(readArchive(oncePiece(whole)));
  const parts = records.filter(({ kind }) => kind === 'part');
  expect(parts.length).toBeGreaterThan(3);
  const kim = await scene.person('kim');
  kim.network.setOnline(false);
  const lies: readonly ArchiveRecord[][] = [
    records.filter((record) => record !== parts[1]),
    records.map((record) => (record.kind === 'part' ? flipped(record) : record)),
    records.filter(({ kind }) => kind !== 'part'),
    records.filter(({ kind }) => kind !== 'run'),
  ];
  for (const lie of lies) {
    const writer = new ArchiveWriter();
    const bytes = Buffer.concat(lie.map((record) => writer.record(record)));
    const read = kim.spaces.import(oncePiece(bytes), { passphrase: 'words' });
    const damaged = { code: 'CLIENT_ARCHIVE_DAMAGED' };
    await expect(scene.world.during(read)).rejects.toMatchObject(damaged);
    expect(titleIn(found(kim, trip.id))).toBeUndefined();
  }
  const read = kim.spaces.import(oncePiece(whole), { passphrase: 'words' });
  expect(await scene.world.during(read)).toMatchObject({ same: true });
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
