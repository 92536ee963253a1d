/** Coming back to spaces that were left, by oneself or by whoever held a device of one's own. */
import { defineType, s } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import type { Space } from './api.ts';
import type { AtollClient } from './client.ts';
import { encodeEnds } from './leave-note.ts';
import { ClientScene, found } from './testing/client-scene.ts';
import { SpaceRecord, engineOn, type Engine } from './testing/engine-on.ts';

const Task = defineType('org.example.Task', { title: s.string() });

function titles(space: Space | undefined): string[] | undefined {
  if (space?.state.get() !== 'open') return undefined;
  return space.db
    .query(Task)
    .orderBy('title')
    .run()
    .map(({ title }) => title);
}

/** Ada with two devices, and Jun, in one space; a task of each. */
async function household(seed: number) {
  const scene = new ClientScene(seed, {}, { keepsMailboxes: true });
  const { client: laptop, platform } = await scene.boot('laptop');
  await scene.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
  const jun = await scene.person('jun');
  const trip = await scene.space(laptop, 'Trip');
  const theirs = await scene.join(trip, jun);
  const phone = await scene.open('phone');
  await scene.joinDevice(laptop, phone);
  trip.db.add(Task, { title: 'Pack' });
  theirs.db.add(Task, { title: 'of Jun' });
  const isThere = (): boolean => titles(phone.spaces.get(trip.id))?.length === 2;
  expect(await scene.world.runUntil(isThere, 120_000)).toBe(true);
  return { scene, laptop, phone, jun, theirs, id: trip.id, engine: engineOn(platform) };
}

/** What a changed program does in the private space. */
function privateSpaceOf(engine: Engine) {
  const space = engine.opened(engine.requireIdentity().haloSpace);
  if (space === undefined) throw new RangeError('the private space is not open');
  return space;
}

function leftOn(client: AtollClient): readonly string[] {
  return client.spaces.left.get().map(({ name }) => name);
}

describe('a space that was left', () => {
  test('is listed on all devices by the name that it had, and comes back on all with what is new', async () => {
    const { scene, id, laptop, phone, theirs } = await household(7400);
    found(phone, id).rename('Trip to Malta');
    await scene.pause(20_000);
    const before = scene.world.wallMs;
    await scene.world.during(found(phone, id).leave());
    expect(await scene.world.runUntil(() => laptop.spaces.list.get().length === 0, 60_000)).toBe(
      true,
    );
    expect([leftOn(laptop), leftOn(phone)]).toEqual([['Trip to Malta'], ['Trip to Malta']]);
    expect(laptop.spaces.left.get()[0]?.leftAtMs).toBeGreaterThanOrEqual(before);
    theirs.db.add(Task, { title: 'Meanwhile' });
    await scene.pause(20_000);
    const back = await scene.world.during(laptop.spaces.bringBack(id));
    const isBack = (): boolean =>
      [laptop, phone].every((client) => titles(client.spaces.get(id))?.length === 3);
    expect(await scene.world.runUntil(isBack, 120_000)).toBe(true);
    expect([leftOn(laptop), leftOn(phone)]).toEqual([[], []]);
    back.db.add(Task, { title: 'Back' });
    expect(await scene.world.runUntil(() => titles(theirs)?.length === 4, 60_000)).toBe(true);
    expect(theirs.members.get()).toHaveLength(2);
    // Whoever starts again does not go on with leaving it.
    await scene.world.during(phone.close());
    const again = await scene.open('phone');
    await scene.pause(30_000);
    expect(titles(again.spaces.get(id))).toEqual(['Back', 'Meanwhile', 'Pack', 'of Jun']);
    expect(titles(laptop.spaces.get(id))).toHaveLength(4);
  });

  test('is left again, and comes back again', async () => {
    const { scene, id, laptop, phone } = await household(7410);
    for (let round = 0; round < 2; round++) {
      await scene.pause(20_000);
      await scene.world.during(found(phone, id).leave());
      expect(await scene.world.runUntil(() => leftOn(laptop).length === 1, 60_000)).toBe(true);
      await scene.world.during(phone.spaces.bringBack(id));
      const isBack = (): boolean =>
        [laptop, phone].every((client) => titles(client.spaces.get(id))?.length === 2);
      expect(await scene.world.runUntil(isBack, 120_000)).toBe(true);
    }
  });

  test('comes back from the server where nobody else is in it', async () => {
    const scene = new ClientScene(7420, {}, { keepsMailboxes: true });
    const ada = await scene.person('ada');
    const own = await scene.space(ada, 'Own');
    own.db.add(Task, { title: 'Think' });
    await scene.pause(30_000);
    await scene.world.during(own.leave({ discard: true }));
    await scene.world.during(ada.spaces.bringBack(own.id));
    const isBack = (): boolean => titles(ada.spaces.get(own.id))?.[0] === 'Think';
    expect(await scene.world.runUntil(isBack, 60_000)).toBe(true);
  });

  test('is refused to who has left none of that id', async () => {
    const { scene, id, laptop } = await household(7430);
    for (const other of [id, '00'.repeat(32), 'nothing']) {
      await expect(scene.world.during(laptop.spaces.bringBack(other))).rejects.toMatchObject({
        code: 'CLIENT_UNKNOWN_SPACE',
      });
    }
  });
});

describe('a thief who leaves all spaces before anybody has stopped him', () => {
  test('loses them for nobody: they are brought back once he is stopped', async () => {
    const { scene, engine, id, laptop, phone } = await household(7440);
    const { database } = privateSpaceOf(engine);
    const ends = encodeEnds(engine.opened(id as never)?.replica.tips() ?? []);
    for (const record of database.query(SpaceRecord).run()) record.left = ends;
    expect(await scene.world.runUntil(() => phone.spaces.get(id) === undefined, 120_000)).toBe(
      true,
    );
    laptop.network.setOnline(false);
    const stolen = phone.halo.devices.get().find(({ thisDevice }) => !thisDevice);
    await scene.world.during(phone.halo.devices.suspend(stolen?.key ?? ''));
    await scene.pause(30_000);
    expect(leftOn(phone)).toEqual(['Trip']);
    await scene.world.during(phone.spaces.bringBack(id));
    const isBack = (): boolean => titles(phone.spaces.get(id))?.length === 2;
    expect(await scene.world.runUntil(isBack, 120_000)).toBe(true);
  });

  test('takes away none in which nobody else is: it stays where it is, and is kept', async () => {
    const { scene, engine, laptop, phone } = await household(7445);
    const { id } = await scene.space(laptop, 'Own');
    found(laptop, id).db.add(Task, { title: 'Think' });
    const isThere = (): boolean => titles(phone.spaces.get(id))?.[0] === 'Think';
    expect(await scene.world.runUntil(isThere, 120_000)).toBe(true);
    const ends = encodeEnds(engine.opened(id as never)?.replica.tips() ?? []);
    const records = privateSpaceOf(engine).database.query(SpaceRecord).where({ space: id }).run();
    for (const record of records) record.left = ends;
    const isGoing = (): boolean => found(phone, id).leaving.get();
    expect(await scene.world.runUntil(isGoing, 120_000)).toBe(true);
    laptop.network.setOnline(false);
    await scene.pause(60_000);
    expect(isThere()).toBe(true);
    await scene.world.during(phone.spaces.bringBack(id));
    expect(await scene.world.runUntil(() => !isGoing(), 60_000)).toBe(true);
    expect(isThere()).toBe(true);
  });

  test('takes with him nothing that his device had written there before, whoever founded the space', async () => {
    const { scene, engine, jun, laptop, phone } = await household(7460);
    const work = await scene.space(jun, 'Work');
    const { id } = await scene.join(work, laptop, { role: 'admin' });
    await scene.pause(10_000);
    for (const client of [jun, laptop]) found(client, id).db.add(Task, { title: 'Before' });
    const isSeen = (client: AtollClient): boolean => titles(client.spaces.get(id))?.length === 2;
    expect(await scene.world.runUntil(() => [jun, phone].every(isSeen), 120_000)).toBe(true);
    for (const record of privateSpaceOf(engine).database.query(SpaceRecord).run()) {
      record.left = new Uint8Array(1);
    }
    expect(await scene.world.runUntil(() => phone.spaces.list.get().length === 0, 120_000)).toBe(
      true,
    );
    laptop.network.setOnline(false);
    const stolen = phone.halo.devices.get().find(({ thisDevice }) => !thisDevice);
    await scene.world.during(phone.halo.devices.suspend(stolen?.key ?? ''));
    await scene.pause(30_000);
    await scene.world.during(phone.spaces.bringBack(id));
    await scene.pause(60_000);
    expect([jun, phone].map(isSeen)).toEqual([true, true]);
  });

  test('cannot leave the private space, nor open it beside itself, nor list what is no space', async () => {
    const { scene, engine, id, phone } = await household(7450);
    const { database, id: halo, replica } = privateSpaceOf(engine);
    const [record] = database.query(SpaceRecord).run();
    const keys = record?.keys ?? new Uint8Array(0);
    const left = encodeEnds(replica.tips());
    for (const space of [halo, '', 'nothing', id.toUpperCase()]) {
      database.add(SpaceRecord, { space, keys, name: 'Spoiled', kube: 'http://[', left });
      database.add(SpaceRecord, { space, keys, name: 'Spoiled', kube: 'no server' });
    }
    await scene.pause(30_000);
    await scene.world.during(phone.close());
    const again = await scene.open('phone');
    await scene.pause(30_000);
    expect(again.halo.identity.get()?.displayName).toBe('Ada');
    expect(again.halo.devices.get()).toHaveLength(2);
    expect(again.spaces.list.get().map(({ name }) => name.get())).toEqual(['Trip']);
    expect(titles(again.spaces.get(id))).toHaveLength(2);
  });
});
