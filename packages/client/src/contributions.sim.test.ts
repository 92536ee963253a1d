/** Strangers who write in a public space, in a simulated world: doors, lobbies, and moderators who act at once. */
import { describe, expect, test } from 'vitest';
import type { Space } from './api.ts';
import type { AtollClient } from './client.ts';
import { found, ClientScene } from './testing/client-scene.ts';
import { NOTE, Note, openGarden, type Garden } from './testing/public-garden.ts';

const MINUTE_MS = 60_000;

async function until(scene: ClientScene, isSo: () => boolean, what: string): Promise<void> {
  expect(await scene.world.runUntil(isSo, 8 * MINUTE_MS), what).toBe(true);
}

/** Texts that are shown. */
function shown(space: Space): readonly string[] {
  return space.db
    .query(Note)
    .run()
    .map(({ text }) => text)
    .sort();
}

/** How many there are, hidden ones too. */
function stored(space: Space): number {
  return space.db.query(Note).hidden('include').count();
}

function objectOf(space: Space, text: string): string {
  const note = space.db
    .query(Note)
    .hidden('include')
    .run()
    .find((one) => one.text === text);
  if (note === undefined) throw new RangeError(`no note ${text}`);
  return note.id;
}

/** Somebody who follows by the link. */
async function follower({ scene, url }: Garden, name: string): Promise<Space> {
  const client = await scene.person(name);
  const theirs = await scene.world.during(client.spaces.follow(url));
  await until(scene, () => theirs.door.state.get().isOpen, 'the door is seen');
  return theirs;
}

/** A second moderator. */
async function moderator(
  { scene, space }: Garden,
  name: string,
): Promise<{ client: AtollClient; space: Space }> {
  const client = await scene.person(name);
  const joined = await scene.join(space, client, { role: 'admin' });
  await until(scene, () => joined.door.state.get().mayModerate, 'the role is there');
  joined.db.register(Note);
  return { client, space: joined };
}

function ownState(space: Space): string | undefined {
  return space.door.state.get().own[0]?.state;
}

function idOf(client: AtollClient): string {
  return client.halo.identity.get()?.id ?? '';
}

describe('a door that takes things up by itself', () => {
  test('what a stranger posts by the link is shown to all, with his name, and he is told', async () => {
    const made = await openGarden(1, { takesItself: true });
    const { ada, scene, space } = made;
    const kims = await follower(made, 'kim');
    const before = (await scene.world.during(space.info())).members;
    await scene.world.during(kims.door.post(NOTE, { text: 'Weeds everywhere' }));
    expect(['sending', 'waiting']).toContain(ownState(kims));
    await until(scene, () => ownState(kims) === 'shown', 'it is shown to who wrote it');
    expect(shown(space)).toEqual(['Tomatoes', 'Weeds everywhere']);
    const [item] = kims.door.state.get().items;
    expect(item).toMatchObject({
      author: { displayName: 'kim' },
      takenBy: { id: idOf(ada), displayName: 'ada' },
      fields: { text: 'Weeds everywhere' },
    });
    expect((await scene.world.during(space.info())).members).toBe(before);
    // The lobby is empty again.
    await scene.world.during(space.door.look());
    expect(space.door.state.get().waiting).toEqual([]);
  });

  test('a text that answers another one names it', async () => {
    const made = await openGarden(2, { takesItself: true });
    const { scene, space } = made;
    const kims = await follower(made, 'kim');
    await until(scene, () => shown(kims).length === 1, 'it has come');
    const about = { ref: objectOf(kims, 'Tomatoes') };
    await scene.world.during(kims.door.post(NOTE, { text: 'Lovely', about }));
    await until(scene, () => shown(space).length === 2, 'it was taken up');
    const answer = space.db.query(Note).where({ text: 'Lovely' }).run()[0];
    expect(answer?.about?.$id).toBe(about.ref);
  });

  test('one author gets no further than his rate, the rest waits for a moderator', async () => {
    const made = await openGarden(3, { takesItself: true, perAuthor: 2 });
    const { scene, space } = made;
    const kims = await follower(made, 'kim');
    for (const text of ['a', 'b', 'c', 'd']) {
      await scene.world.during(kims.door.post(NOTE, { text }));
    }
    const waiting = () => space.door.state.get().waiting;
    await until(scene, () => shown(space).length === 3 && waiting().length === 2, 'two wait');
    await scene.pause(3 * MINUTE_MS);
    expect(waiting()).toHaveLength(2);
    const [first, second] = waiting();
    await scene.world.during(space.door.take(first?.id ?? ''));
    await scene.world.during(space.door.decline(second?.id ?? ''));
    expect(waiting()).toEqual([]);
    await scene.pause(13 * MINUTE_MS);
    const states = kims.door.state.get().own.map(({ state }) => state);
    expect(states.sort()).toEqual(['gone', 'shown', 'shown', 'shown']);
  });

  test('what is not of the door, too long, or of somebody banned is refused', async () => {
    const made = await openGarden(4, { takesItself: true });
    const { scene, space } = made;
    const kim = await scene.person('kim');
    const theirs = await scene.world.during(kim.spaces.follow(made.url));
    await until(scene, () => theirs.door.state.get().isOpen, 'the door is seen');
    const post = (type: string, text: string) => scene.tries(theirs.door.post(type, { text }));
    expect(await post('org.example.Other', 'x')).toBe('CLIENT_NOT_WANTED');
    expect(await post(NOTE, 'x'.repeat(5000))).toBe('CLIENT_NOT_WANTED');
    await scene.world.during(space.door.ban(idOf(kim)));
    await until(scene, () => theirs.door.state.get().banned.length === 1, 'the ban is there');
    expect(await post(NOTE, 'x')).toBe('CLIENT_NOT_WANTED');
    await scene.world.during(space.door.allow(idOf(kim)));
    await scene.world.during(space.door.close());
    await until(scene, () => !theirs.door.state.get().isOpen, 'it is closed');
    expect(await post(NOTE, 'x')).toBe('CLIENT_DOOR_CLOSED');
    const codes = [
      await scene.tries(theirs.door.open({ types: [NOTE], takesItself: true })),
      await scene.tries(theirs.door.hide(objectOf(space, 'Tomatoes'))),
      await scene.tries(
        space.door.open({ types: ['org.atoll.space.Properties'], takesItself: true }),
      ),
    ];
    expect(codes).toEqual(['CLIENT_NOT_ALLOWED', 'CLIENT_NOT_ALLOWED', 'CLIENT_DOOR_TERMS']);
  });
});

describe('moderators who act at once', () => {
  test('what both take up while they are apart is one object in the end', async () => {
    const made = await openGarden(5, { takesItself: false });
    const { ada, scene, space } = made;
    const jun = await moderator(made, 'jun');
    // Ada's program seals the door to Jun, too.
    await scene.pause(3 * MINUTE_MS);
    const kims = await follower(made, 'kim');
    await scene.world.during(kims.door.post(NOTE, { text: 'Beans' }));
    const waits = (at: Space): boolean => at.door.state.get().waiting.length === 1;
    await until(scene, () => waits(space) && waits(jun.space), 'both see it');
    const id = space.door.state.get().waiting[0]?.id ?? '';
    ada.network.setOnline(false);
    jun.client.network.setOnline(false);
    await scene.world.during(space.door.take(id));
    await scene.world.during(jun.space.door.take(id));
    expect([shown(space), shown(jun.space)]).toEqual([shown(space), shown(space)]);
    ada.network.setOnline(true);
    jun.client.network.setOnline(true);
    const all = [space, jun.space, kims];
    const isOne = (at: Space): boolean => shown(at).length === 2 && stored(at) === 2;
    await until(scene, () => all.every(isOne), 'one of the two is left everywhere');
    const objects = all.map((at) => at.door.state.get().items.map(({ object }) => object));
    expect(objects).toEqual([objects[0], objects[0], objects[0]]);
    expect(ownState(kims)).toBe('shown');
  });

  test('what was taken up by who did not know of the ban is hidden everywhere', async () => {
    const made = await openGarden(6, { takesItself: false });
    const { ada, scene, space } = made;
    const jun = await moderator(made, 'jun');
    await scene.pause(3 * MINUTE_MS);
    const kims = await follower(made, 'kim');
    for (const text of ['First', 'Second']) {
      await scene.world.during(kims.door.post(NOTE, { text }));
    }
    const waiting = (at: Space) => at.door.state.get().waiting;
    await until(scene, () => [space, jun.space].every((at) => waiting(at).length === 2), 'seen');
    const id = waiting(space).find(({ fields }) => fields.text === 'First')?.id ?? '';
    await scene.world.during(space.door.take(id));
    await until(scene, () => shown(jun.space).length === 2, 'the first is there');
    const second = waiting(jun.space).find(({ fields }) => fields.text === 'Second');
    const kim = second?.author.id ?? '';
    ada.network.setOnline(false);
    jun.client.network.setOnline(false);
    await scene.world.during(space.door.ban(kim));
    await scene.world.during(jun.space.door.take(second?.id ?? ''));
    ada.network.setOnline(true);
    jun.client.network.setOnline(true);
    const all = [space, jun.space, kims];
    const ownWords: string[] = [];
    space.db.query(Note).subscribe((notes) => ownWords.push(...notes.map(({ text }) => text)));
    const isSo = (at: Space): boolean =>
      stored(at) === 3 && at.door.state.get().banned.length === 1;
    await until(scene, () => all.every(isSo), 'all have the same');
    // What Ada had seen stays; what Jun took up without knowing does not.
    for (const at of all) expect(shown(at)).toEqual(['First', 'Tomatoes']);
    expect(ownWords).not.toContain('Second');
    await scene.world.during(jun.space.door.ban(kim, { hidesAll: true }));
    await until(scene, () => all.every((at) => shown(at).length === 1), 'all of it is hidden');
    const object = objectOf(space, 'First');
    expect(kims.door.state.get().hidden[object]).toMatchObject({ by: { displayName: 'jun' } });
    await scene.world.during(space.door.show(object));
    await until(scene, () => all.every((at) => shown(at).length === 2), 'one was looked at again');
  });

  test('what one hides and the other shows at once is the same for all, also after a restart', async () => {
    const made = await openGarden(7, { takesItself: false });
    const { ada, scene, space } = made;
    const jun = await moderator(made, 'jun');
    await until(scene, () => shown(jun.space).length === 1, 'it has come');
    const object = objectOf(space, 'Tomatoes');
    await scene.world.during(space.door.hide(object));
    await until(scene, () => shown(jun.space).length === 0, 'hidden');
    ada.network.setOnline(false);
    jun.client.network.setOnline(false);
    await scene.world.during(space.door.hide(object));
    await scene.world.during(jun.space.door.show(object));
    ada.network.setOnline(true);
    jun.client.network.setOnline(true);
    await scene.pause(2 * MINUTE_MS);
    expect(shown(space)).toEqual(shown(jun.space));
    const expected = shown(space);
    await scene.world.during(ada.close());
    const again = found(await scene.open('ada'), space.id);
    await scene.world.during(again.open());
    await scene.pause(MINUTE_MS);
    expect(shown(again)).toEqual(expected);
  });

  test('lists, counts and searches that somebody keeps open follow what is hidden and shown', async () => {
    const made = await openGarden(10, { takesItself: true });
    const { ada, scene, space } = made;
    const kims = await follower(made, 'kim');
    await scene.world.during(kims.door.post(NOTE, { text: 'Spam' }));
    const jun = await moderator(made, 'jun');
    await until(scene, () => shown(jun.space).length === 2, 'all has come');
    const counts: number[] = [];
    jun.space.db.query(Note).subscribeCount((count) => counts.push(count));
    const searched = (): readonly string[] =>
      jun.space.db
        .query(Note)
        .search('spa')
        .map(({ object }) => object.text);
    expect(searched()).toEqual(['Spam']);
    const { author } = space.door.state.get().items[0] ?? {};
    await scene.world.during(space.door.ban(author?.id ?? '', { hidesAll: true }));
    await until(scene, () => counts.at(-1) === 1, 'the ban hides it');
    expect(searched()).toEqual([]);
    const object = objectOf(jun.space, 'Spam');
    expect(jun.space.db.get(object)?.$state).toBe('hidden');
    // Opened again, nothing of it is shown for a moment either.
    await scene.world.during(ada.close());
    const again = found(await scene.open('ada'), space.id);
    const heard: string[] = [];
    await scene.world.during(again.open());
    again.db.query(Note).subscribe((notes) => heard.push(...notes.map(({ text }) => text)));
    await scene.pause(MINUTE_MS);
    expect(heard).not.toContain('Spam');
    await scene.world.during(again.door.allow(author?.id ?? ''));
    await until(scene, () => counts.at(-1) === 2, 'and it is back');
    expect(counts).toEqual([2, 1, 2]);
  });
});

test('who opens the mailboxes of a lobby cannot read what waits, and a new door leaves junk behind', async () => {
  const made = await openGarden(8, { takesItself: false });
  const { scene, space } = made;
  const kims = await follower(made, 'kim');
  await scene.world.during(kims.door.post(NOTE, { text: 'Secret until it is taken up' }));
  const leos = await follower(made, 'leo');
  await scene.world.during(leos.door.look());
  expect(leos.door.state.get().waiting).toEqual([]);
  await until(scene, () => space.door.state.get().waiting.length === 1, 'Ada sees it');
  await scene.world.during(space.door.renew());
  await scene.world.during(space.door.look());
  expect(space.door.state.get().waiting).toEqual([]);
  await until(scene, () => ownState(kims) === 'gone', 'he is told');
  await scene.world.during(kims.door.post(NOTE, { text: 'Again' }));
  await until(scene, () => space.door.state.get().waiting.length === 1, 'the new door works');
});

test('ending the link closes the door', async () => {
  const { scene, space } = await openGarden(9, { takesItself: true });
  await scene.world.during(space.publication.unpublish());
  expect(space.door.state.get().isOpen).toBe(false);
});

describe('a door for what there is none of yet', () => {
  test('is answered by a moderator whose program has never heard of it, while nobody looks at the space', async () => {
    const scene = new ClientScene(21);
    const ada = await scene.person('ada');
    const space = await scene.space(ada, 'Garden');
    space.db.register(Note);
    const url = await scene.world.during(space.publication.publish());
    await scene.world.during(space.door.open({ types: [NOTE], takesItself: true }));
    const jun = await scene.person('jun');
    const joined = await scene.join(space, jun, { role: 'admin' });
    await scene.pause(3 * MINUTE_MS);
    ada.network.setOnline(false);
    const kims = await follower({ scene, ada, space, url }, 'kim');
    await scene.world.during(kims.door.post(NOTE, { text: 'First of all' }));
    await until(scene, () => ownState(kims) === 'shown', 'Jun takes it up');
    expect(joined.door.state.get().items.map(({ takenBy }) => takenBy.id)).toEqual([idOf(jun)]);
  });

  test('says so where nobody knows it, and goes on once somebody does', async () => {
    const scene = new ClientScene(22);
    const ada = await scene.person('ada');
    const space = await scene.space(ada, 'Garden');
    const url = await scene.world.during(space.publication.publish());
    await scene.world.during(space.door.open({ types: [NOTE], takesItself: true }));
    expect(space.door.state.get().unknownTypes).toEqual([NOTE]);
    const kims = await follower({ scene, ada, space, url }, 'kim');
    kims.db.register(Note);
    await scene.world.during(kims.door.post(NOTE, { text: 'First of all' }));
    await until(scene, () => space.door.state.get().waiting.length === 1, 'it waits');
    await scene.pause(5 * MINUTE_MS);
    expect(ownState(kims)).toBe('waiting');
    space.db.register(Note);
    await until(scene, () => ownState(kims) === 'shown', 'it is taken up');
    expect(space.door.state.get().unknownTypes).toBeUndefined();
  });
});

test('of more spaces than stay open, one with a door is answered all the same, also after a restart', async () => {
  const scene = new ClientScene(23, { openSpacesMax: 1, idleSpaceMs: 1_000 });
  const ada = await scene.person('ada');
  const space = await scene.space(ada, 'Garden');
  space.db.add(Note, { text: 'Tomatoes' });
  const url = await scene.world.during(space.publication.publish());
  await scene.world.during(space.door.open({ types: [NOTE], takesItself: true }));
  const { client: jun, space: juns } = await moderator({ scene, ada, space, url }, 'jun');
  await scene.pause(3 * MINUTE_MS);
  const kim = await scene.person('kim');
  const kims = await scene.world.during(kim.spaces.follow(url));
  await until(scene, () => kims.door.state.get().isOpen, 'the door is seen');
  const others: Space[] = [];
  for (const name of ['One', 'Two', 'Three']) others.push(await scene.space(jun, name));
  // Whoever else is there opens it, too; and Ada, who has published it, at every start.
  for (const { network } of [ada, jun]) network.setOnline(false);
  await scene.world.during(kims.door.post(NOTE, { text: 'Weeds' }));
  await until(scene, () => ownState(kims) === 'waiting', 'it lies in the lobby');
  kim.network.setOnline(false);
  await scene.pause(5 * MINUTE_MS);
  const states = [juns, ...others].map(({ state }) => state.get());
  expect(states).toEqual(['open', 'closed', 'closed', 'closed']);
  await scene.world.during(jun.close());
  const again = await scene.open('jun');
  const taken = (): number => found(again, space.id).door.state.get().items.length;
  await until(scene, () => taken() === 1, 'it is taken up');
});
