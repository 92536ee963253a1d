/**
 * Secrets are overwritten in memory when they are not needed any more: of a space that is left, of a device that is
 * stopped, of a client that is closed. What is kept of them stays whole.
 */
import { MemoryKeychain, MemoryKeystore, SimRng } from '@atoll/testkit';
import { afterEach, expect, test, vi } from 'vitest';
import type { Space } from './api.ts';
import { handleOf } from './catch-up-town.fixture.ts';
import type { AtollClient } from './client.ts';
import { Engine } from './engine.ts';
import { loadIdentity, type OwnIdentity } from './own-identity.ts';
import { ClientScene, found } from './testing/client-scene.ts';

const HOUR_MS = 60 * 60_000;

afterEach(() => vi.restoreAllMocks());

/** The bytes themselves, as they lie in memory. */
function bytesOf(ring: OwnIdentity['haloRing']): readonly Uint8Array[] {
  return ring.all().flatMap((secret) => {
    if (secret.kind === 'membership') return [secret.key];
    return secret.history === undefined ? [secret.content] : [secret.content, secret.history];
  });
}

const keysOf = (space: Space): readonly Uint8Array[] => bytesOf(handleOf(space).echo.keys.ring);

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** All of them: overwritten, or untouched. */
function expectZero(all: readonly Uint8Array[], is: boolean): void {
  expect(all.length).toBeGreaterThan(0);
  expect(all.map((bytes) => isZero(bytes))).toEqual(all.map(() => is));
}

/** The identity of a client as it lies in memory. */
async function identityOf(scene: ClientScene, client: AtollClient): Promise<OwnIdentity> {
  const spy = vi.spyOn(Engine.prototype, 'requireIdentity');
  await scene.world.during(client.halo.updateProfile({ about: 'seen' }));
  const held = spy.mock.results.at(-1)?.value as OwnIdentity | undefined;
  spy.mockRestore();
  if (held === undefined) throw new RangeError('nobody has asked for it');
  return held;
}

test('keys of a space that is left are overwritten, and those of others are not', async () => {
  const scene = new ClientScene(21);
  const [ada, jun] = [await scene.person('ada'), await scene.person('jun')];
  const trip = await scene.space(ada, 'Trip');
  await scene.join(trip, jun, { role: 'writer' });
  const reef = await scene.space(jun, 'Reef');
  await scene.pause();
  const theirs = found(jun, trip.id);
  const [left, kept, hers] = [keysOf(theirs), keysOf(reef), keysOf(trip)];
  await scene.world.during(theirs.leave({ discard: true }));
  expectZero(left, true);
  expectZero(kept, false);
  expectZero(hers, false);
  await scene.world.during(jun.close());
  const again = await scene.open('jun');
  expect(again.spaces.list.get().map(({ id }) => id)).toEqual([reef.id]);
});

test('a client that is closed leaves no key of spaces and no secret of the identity, and keeps all', async () => {
  const scene = new ClientScene(22);
  const ada = await scene.person('ada');
  const trip = await scene.space(ada, 'Trip');
  const { haloRing, haloSecret, locatorSecret } = await identityOf(scene, ada);
  const all = [...keysOf(trip), ...bytesOf(haloRing), haloSecret, locatorSecret];
  expectZero(all, false);
  await scene.world.during(ada.close());
  expectZero(all, true);
  const again = await scene.open('ada');
  expectZero(keysOf(found(again, trip.id)), false);
  const { haloSecret: kept } = await identityOf(scene, again);
  expectZero([kept], false);
});

test('a device that is stopped overwrites what opens spaces; what it hears then takes nothing from what is kept', async () => {
  const scene = new ClientScene(23);
  const { world } = scene;
  const laptop = await scene.open('laptop');
  const { words } = await world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
  const trip = await scene.space(laptop, 'Trip');
  const phone = await scene.open('phone');
  await scene.joinDevice(laptop, phone);
  const isIn = (): boolean => phone.spaces.get(trip.id)?.myRole.get() === 'owner';
  expect(await world.runUntil(isIn, 60_000)).toBe(true);
  const { haloRing, haloSecret, locatorSecret } = await identityOf(scene, phone);
  const all = [...keysOf(found(phone, trip.id)), ...bytesOf(haloRing), haloSecret];
  expectZero(all, false);
  const { devices } = laptop.halo;
  const key = devices.get().find(({ name }) => name === 'phone')?.key ?? '';
  await world.during(devices.suspend(key));
  const lockOf = () => phone.halo.devices.lock.get();
  expect(await world.runUntil(() => lockOf() !== undefined, 60_000)).toBe(true);
  await scene.pause();
  expectZero(all, true);
  expectZero([locatorSecret], false);

  // It hears that it is to be wiped, writes that down, and until then lacks nothing that it would take to come back.
  const kept: Uint8Array[] = [];
  const original = MemoryKeystore.prototype.putSecret;
  vi.spyOn(MemoryKeystore.prototype, 'putSecret').mockImplementation(function (
    this: MemoryKeystore,
    name,
    secret,
  ) {
    if (name === 'identity' && secret !== undefined) kept.push(secret.slice());
    return original.call(this, name, secret);
  });
  await world.during(devices.remove(key, words.join(' '), { wipe: true }));
  kept.length = 0;
  await scene.pause(20_000);
  await world.during(laptop.close());
  expect(await world.runUntil(() => lockOf()?.wipe === 'done', HOUR_MS)).toBe(true);
  expect(kept.length).toBeGreaterThan(0);
  for (const bytes of kept) {
    const chain = new MemoryKeychain();
    chain.secretByName.set('identity', new Uint8Array(bytes));
    const stored = await loadIdentity(new MemoryKeystore(new SimRng(1), chain));
    if (stored === undefined) return expect.unreachable();
    expectZero([...bytesOf(stored.haloRing), stored.haloSecret, stored.locatorSecret], false);
  }
  expectZero([locatorSecret], true);
});
