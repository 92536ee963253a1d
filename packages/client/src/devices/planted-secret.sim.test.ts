/** A laptop that is stolen leaves a secret of its own in the private space before anybody stops it. */
import { readingSecret } from '@atoll/halo';
import { equalBytes } from '@atoll/kernel';
import { softwareAgreer } from '@atoll/crypto';
import { expect, test } from 'vitest';
import { ClientScene } from '../testing/client-scene.ts';
import { SecretRecord, engineOn } from '../testing/engine-on.ts';

test.each([
  [99, 7300],
  [Number.MAX_VALUE, 7301],
])(
  'a secret that a stolen laptop has left, counted as %d, is none to which anything is sealed once it is stopped',
  async (counter, seed) => {
    const scene = new ClientScene(seed);
    const { client: laptop, platform } = await scene.boot('laptop');
    await scene.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
    const trip = await scene.space(laptop, 'Trip');
    const { client: phone, platform: second } = await scene.boot('phone');
    await scene.joinDevice(laptop, phone);
    const { haloSpace } = engineOn(platform).requireIdentity();
    const secret = new Uint8Array(32).fill(255);
    engineOn(platform).opened(haloSpace)?.database.add(SecretRecord, { counter, secret });
    const here = engineOn(second);
    const isThere = (): boolean =>
      phone.spaces.get(trip.id)?.myRole.get() === 'owner' &&
      here.opened(haloSpace)?.database.query(SecretRecord).run().length === 1;
    expect(await scene.world.runUntil(isThere, 60_000)).toBe(true);
    const key = phone.halo.devices.get().find(({ name }) => name === 'laptop')?.key ?? '';
    await scene.world.during(phone.halo.devices.suspend(key));
    for (const id of [haloSpace, trip.id]) {
      const space = here.places.find((place) => place.id === id)?.opened?.space;
      const reading = space?.authority.keys.readingKey(space.identity)?.key;
      const { publicKey } = softwareAgreer(readingSecret(secret, id as typeof haloSpace));
      expect(reading).toBeDefined();
      expect(reading !== undefined && equalBytes(reading, publicKey)).toBe(false);
    }
  },
);
