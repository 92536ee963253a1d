/** Rights over single objects and what stands below them, as applications give and explain them; whole clients. */
import { loadZoneActs } from '@atoll/echo';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import type { Space } from '../api.ts';
import type { AtollClient } from '../client.ts';
import { HomeScene, idOf, type Home } from '../home.fixture.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./part-acts.ts');
await import('./rights-acts.ts');
await import('./team-acts.ts');
await loadZoneActs();

const Page = defineType('org.example.Page', {
  title: s.string(),
  words: s.map(s.string()),
  parent: s.tree('pages'),
});

/** Adds a page; its id. */
function add(space: Space, title: string, above?: string, zone?: string): string {
  const parent = above === undefined ? undefined : page(space, above);
  const fields = { title, words: {}, ...(parent === undefined ? {} : { parent }) };
  return space.db.add(Page, fields, zone === undefined ? {} : { zone }).id;
}

function page(space: Space, id: string): InstanceOf<typeof Page> {
  const found = space.db
    .query(Page)
    .run()
    .find((one) => one.id === id);
  if (found === undefined) throw new RangeError('there is no such page');
  return found;
}

function member(client: AtollClient): { readonly member: string } {
  return { member: idOf(client) };
}

function codeOfWrite(write: () => unknown): string {
  try {
    write();
    return 'done';
  } catch (failure) {
    return (failure as { readonly code?: string }).code ?? String(failure);
  }
}

class Town extends HomeScene {
  /** Ada's space with Jun as admin and Kim as a reader; two pages, one of which has one below it. */
  async pages(): Promise<
    Home & { readonly top: string; readonly below: string; readonly other: string }
  > {
    const home = await this.home('ada');
    const { kim, one } = home;
    const top = add(one, 'Top');
    const below = add(one, 'Below', top);
    const other = add(one, 'Other');
    await this.world.during(one.rights.setRole(member(kim), 'reader'));
    await this.pause();
    return { ...home, top, below, other };
  }

  /** One more epoch, which all have heard of. */
  async epoch(space: Space): Promise<void> {
    await this.world.during(space.epochs.propose());
    await this.pause(60_000);
  }
}

describe('a right over one object', () => {
  test('lets a reader change it and what is below it, and nothing else, until it is taken back', async () => {
    const town = new Town(3101);
    const { below, kim, one, other, three, top, two } = await town.pages();
    expect([top, below, other].map((id) => three.rights.mayChange(id))).toEqual([
      false,
      false,
      false,
    ]);
    const given = await town.world.during(one.rights.give({ object: top }, member(kim), 'writer'));
    expect(given).toEqual({ role: 'writer', stays: [] });
    await town.pause();
    expect([top, below, other].map((id) => three.rights.mayChange(id))).toEqual([
      true,
      true,
      false,
    ]);
    page(three, top).title = 'Top, by Kim';
    page(three, below).title = 'Below, by Kim';
    expect(codeOfWrite(() => (page(three, other).title = 'No'))).toBe('SPACE_NO_RIGHT');
    const added = add(three, 'Made by Kim', below);
    await town.pause();
    expect([top, below, added].map((id) => page(two, id).title)).toEqual([
      'Top, by Kim',
      'Below, by Kim',
      'Made by Kim',
    ]);
    expect(three.myRole.get()).toBe('reader');
    expect(two.rights.parts.get()).toMatchObject([
      {
        ...{ object: top, role: 'writer', isLess: false, mayTakeBack: true },
        to: { displayName: 'kim', kind: 'member' },
        from: { displayName: 'ada' },
      },
    ]);
    expect(three.rights.parts.get()).toMatchObject([{ mayTakeBack: false }]);
    const back = await town.world.during(one.rights.takeBack({ object: top }, member(kim)));
    expect(back).toEqual({ stays: [] });
    await town.pause();
    expect(three.rights.mayChange(top)).toBe(false);
    expect(codeOfWrite(() => (page(three, top).title = 'No'))).toBe('SPACE_READ_ONLY');
    expect([page(two, top).title, two.rights.parts.get()]).toEqual(['Top, by Kim', []]);
    const again = await town.world.during(one.rights.takeBack({ object: top }, member(kim)));
    expect(again).toEqual({ stays: [] });
  });

  test('ends with its epoch', async () => {
    const town = new Town(3102);
    const { kim, one, three, top } = await town.pages();
    const place = { object: top };
    const options = { untilEpoch: 1 };
    await town.world.during(one.rights.give(place, member(kim), 'writer', options));
    await town.pause();
    expect(three.rights.parts.get()).toMatchObject([{ object: top, untilEpoch: 1 }]);
    const [first] = await town.world.during(three.rights.whoCan(place));
    expect(first?.displayName).toBe('ada');
    page(three, top).title = 'While it lasts';
    await town.pause();
    await town.epoch(one);
    expect(one.epochs.status.get().number).toBe(1);
    expect([three.rights.mayChange(top), three.rights.parts.get()]).toEqual([false, []]);
    expect(page(one, top).title).toBe('While it lasts');
    const late = one.rights.give(place, member(kim), 'writer', options);
    expect(await town.tries(late)).toBe('CLIENT_EPOCH_PAST');
    const role = one.rights.setRole(member(kim), 'writer', options);
    expect(await town.tries(role)).toBe('CLIENT_EPOCH_PAST');
  });

  test('is replaced by another one over the same, and what is over parts of it stays', async () => {
    const town = new Town(3103);
    const { kim, jun, one, three, top, two } = await town.pages();
    const { rights } = one;
    const place = { object: top };
    await town.world.during(rights.give(place, member(kim), 'admin'));
    const part = { object: top, field: 'words', key: 'hello' };
    await town.world.during(rights.give(part, member(kim), 'writer', { untilEpoch: 3 }));
    await town.pause();
    expect(three.rights.parts.get().map(({ mayTakeBack, role }) => [role, mayTakeBack])).toEqual([
      ['admin', false],
      ['writer', false],
    ]);
    // Who has control over it may let others change it, and no more.
    await town.world.during(three.rights.give(place, member(jun), 'writer'));
    expect(await town.tries(three.rights.give(place, member(jun), 'admin'))).toBe(
      'CLIENT_NOT_ALLOWED',
    );
    const less = await town.world.during(
      rights.give(place, member(kim), 'writer', { untilEpoch: 2 }),
    );
    expect(less).toEqual({ role: 'writer', stays: [] });
    await town.pause();
    page(three, top).words.set('hello', 'Hallo');
    const shown = two.rights.parts
      .get()
      .map((one) => [one.untilEpoch, one.role, one.field, one.isLess])
      .sort();
    // What Kim gave has ended with what she had it by.
    expect(shown).toEqual([
      [2, 'writer', undefined, false],
      [3, 'writer', 'words', true],
    ]);
    await town.pause();
    const words = two.rights.parts.get().find(({ field }) => field === 'words');
    expect(words).toMatchObject({ key: 'hello', isLess: false });
    const same = await town.world.during(
      rights.give(place, member(kim), 'writer', { untilEpoch: 2 }),
    );
    expect([same, rights.parts.get().length]).toEqual([{ role: 'writer', stays: [] }, 2]);
    await town.world.during(rights.takeBack(place, member(kim)));
    expect(rights.parts.get()).toEqual([]);
  });

  test('until an epoch stands instead of one for good, and the other way round', async () => {
    const town = new Town(3107);
    const { kim, one, top } = await town.pages();
    const ends = async (untilEpoch?: number): Promise<readonly unknown[]> => {
      const options = untilEpoch === undefined ? {} : { untilEpoch };
      await town.world.during(one.rights.give({ object: top }, member(kim), 'writer', options));
      return one.rights.parts.get().map((given) => given.untilEpoch);
    };
    expect(await ends()).toEqual([undefined]);
    expect(await ends(1)).toEqual([1]);
    expect(await ends(2)).toContain(2);
    expect(await ends(1)).toEqual([1]);
  });

  test('given to a team is that of everybody in it; a lower role takes neither it nor its end away', async () => {
    const town = new Town(3104);
    const { kim, one, three, top, other } = await town.pages();
    const { rights } = one;
    const crew = await town.world.during(rights.createTeam('Crew'));
    await town.world.during(rights.addToTeam(crew.id, member(kim)));
    await town.world.during(rights.give({ object: top }, { team: crew.id }, 'writer'));
    const until = { untilEpoch: 4 };
    await town.world.during(rights.give({ object: other }, member(kim), 'writer', until));
    await town.world.during(rights.setRole(member(kim), 'writer'));
    await town.world.during(rights.setRole(member(kim), 'reader'));
    await town.pause();
    expect(three.rights.mayChange(top)).toBe(true);
    const all = three.rights.parts.get().map(({ to, untilEpoch }) => [to.kind, untilEpoch]);
    expect(all).toEqual([
      ['team', undefined],
      ['member', 4],
    ]);
    const who = await town.world.during(three.rights.whoCan({ object: top }));
    const reasons = who.find(({ id }) => id === idOf(kim))?.reasons;
    expect(reasons).toMatchObject([
      { over: 'just-this', object: top, role: 'writer', through: [{ name: 'Crew' }] },
    ]);
  });
});

describe('who can', () => {
  test('is said of an object with the reasons, those from above it and over parts of it too', async () => {
    const town = new Town(3105);
    const { below, kim, one, three, top } = await town.pages();
    await town.world.during(one.rights.give({ object: top }, member(kim), 'writer'));
    await town.pause();
    const who = await town.world.during(three.rights.whoCan({ object: below }));
    const said = who.map(({ changes, displayName, gives, reasons }) => [
      ...[displayName, changes, gives],
      reasons.map(({ object, over, role }) => [over, role, object]),
    ]);
    expect(said).toEqual([
      ['ada', true, true, [['space', 'owner', undefined]]],
      ['jun', true, true, [['space', 'admin', undefined]]],
      ['kim', true, false, [['above', 'writer', top]]],
    ]);
    await town.world.during(one.rights.takeBack({ object: top }, member(kim)));
    await town.world.during(
      one.rights.give({ object: top, field: 'title' }, member(kim), 'writer'),
    );
    await town.pause();
    const [, , last] = await town.world.during(one.rights.whoCan({ object: top }));
    expect(last).toMatchObject({ displayName: 'kim', changes: false, gives: false });
    expect(last?.reasons).toMatchObject([{ over: 'part', field: 'title', role: 'writer' }]);
    page(three, top).title = 'The title alone';
    expect(codeOfWrite(() => page(three, top).words.set('a', 'No'))).toBe('SPACE_NO_RIGHT');
    const [, , sees] = await town.world.during(one.rights.whoCan({ object: below }));
    expect(sees).toMatchObject({ changes: false, reasons: [{ over: 'space', role: 'reader' }] });
    expect(await town.tries(one.rights.whoCan({ object: 'ff'.repeat(16) }))).toBe('ECHO_OBJECT');
  });

  test('of something private, only those who read it are told, and a lower role does not put them out', async () => {
    const town = new Town(3106);
    const { jun, kim, one, three, two } = await town.pages();
    await town.world.during(one.rights.setRole(member(kim), 'writer'));
    const zone = await town.world.during(two.zones.create({ name: 'Surprise' }));
    const cake = add(two, 'The cake', undefined, zone.id);
    await town.world.during(two.zones.grant(zone.id, member(kim), { role: 'reader' }));
    await town.pause();
    const place = { object: cake };
    const who = await town.world.during(two.rights.whoCan(place));
    const said = who.map(({ changes, id, reasons }) => [
      ...[id, changes],
      reasons.map(({ over, role }) => [over, role]),
    ]);
    expect(said).toEqual([
      [idOf(jun), true, [['zone', 'owner']]],
      [idOf(kim), false, [['zone', 'reader']]],
    ]);
    expect(three.rights.mayChange(cake)).toBe(false);
    expect(await town.tries(three.rights.give(place, member(jun), 'writer'))).toBe(
      'CLIENT_NOT_ALLOWED',
    );
    await town.world.during(two.rights.give(place, member(kim), 'writer'));
    await town.pause();
    expect(three.rights.mayChange(cake)).toBe(true);
    page(three, cake).title = 'The cake, with cream';
    await town.world.during(one.rights.setRole(member(kim), 'reader'));
    await town.pause();
    expect(two.zones.list.get()[0]?.readers).toContain(idOf(kim));
    expect(page(two, cake).title).toBe('The cake, with cream');
    expect(three.rights.mayChange(cake)).toBe(true);
  });

  test('of what all read and only some change, everybody is told, each with what he sees or changes it by', async () => {
    const town = new Town(3108);
    const { jun, kim, one, three, two } = await town.pages();
    const zone = await town.world.during(two.zones.create({ name: 'News', open: true }));
    const news = add(two, 'The news', undefined, zone.id);
    await town.pause();
    const place = { object: news };
    const said = async (): Promise<readonly unknown[]> =>
      (await town.world.during(three.rights.whoCan(place))).map((who) => [
        ...[who.displayName, who.changes, who.gives],
        who.reasons.map(({ from, over, role }) => [over, role, from?.displayName]),
      ]);
    const founder = ['jun', true, true, [['zone', 'owner', undefined]]];
    // Who owns the space changes it no more than anybody else.
    const owner = ['ada', false, false, [['space', 'owner', undefined]]];
    expect(await said()).toEqual([
      founder,
      owner,
      ['kim', false, false, [['space', 'reader', 'ada']]],
    ]);
    expect([one, two, three].map((space) => space.rights.mayChange(news))).toEqual([
      false,
      true,
      false,
    ]);
    expect(await town.tries(one.rights.give(place, member(kim), 'writer'))).toBe(
      'CLIENT_NOT_ALLOWED',
    );
    await town.world.during(two.zones.grant(zone.id, member(kim)));
    await town.pause();
    expect(await said()).toEqual([
      founder,
      ['kim', true, false, [['zone', 'writer', 'jun']]],
      owner,
    ]);
    await town.world.during(two.zones.revoke(zone.id, member(kim)));
    await town.world.during(two.rights.give(place, member(kim), 'writer'));
    await town.pause();
    expect(await said()).toEqual([
      founder,
      ['kim', true, false, [['just-this', 'writer', 'jun']]],
      owner,
    ]);
    page(three, news).title = 'The news, by Kim';
    await town.pause();
    expect(page(one, news).title).toBe('The news, by Kim');
    expect(one.zones.of(news)?.readers).toContain(idOf(jun));
  });
});
