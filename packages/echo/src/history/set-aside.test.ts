/** Work that a removal made void is kept, shown, and written anew by whoever may. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from '../space/space.ts';
import { Person, exchange, exchangeAll, rootOf } from '../space/testing/space-fixture.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  text: s.text(),
  items: s.list(s.string()),
  votes: s.counter(),
  labels: s.set(s.string()),
  next: s.ref().optional(),
});

const Box = defineType('org.example.Box', { title: s.string(), up: s.tree('org.example.boxes') });

function pages({ database }: Space): readonly InstanceOf<typeof Page>[] {
  return database.query(Page).orderBy('title').run();
}

function pageOf(space: Space): InstanceOf<typeof Page> {
  const page = pages(space)[0];
  if (page === undefined) throw new RangeError('there is no page');
  return page;
}

/** Ada has founded it; Jun and Kim may write. Jun writes on after he was removed, without knowing it. */
async function town(seed: number) {
  const [ada, jun, kim] = (await Promise.all(
    ['Ada', 'Jun', 'Kim'].map((name, at) => Person.make(name, seed + at)),
  )) as [Person, Person, Person];
  const one = await ada.found();
  one.database.add(Page, { title: 'A', text: 'trunk', items: ['t0'], labels: ['old'] });
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const three = await kim.join(one, ada.deviceSigner, 'writer');
  await exchangeAll([one, two, three]);
  return { ada, jun, kim, one, two, three };
}

function writesOn(space: Space): void {
  const page = pageOf(space);
  page.title = 'B';
  page.text.insert(5, 's and bags');
  page.items.insert(1, 't1');
  page.votes.increment(3);
  page.labels.add('new');
  page.labels.delete('old');
  const made = space.database.add(Page, { title: 'Z', text: 'made', items: [], labels: [] });
  page.next = made;
}

function expectTakenUp(space: Space): void {
  const [page, made] = pages(space) as [InstanceOf<typeof Page>, InstanceOf<typeof Page>];
  expect([page.title, String(page.text)]).toEqual(['B', 'the trunks and bags']);
  expect([[...page.items], page.votes.value, [...page.labels]]).toEqual([['t0', 't1'], 3, ['new']]);
  expect([made.title, String(made.text), page.next?.$id]).toEqual(['Z', 'made', made.id]);
}

test('it is shown as what would be otherwise, and taken up by somebody else on top of what came since', async () => {
  const { jun, one, two, three } = await town(701);
  writesOn(two);
  await exchange(two, three);
  await one.remove(jun.identity);
  await one.settled();
  pageOf(one).text.insert(0, 'the ');
  await exchangeAll([one, two, three]);
  expect(pages(one).map(({ title }) => title)).toEqual(['A']);
  const [lost, ...more] = await three.history.setAside();
  if (lost === undefined) return expect.unreachable();
  expect(more).toEqual([]);
  expect([lost.author, lost.takenUp]).toEqual([jun.identity, undefined]);
  expect(lost.changed.map(({ life }) => life).sort()).toEqual(['created', 'kept']);
  const kept = lost.changed.find(({ life }) => life === 'kept');
  expect(kept?.fields.map(({ field }) => field).sort()).toEqual([
    'items',
    'labels',
    'next',
    'text',
    'title',
    'votes',
  ]);
  // Nothing happens by looking.
  expect(rootOf(three)).toBe(rootOf(one));

  const { objects } = await three.history.takeUp(lost.blocks);
  expect(objects).toHaveLength(2);
  await exchangeAll([one, three]);
  for (const space of [one, three]) expectTakenUp(space);
  expect(rootOf(three)).toBe(rootOf(one));
  const [again] = await one.history.setAside();
  expect([again?.author, again?.takenUp?.by]).toEqual([jun.identity, three.identity]);
});

test('a later change by somebody who had seen it stays as it is', async () => {
  const { jun, one, two, three } = await town(711);
  pageOf(two).title = 'by Jun';
  pageOf(two).votes.increment(1);
  await exchange(two, three);
  pageOf(three).title = 'by Kim';
  await three.flush();
  await one.remove(jun.identity);
  await one.settled();
  await exchangeAll([one, three]);
  const [lost] = await one.history.setAside();
  await one.history.takeUp(lost?.blocks ?? []);
  await exchangeAll([one, three]);
  for (const space of [one, three]) {
    expect([pageOf(space).title, pageOf(space).votes.value]).toEqual(['by Kim', 1]);
  }
});

test('who is let in again takes up his own work', async () => {
  const { ada, jun, one, two, three } = await town(721);
  writesOn(two);
  await two.flush();
  await one.remove(jun.identity);
  await one.settled();
  const again = await jun.join(one, ada.deviceSigner, 'writer').catch((why: unknown) => why);
  await exchangeAll([one, again as Space, three]);
  const back = again as Space;
  expect(pages(back).map(({ title }) => title)).toEqual(['A']);
  const [own] = await back.history.setAside();
  expect(own?.author).toBe(back.identity);
  await back.history.takeUp(own?.blocks ?? []);
  await exchangeAll([one, back, three]);
  expect(pages(three).map(({ title }) => title)).toEqual(['B', 'Z']);
});

test('what counts, or is not here, is refused', async () => {
  const { one } = await town(731);
  pageOf(one).title = 'counts';
  await one.flush();
  const counted = one.history.frontier();
  for (const blocks of [counted, ['00'.repeat(32)], ['nothing']]) {
    await expect(one.history.takeUp(blocks)).rejects.toMatchObject({ code: 'HISTORY_POINT' });
  }
  expect(await one.history.setAside()).toEqual([]);
});

test('each writer’s work is offered by itself, and what is not taken up stays out', async () => {
  const { jun, kim, one, two, three } = await town(741);
  writesOn(two);
  pageOf(three).votes.increment(1);
  three.database.add(Page, { title: 'by Kim', text: '', items: [], labels: [] });
  await Promise.all([two.flush(), three.flush()]);
  await one.remove(jun.identity);
  await one.remove(kim.identity);
  await one.settled();
  await exchange(one, two);
  await exchange(one, three);
  expect(pages(one).map(({ title }) => title)).toEqual(['A']);
  const found = await one.history.setAside();
  expect(found.map(({ author }) => author).sort()).toEqual([jun.identity, kim.identity].sort());
  await one.history.takeUp(found.find(({ author }) => author === kim.identity)?.blocks ?? []);
  expect(pages(one).map(({ title, votes }) => [title, votes.value])).toEqual([
    ['A', 1],
    ['by Kim', 0],
  ]);
  const left = (await one.history.setAside()).filter(({ takenUp }) => takenUp === undefined);
  expect(left.map(({ author }) => author)).toEqual([jun.identity]);
});

test('a move that is taken up puts out a later one that closes a circle with it', async () => {
  const { jun, one, two, three } = await town(751);
  for (const title of ['A', 'B']) one.database.add(Box, { title, up: null });
  await exchangeAll([one, two, three]);
  const boxes = ({ database }: Space) => {
    const [a, b] = database.query(Box).orderBy('title').run();
    return { a: a as InstanceOf<typeof Box>, b: b as InstanceOf<typeof Box> };
  };
  const standing = (space: Space) => {
    const { a, b } = boxes(space);
    return [a, b].map((each) => space.database.trees.parent(each)?.['title']);
  };
  two.database.move(boxes(two).a, { parent: boxes(two).b });
  await two.flush();
  for (const title of ['C', 'D']) {
    pageOf(three).title = title;
    await three.flush();
  }
  three.database.move(boxes(three).b, { parent: boxes(three).a });
  await exchange(two, three);
  expect(standing(three)).toEqual(['B', undefined]);
  await one.remove(jun.identity);
  await one.settled();
  await exchangeAll([one, three]);
  expect(standing(three)).toEqual([undefined, 'A']);
  const [lost] = await three.history.setAside();
  if (lost === undefined) return expect.unreachable();
  expect(lost.changed).toHaveLength(2);
  await three.history.takeUp(lost.blocks);
  await exchangeAll([one, three]);
  for (const space of [one, three]) expect(standing(space)).toEqual(['B', undefined]);
  expect(rootOf(three)).toBe(rootOf(one));
});
