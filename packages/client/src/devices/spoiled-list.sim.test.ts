/** A stolen device that spoils what one's own devices know from each other: which spaces there are. */
import { expect, test } from 'vitest';
import type { AtollClient } from '../client.ts';
import { ClientScene, found } from '../testing/client-scene.ts';
import { SpaceRecord, engineOn, type Engine } from '../testing/engine-on.ts';
import { Note, textsOf } from '../trip.fixture.ts';

/** Ada's laptop and two more of her devices, and Jun, who shares a space with her. */
async function household(seed: number) {
  const scene = new ClientScene(seed);
  const { client: laptop, platform } = await scene.boot('laptop');
  await scene.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
  const { db, id: trip } = await scene.space(laptop, 'Trip');
  db.add(Note, { text: 'first' });
  const phone = await scene.open('phone');
  await scene.joinDevice(laptop, phone);
  const tablet = await scene.open('tablet');
  await scene.joinDevice(laptop, tablet);
  await scene.join(found(laptop, trip), await scene.person('jun'), { role: 'writer' });
  const isThere = (): boolean => [phone, tablet].every((client) => hasNote(client, trip));
  expect(await scene.world.runUntil(isThere, 120_000)).toBe(true);
  await scene.pause(30_000);
  return { scene, laptop, phone, tablet, engine: engineOn(platform), trip };
}

function hasNote(client: AtollClient, id: string): boolean {
  const space = client.spaces.get(id);
  return space !== undefined && textsOf(space).length === 1;
}

function recordsOf(engine: Engine) {
  const database = engine.opened(engine.requireIdentity().haloSpace)?.database;
  if (database === undefined) throw new RangeError('the private space is not open');
  return { database, records: database.query(SpaceRecord).run() };
}

test('spaces that a stolen device has deleted from the list are found again by those that begin anew', async () => {
  const { scene, engine, laptop, phone, trip } = await household(7300);
  const { database, records } = recordsOf(engine);
  for (const record of records) database.delete(record);
  await scene.world.during(
    engine.opened(engine.requireIdentity().haloSpace)?.flush() ?? Promise.reject(),
  );
  // The thief's own program puts nothing back.
  await scene.pause(500);
  laptop.network.setOnline(false);
  await scene.pause(30_000);
  await scene.world.during(phone.close());
  const again = await scene.open('phone');
  expect(await scene.world.runUntil(() => hasNote(again, trip), 60_000)).toBe(true);
});

test('a space that a device has left which was stopped before comes back', async () => {
  const { scene, engine, laptop, phone, tablet, trip } = await household(7310);
  tablet.network.setOnline(false);
  for (const record of recordsOf(engine).records) record.left = new Uint8Array(1);
  expect(await scene.world.runUntil(() => phone.spaces.get(trip) === undefined, 120_000)).toBe(
    true,
  );
  laptop.network.setOnline(false);
  await scene.pause(10_000);
  const stolen = tablet.halo.devices.get().find(({ name }) => name === 'laptop');
  await scene.world.during(tablet.halo.devices.suspend(stolen?.key ?? ''));
  tablet.network.setOnline(true);
  expect(await scene.world.runUntil(() => hasNote(phone, trip), 120_000)).toBe(true);
});
