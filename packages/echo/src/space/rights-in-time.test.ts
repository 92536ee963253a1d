/** Rights below the space that end with an epoch, depend on others, or come through groups. */
import { GROUPS_PATH, grantAccess, revokeAccess, type AccessPath } from '@atoll/halo';
import { ROOT_ZONE, fromHex } from '@atoll/kernel';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from './space.ts';
import { grant, named, readersTown, revoke, type Town } from './testing/rights-fixture.ts';
import { pretend } from './testing/pretend.ts';
import { exchangeAll, rootOf, type Person } from './testing/space-fixture.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  note: s.string().default(''),
  parent: s.tree('pages'),
});

function page({ database }: Space, title: string): InstanceOf<typeof Page> {
  const found = database.query(Page).where({ title }).run()[0];
  if (found === undefined) throw new RangeError(`there is no page ${title}`);
  return found;
}

function town(seed: number): Promise<Town> {
  return readersTown(seed, {
    types: [Page],
    begin: ({ database }) => {
      const folder = database.add(Page, { title: 'folder' });
      database.add(Page, { title: 'other' });
      database.add(Page, { title: 'in', parent: folder });
    },
  });
}

function pathOf({ one }: Town, title: string): AccessPath {
  return one.rights.pathOf({ object: page(one, title).id });
}

async function sealEpoch(of: Town, among: readonly Space[] = of.all): Promise<void> {
  const { one } = of;
  await one.epochs.propose();
  for (let round = 0; round < 4; round++) {
    await exchangeAll(among);
    for (const space of among) await space.epochs.settled();
  }
  expect(one.epochs.status().current?.number).toBe(1);
}

async function again(space: Space, person: Person): Promise<Space> {
  const { id, keys } = space;
  await space.writeSnapshot();
  await space[Symbol.asyncDispose]();
  const open = await Space.open(person.ports, {
    space: id,
    ring: keys.ring,
    writer: person.writer(),
  });
  open.database.register(Page);
  await open.settled();
  return open;
}

test('a right until an epoch ends with it, for everybody alike; what it allowed before stays', async () => {
  const of = await town(7801);
  const { ada: person, jun, kim, one, two, three } = of;
  const path = pathOf(of, 'folder');
  await grant({ person, space: one }, named(jun), { path, level: 'write', until: 1 });
  await of.share();
  page(two, 'folder').note = 'in time';
  await of.share();
  // Jun does not hear of the epoch yet.
  await sealEpoch(of, [one, three]);
  page(two, 'folder').note = 'too late';
  await two.flush();
  await of.share();
  for (const space of of.all) {
    expect(page(space, 'folder').note).toBe('in time');
    expect(space.rights.may(jun.identity, 'write', path)).toBe(false);
    expect(space.rights.may(jun.identity, 'read', path)).toBe(true);
  }
  expect(() => (page(two, 'folder').note = 'no')).toThrow(
    expect.objectContaining({ code: 'SPACE_READ_ONLY' }),
  );
  expect(new Set(of.all.map(rootOf)).size).toBe(1);
  const root = rootOf(one);
  const open = await again(three, kim);
  expect([rootOf(open), page(open, 'folder').note]).toEqual([root, 'in time']);
  expect(open.rights.may(jun.identity, 'write', path)).toBe(false);
});

test('a right that depends on that of somebody else ends with it', async () => {
  const of = await town(7811);
  const { ada: person, jun, kim, one, two } = of;
  const [path, other] = [pathOf(of, 'folder'), pathOf(of, 'other')];
  await grant({ person, space: one }, named(kim), { path: other, level: 'write' });
  const premise = { subject: named(kim), path: other, level: 'write' } as const;
  await grant({ person, space: one }, named(jun), { path, level: 'write', premise });
  await of.share();
  page(two, 'folder').note = 'by Jun';
  await of.share();
  await revoke({ person, space: one }, kim, other);
  await of.share();
  expect(() => (page(two, 'folder').note = 'no')).toThrow(
    expect.objectContaining({ code: 'SPACE_READ_ONLY' }),
  );
  expect(of.all.map((space) => page(space, 'folder').note)).toEqual(Array(3).fill('by Jun'));
  expect(new Set(of.all.map(rootOf)).size).toBe(1);
});

test('what a group may, who is in it may; and why says so, from the founder down', async () => {
  const of = await town(7821);
  const { ada: person, jun, one, two } = of;
  const group = person.ports.rng.bytes(16);
  const hex = Buffer.from(group).toString('hex') as never;
  const path = pathOf(of, 'folder');
  const members = [GROUPS_PATH, group];
  const toGroup = await grant(
    { person, space: one },
    { to: 'group', group: hex },
    { path, level: 'write' },
  );
  const membership = await grant({ person, space: one }, named(jun), {
    path: members,
    level: 'read',
  });
  await of.share();
  page(two, 'in').note = 'by the group';
  await of.share();
  expect(page(one, 'in').note).toBe('by the group');
  const why = two.rights.why(jun.identity, 'write', pathOf(of, 'in')).map(({ id }) => id);
  expect(why.slice(1)).toEqual([toGroup, membership]);
  expect(two.rights.grants(path).map(({ id }) => id)).toEqual([toGroup]);
  expect(two.rights.may(jun.identity, 'control', path)).toBe(false);
  await revoke({ person, space: one }, jun, members);
  await of.share();
  expect(() => (page(two, 'in').note = 'no')).toThrow(
    expect.objectContaining({ code: 'SPACE_READ_ONLY' }),
  );
});

test('a move under an epoch binds who had not seen it', async () => {
  const of = await town(7831);
  const { ada: person, jun, kim, one, two, three } = of;
  await grant({ person, space: one }, named(jun), { path: pathOf(of, 'folder'), level: 'write' });
  await of.share();
  one.database.move(page(one, 'in'), { parent: page(one, 'other') });
  await sealEpoch(of, [one, three]);
  page(two, 'in').note = 'had not seen it';
  await two.flush();
  await of.share();
  expect(of.all.map((space) => page(space, 'in').note)).toEqual(['', '', '']);
  expect(new Set(of.all.map(rootOf)).size).toBe(1);
  const root = rootOf(one);
  const open = await again(three, kim);
  expect(rootOf(open)).toBe(root);
});

test('who reads until an epoch reads nothing that is written after, in whatever order it is heard of', async () => {
  const of = await town(7841);
  const { ada: person, jun, one, two, three } = of;
  const parent = one.authority.credentialFor(person.identity, 'control');
  if (parent === undefined) return expect.unreachable();
  const about = { space: one.id, subject: named(jun), parent };
  const statement = await grantAccess({
    ...{ ...about, rng: person.ports.rng, level: 'read', until: 1 },
    ...{ issuer: person.identity, deviceSigner: person.deviceSigner },
  });
  await one.publish({ statements: [revokeAccess(about), statement], credential: parent });
  await of.share();
  page(one, 'folder').note = 'for Jun too';
  await of.share();
  expect(page(two, 'folder').note).toBe('for Jun too');
  const before = one.authority.keys.current(ROOT_ZONE);
  // Ada alone votes; the others hear of the vote and of all that follows it at once.
  await sealEpoch(of, [one]);
  page(one, 'folder').note = 'not for Jun';
  await one.flush();
  const made = one.authority.keys.current(ROOT_ZONE);
  expect([made === before, made]).toEqual([false, expect.any(String)]);
  await of.share();
  expect(page(three, 'folder').note).toBe('not for Jun');
  expect(three.authority.keys.current(ROOT_ZONE)).toBe(made);
  const refused = three.authority.decisions().filter(({ verdict }) => !verdict.counts);
  expect(refused).toEqual([]);
  expect(page(two, 'folder').note).toBe('for Jun too');
  expect(two.authority.roleOf(jun.identity)).toBeUndefined();
  expect(rootOf(three)).toBe(rootOf(one));
});

/** Deletes what stands between a folder and a leaf, and seals epochs until nothing is left of it. */
async function collectBetween(of: Town): Promise<void> {
  const { one } = of;
  const id = fromHex(page(one, 'in').id) as Uint8Array;
  one.database.delete(page(one, 'in'));
  await of.share();
  for (let number = 1; number <= 3; number++) {
    await one.epochs.propose();
    for (let round = 0; round < 4; round++) {
      await of.share();
      for (const space of of.all) await space.epochs.settled();
    }
  }
  for (const { database } of of.all) {
    expect(database.fold.isCollected(database.fold.rows.find(id))).toBe(true);
  }
}

test('what an epoch has collected says nothing of where things stand, also to who has its history', async () => {
  const of = await town(7841);
  const { ada: person, jun, one, two, three } = of;
  one.database.add(Page, { title: 'leaf', parent: page(one, 'in') });
  const right = await grant({ person, space: one }, named(jun), {
    path: pathOf(of, 'folder'),
    level: 'write',
  });
  await of.share();
  page(two, 'leaf').note = 'before';
  await collectBetween(of);
  expect(() => (page(two, 'leaf').note = 'no')).toThrow(
    expect.objectContaining({ code: 'SPACE_NO_RIGHT' }),
  );
  const { id, keys } = one;
  expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
  await one[Symbol.asyncDispose]();
  const pruned = await Space.open(person.ports, {
    ...{ space: id, ring: keys.ring, writer: person.writer() },
  });
  pruned.database.register(Page);
  pretend(two, right);
  page(two, 'leaf').note = 'behind it';
  await exchangeAll([pruned, two, three]);
  for (const space of [pruned, three]) expect(page(space, 'leaf').note).toBe('before');
  expect(rootOf(pruned)).toBe(rootOf(three));
  expect(rootOf(await again(two, jun))).toBe(rootOf(three));
});

test('what was judged by the place of something that an epoch has collected is judged by it again', async () => {
  const of = await town(7851);
  const { ada: person, jun, kim, one, two, three } = of;
  one.database.add(Page, { title: 'leaf', parent: page(one, 'in') });
  one.database.move(page(one, 'in'), { parent: page(one, 'other') });
  await grant({ person, space: one }, named(jun), { path: pathOf(of, 'other'), level: 'write' });
  await grant({ person, space: one }, named(jun), { path: pathOf(of, 'folder'), level: 'write' });
  await of.share();
  page(two, 'leaf').note = 'in other';
  await collectBetween(of);
  await revoke({ person, space: one }, jun, pathOf(of, 'folder'));
  await of.share();
  for (const space of of.all) {
    expect(page(space, 'leaf').note).toBe('in other');
    expect(space.database.query(Page).where({ title: 'in' }).run()).toEqual([]);
  }
  const root = rootOf(one);
  expect([two, three].map(rootOf)).toEqual([root, root]);
  expect(rootOf(await again(three, kim))).toBe(root);
});
