/** Profiles with more spaces than stay open: they are listed, receive, give, and open when they are used. */
import { defineType, s } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import type { Space, UndoOutcome } from './api.ts';
import type { AtollClient } from './client.ts';
import { SpaceHandle } from './space-handle.ts';
import { ClientScene, found } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });
const NAMES = Array.from({ length: 9 }, (_, at) => `Space ${at}`);

function titles(space: Space): string[] {
  return space.db
    .query(Task)
    .orderBy('title')
    .run()
    .map(({ title }) => title);
}

function openOnes(client: AtollClient): string[] {
  return client.spaces.list
    .get()
    .filter(({ state }) => state.get() !== 'closed')
    .map(({ name }) => name.get());
}

function heard({ db }: Space): number {
  return db.live.listeners + db.changes.listeners;
}

class Street extends ClientScene {
  constructor(seed: number) {
    super(seed, { openSpacesMax: 2, idleSpaceMs: 10_000 });
  }

  override async pause(ms = 30_000): Promise<void> {
    await super.pause(ms);
  }

  /** Somebody with nine spaces, in each of which there is a task. */
  async withSpaces(name: string): Promise<{ client: AtollClient; spaces: readonly Space[] }> {
    const client = await this.person(name);
    const spaces: Space[] = [];
    for (const each of NAMES) {
      const space = await this.space(client, each);
      space.db.add(Task, { title: `of ${each}` });
      await this.world.during(space.flush());
      spaces.push(space);
    }
    return { client, spaces };
  }

  async again(client: AtollClient, name: string): Promise<AtollClient> {
    await this.world.during(client.close());
    return this.open(name);
  }

  later({ later }: UndoOutcome): Promise<UndoOutcome> {
    if (later === undefined) throw new RangeError('nothing is to come');
    return this.world.during(later);
  }
}

describe('a profile with many spaces', () => {
  test('opens none at start, shows all as they were, and each opens when it is used', async () => {
    const street = new Street(1);
    const { client, spaces } = await street.withSpaces('ada');
    await street.pause();
    const shown = (of: AtollClient): unknown[] =>
      of.spaces.list.get().map((space) => ({
        name: space.name.get(),
        role: space.myRole.get(),
        members: space.members.get().map(({ displayName, me }) => ({ displayName, me })),
        blocks: space.status.get().blocks,
        changed: space.status.get().lastChangeMs,
      }));
    const before = shown(client);
    const next = await street.again(client, 'ada');
    expect(openOnes(next)).toEqual([]);
    expect(shown(next)).toEqual(before);
    const space = found(next, spaces[4]?.id ?? '');
    await street.world.during(space.open());
    expect(titles(space)).toEqual(['of Space 4']);
    expect(openOnes(next)).toEqual(['Space 4']);
  });

  test('closes those that were used last of all, and none that somebody uses', async () => {
    const street = new Street(2);
    const { client, spaces } = await street.withSpaces('ada');
    await street.pause();
    expect(openOnes(client)).toEqual(['Space 7', 'Space 8']);
    const [first, second, third] = spaces as [Space, Space, Space];
    const release = first.hold();
    await street.world.during(second.open());
    const stop = second.db.query(Task).subscribe(() => undefined);
    const unsee = third.presence.others.subscribe(() => undefined);
    await street.world.during(third.open());
    await street.pause();
    expect(openOnes(client)).toEqual(['Space 0', 'Space 1', 'Space 2']);
    release();
    stop();
    unsee();
    await street.pause();
    expect(openOnes(client)).toHaveLength(2);
  });

  test('whose record does not fit its log looks into the space again', async () => {
    const street = new Street(3);
    const { client, spaces } = await street.withSpaces('ada');
    await street.pause();
    await street.world.during(client.close());
    const { store } = street.machine('ada').boot();
    const [first, second] = spaces as [Space, Space];
    const of = async (space: Space): Promise<Uint8Array | undefined> =>
      street.world.during(store.value(`space/${space.id}`));
    const [one, two] = [await of(first), await of(second)];
    expect([one, two]).not.toContain(undefined);
    // One is damaged, the other one is another space's.
    const values = new Map([
      [`space/${first.id}`, one?.map((byte, at) => (at === 40 ? byte ^ 1 : byte))],
      [`space/${second.id}`, one],
    ]);
    await street.world.during(store.commit({ values }));
    const next = await street.open('ada');
    await street.pause();
    const names = [first, second].map(({ id }) => found(next, id));
    expect(names.map(({ name }) => name.get())).toEqual(['Space 0', 'Space 1']);
    expect(names.map(({ status }) => status.get().blocks)).toEqual(
      spaces.slice(0, 2).map(() => spaces[2]?.status.get().blocks),
    );
  });
});

describe('a closed space', () => {
  /** Ada and Jun share all nine spaces. */
  async function shared(
    street: Street,
  ): Promise<{ ada: AtollClient; jun: AtollClient; spaces: readonly Space[] }> {
    const { client: ada, spaces } = await street.withSpaces('ada');
    const jun = await street.person('jun');
    for (const space of spaces) await street.join(space, jun);
    await street.pause();
    return { ada, jun, spaces };
  }

  test('receives what others write, whoever has it closed', async () => {
    const street = new Street(4);
    const { ada, jun, spaces } = await shared(street);
    expect([openOnes(ada).length, openOnes(jun).length]).toEqual([2, 2]);
    for (const space of spaces) {
      await street.world.during(space.open());
      space.db.add(Task, { title: 'more' });
      await street.pause(3_000);
    }
    await street.pause(120_000);
    expect(openOnes(ada)).toHaveLength(2);
    expect(openOnes(jun)).toHaveLength(2);
    for (const { id } of spaces) {
      const theirs = found(jun, id);
      await street.world.during(theirs.open());
      expect(titles(theirs)[0]).toBe('more');
    }
  });

  test('gives what was written in it to whoever comes later', async () => {
    const street = new Street(5);
    const { jun, spaces } = await shared(street);
    await street.world.during(jun.close());
    for (const space of spaces) {
      await street.world.during(space.open());
      space.db.add(Task, { title: 'more' });
      await street.world.during(space.flush());
    }
    await street.pause();
    const again = await street.open('jun');
    await street.pause(120_000);
    for (const { id } of spaces) {
      const theirs = found(again, id);
      await street.world.during(theirs.open());
      expect(titles(theirs)[0]).toBe('more');
      expect(theirs.status.get().unsentBlocks).toBe(0);
    }
  });

  test('of a machine that crashes while spaces open and close has lost nothing flushed', async () => {
    const street = new Street(6);
    const { ada, spaces } = await shared(street);
    let next = ada;
    for (let round = 0; round < 6; round++) {
      const machine = street.machine('ada');
      const space = found(next, spaces[(round * 4) % 9]?.id ?? '');
      await street.world.during(space.open());
      space.db.add(Task, { title: `round ${round}` });
      await street.world.during(space.flush());
      await street.pause(round * 2_700);
      machine.crash();
      next = await street.open('ada');
    }
    await street.pause(120_000);
    const all: string[] = [];
    for (const { id } of spaces) {
      const space = found(next, id);
      await street.world.during(space.open());
      all.push(...titles(space).filter((title) => title.startsWith('round')));
    }
    expect(all.sort()).toEqual([0, 1, 2, 3, 4, 5].map((round) => `round ${round}`));
  });
});

describe('what goes across spaces', () => {
  test('undo knows after a restart what was made last, and opens the space for it', async () => {
    const street = new Street(7);
    const { client, spaces } = await street.withSpaces('ada');
    const [first] = spaces as [Space];
    await street.world.during(first.open());
    first.db.add(Task, { title: 'Last' });
    await street.pause();
    const next = await street.again(client, 'ada');
    expect(openOnes(next)).toEqual([]);
    expect(next.undo.state.get().entries[0]?.label).toBe('Added Last');
    expect(await street.later(next.undo.undo())).toMatchObject({ done: 1 });
    expect(titles(found(next, first.id))).toEqual(['of Space 0']);
    expect(openOnes(next)).toEqual(['Space 0']);
    expect(next.undo.redo()).toMatchObject({ done: 1 });
  });

  test('a query refuses while spaces are closed, and answers when they were opened for it', async () => {
    const street = new Street(8);
    const { client } = await street.withSpaces('ada');
    const next = await street.again(client, 'ada');
    const query = next.spaces.query(Task, (tasks) => tasks.orderBy('title'));
    expect(() => query.run()).toThrow(expect.objectContaining({ code: 'CLIENT_SPACE_CLOSED' }));
    const release = await street.world.during(query.ready());
    const wanted = NAMES.map((name) => `of ${name}`);
    expect(query.run().map(({ object }) => object.title)).toEqual(wanted);
    expect(query.count()).toBe(9);
    release();
    await street.pause();
    expect(openOnes(next)).toHaveLength(2);
    let seen: string[] = [];
    const stop = query.subscribe((tasks) => (seen = tasks.map(({ object }) => object.title)));
    await street.pause();
    expect(seen).toEqual(wanted);
    expect(openOnes(next)).toHaveLength(9);
    stop();
    await street.pause();
    expect(openOnes(next)).toHaveLength(2);
  });

  test('a new name opens no space, and is told in each when it is opened next', async () => {
    const street = new Street(9);
    const { client } = await street.withSpaces('ada');
    const next = await street.again(client, 'ada');
    const spaces = next.spaces.list.get();
    const open = openOnes(next).length;
    expect(open).toBeLessThan(spaces.length);
    await street.world.during(next.halo.updateProfile({ displayName: 'Ada L' }));
    expect(openOnes(next)).toHaveLength(open);
    for (const space of spaces) {
      await street.world.during(space.open());
      await street.pause();
      expect(space.members.get().map(({ displayName }) => displayName)).toEqual(['Ada L']);
    }
  });

  test('a branch of a closed space is merged into it', async () => {
    const street = new Street(10);
    const { client, spaces } = await street.withSpaces('ada');
    const [first] = spaces as [Space];
    const branch = await street.world.during(client.spaces.branch(first, { name: 'Draft' }));
    branch.db.add(Task, { title: 'Idea' });
    await street.world.during(branch.flush());
    for (const space of spaces.slice(3)) await street.world.during(space.open());
    await street.pause();
    expect([first, branch].map(({ state }) => state.get())).toEqual(['closed', 'closed']);
    await street.world.during(client.spaces.merge(branch));
    expect(titles(first)).toEqual(['Idea', 'of Space 0']);
  });
});

describe('a hundred times opened and closed', () => {
  test('a space has as many listeners as after the first time', async () => {
    const street = new Street(11);
    const { client, spaces } = await street.withSpaces('ada');
    const [space] = spaces as [Space];
    if (!(space instanceof SpaceHandle)) throw new RangeError('no handle');
    const stop = client.undo.in({ scope: 'board' }).state.subscribe(() => undefined);
    stop();
    let first: number | undefined;
    for (let round = 0; round < 100; round++) {
      await street.world.during(space.open());
      client.undo.in({ scope: `board ${round}` }).state.get();
      first ??= heard(space);
      expect(heard(space)).toBe(first);
      await street.world.during(space.place.close());
    }
    expect(space.undo.stacks.isHeard).toBe(false);
    expect(space.isNeeded).toBe(false);
  });
});
