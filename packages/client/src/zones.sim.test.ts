/** Private parts of a space as applications have them: whole clients, one server, restarts and late readers. */
import { loadZoneActs } from '@atoll/echo';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { AtollClient } from './client.ts';
import { ClientScene, found } from './testing/client-scene.ts';
import type { Space } from './api.ts';
import type { Zone } from './zones-api.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./rights/rights-acts.ts');
await loadZoneActs();

const Note = defineType('org.example.Note', { text: s.string() });
const Plan = defineType('org.example.Plan', { text: s.string() });

/** Nothing while it is opened once more, with keys that have come. */
function texts(space: Space): readonly string[] {
  if (space.state.get() !== 'open') return [];
  return space.db
    .query(Note)
    .run()
    .map(({ text }) => text)
    .sort();
}

function member(client: AtollClient): { readonly member: string } {
  return { member: client.halo.identity.get()?.id ?? '' };
}

class Town extends ClientScene {
  async settles(is: () => boolean): Promise<void> {
    expect(await this.world.runUntil(is, 120_000)).toBe(true);
  }

  /** Ada's space with Jun and Kim in it, who have a private zone there. */
  async town() {
    const people: AtollClient[] = [];
    for (const name of ['ada', 'jun', 'kim']) people.push(await this.person(name));
    const [ada, jun, kim] = people as [AtollClient, AtollClient, AtollClient];
    const one = await this.space(ada, 'Trip');
    one.db.add(Note, { text: 'for all' });
    const two = await this.join(one, jun, { role: 'writer' });
    const three = await this.join(one, kim, { role: 'writer' });
    await this.settles(() => texts(three).length === 1 && texts(two).length === 1);
    const zone = await this.world.during(two.zones.create({ name: 'Surprise' }));
    two.db.add(Note, { text: 'the cake' }, { zone: zone.id });
    await this.world.during(two.zones.grant(zone.id, member(kim)));
    await this.settles(() => texts(three).includes('the cake'));
    three.db.add(Note, { text: 'the song' }, { zone: zone.id });
    await this.settles(() => texts(two).includes('the song'));
    return { ada, jun, kim, one, two, three, zone: zone.id };
  }

  /** Closes a client and opens it again, with the space. */
  async again(client: AtollClient, name: string, space: Space): Promise<[AtollClient, Space]> {
    await this.world.during(client.close());
    const next = await this.open(name);
    const opened = found(next, space.id);
    await this.world.during(opened.open());
    return [next, opened];
  }
}

const BOTH = ['for all', 'the cake', 'the song'];

function zoneIn(space: Space, id: string): Zone {
  const zone = space.zones.list.get().find((one) => one.id === id);
  if (zone === undefined) throw new RangeError('there is no zone');
  return zone;
}

test('two members have private notes in a space of three, and keep them through restarts', async () => {
  const town = new Town(2601);
  const { ada, jun, kim, one, two, three, zone } = await town.town();
  await town.pause();
  expect([texts(two), texts(three), texts(one)]).toEqual([BOTH, BOTH, ['for all']]);
  const seen = zoneIn(one, zone);
  expect(seen).toMatchObject({ id: zone, founder: { displayName: 'jun' } });
  expect(seen.name).toBeUndefined();
  expect(seen.myRole).toBeUndefined();
  expect(seen.sealed.sections).toBeGreaterThan(1);
  expect(seen.members.map(({ displayName, role }) => [displayName, role])).toEqual([
    ['jun', 'owner'],
    ['kim', 'writer'],
  ]);
  expect(zoneIn(three, zone)).toMatchObject({ name: 'Surprise', myRole: 'writer' });
  const note = three.db.query(Note).where({ text: 'the cake' }).run()[0];
  expect(three.zones.of(note?.id ?? '')?.id).toBe(zone);
  const [, two2] = await town.again(jun, 'jun', two);
  const [, three2] = await town.again(kim, 'kim', three);
  const [, one2] = await town.again(ada, 'ada', one);
  expect([texts(two2), texts(three2), texts(one2)]).toEqual([BOTH, BOTH, ['for all']]);
  expect(zoneIn(one2, zone).sealed).toEqual(seen.sealed);
  two2.db.add(Note, { text: 'the gift' }, { zone });
  await town.settles(() => texts(three2).includes('the gift'));
  expect(texts(one2)).toEqual(['for all']);
});

test('an open one is a page of somebody in a space of all: everybody reads it, few change it', async () => {
  const town = new Town(2611);
  const { ada, jun, one, two, three } = await town.town();
  const during = town.world.during.bind(town.world);
  const news = await during(two.zones.create({ name: 'News', open: true }));
  expect(news).toMatchObject({ name: 'News', isOpen: true, myRole: 'owner' });
  expect(news.readers).toHaveLength(3);
  two.db.add(Note, { text: 'the news' }, { zone: news.id });
  await town.settles(() => [one, three].every((space) => texts(space).includes('the news')));
  expect(zoneIn(one, news.id)).toMatchObject({ name: 'News', isOpen: true, myRole: 'reader' });
  const note = one.db.query(Note).where({ text: 'the news' }).run()[0];
  expect(one.zones.of(note?.id ?? '')?.id).toBe(news.id);
  // Ada owns the space, and neither writes there nor lets herself in; she can put out whom Jun has let in.
  const refused = expect.objectContaining({ code: 'SPACE_NO_RIGHT' }) as Error;
  expect(() => one.db.add(Note, { text: 'x' }, { zone: news.id })).toThrow(refused);
  await expect(during(one.zones.grant(news.id, member(ada)))).rejects.toMatchObject({
    code: 'SPACE_NO_RIGHT',
  });
  const kim = three.members.get().find(({ me }) => me);
  const subject = { member: kim?.id ?? '' };
  await during(two.zones.grant(news.id, subject, { withHistory: false }));
  await town.settles(() => zoneIn(three, news.id).myRole === 'writer');
  three.db.add(Note, { text: 'more news' }, { zone: news.id });
  await town.settles(() => texts(one).includes('more news'));
  await during(one.zones.revoke(news.id, subject));
  await town.settles(() => zoneIn(three, news.id).myRole === 'reader');
  expect(() => three.db.add(Note, { text: 'x' }, { zone: news.id })).toThrow(refused);
  expect(texts(three)).toContain('more news');
  // Who joins later reads it, and its name, as all that is shared.
  const four = await town.join(one, await town.person('lou'), { role: 'reader' });
  await town.settles(() => texts(four).includes('more news'));
  await town.settles(() => zoneIn(four, news.id).myRole === 'reader');
  expect(zoneIn(four, news.id)).toMatchObject({ name: 'News', myRole: 'reader' });
  const [, two2] = await town.again(jun, 'jun', two);
  expect(zoneIn(two2, news.id)).toMatchObject({ isOpen: true, myRole: 'owner' });
  expect(texts(two2)).toContain('more news');
});

test('a late reader has all of it or what comes then, as was said', async () => {
  const town = new Town(2602);
  const { ada, one, two, three, zone } = await town.town();
  const lou = await town.person('lou');
  const four = await town.join(one, lou, { role: 'writer' });
  await town.pause();
  expect(texts(four)).toEqual(['for all']);
  await town.world.during(two.zones.grant(zone, member(lou), { withHistory: false }));
  await town.world.during(two.zones.grant(zone, member(ada), { role: 'reader' }));
  two.db.add(Note, { text: 'the plan' }, { zone });
  await town.settles(() => texts(four).includes('the plan') && texts(one).includes('the cake'));
  await town.pause();
  expect(texts(four)).toEqual(['for all', 'the plan']);
  expect(texts(one)).toEqual([...BOTH, 'the plan'].sort());
  expect(texts(three)).toEqual([...BOTH, 'the plan'].sort());
  expect(() => one.db.add(Note, { text: 'no' }, { zone })).toThrow(
    expect.objectContaining({ code: 'SPACE_NO_RIGHT' }) as Error,
  );
  four.db.add(Note, { text: 'by lou' }, { zone });
  await town.settles(() => texts(two).includes('by lou'));
});

test('a late reader knows what things are that were never made elsewhere, and what the zone is called', async () => {
  const town = new Town(2606);
  const { ada, one, two, zone } = await town.town();
  const plans = (): readonly string[] =>
    one.db
      .query(Plan)
      .run()
      .map(({ text }) => text);
  two.db.add(Plan, { text: 'old' }, { zone });
  await town.pause();
  await town.world.during(two.zones.grant(zone, member(ada), { withHistory: false }));
  two.db.add(Plan, { text: 'new' }, { zone });
  await town.settles(() => plans().length > 0 && zoneIn(one, zone).name === 'Surprise');
  expect(plans()).toEqual(['new']);
  await town.world.during(two.zones.rename(zone, 'Cake'));
  await town.settles(() => zoneIn(one, zone).name === 'Cake');
});

test('who is put out of a zone, or of the space, reads nothing newer there', async () => {
  for (const isOfSpace of [false, true]) {
    const town = new Town(isOfSpace ? 2603 : 2604);
    const { kim, one, two, three, zone } = await town.town();
    if (isOfSpace) await town.world.during(one.rights.remove(member(kim).member));
    else await town.world.during(two.zones.revoke(zone, member(kim)));
    await town.settles(() => !zoneIn(two, zone).readers.includes(member(kim).member));
    await town.pause();
    two.db.add(Note, { text: 'without kim' }, { zone });
    two.db.add(Note, { text: 'for those here' });
    await town.settles(() => texts(one).includes('for those here'));
    await town.pause(20_000);
    expect(texts(three)).not.toContain('without kim');
    expect(texts(three).includes('for those here')).toBe(!isOfSpace);
    expect(texts(one)).toEqual(['for all', 'for those here']);
    expect(texts(two)).toContain('without kim');
    if (!isOfSpace) {
      await town.world.during(two.zones.grant(zone, member(kim)));
      await town.settles(() => texts(three).includes('without kim'));
    }
  }
});

test('nobody lets himself in; epochs are sealed, and history stays', async () => {
  const town = new Town(2605);
  const { ada, one, zone } = await town.town();
  const refused = (doing: Promise<unknown>): Promise<unknown> =>
    town.world.during(
      doing.then(
        () => 'done',
        (failure: { readonly code?: string }) => failure.code,
      ),
    );
  expect(await refused(one.zones.grant(zone, member(ada)))).toBe('SPACE_NO_RIGHT');
  expect(await refused(one.epochs.propose())).toBe('done');
  expect(one.epochs.status.get().number).toBe(1);
  const kept = await town.world.during(one.epochs.dropHistory({ olderThanMs: 0 }));
  expect(kept).toEqual({ at: 'kept', why: 'zones' });
  expect(await refused(one.zones.grant('00'.repeat(16), member(ada)))).toBe('CLIENT_UNKNOWN_ZONE');
  expect(await refused(one.zones.create({ name: ' ' }))).toBe('CLIENT_ZONE_NAME');
});

test('the last owner of a zone stays until somebody else is one', async () => {
  const town = new Town(2606);
  const { jun, kim, one, two, three, zone } = await town.town();
  const { zones } = two;
  expect(await town.tries(zones.revoke(zone, member(jun)))).toBe('CLIENT_LAST_OWNER');
  const lower = zones.grant(zone, member(jun), { role: 'writer' });
  expect(await town.tries(lower)).toBe('CLIENT_LAST_OWNER');
  await town.world.during(zones.grant(zone, member(kim), { role: 'owner' }));
  await town.settles(() => zoneIn(three, zone).myRole === 'owner');
  await town.world.during(zones.revoke(zone, member(jun)));
  await town.settles(() => zoneIn(three, zone).readers.length === 1);
  expect(zoneIn(three, zone)).toMatchObject({ isFrozen: false, myRole: 'owner' });
  three.db.add(Note, { text: 'kim alone' }, { zone });
  await town.world.during(three.zones.grant(zone, member(jun)));
  await town.settles(() => texts(two).includes('kim alone'));
  expect(texts(one)).toEqual(['for all']);
});

test('a zone whose last owner is put out of the space is frozen: its readers go on, and nobody joins them', async () => {
  const town = new Town(2607);
  const { ada, jun, one, two, three, zone } = await town.town();
  const lou = await town.person('lou');
  const four = await town.join(one, lou, { role: 'writer' });
  await town.settles(() => two.members.get().length === 4);
  await town.world.during(two.zones.grant(zone, member(lou), { role: 'reader' }));
  await town.settles(() => texts(four).includes('the song'));
  expect(zoneIn(one, zone).isFrozen).toBe(false);
  await town.world.during(one.rights.remove(member(jun).member));
  const frozen = (): boolean => [one, three, four].every((each) => zoneIn(each, zone).isFrozen);
  await town.settles(frozen);
  await town.pause(30_000);
  three.db.add(Note, { text: 'without jun' }, { zone });
  await town.settles(() => texts(four).includes('without jun'));
  await town.pause();
  expect(texts(two)).not.toContain('without jun');
  expect(texts(one)).toEqual(['for all']);
  for (const each of [one, three, four]) {
    const doing = each.zones.grant(zone, member(ada));
    expect(await town.tries(doing)).toBe('SPACE_NO_RIGHT');
  }
  expect(zoneIn(three, zone).readers).toHaveLength(2);
});

test('where somebody looks is not said of what is private', async () => {
  const town = new Town(2611);
  const { one, two, three } = await town.town();
  const shown = (space: Space): unknown =>
    space.presence.others.get().find(({ displayName }) => displayName === 'jun')?.state;
  const idOf = (wanted: string): string =>
    two.db
      .query(Note)
      .run()
      .find(({ text }) => text === wanted)?.id ?? '';
  const [cake, all] = [idOf('the cake'), idOf('for all')];
  two.presence.setPart('cake', 'here', cake);
  two.presence.setPart('all', 'there', all);
  two.presence.set({ view: 'notes', object: all, field: 'text' });
  const atAll = { view: 'notes', object: all, field: 'text', parts: { all: 'there' } };
  await town.settles(() => JSON.stringify(shown(one)) === JSON.stringify(atAll));
  two.presence.set({ view: 'private', object: cake, field: 'text', custom: 'of the cake' });
  const apart = { view: 'private', parts: { all: 'there' } };
  await town.settles(() => JSON.stringify(shown(one)) === JSON.stringify(apart));
  // Nor to Kim, who reads it: what is said goes to all.
  await town.settles(() => JSON.stringify(shown(three)) === JSON.stringify(apart));
});
