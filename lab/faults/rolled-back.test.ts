/** A server that comes back with an old state of its mailboxes: a backup was restored, or it lies. */
import { ready } from '@atoll/crypto';
import { toHex } from '@atoll/kernel';
import { MemoryStore, SimDisk } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';
import { Scene, addTask, headsOf, titles } from './scene.ts';

beforeAll(() => ready());

test('a mailbox that has lost what it acknowledged is told of, and gets it again', async () => {
  const scene = new Scene(1);
  const ada = await scene.person('ada');
  const trip = await scene.create(ada, 'Trip');
  const stored = (): boolean => trip.status.get().mailbox === 'has-everything';
  const settle = async (): Promise<void> => {
    await scene.world.during(trip.flush());
    expect(await scene.world.runUntil(stored, 60_000)).toBe(true);
    await scene.pass(15_000);
  };
  addTask(trip, 'before the backup');
  await settle();
  const { image } = scene.kube.disk;
  const backup = image.spaces().map((id) => [id, image.read(id, 0, 10_000)] as const);
  addTask(trip, 'after the backup');
  await settle();
  expect(scene.events).not.toContain('mesh.mailbox.rolled-back');
  const blocks = image.spaces().map((id) => [id, image.lastPosition(id)] as const);

  // While everybody is away, the server loses its disk and gets yesterday's.
  scene.machine('ada').crash();
  scene.kube.stop();
  const disk = new SimDisk(scene.world, {});
  const store = new MemoryStore(disk);
  for (const [space, rows] of backup) {
    const old = rows.map((row) => ({ ...row, space, origin: 'received' as const }));
    await scene.world.during(store.commit({ blocks: old }));
  }
  Object.assign(scene.kube, { disk });
  scene.kube.start();

  const client = await scene.open('ada');
  const again = client.spaces.get(trip.id);
  if (again === undefined) throw new RangeError('the space is lost');
  const has = (): boolean => again.status.get().mailbox === 'has-everything';
  expect(await scene.world.runUntil(has, 60_000)).toBe(true);
  expect(scene.events).toContain('mesh.mailbox.rolled-back');
  expect(again.status.get().warning).toBe('MESH_MAILBOX_ROLLED_BACK');
  for (const [space, position] of blocks) expect(disk.image.lastPosition(space)).toBe(position);
  expect(titles(again)).toEqual(['after the backup', 'before the backup']);
  expect(toHex(Buffer.from(headsOf(again), 'hex'))).toBe(headsOf(trip));
  // Once it agrees again, later sessions have nothing to tell.
  await scene.pass(15_000);
  const told = scene.events.filter((event) => event === 'mesh.mailbox.rolled-back').length;
  scene.kube.stop();
  scene.kube.start();
  expect(await scene.world.runUntil(() => !has(), 60_000)).toBe(true);
  expect(await scene.world.runUntil(has, 60_000)).toBe(true);
  expect(scene.events.filter((event) => event === 'mesh.mailbox.rolled-back')).toHaveLength(told);
  expect(again.status.get().warning).toBeUndefined();
});
