/** Devices that nobody has written down, or not any more: a list that is kept by all devices is no proof. */
import { admitDevice, withEntries } from '@atoll/halo';
import { expect, test } from 'vitest';
import { ClientScene, found } from '../testing/client-scene.ts';
import { DeviceRecord, engineOn } from '../testing/engine-on.ts';

async function two(seed: number) {
  const scene = new ClientScene(seed);
  const { client: laptop, platform } = await scene.boot('laptop');
  await scene.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
  const trip = await scene.space(laptop, 'Trip');
  const phone = await scene.open('phone');
  await scene.joinDevice(laptop, phone);
  const isThere = (): boolean => phone.spaces.get(trip.id)?.myRole.get() === 'owner';
  expect(await scene.world.runUntil(isThere, 60_000)).toBe(true);
  return { scene, laptop, phone, platform, engine: engineOn(platform), trip: trip.id };
}

test('a device that deletes what is written of it is listed all the same, and stopped', async () => {
  const { engine, phone, scene } = await two(7200);
  const key = phone.halo.devices.get().find(({ name }) => name === 'laptop')?.key ?? '';
  const { haloSpace } = engine.requireIdentity();
  const database = engine.opened(haloSpace)?.database;
  for (const record of database?.query(DeviceRecord).run() ?? []) database?.delete(record);
  const isGone = (): boolean => phone.halo.devices.get().every(({ name }) => name === '');
  expect(await scene.world.runUntil(isGone, 60_000)).toBe(true);
  expect(phone.halo.devices.get().map(({ admittedAtMs }) => admittedAtMs)).toEqual([
    undefined,
    undefined,
  ]);
  await scene.world.during(phone.halo.devices.suspend(key));
  expect(phone.halo.devices.get().find((one) => one.key === key)?.standing).toBe('suspended');
});

test('a device that one space alone was told of is listed by who is there', async () => {
  const { engine, laptop, phone, platform, scene, trip } = await two(7210);
  const newSigner = await platform.keystore.signer('guest');
  const newAgreementKey = (await platform.keystore.agreer('guest')).publicKey;
  const { log } = engine.requireIdentity();
  const admitting = engine.deviceSigner;
  const admission = await admitDevice({ log, admitting, newSigner, newAgreementKey });
  await scene.world.during(found(laptop, trip).open());
  const shown = engine.place(trip as never)?.open();
  const space = await scene.world.during(shown ?? Promise.reject(new RangeError('not there')));
  await scene.world.during(space.devices.show(withEntries(log, [admission])));
  const isSeen = (): boolean =>
    phone.halo.devices
      .get()
      .some(({ key, admittedBy }) => key === admission.device && admittedBy === 'laptop');
  expect(await scene.world.runUntil(isSeen, 120_000)).toBe(true);
  await scene.world.during(phone.halo.devices.suspend(admission.device));
  const guest = phone.halo.devices.get().find(({ key }) => key === admission.device);
  expect(guest).toMatchObject({ name: '', standing: 'suspended', votes: false });
});
