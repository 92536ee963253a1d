/** Copies of one profile that write on under one name: the feed forks, nothing is lost, all come to one state. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from './space.ts';
import {
  Person,
  copiedProfile,
  exchange,
  exchangeAll,
  restored,
  rootOf,
} from './testing/space-fixture.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  text: s.text(),
  items: s.list(s.string()),
  votes: s.counter(),
  tags: s.set(s.string()),
});

/** The only page of a space. */
function pageOf({ database }: Space): InstanceOf<typeof Page> {
  const page = database.query(Page).run()[0];
  if (page === undefined) throw new RangeError('there is no page');
  return page;
}

function write(space: Space, word: string): void {
  const page = pageOf(space);
  page.title = word;
  page.text.insert(5, ` ${word}`);
  page.items.insert(1, word);
  page.votes.increment(1);
  page.tags.add(word);
}

/** Ada on two copies of one profile that have both written, and two members who have heard of neither. */
async function forkedWorld(seed: number) {
  const people = await copiedProfile(seed, ({ database }) => {
    const page = database.add(Page, { title: 'Trunk', text: 'trunk', items: ['t0', 't1'] });
    page.text.insert(5, '!');
  });
  const { one, copy } = people;
  write(one, 'one');
  write(copy, 'copy');
  await one.flush();
  await copy.flush();
  return people;
}

test('both sides of a fork show everywhere, in whatever order they arrive', async () => {
  const { one, copy, two, three } = await forkedWorld(31);
  await exchange(one, two);
  await exchange(copy, two);
  await exchange(copy, three);
  await exchange(one, three);
  const firstSeen = ({ index: { branches } }: Space): string => {
    const fork = branches.forks()[0] ?? -1;
    return branches.hashOf(branches.branchEnd(branches.branchesOf(branches.feedOf(fork))[0] ?? -1));
  };
  expect(two.index.branches.forks()).toHaveLength(1);
  expect(firstSeen(two)).not.toBe(firstSeen(three));
  expect(rootOf(two)).toBe(rootOf(three));
  const page = pageOf(two);
  expect(page.text.toString()).toBe(pageOf(three).text.toString());
  expect(page.text.toString()).toContain(' one');
  expect(page.text.toString()).toContain(' copy');
  expect(page.items.toArray()).toEqual(pageOf(three).items.toArray());
  expect([...page.items.toArray()].sort()).toEqual(['copy', 'one', 't0', 't1']);
  expect(page.votes.value).toBe(2);
  expect([...page.tags.toArray()].sort()).toEqual(['copy', 'one']);
  expect(two.database.conflicts(page, 'title')).toHaveLength(2);
});

test('who knows of both sides can edit the elements of either, and those from before the fork', async () => {
  const { one, copy, two, three } = await forkedWorld(41);
  await exchange(one, two);
  await exchange(copy, two);
  const page = pageOf(two);
  const at = (word: string): number => page.text.toString().indexOf(word);
  page.text.delete(at('one'), 2);
  page.text.delete(at('copy'), 2);
  page.text.delete(at('trunk'), 2);
  page.text.insert(at('unk'), 'X');
  const item = (word: string): number => page.items.toArray().indexOf(word);
  page.items.set(item('one'), 'ONE');
  page.items.set(item('copy'), 'COPY');
  page.items.set(item('t1'), 'T1');
  page.items.move(item('ONE'), 0);
  page.items.delete(item('t0'));
  page.title = 'Both';
  await exchange(two, three);
  // Three has heard of one side from the other member only; now the copies hear of each other.
  await exchangeAll([copy, one, two, three]);
  for (const space of [one, copy, three]) {
    const other = pageOf(space);
    expect(other.text.toString()).toBe(page.text.toString());
    expect(other.items.toArray()).toEqual(page.items.toArray());
    expect(other.title).toBe('Both');
    expect(space.database.conflicts(other, 'title')).toHaveLength(1);
    expect(rootOf(space)).toBe(rootOf(two));
  }
  expect([...page.items.toArray()].sort()).toEqual(['COPY', 'ONE', 'T1']);
});

test('the copies go on in new feeds that know what they wrote, and their stores open to the same state', async () => {
  const { ada, one, copy, copyPorts, two, three } = await forkedWorld(51);
  await exchangeAll([one, copy, two, three]);
  write(one, 'later');
  write(copy, 'after');
  const page = pageOf(one);
  page.text.delete(page.text.toString().indexOf('one'), 3);
  page.items.delete(page.items.toArray().indexOf('one'));
  await exchangeAll([one, copy, two, three]);
  const root = rootOf(two);
  for (const space of [one, copy, three]) expect(rootOf(space)).toBe(root);
  expect(two.index.branches.forks()).toHaveLength(1);
  expect(pageOf(two).votes.value).toBe(4);
  const { ring } = one.keys;
  for (const ports of [ada.ports, copyPorts]) {
    const again = await Space.open(ports, { space: one.id, ring, writer: ada.writer() });
    expect(rootOf(again)).toBe(root);
    expect(pageOf(again).text.toString()).toBe(pageOf(two).text.toString());
  }
});

test('what was sealed but not stored when the other side arrived is kept as a fork', async () => {
  const ada = await Person.make('Ada', 61);
  const one = await ada.found();
  one.database.add(Page, { title: 'Trunk', text: 'trunk', items: ['t0', 't1'] });
  await one.flush();
  const ports = await restored(ada.ports, one.id);
  const { ring } = one.keys;
  const gate = Promise.withResolvers<undefined>();
  const writer = { ...ada.writer(), beforeAppend: () => gate.promise };
  const copy = await Space.open(ports, { space: one.id, ring, writer });
  write(one, 'one');
  await one.flush();
  write(copy, 'copy');
  copy.database.commit();
  for await (const run of one.replica.missingFor(copy.replica.tips())) {
    expect(await copy.replica.receive(run, 'peer')).toMatchObject({ at: 'stored' });
  }
  await copy.settled();
  gate.resolve(undefined);
  await copy.flush();
  expect(copy.commitState).toEqual({ at: 'durable' });
  write(copy, 'after');
  await exchangeAll([one, copy]);
  expect(rootOf(one)).toBe(rootOf(copy));
  expect([...pageOf(one).tags.toArray()].sort()).toEqual(['after', 'copy', 'one']);
  const again = await Space.open(ports, { space: one.id, ring, writer: ada.writer() });
  expect(rootOf(again)).toBe(rootOf(one));
});
