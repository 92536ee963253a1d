/**
 * What a member seals under keys that are not of the place where it says to be: some can open it and some cannot, so
 * nobody does, and all have one state.
 */
import type { KeysOf } from '@atoll/halo';
import { ROOT_ZONE, type KeyId, type ZoneId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { zoneRootOf } from './root-key.ts';
import type { Space } from './space.ts';
import { beginZone, openZone } from './zone-acts.ts';
import { named } from './testing/rights-fixture.ts';
import { type Person, exchangeAll, rootOf, settled } from './testing/space-fixture.ts';

const Page = defineType('org.example.Page', { title: s.string(), items: s.list(s.string()) });

/** Jun and Eve share a closed zone of which Ada reads nothing; all write a page. */
async function town(seed: number) {
  const { people, spaces } = await settled(['Ada', 'Jun', 'Eve'], seed, {
    begin: (one) => one.database.add(Page, { title: 'for all', items: [] }),
  });
  const [one, two, three] = spaces as [Space, Space, Space];
  const [, jun, eve] = people as [Person, Person, Person];
  const actor = { space: two, rng: jun.ports.rng, deviceSigner: jun.deviceSigner };
  const zone = await beginZone(actor);
  await openZone(actor, zone, { subject: named(eve), level: 'write', withHistory: true });
  const open = await beginZone({ space: three, rng: eve.ports.rng }, { isOpen: true });
  three.database.add(Page, { title: 'open', items: [] }, { zone: open });
  await three.flush();
  await exchangeAll(spaces);
  return { spaces, one, two, three, zone, open };
}

/** Lets a space seal what belongs to one place under the keys of another one, as a changed program does. */
async function sealedUnder(space: Space, from: ZoneId, of: ZoneId, act: () => void): Promise<void> {
  await space.flush();
  const { keys } = space.authority;
  const current = keys.current.bind(keys);
  const lie = (asked: KeysOf): KeyId | undefined => current(asked === of ? from : asked);
  Object.assign(keys, { current: lie });
  try {
    act();
    await space.flush();
  } finally {
    Reflect.deleteProperty(keys, 'current');
  }
}

function pageOf(space: Space, title: string) {
  const page = space.database.query(Page).where({ title }).first();
  if (page === undefined) throw new RangeError(`no page ${title}`);
  return page;
}

test.each([
  ['what all read, under the keys of a closed zone', 'for all'],
  ['an open zone, under the keys of a closed one', 'open'],
])('%s: who holds them has the state that all others have', async (_, title) => {
  const { one, open, spaces, three, two, zone } = await town(8800);
  await sealedUnder(three, zone, ROOT_ZONE, () => {
    pageOf(three, title).items.push('only for Jun');
  });
  await exchangeAll(spaces);
  for (const space of [one, two]) expect(pageOf(space, title).items.toArray()).toEqual([]);
  expect(rootOf(two)).toBe(rootOf(one));
  expect(hex(zoneRootOf(two, open))).toBe(hex(zoneRootOf(one, open)));
});

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}
