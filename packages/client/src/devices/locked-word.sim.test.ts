/** A thief stops the devices that one still has before they stop his: locked, they have their say all the same. */
import { expect, test } from 'vitest';
import type { AtollClient } from '../client.ts';
import { ClientScene, found } from '../testing/client-scene.ts';
import { Note, textsOf } from '../trip.fixture.ts';

/** Ada's laptop, which was stolen, and others of hers that it has stopped; Jun shares a space with her. */
async function stopped(seed: number, names: readonly string[]) {
  const scene = new ClientScene(seed);
  const laptop = await scene.open('laptop');
  const made = await scene.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
  const { db, id: trip } = await scene.space(laptop, 'Trip');
  db.add(Note, { text: 'first' });
  const jun = await scene.person('jun');
  await scene.join(found(laptop, trip), jun, { role: 'writer' });
  const others: AtollClient[] = [];
  for (const name of names) {
    const client = await scene.open(name);
    await scene.joinDevice(laptop, client);
    others.push(client);
  }
  const isThere = (): boolean =>
    [jun, ...others].every((client) => client.spaces.get(trip)?.myRole.get() !== undefined);
  expect(await scene.world.runUntil(isThere, 120_000)).toBe(true);
  await scene.pause(30_000);
  for (const by of others) {
    for (const { key, mayAgree } of by.halo.devices.get()) {
      if (mayAgree) await scene.world.during(by.halo.devices.agree(key));
    }
    await scene.pause(20_000);
  }
  for (const name of names) {
    await scene.world.during(laptop.halo.devices.suspend(keyOf(laptop, name)));
  }
  const areLocked = (): boolean =>
    others.every(({ halo }) => halo.devices.lock.get() !== undefined);
  expect(await scene.world.runUntil(areLocked, 120_000)).toBe(true);
  return { scene, laptop, others, jun, trip, words: made.words.join(' ') };
}

function keyOf({ halo }: AtollClient, name: string): string {
  return halo.devices.get().find((one) => one.name === name)?.key ?? '';
}

function hasNote(client: AtollClient, id: string, text: string): boolean {
  const space = client.spaces.get(id);
  return space !== undefined && textsOf(space).includes(text);
}

test('one of two that is locked stops the other one all the same', async () => {
  const { scene, laptop, others, jun, trip } = await stopped(7400, ['phone']);
  const [phone] = others as [AtollClient];
  await scene.world.during(phone.halo.devices.suspend(keyOf(phone, 'laptop')));
  const isOver = (): boolean => laptop.halo.devices.lock.get() !== undefined;
  expect(await scene.world.runUntil(isOver, 120_000)).toBe(true);
  expect(phone.halo.devices.lock.get()).toBeDefined();
  const space = found(jun, trip);
  space.db.add(Note, { text: 'by Jun' });
  await scene.world.during(space.flush());
  await scene.pause(30_000);
  expect(hasNote(laptop, trip, 'by Jun')).toBe(false);
  // Begun anew it still knows its devices, and is told who is none.
  await scene.world.during(phone.close());
  const again = await scene.open('phone');
  expect(
    again.halo.devices
      .get()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['laptop', 'phone']);
  const nobody = again.halo.devices.suspend('00'.repeat(32));
  expect(await scene.tries(nobody)).toBe('CLIENT_UNKNOWN_DEVICE');
});

test('of two that are locked the one that hears the other is back without the words once both have stopped the third', async () => {
  const { scene, laptop, others, jun, trip, words } = await stopped(7410, ['phone', 'tablet']);
  const [phone, tablet] = others as [AtollClient, AtollClient];
  await scene.world.during(phone.halo.devices.suspend(keyOf(phone, 'laptop')));
  expect(phone.halo.devices.lock.get()).toBeDefined();
  await scene.world.during(tablet.halo.devices.suspend(keyOf(tablet, 'laptop')));
  expect(tablet.halo.devices.lock.get()).toBeUndefined();
  // It was locked before, and knows no keys of since: the words, or the other device, bring it back.
  expect(phone.halo.devices.lock.get()).toBeDefined();
  await scene.world.during(phone.halo.devices.restore(words));
  const space = found(jun, trip);
  space.db.add(Note, { text: 'by Jun' });
  await scene.world.during(space.flush());
  const haveIt = (): boolean => others.every((client) => hasNote(client, trip, 'by Jun'));
  expect(await scene.world.runUntil(haveIt, 300_000)).toBe(true);
  expect(laptop.halo.devices.lock.get()?.standing).toBe('removed');
  expect(hasNote(laptop, trip, 'by Jun')).toBe(false);
});
