/** What goes on around a snapshot while it is written: edits, and blocks that wait for others. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from '../space/space.ts';
import { Person, exchange, rootOf } from '../space/testing/space-fixture.ts';

const NEVER = { blocks: 1e9, bytes: 1e9, blocksAtClose: 1e9, bytesAtClose: 1e9 };
const Page = defineType('org.example.Page', { votes: s.counter(), text: s.text() });

/** The same space from its snapshot, which must be one that is used. */
async function reopened(person: Person, space: Space): Promise<Space> {
  const { ring } = space.keys;
  await space[Symbol.asyncDispose]();
  const events: string[] = [];
  const log = { event: (_level: string, event: string) => void events.push(event) };
  const writer = { ...person.writer(), snapshots: NEVER };
  const again = await Space.open({ ...person.ports, log }, { space: space.id, ring, writer });
  expect(events).not.toContain('space.snapshot-dropped');
  return again;
}

test('a snapshot has no part of what is written while its pages are made', async () => {
  const ada = await Person.make('Ada', 61);
  let whileWriting = (): void => undefined;
  const clock = {
    nowMs: () => ada.ports.clock.nowMs(),
    monotonicMs: () => ada.ports.clock.monotonicMs(),
    sleep: () => Promise.resolve(whileWriting()),
  };
  const writer = { ...ada.writer(), snapshots: NEVER };
  const space = await Space.found({ ...ada.ports, clock }, writer);
  const page = space.database.add(Page, {});
  page.votes.increment(1);
  page.text.insert(0, 'before');
  await space.flush();
  let edits = 0;
  whileWriting = () => {
    if (edits++ > 0) return;
    page.votes.increment(10);
    page.text.insert(6, ' and after');
    space.database.commit();
  };
  expect(await space.writeSnapshot()).toBe(true);
  expect(edits).toBeGreaterThan(0);
  await space.flush();
  const root = rootOf(space);
  const again = await reopened(ada, space);
  const [read] = again.database.query(Page).run();
  expect([read?.votes.value, String(read?.text)]).toEqual([11, 'before and after']);
  expect(rootOf(again)).toBe(root);
});

test('a block that waits when a snapshot is written is folded when what it waits for arrives', async () => {
  const [ada, jun, kim] = await Promise.all([
    Person.make('Ada', 71),
    Person.make('Jun', 72),
    Person.make('Kim', 73),
  ]);
  const one = await ada.found();
  one.database.add(Page, {});
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const three = await kim.join(one, ada.deviceSigner, 'writer');
  three.database.query(Page).run()[0]?.votes.increment(1);
  await three.flush();
  const { branches } = three.index;
  const unheard = branches.feedOf(branches.blockCount - 1);
  await exchange(three, two);
  two.database.query(Page).run()[0]?.votes.increment(1);
  await two.flush();
  // Ada gets what Jun wrote, and not what he had read.
  for await (const run of two.replica.missingFor(one.replica.tips())) {
    if (run.feed !== unheard) await one.replica.receive(run, 'peer');
  }
  await one.settled();
  expect(one.parked.blocks).toBe(1);
  expect(await one.writeSnapshot()).toBe(true);
  const again = await reopened(ada, one);
  expect(again.parked.blocks).toBe(1);
  await exchange(three, again);
  expect(again.parked.blocks).toBe(0);
  expect(again.database.query(Page).run()[0]?.votes.value).toBe(2);
  expect(rootOf(again)).toBe(rootOf(two));
});

test('many changes in one turn begin one snapshot', async () => {
  const ada = await Person.make('Ada', 91);
  const { store } = ada.ports;
  let heads = 0;
  const counting: typeof store = {
    incarnation: store.incarnation,
    commit: (batch) => {
      for (const name of batch.values?.keys() ?? []) if (name.endsWith('/head')) heads++;
      return store.commit(batch);
    },
    read: (...at) => store.read(...at),
    get: (...at) => store.get(...at),
    lastPosition: (space) => store.lastPosition(space),
    spaces: () => store.spaces(),
    value: (name) => store.value(name),
    names: (prefix) => store.names(prefix),
    onForeignCommit: (listener) => store.onForeignCommit(listener),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
  const writer = { ...ada.writer(), snapshots: { ...NEVER, blocks: 8 } };
  const space = await Space.found({ ...ada.ports, store: counting }, writer);
  for (let no = 0; no < 60; no++) space.database.transaction(() => space.database.add(Page, {}));
  await space.flush();
  await space[Symbol.asyncDispose]();
  for (let turn = 0; turn < 5000; turn++) await Promise.resolve();
  expect(heads).toBe(1);
});

test('where a session may end unasked, a snapshot is written when nothing has changed for a while', async () => {
  const ada = await Person.make('Ada', 62);
  const rests: (() => void)[] = [];
  const clock = {
    nowMs: () => ada.ports.clock.nowMs(),
    monotonicMs: () => ada.ports.clock.monotonicMs(),
    sleep: (delayMs: number) =>
      delayMs === 0 ? Promise.resolve() : new Promise<void>((resolve) => rests.push(resolve)),
  };
  const snapshots = { ...NEVER, bytesAtClose: 1 };
  const writer = { ...ada.writer(), snapshots, snapshotsAtRest: true };
  const space = await Space.found({ ...ada.ports, clock }, writer);
  const names = async (): Promise<number> => (await ada.ports.store.names('')).length;
  space.database.add(Page, {});
  await space.flush();
  expect(rests).toHaveLength(1);
  space.database.add(Page, {});
  await space.flush();
  const before = await names();
  rests[0]?.();
  // Something has changed meanwhile: that was no rest.
  await expect.poll(() => rests.length).toBe(2);
  expect(await names()).toBe(before);
  rests[1]?.();
  await expect.poll(names).toBeGreaterThan(before);
  // No page is left to close the space: another session begins where this one was.
  const { ring } = space.keys;
  const again = await Space.open(ada.ports, { space: space.id, ring, writer: ada.writer() });
  expect(again.database.query(Page).count()).toBe(2);
  expect(rootOf(again)).toBe(rootOf(space));
});
