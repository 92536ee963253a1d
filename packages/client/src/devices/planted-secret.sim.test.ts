/** A laptop that is stolen leaves a secret of its own in the private space before anybody stops it. */
import { publishReadingKey, readingSecret } from '@atoll/halo';
import { equalBytes, type SpaceId } from '@atoll/kernel';
import { softwareAgreer } from '@atoll/crypto';
import { expect, test } from 'vitest';
import type { AtollClient } from '../client.ts';
import { ClientScene, found } from '../testing/client-scene.ts';
import { SecretRecord, engineOn, type Engine } from '../testing/engine-on.ts';

const PLANTED = new Uint8Array(32).fill(255);

/** Ada's laptop, which somebody takes, and her phone; Jun shares a space with her. */
async function household(seed: number) {
  const scene = new ClientScene(seed);
  const { client: laptop, platform } = await scene.boot('laptop');
  await scene.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
  const trip = await scene.space(laptop, 'Trip');
  const { client: phone, platform: second } = await scene.boot('phone');
  await scene.joinDevice(laptop, phone);
  const [stolen, kept] = [engineOn(platform), engineOn(second)];
  const { haloSpace } = stolen.requireIdentity();
  const isOwner = (): boolean => phone.spaces.get(trip.id)?.myRole.get() === 'owner';
  expect(await scene.world.runUntil(isOwner, 60_000)).toBe(true);
  return { scene, laptop, phone, stolen, kept, haloSpace, trip };
}

/** Leaves a secret, and says that it is the one to seal to: as whoever makes an honest one does. */
async function plant(engine: Engine, isStated: boolean): Promise<void> {
  const { haloSpace } = engine.requireIdentity();
  const space = engine.opened(haloSpace);
  if (space === undefined) throw new RangeError('the private space is not open');
  space.database.add(SecretRecord, { secret: PLANTED });
  await space.flush();
  if (!isStated) return;
  const { authority, identity } = space;
  const { publicKey: key } = softwareAgreer(readingSecret(PLANTED, haloSpace));
  const { deviceSigner } = engine;
  const counter = Number.MAX_SAFE_INTEGER;
  const statement = { space: haloSpace, identity, deviceSigner, counter, key };
  const credential = authority.credentialFor(identity, 'read');
  if (credential === undefined) throw new RangeError('the private space is not here');
  await space.publish({ statements: [await publishReadingKey(statement)], credential });
}

/** To what is sealed for Ada in a space, if to anything: the thief's, or what all devices have had, or another one. */
function sealedTo(engine: Engine, id: SpaceId): 'planted' | 'first' | 'other' | undefined {
  const space = engine.places.find((place) => place.id === id)?.opened?.space;
  const key = space?.authority.keys.readingKey(space.identity)?.key;
  if (key === undefined) return undefined;
  const isOf = (secret: Uint8Array): boolean =>
    equalBytes(key, softwareAgreer(readingSecret(secret, id)).publicKey);
  if (isOf(PLANTED)) return 'planted';
  return isOf(engine.requireIdentity().haloSecret) ? 'first' : 'other';
}

function keyOf(client: AtollClient, of: string): string {
  return client.halo.devices.get().find(({ name }) => name === of)?.key ?? '';
}

test.each([
  ['left', 7300],
  ['left and stated', 7301],
])(
  'a secret that a stolen laptop has %s is none to which anything is sealed once it is stopped',
  async (how, seed) => {
    const { scene, phone, stolen, kept, haloSpace, trip } = await household(seed);
    await scene.world.during(plant(stolen, how === 'left and stated'));
    const isThere = (): boolean =>
      kept.opened(haloSpace)?.database.query(SecretRecord).run().length === 1;
    expect(await scene.world.runUntil(isThere, 60_000)).toBe(true);
    await scene.world.during(phone.halo.devices.suspend(keyOf(phone, 'laptop')));
    for (const id of [haloSpace, trip.id as SpaceId]) expect(sealedTo(kept, id)).toBe('other');
    // One that lies there is not made again.
    expect(kept.opened(haloSpace)?.database.query(SecretRecord).run()).toHaveLength(2);
    // Nor is it used where the phone comes later.
    const later = await scene.space(phone, 'Later');
    expect(sealedTo(kept, later.id as SpaceId)).toBe('other');
    const jun = await scene.person('jun');
    const juns = await scene.space(jun, 'Jun’s');
    await scene.join(found(jun, juns.id), phone, { role: 'writer' });
    const isSealed = (): boolean => sealedTo(kept, juns.id as SpaceId) !== undefined;
    expect(await scene.world.runUntil(isSealed, 60_000)).toBe(true);
    expect(sealedTo(kept, juns.id as SpaceId)).toBe('other');
    const space = kept.opened(juns.id as SpaceId);
    const first = readingSecret(kept.requireIdentity().haloSecret, juns.id as SpaceId);
    const stated = space?.authority.keys.isStated(space.identity, softwareAgreer(first).publicKey);
    expect(stated).toBe(false);
  },
);

test('a phone that has written nothing yet does not state the key that the laptop has beside its stop', async () => {
  const { scene, phone, kept, haloSpace, trip } = await household(7302);
  await scene.world.during(phone.halo.devices.suspend(keyOf(phone, 'laptop')));
  for (const id of [haloSpace, trip.id as SpaceId]) {
    const space = kept.places.find((place) => place.id === id)?.opened?.space;
    expect(sealedTo(kept, id)).toBe('other');
    const first = softwareAgreer(readingSecret(kept.requireIdentity().haloSecret, id)).publicKey;
    expect(space?.authority.readers().some(({ key }) => equalBytes(key, first))).toBe(false);
  }
});
