/** Readers who come late to a private zone, behind epochs and changes of keys: whole clients, one server, further devices. */
import { loadZoneActs } from '@atoll/echo';
import type { ZoneId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import { handleOf } from './catch-up-town.fixture.ts';
import type { AtollClient } from './client.ts';
import { ClientScene, found } from './testing/client-scene.ts';
import type { ZoneMember } from './zones-api.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./rights/rights-acts.ts');
await loadZoneActs();

const Note = defineType('org.example.Note', { text: s.string(), tags: s.set(s.string()) });
/** Made in the zone and nowhere else. */
const Plan = defineType('org.example.Plan', { text: s.string() });

interface Inside {
  readonly client: AtollClient;
  readonly space: Space;
}

/** What somebody reads; nothing while it is opened once more with keys that have come. */
function read({ space: { db, state } }: Inside): readonly string[] {
  if (state.get() !== 'open') return [];
  const notes = db.query(Note).run();
  const plans = db.query(Plan).run();
  return [
    ...notes.map(({ tags, text }) => [text, ...tags].join(' ')),
    ...plans.map(({ text }) => `${text} plan`),
  ].sort();
}

function who({ client }: Inside): { readonly member: string } {
  return { member: client.halo.identity.get()?.id ?? '' };
}

function rootOf({ space }: Inside): string {
  return Buffer.from(handleOf(space).echo.stateRoot()).toString('hex');
}

/** Of each generation of a zone's keys: all of it, what opens content alone, or nothing. */
function keysOf({ space }: Inside, zone: string): readonly string[] {
  const { authority, keys } = handleOf(space).echo;
  return authority.keys.generations(zone as ZoneId).map((generation) => {
    const held = keys.ring.zone(generation);
    if (held === undefined) return 'none';
    return held.history === undefined ? 'content' : 'all';
  });
}

function change({ space }: Inside, text: string, to: Partial<{ text: string; tag: string }>): void {
  const note = space.db.query(Note).where({ text }).first();
  if (note === undefined) throw new RangeError(`no note "${text}" is here`);
  if (to.tag !== undefined) note.tags.add(to.tag);
  if (to.text !== undefined) note.text = to.text;
}

class Town extends ClientScene {
  readonly #inside = new Map<string, Inside>();
  zone = '';

  /**
   * Ada's space, whose history up to an epoch is dropped, and people in it. Jun has begun a zone there, with a note of
   * a type that all know and one of a type that only the zone has; a further epoch is behind both.
   */
  static async with(seed: number, names: readonly string[]): Promise<Town> {
    const town = new Town(seed);
    const client = await town.person('ada');
    const space = await town.space(client, 'Trip');
    town.#inside.set('ada', { client, space });
    space.db.add(Note, { text: 'for all' });
    await town.seal(1);
    const dropped = await town.world.during(space.epochs.dropHistory({ olderThanMs: 0 }));
    expect(dropped.at).toBe('dropped');
    for (const name of ['jun', ...names]) await town.lets(name);
    const jun = town.of('jun');
    town.zone = (await town.world.during(jun.space.zones.create({ name: 'Surprise' }))).id;
    town.writes('jun', 'cake');
    jun.space.db.add(Plan, { text: 'old' }, { zone: town.zone });
    await town.seal(2);
    return town;
  }

  of(name: string): Inside {
    const inside = this.#inside.get(name);
    if (inside === undefined) throw new RangeError(`${name} is not here`);
    return inside;
  }

  async lets(name: string, options: { readonly withoutHistory?: boolean } = {}): Promise<Inside> {
    const client = await this.person(name);
    const space = await this.join(this.of('ada').space, client, { role: 'writer', ...options });
    const inside = { client, space };
    this.#inside.set(name, inside);
    await this.pause();
    return inside;
  }

  writes(name: string, text: string): void {
    this.of(name).space.db.add(Note, { text }, { zone: this.zone });
  }

  /** Lets somebody in, or gives him another role. */
  async opens(
    by: string,
    to: string,
    options?: Parameters<Space['zones']['grant']>[2],
  ): Promise<void> {
    await this.world.during(this.of(by).space.zones.grant(this.zone, who(this.of(to)), options));
    await this.pause(20_000);
  }

  async closes(by: string, to: string): Promise<void> {
    await this.world.during(this.of(by).space.zones.revoke(this.zone, who(this.of(to))));
    await this.pause(20_000);
  }

  async seal(number: number): Promise<void> {
    const { epochs } = this.of('ada').space;
    await this.world.during(epochs.propose());
    expect(await this.world.runUntil(() => epochs.status.get().number === number, 60_000)).toBe(
      true,
    );
    await this.pause(20_000);
  }

  /** A further device of somebody, which has met the others. */
  async device(of: string): Promise<Inside> {
    const client = await this.open(`${of} again`);
    await this.joinDevice(this.of(of).client, client);
    const { id } = this.of('ada').space;
    const isThere = (): boolean => client.spaces.get(id) !== undefined;
    expect(await this.world.runUntil(isThere, 60_000)).toBe(true);
    const space = found(client, id);
    await this.world.during(space.open());
    await this.pause(60_000);
    return { client, space };
  }

  /** Somebody's program ends, and begins again. */
  async again(name: string): Promise<void> {
    const { id } = this.of(name).space;
    const client = await this.open(name);
    const space = found(client, id);
    await this.world.during(space.open());
    this.#inside.set(name, { client, space });
    await this.pause(20_000);
  }

  shown(name: string): ZoneMember | undefined {
    const { member } = who(this.of(name));
    const [zone] = this.of('jun').space.zones.list.get();
    return zone?.members.find(({ id }) => id === member);
  }

  /** All have one state of what all read. */
  agrees(names: readonly string[]): boolean {
    return new Set(names.map((name) => rootOf(this.of(name)))).size === 1;
  }
}

const ALL = ['cake', 'for all', 'old plan'];

test('with history somebody reads all that is and was, without what comes then, on each device; who is out, no more', async () => {
  const town = await Town.with(2801, ['kim', 'leo', 'mia', 'pat']);
  await town.opens('jun', 'kim');
  await town.opens('jun', 'pat');
  expect(read(town.of('pat'))).toEqual(ALL);
  await town.closes('jun', 'pat');
  town.writes('jun', 'without pat');
  await town.pause(20_000);
  await town.seal(3);
  await town.opens('jun', 'leo');
  await town.opens('jun', 'mia', { withHistory: false });
  expect(read(town.of('leo'))).toEqual([...ALL, 'without pat'].sort());
  expect(read(town.of('mia'))).toEqual(['for all']);
  // Changes of what is older are nothing to her; what is new is, and of what type it is.
  const jun = town.of('jun');
  change(jun, 'cake', { tag: 'sweet' });
  change(jun, 'without pat', { text: 'still without pat' });
  town.writes('jun', 'new');
  jun.space.db.add(Plan, { text: 'new' }, { zone: town.zone });
  await town.pause(20_000);
  await town.seal(4);
  const now = ['cake sweet', 'for all', 'new', 'new plan', 'old plan', 'still without pat'];
  for (const name of ['jun', 'kim', 'leo']) expect(read(town.of(name))).toEqual(now);
  expect(read(town.of('mia'))).toEqual(['for all', 'new', 'new plan']);
  expect(read(town.of('pat'))).toEqual(ALL);
  expect(read(town.of('ada'))).toEqual(['for all']);
  expect(keysOf(town.of('leo'), town.zone)).toEqual(['all', 'all', 'all']);
  expect(keysOf(town.of('mia'), town.zone)).toEqual(['none', 'none', 'content']);
  expect(town.agrees(['ada', 'jun', 'kim', 'leo', 'mia', 'pat'])).toBe(true);
  for (const name of ['leo', 'mia']) {
    const device = await town.device(name);
    expect(read(device)).toEqual(read(town.of(name)));
    expect(keysOf(device, town.zone)).toEqual(keysOf(town.of(name), town.zone));
    expect(rootOf(device)).toBe(rootOf(town.of('ada')));
  }
});

test('another role gives nobody what was before him; a word does, and nobody unreads', async () => {
  const town = await Town.with(2802, ['kim', 'mia']);
  await town.opens('jun', 'mia', { role: 'reader', withHistory: false });
  await town.opens('jun', 'mia', { role: 'writer' });
  expect(town.shown('mia')).toMatchObject({ role: 'writer', withHistory: false });
  // Keys that are made later, and asking for those that she lacks, open no more.
  await town.opens('jun', 'kim');
  await town.closes('jun', 'kim');
  town.writes('mia', 'by mia');
  await town.pause(60_000);
  expect(read(town.of('mia'))).toEqual(['by mia', 'for all']);
  expect(keysOf(town.of('mia'), town.zone)).not.toContain('all');
  await town.opens('jun', 'mia', { role: 'writer', withHistory: true });
  await town.pause(60_000);
  expect(town.shown('mia')).toMatchObject({ role: 'writer', withHistory: true });
  expect(read(town.of('mia'))).toEqual(['by mia', ...ALL].sort());
  await town.opens('jun', 'mia', { role: 'reader', withHistory: false });
  expect(town.shown('mia')).toMatchObject({ role: 'reader', withHistory: true });
  expect(read(await town.device('mia'))).toEqual(['by mia', ...ALL].sort());
});

test('who makes keys without having history breaks it for nobody who is let in with it', async () => {
  const town = await Town.with(2803, ['kim', 'leo', 'mia']);
  await town.opens('jun', 'kim');
  await town.opens('jun', 'mia', { role: 'owner', withHistory: false });
  await town.world.during(town.of('jun').client.close());
  await town.world.during(town.of('ada').space.rights.remove(who(town.of('kim')).member));
  await town.pause(20_000);
  town.writes('mia', 'by mia');
  await town.seal(3);
  await town.again('jun');
  await town.world.during(town.of('mia').client.close());
  // Whoever has all of it lets him in, and is gone before he can ask.
  const { space } = town.of('jun');
  await town.world.during(space.zones.grant(town.zone, who(town.of('leo'))));
  await town.world.during(space.flush());
  await town.pause(2_000);
  await town.world.during(town.of('jun').client.close());
  await town.pause(60_000);
  expect(read(town.of('leo'))).toEqual(['by mia', ...ALL].sort());
  expect(new Set(keysOf(town.of('leo'), town.zone))).toEqual(new Set(['all']));
});

test('whom an owner without history lets in with it has the rest from somebody who has', async () => {
  const town = await Town.with(2804, ['leo', 'mia']);
  await town.opens('jun', 'mia', { role: 'owner', withHistory: false });
  await town.world.during(town.of('jun').client.close());
  await town.opens('mia', 'leo');
  town.writes('mia', 'by mia');
  await town.pause(60_000);
  expect(read(town.of('leo'))).toEqual(['by mia', 'for all']);
  // It is known that something is missing.
  expect(town.of('leo').space.status.get().keysMissing).toBe(true);
  await town.again('jun');
  await town.pause(60_000);
  expect(read(town.of('leo'))).toEqual(['by mia', ...ALL].sort());
  expect(read(town.of('mia'))).toEqual(['by mia', 'for all']);
});

test('a team without history reads from when it was let in, and so does who joins it later', async () => {
  const town = await Town.with(2805, ['kim', 'leo', 'mia']);
  const during = town.world.during.bind(town.world);
  const { rights } = town.of('ada').space;
  const crew = await during(rights.createTeam('Crew'));
  await during(rights.addToTeam(crew.id, who(town.of('mia'))));
  await town.opens('jun', 'kim');
  const { space } = town.of('jun');
  await during(space.zones.grant(town.zone, { team: crew.id }, { withHistory: false }));
  town.writes('jun', 'for the crew');
  await town.pause(20_000);
  await town.closes('jun', 'kim');
  town.writes('jun', 'without kim');
  await town.pause(20_000);
  await during(rights.addToTeam(crew.id, who(town.of('leo'))));
  await town.pause(60_000);
  space.db.add(Plan, { text: 'late' }, { zone: town.zone });
  await town.pause(20_000);
  const theirs = ['for all', 'for the crew', 'late plan', 'without kim'];
  for (const name of ['mia', 'leo']) {
    expect(read(town.of(name))).toEqual(theirs);
    expect(town.of(name).space.zones.list.get()[0]?.name).toBe('Surprise');
  }
  // The team may write now: as with one person, that shows nothing of before.
  await during(space.zones.grant(town.zone, { team: crew.id }, { role: 'writer' }));
  await during(rights.addToTeam(crew.id, who(town.of('kim'))));
  space.db.add(Plan, { text: 'last' }, { zone: town.zone });
  await town.pause(60_000);
  expect(read(town.of('leo'))).toEqual([...theirs, 'last plan'].sort());
  // What he had read before he was put out he has.
  expect(read(town.of('kim'))).toEqual([...ALL, 'for the crew', 'last plan'].sort());
});

test('who is let in once more without history does not get what was written while he was out', async () => {
  const town = await Town.with(2806, ['kim']);
  await town.opens('jun', 'kim');
  await town.closes('jun', 'kim');
  town.writes('jun', 'without kim');
  await town.pause(20_000);
  await town.opens('jun', 'kim', { withHistory: false });
  town.writes('jun', 'with kim');
  await town.pause(60_000);
  expect(read(town.of('kim'))).toEqual([...ALL, 'with kim'].sort());
  expect(keysOf(town.of('kim'), town.zone)).toEqual(['all', 'none', 'content']);
});

test('all of a zone is for its readers also where the rest of the space is not', async () => {
  const town = await Town.with(2807, ['kim']);
  const mia = await town.lets('mia', { withoutHistory: true });
  await town.opens('jun', 'mia');
  town.of('ada').space.db.add(Note, { text: 'for all, new' });
  await town.pause(60_000);
  // A note is of a type that all knew before her: the zone says it once more.
  expect(read(mia)).toEqual(['cake', 'for all, new', 'old plan']);
  await town.seal(3);
  expect(read(await town.device('mia'))).toEqual(['cake', 'for all, new', 'old plan']);
  // Types that only an open zone had so far are said for who reads nothing older.
  const { space } = town.of('jun');
  const news = await town.world.during(space.zones.create({ name: 'News', open: true }));
  const Flag = defineType('org.example.Flag', { text: s.string() });
  space.db.add(Flag, { text: 'old' }, { zone: news.id });
  await town.pause();
  const pat = await town.lets('pat', { withoutHistory: true });
  space.db.add(Flag, { text: 'new' }, { zone: news.id });
  await town.pause(20_000);
  const flags = pat.space.db.query(Flag).run();
  expect(flags.map(({ text }) => text)).toEqual(['new']);
});
