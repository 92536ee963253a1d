/** Attacks that random worlds meet seldom, one by one. Each failed before the rule that it names was there. */
import { ready } from '@atoll/crypto';
import { SpaceAuthority, credentialIdOf, revokeAccess, rotationId } from '@atoll/halo';
import { idFromBytes } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';
import { AuthorityWorld } from './authority-world.ts';
import { openFeed, signGrant, type Actor } from './crew.ts';
import { Replica } from './replica.ts';
import { rotationBy } from './sayings.ts';

beforeAll(() => ready());

function actorOf({ actors }: AuthorityWorld, name: string): Actor {
  const actor = actors.find(({ who }) => who.name === name);
  if (actor === undefined) throw new RangeError(name);
  return actor;
}

test('a grant that is stated in two branches of a fork is one for whoever came by either, in any order', async () => {
  const world = await AuthorityWorld.begin(1);
  const { dag, space } = world;
  const rng = new SimRng(2);
  const [mal, zed] = [actorOf(world, 'Mal'), actorOf(world, 'Zed')];
  const [feed] = mal.feeds;
  const [device] = mal.devices;
  if (feed === undefined || device === undefined || mal.first === undefined) {
    return expect.unreachable();
  }
  const subject = { to: 'identity', identity: zed.who.identity } as const;
  const right = [mal.first];
  const grant = await signGrant({ rng, space, by: mal, device, subject, level: 'write', right });
  const credential = credentialIdOf(grant);
  const all = dag.blocks.map(({ index }) => index);
  const branches: number[][] = [];
  for (const at of [0, 1]) {
    const before = { tip: feed.tip, seq: feed.seq };
    // What distinguishes the branches is all that they name.
    const deps = all.slice(0, all.length - at).filter((index) => index !== feed.tip);
    const given = await dag.append(space, feed, { deps, statements: [grant] });
    Object.assign(feed, before);
    const own = dag.feed(at);
    const statements = await openFeed(rng, space, zed, own);
    const write = { deps: [given], statements, data: [credential] };
    branches.push([given, await dag.append(space, own, write)]);
  }
  const [one, other] = branches as [[number, number], [number, number]];
  for (const order of [
    [...one, ...other],
    [...other, ...one],
  ]) {
    const replica = new Replica(dag, space);
    for (const index of [...all, ...order]) replica.take(index);
    expect([one[1], other[1]].map((index) => replica.counts(index))).toEqual([true, true]);
  }
});

test('a founder who says that she does not know her own space has no rights there, in any order', async () => {
  const world = await AuthorityWorld.begin(1);
  const { dag, space } = world;
  const [ada, cid] = [actorOf(world, 'Ada'), actorOf(world, 'Cid')];
  if (ada.first === undefined || cid.first === undefined) return expect.unreachable();
  const all = dag.blocks.map(({ index }) => index);
  const own = dag.feed(3);
  const statements = await openFeed(new SimRng(3), space, ada, own);
  const subject = { to: 'identity', identity: cid.who.identity } as const;
  const removal = revokeAccess({ space, subject, parent: ada.first });
  const content = { statements: [...statements, removal], data: [ada.first] };
  const alone = await dag.append(space, own, content);
  const later = await dag.append(space, own, { deps: [0], data: [ada.first] });
  const [feed] = cid.feeds;
  if (feed === undefined) return expect.unreachable();
  const write = await dag.append(space, feed, { data: [cid.first] });
  for (const order of [
    [alone, ...all, later, write],
    [...all, alone, later, write],
  ]) {
    const replica = new Replica(dag, space);
    for (const index of order) replica.take(index);
    expect([alone, later, write].map((index) => replica.counts(index))).toEqual([
      false,
      true,
      true,
    ]);
  }
});

test('cuts that name what nobody has cost nothing for each block that comes', async () => {
  const world = await AuthorityWorld.begin(1);
  const { dag, space } = world;
  const eve = actorOf(world, 'Eve');
  const [feed] = eve.feeds;
  if (eve.first === undefined || feed === undefined) return expect.unreachable();
  const rng = new SimRng(4);
  const subject = { to: 'identity', identity: actorOf(world, 'Mal').who.identity } as const;
  const revoked = revokeAccess({ space, subject, parent: eve.first });
  const statements = Array.from({ length: 20 }, () => ({
    ...revoked,
    cut: Array.from({ length: 50 }, () => ({
      feed: feed.key,
      end: idFromBytes('block', rng.bytes(32)),
    })),
  }));
  const first = dag.tips();
  await dag.append(space, feed, { deps: first, statements, credential: eve.first });
  for (let more = 0; more < 50; more++) await dag.append(space, feed, {});
  const order = dag.blocks.map(({ index }) => index);
  let lookups = 0;
  const authority = new SpaceAuthority(space, {
    isInPast: (earlier, later) => dag.block(later).past.has(earlier),
    blockOf: (hash) => {
      lookups++;
      return dag.blocks.find((block) => block.hash === hash)?.index;
    },
  });
  for (const index of order) {
    const block = dag.block(index);
    if (index === order.length - 50) lookups = 0;
    authority.add({ ...block, no: index, prevNo: block.prevIndex });
  }
  expect(lookups).toBeLessThan(200);
});

test('keys made by who has not heard of what a cut names are judged so, whenever that came', async () => {
  const world = await AuthorityWorld.begin(1);
  const { dag, space } = world;
  const rng = new SimRng(5);
  const [ada, bob, eve] = ['Ada', 'Bob', 'Eve'].map((name) => actorOf(world, name)) as [
    ...[Actor, Actor, Actor],
  ];
  const [[adas], [bobs], [eves]] = [ada.feeds, bob.feeds, eve.feeds];
  const [device] = eve.devices;
  if (adas === undefined || bobs === undefined || eves === undefined || device === undefined) {
    return expect.unreachable();
  }
  if (ada.first === undefined || bob.first === undefined || eve.first === undefined) {
    return expect.unreachable();
  }
  const all = dag.blocks.map(({ index }) => index);
  // Mal is let in again by Eve, who is removed herself with a cut that names a block after that.
  const subject = { to: 'identity', identity: actorOf(world, 'Mal').who.identity } as const;
  const malGoes = revokeAccess({ space, subject, parent: ada.first });
  const goes = await dag.append(space, adas, { deps: dag.tips(), statements: [malGoes] });
  const right = [eve.first];
  const grant = await signGrant({ rng, space, by: eve, device, subject, level: 'read', right });
  const before = [goes];
  const given = await dag.append(space, eves, { deps: before, statements: [grant] });
  const named = await dag.append(space, eves, { data: [eve.first] });
  const removed = { to: 'identity', identity: eve.who.identity } as const;
  const removal = {
    ...revokeAccess({ space, subject: removed, parent: ada.first }),
    cut: [{ feed: eves.key, end: dag.block(named).hash }],
  };
  const removes = await dag.append(space, adas, { deps: before, statements: [removal] });
  const knows = new Replica(dag, space);
  for (const index of [...all, goes, given, removes]) knows.take(index);
  const rotation = rotationBy(world, rng, { ...bob, replica: knows });
  const content = { deps: [given, removes], statements: [rotation], credential: bob.first };
  const makes = await dag.append(space, bobs, content);
  const id = rotationId(rotation);
  for (const order of [
    [given, removes, makes, named],
    [given, named, removes, makes],
    [given, removes, named, makes],
  ]) {
    const replica = new Replica(dag, space);
    for (const index of [...all, goes, ...order]) replica.take(index);
    expect(replica.authority.keys.rotation(id)).toBeDefined();
    expect(replica.authority.members().map(({ identity }) => identity)).toContain(subject.identity);
  }
});
