/** Guests who read from now on: whole clients and one server. */
import { defineType, s } from '@atoll/schema';
import { ROOT_ZONE } from '@atoll/kernel';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import type { AtollClient } from './client.ts';
import { handleOf } from './catch-up-town.fixture.ts';
import { liveUntil } from './live.ts';
import { ClientScene, found } from './testing/client-scene.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./rights/rights-acts.ts');
await import('./rights/part-acts.ts');

const Note = defineType('org.example.Note', { text: s.string() });

function texts(space: Space): readonly string[] {
  if (!handleOf(space).isOpen) return [];
  return space.db
    .query(Note)
    .run()
    .map(({ text }) => text ?? '')
    .sort();
}

/** Keys of content that a member has, and those of them that open what was before. */
function keysOf(space: Space) {
  const { authority, keys } = handleOf(space).echo;
  const held = authority.keys.generations(ROOT_ZONE).flatMap((id) => keys.ring.zone(id) ?? []);
  return [held.length, held.filter(({ history }) => history !== undefined).length];
}

test('who is let in without history reads what comes and never what was, also after keys have changed', async () => {
  const scene = new ClientScene(51);
  const { world } = scene;
  const [ada, jun, kim] = [
    await scene.person('ada'),
    await scene.person('jun'),
    await scene.person('kim'),
  ];
  const one = await scene.space(ada, 'Trip');
  one.db.add(Note, { text: 'before' });
  const two = await scene.join(one, jun);
  const three = await scene.join(one, kim, { withoutHistory: true });
  one.db.add(Note, { text: 'after' });
  const has = (space: Space, text: string) => (): boolean => texts(space).includes(text);
  expect(await world.runUntil(has(three, 'after'), 60_000)).toBe(true);
  await world.run(world.nowMs + 60_000);
  expect(texts(three)).toEqual(['after']);
  expect(keysOf(three)).toEqual([1, 0]);
  expect(keysOf(one)).toEqual([2, 2]);
  expect(await world.runUntil(has(two, 'after'), 60_000)).toBe(true);
  expect(texts(two)).toEqual(['after', 'before']);

  // He writes, and is read by all.
  three.db.add(Note, { text: 'by Kim' });
  expect(await world.runUntil(has(two, 'by Kim'), 60_000)).toBe(true);

  // Keys that are made later list him, and open nothing older to him.
  const member = one.members.get().find(({ displayName }) => displayName === 'jun');
  if (member === undefined) return expect.unreachable();
  await world.during(one.rights.remove(member.id));
  one.db.add(Note, { text: 'without Jun' });
  expect(await world.runUntil(has(three, 'without Jun'), 60_000)).toBe(true);
  // Nor does asking for what he lacks.
  await world.run(world.nowMs + 5 * 60_000);
  expect(texts(three)).toEqual(['after', 'by Kim', 'without Jun']);
  expect(keysOf(three)).toEqual([2, 0]);
  expect(handleOf(three).echo.keyCare.repair.question).toBeUndefined();
  expect(texts(one)).toEqual(['after', 'before', 'by Kim', 'without Jun']);

  // After a restart it is the same.
  await world.during(kim[Symbol.asyncDispose]());
  const again = await scene.open('kim');
  await world.during(again.spaces.ready());
  const space = again.spaces.get(one.id);
  if (space === undefined) return expect.unreachable();
  await world.during(space.open());
  expect(texts(space)).toEqual(['after', 'by Kim', 'without Jun']);
});

/** Kim is in Ada's space without history, and Jun with it. */
async function town(seed: number) {
  const scene = new ClientScene(seed);
  const [ada, jun, kim] = [
    await scene.person('ada'),
    await scene.person('jun'),
    await scene.person('kim'),
  ];
  const one = await scene.space(ada, 'Trip');
  one.db.add(Note, { text: 'before' });
  await scene.join(one, jun);
  const three = await scene.join(one, kim, { withoutHistory: true });
  const after = one.db.add(Note, { text: 'after' });
  await scene.pause(30_000);
  const idOf = (client: AtollClient): { readonly member: string } => ({
    member: client.halo.identity.get()?.id ?? '',
  });
  return { scene, one, three, after, jun: idOf(jun), kim: idOf(kim) };
}

type Scene = Awaited<ReturnType<typeof town>>;

/** What happens to somebody who is in a space. */
const ways: readonly (readonly [string, (scene: Scene) => Promise<unknown>])[] = [
  ['another role', ({ kim, one }) => one.rights.setRole(kim, 'reader')],
  [
    'a place in a team',
    async ({ kim, one }) => {
      const crew = await one.rights.createTeam('Crew');
      await one.rights.addToTeam(crew.id, kim);
    },
  ],
  ['a part', ({ after, kim, one }) => one.rights.give({ object: after.id }, kim, 'admin')],
  [
    'a removal that is taken back',
    async ({ kim, one, scene }) => {
      await one.rights.remove(kim.member);
      await scene.world.run(scene.world.nowMs + 20_000);
      await one.rights.restore(one.rights.removals.get()[0]?.id ?? '');
    },
  ],
];

test.each(ways)('nothing of before is shown by %s', async (_, happens) => {
  const all = await town(52);
  const { jun, one, scene, three } = all;
  const { world } = scene;
  const doing = happens(all);
  await world.during(doing);
  await scene.pause(60_000);
  // Keys that are made later, and asking for those that he lacks, do not show it either.
  await world.during(one.rights.remove(jun.member));
  one.db.add(Note, { text: 'without Jun' });
  await scene.pause(60_000);
  expect(texts(three)).toEqual(['after', 'without Jun']);
  expect(keysOf(three)[1]).toBe(0);
  expect(handleOf(three).echo.keyCare.repair.question).toBeUndefined();
});

test('who is to run the space reads all of it, and votes; nobody is invited for that without', async () => {
  const { kim, one, scene, three } = await town(53);
  const terms = { role: 'admin', withoutHistory: true } as const;
  expect(await scene.tries(one.invite(terms))).toBe('CLIENT_INVITATION_TERMS');
  const readsAll = async (): Promise<boolean> =>
    (await scene.world.during(one.rights.whatCan(kim.member))).withHistory;
  expect(await readsAll()).toBe(false);
  await scene.world.during(one.rights.setRole(kim, 'admin'));
  await scene.pause(60_000);
  expect(texts(three)).toEqual(['after', 'before']);
  expect(await readsAll()).toBe(true);
  three.db.add(Note, { text: 'by Kim' });
  await scene.pause();
  await scene.world.during(one.epochs.propose());
  await scene.pause(60_000);
  await scene.world.during(one.epochs.propose());
  await scene.pause(60_000);
  expect(one.epochs.status.get().number).toBe(2);
});

test.each([
  ['writer', ['after']],
  ['admin', ['after', 'before']],
] as const)(
  'who asked to be let in without what was before, and is made %s, reads %j',
  async (role, reads) => {
    const scene = new ClientScene(54);
    const [ada, kim] = [await scene.person('ada'), await scene.person('kim')];
    const one = await scene.space(ada, 'Trip');
    one.db.add(Note, { text: 'before' });
    const terms = { way: 'ask', withoutHistory: true } as const;
    const invitation = await scene.world.during(one.invite(terms));
    const asking = kim.spaces.join(invitation.url);
    await scene.world.during(liveUntil(asking.state, ({ at }) => at === 'confirm'));
    asking.accept('Kim');
    await scene.world.during(liveUntil(one.requests.list, ({ length }) => length === 1));
    const [request] = one.requests.list.get();
    expect(request).toMatchObject({ role: 'writer', withoutHistory: true });
    await scene.world.during(one.requests.approve(request?.id ?? '', { role }));
    one.db.add(Note, { text: 'after' });
    const isIn = (): boolean => kim.spaces.get(one.id)?.myRole.get() === role;
    expect(await scene.world.runUntil(isIn, 30 * 60_000)).toBe(true);
    await scene.pause(60_000);
    expect(texts(found(kim, one.id))).toEqual(reads);
  },
);
