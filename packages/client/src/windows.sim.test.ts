/** Two windows of one profile: what the second one does once the first is closed. */
import { expect, test } from 'vitest';
import { ClientScene } from './testing/client-scene.ts';

test('a window that takes over goes on with the private space: it lists, names and hears as before', async () => {
  const scene = new ClientScene(61, {}, { keepsMailboxes: true });
  const first = await scene.person('laptop');
  const phone = await scene.open('phone');
  await scene.joinDevice(first, phone);
  await scene.pause();
  const second = await scene.open('laptop');
  await scene.pause();
  await scene.world.during(first.close());
  await scene.pause();
  const trip = await scene.space(second, 'Trip');
  expect(await scene.world.runUntil(() => phone.spaces.get(trip.id) !== undefined, 15_000)).toBe(
    true,
  );
  const key = second.halo.devices.get().find(({ name }) => name === 'phone')?.key ?? '';
  await scene.world.during(phone.halo.devices.rename(key, 'old phone'));
  const hears = (): boolean => second.halo.devices.get().some(({ name }) => name === 'old phone');
  expect(await scene.world.runUntil(hears, 15_000)).toBe(true);
});
