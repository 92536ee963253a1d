/** Hooks over queries and undo in a real page, over a client with its stores: what is shown follows. */
import { AtollClient, type Client, type Space } from '@atoll/client';
import { openWebPlatform } from '@atoll/platform-web';
import { defineType, s } from '@atoll/schema';
import { createElement, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, onTestFinished, test } from 'vitest';
import { AtollProvider } from './provider.ts';
import { useUndo } from './use-client-state.ts';
import { useCount, useGroups, useSpacesQuery } from './use-query.ts';

const Task = defineType('org.example.Task', {
  title: s.string(),
  done: s.boolean(),
  size: s.integer(),
});

async function openClient(name: string): Promise<Client> {
  const client = await AtollClient.open(await openWebPlatform({ name }), {});
  onTestFinished(() => client.close());
  await client.halo.createIdentity({ displayName: 'Ada' });
  return client;
}

interface Shown {
  /** What the page shows now. */
  readonly text: () => string;
  /** How often the component was rendered. */
  readonly renders: () => number;
  /** Takes the component off the page. */
  readonly leave: () => void;
}

/** Shows what `say` answers in each render. */
function show(client: Client, say: () => string): Shown {
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  let renders = 0;
  function Words(): ReactElement {
    renders++;
    return createElement('p', null, say());
  }
  root.render(createElement(AtollProvider, { client }, createElement(Words)));
  return {
    text: () => place.textContent,
    renders: () => renders,
    leave: () => {
      root.unmount();
      place.remove();
    },
  };
}

async function addTasks(space: Space): Promise<void> {
  space.db.add(Task, { title: 'a', done: true, size: 1 });
  space.db.add(Task, { title: 'b', done: false, size: 2 });
  space.db.add(Task, { title: 'c', done: false, size: 3 });
  await space.flush();
}

test('a count is told at once, after changes of the answer, and not after it has left', async () => {
  const client = await openClient('count');
  const space = await client.spaces.create({ name: 'Home' });
  await addTasks(space);
  const shown = show(client, () =>
    String(useCount(space, (db) => db.query(Task).where({ done: false }).limit(1))),
  );
  await expect.poll(shown.text).toBe('2');
  const renders = shown.renders();
  const added = space.db.add(Task, { title: 'd', done: true, size: 4 });
  await space.flush();
  expect(shown.renders()).toBe(renders);
  added.done = false;
  await expect.poll(shown.text).toBe('3');
  space.db.delete(added);
  await expect.poll(shown.text).toBe('2');
  const last = shown.renders();
  shown.leave();
  space.db.add(Task, { title: 'e', done: false, size: 5 });
  await space.flush();
  expect(shown.renders()).toBe(last);
});

test('groups follow objects that move between them, and their figures', async () => {
  const client = await openClient('groups');
  const space = await client.spaces.create({ name: 'Home' });
  await addTasks(space);
  const shown = show(client, () =>
    useGroups(space, (db) =>
      db
        .query(Task)
        .groupBy('done')
        .aggregate({ total: { sum: 'size' } }),
    )
      .map(({ key, count, figures }) => `${key['done']}:${count}:${figures['total']}`)
      .join(' '),
  );
  await expect.poll(shown.text).toBe('false:2:5 true:1:1');
  const [b] = space.db.query(Task).where({ title: 'b' }).run();
  if (b !== undefined) b.done = true;
  await expect.poll(shown.text).toBe('false:1:3 true:2:3');
});

test('a query over spaces names the space of each object, also of a space that comes later', async () => {
  const client = await openClient('spaces');
  const home = await client.spaces.create({ name: 'Home' });
  const nameOf = new Map([[home.id, 'Home']]);
  home.db.add(Task, { title: 'a', done: false, size: 1 });
  const shown = show(client, () =>
    useSpacesQuery((spaces) =>
      spaces.query(Task, (tasks) => tasks.where({ done: false }).orderBy('title')),
    )
      .map(({ space, object }) => `${nameOf.get(space)}:${object.title}`)
      .join(' '),
  );
  await expect.poll(shown.text).toBe('Home:a');
  const work = await client.spaces.create({ name: 'Work' });
  nameOf.set(work.id, 'Work');
  work.db.add(Task, { title: 'b', done: false, size: 1 });
  await expect.poll(shown.text).toBe('Home:a Work:b');
});

test('undo of a place knows and takes back only what was done there', async () => {
  const client = await openClient('undo');
  const space = await client.spaces.create({ name: 'Home' });
  const [one, two] = ['one', 'two'].map((title) =>
    space.db.add(Task, { title, done: false, size: 1 }),
  );
  if (one === undefined || two === undefined) return;
  await space.flush();
  let here: ReturnType<typeof useUndo> | undefined;
  const shown = show(client, () => {
    here = useUndo(space, { object: one.id, field: 'title' });
    const whole = useUndo(space);
    return `${here.canUndo} ${here.canRedo} ${whole.canUndo}`;
  });
  await expect.poll(shown.text).toBe('false false true');
  one.title = 'uno';
  await space.flush();
  two.title = 'due';
  await space.flush();
  await expect.poll(shown.text).toBe('true false true');
  here?.undo();
  expect([one.title, two.title]).toEqual(['one', 'due']);
  await expect.poll(shown.text).toBe('false true true');
  here?.redo();
  expect([one.title, two.title]).toEqual(['uno', 'due']);
  await expect.poll(shown.text).toBe('true false true');
});
