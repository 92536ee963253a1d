/** Mailboxes that a device leaves, or goes past, while the keys of a space change. */
import { softwareKeys } from '@atoll/crypto';
import type { Space } from '@atoll/echo';
import { KeyRing, type MembershipSecret } from '@atoll/halo';
import { idFromBytes, silentLog, type SpaceId } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimClock, SimRng, World } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { leftSince } from './left-mailboxes.ts';
import { SpaceSecrets, isSaid, type SpaceSecretsParts } from './space-secrets.ts';

const id: SpaceId = idFromBytes('space', new Uint8Array(32).fill(9));

function generation(at: number): MembershipSecret {
  const key = new Uint8Array(32).fill(at);
  return { kind: 'membership', generation: idFromBytes('key', key), key, postbox: key };
}

test('keys that could not be listed are listed with the next change', async () => {
  const store = new MemoryStore(new MemoryDisk(new SimRng(1)));
  const ring = new KeyRing();
  ring.add(generation(1));
  let tries = 0;
  let tried = Promise.withResolvers<undefined>();
  const parts = {
    ...{ id, ring, store, keys: softwareKeys, log: silentLog, clock: new SimClock(new World(1)) },
    isDurable: () => true,
    isOver: () => false,
    status: () => undefined,
    tell: () => undefined,
    keep: () => {
      tried.resolve(undefined);
      return ++tries === 1 ? Promise.reject(new RangeError('closed')) : Promise.resolve();
    },
    onLeft: () => undefined,
  };
  const secrets = new SpaceSecrets(parts as unknown as SpaceSecretsParts);
  ring.add(generation(2));
  for (const expected of [1, 2, 2]) {
    secrets.look();
    if (tries < expected) await tried.promise;
    await Promise.resolve();
    tried = Promise.withResolvers<undefined>();
    expect(tries).toBe(expected);
  }
});

test('a device that goes past the mailboxes of keys made without it notes those as well', async () => {
  const store = new MemoryStore(new MemoryDisk(new SimRng(1)));
  const ring = new KeyRing();
  const [own, ...others] = [1, 2, 3, 4].map((at) => generation(at));
  if (own === undefined) throw new RangeError('there is a first');
  ring.add(own);
  const { promise: left, resolve: onLeft } = Promise.withResolvers<undefined>();
  const { promise: told, resolve: keep } = Promise.withResolvers<undefined>();
  const parts = {
    ...{ id, ring, store, keys: softwareKeys, log: silentLog, clock: new SimClock(new World(1)) },
    isDurable: () => true,
    isOver: () => false,
    status: () => ({ mailboxSettled: true }),
    tell: () => undefined,
    keep: async () => keep(undefined),
    onLeft: async () => onLeft(undefined),
  };
  const secrets = new SpaceSecrets(parts as unknown as SpaceSecretsParts);
  expect(await secrets.isInStep()).toBe(true);
  for (const other of others) ring.add(other);
  secrets.look();
  await told;
  expect(await secrets.isInStep()).toBe(false);
  secrets.look();
  await left;
  expect(await secrets.isInStep()).toBe(true);
  const noted = (await leftSince(store, -1)).get(id) ?? [];
  expect(noted.map((one) => one.generation)).toEqual(
    [1, 2, 3].map((at) => generation(at).generation),
  );
});

test('a device that comes with keys of several generations notes the mailboxes in which it never was, once', async () => {
  const store = new MemoryStore(new MemoryDisk(new SimRng(1)));
  const ring = new KeyRing();
  for (const at of [1, 2, 3]) ring.add(generation(at));
  const told: boolean[] = [];
  const parts = {
    ...{ id, ring, store, keys: softwareKeys, log: silentLog, clock: new SimClock(new World(1)) },
    isOver: () => false,
    status: () => ({ mailboxSettled: true }),
    onLeft: async (isUnseen: boolean) => void told.push(isUnseen),
  };
  for (let start = 1; start <= 2; start++) {
    const secrets = new SpaceSecrets(parts as unknown as SpaceSecretsParts);
    expect(await secrets.isInStep()).toBe(true);
    expect(told).toEqual([true]);
    const noted = (await leftSince(store, -1)).get(id) ?? [];
    expect(noted.map((one) => one.generation)).toEqual(
      [1, 2].map((at) => generation(at).generation),
    );
  }
});

test('a device that gets keys from before those that it uses looks into their mailboxes', async () => {
  const store = new MemoryStore(new MemoryDisk(new SimRng(1)));
  const ring = new KeyRing();
  const [first, later, newest] = [1, 2, 3].map((at) => generation(at));
  if (first === undefined || later === undefined || newest === undefined) throw new RangeError();
  ring.add(first);
  ring.add(newest);
  const told: boolean[] = [];
  let kept = Promise.withResolvers<undefined>();
  const parts = {
    ...{ id, ring, store, keys: softwareKeys, log: silentLog, clock: new SimClock(new World(1)) },
    isOver: () => false,
    status: () => ({ mailboxSettled: true }),
    tell: () => undefined,
    keep: async () => kept.resolve(undefined),
    onLeft: async (isUnseen: boolean) => void told.push(isUnseen),
  };
  const secrets = new SpaceSecrets(parts as unknown as SpaceSecretsParts);
  expect(await secrets.isInStep()).toBe(true);
  expect(told).toEqual([true]);
  ring.add(later);
  ring.arrange([first, later, newest].map((one) => one.generation));
  secrets.look();
  await kept.promise;
  expect(told).toEqual([true, true]);
  const noted = (await leftSince(store, -1)).get(id) ?? [];
  expect(noted.map((one) => one.generation)).toEqual([first.generation, later.generation]);
  // Nothing has come behind: nothing is to be looked into.
  kept = Promise.withResolvers<undefined>();
  ring.add(generation(4));
  secrets.look();
  await kept.promise;
  expect(told).toEqual([true, true]);
});

test('no mailbox is left while anything is to be written, or keys are owed to an own device that is back', () => {
  const space = (at: 'durable' | 'writing', owes: boolean): Space =>
    ({ commitState: { at }, keyCare: { repair: { owes } } }) as unknown as Space;
  expect(isSaid(space('durable', false))).toBe(true);
  expect(isSaid(space('writing', false))).toBe(false);
  expect(isSaid(space('durable', true))).toBe(false);
  expect(isSaid(undefined)).toBe(true);
});
