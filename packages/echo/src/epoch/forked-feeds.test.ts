/** Texts and lists that both sides of a fork have written, through epochs: kept, dropped, fetched, built upon. */
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { Space } from '../space/space.ts';
import { fetchKept } from '../space/testing/fetch-kept.ts';
import {
  copiedProfile,
  exchange,
  exchangeAll,
  restored,
  rootOf,
} from '../space/testing/space-fixture.ts';
import { LateFork, addPage, give, pageOf, people, write } from './late-fork.fixture.ts';

/** Both copies of a profile have written on; `two` has heard of the one first, `three` of the copy. */
async function forkedWorld(seed: number) {
  const people = await copiedProfile(seed, (space) => {
    const text = 'trunk of the text';
    addPage(space, { title: 'Trunk', text, rich: 'rich', items: ['t0', 't1'] });
  });
  const { one, copy, two, three } = people;
  for (const word of ['one', 'more']) await write(one, word);
  for (const word of ['copy', 'twin', 'third']) await write(copy, word);
  await exchange(one, two);
  await exchange(copy, two);
  await exchange(copy, three);
  await exchange(one, three);
  return people;
}

test('an epoch under which both sides of a fork have written is kept, dropped for and fetched', async () => {
  for (const seed of [10, 20, 30]) {
    const { ada, jun, kim, one, copy, two, three } = await forkedWorld(seed);
    await write(two, 'both');
    await exchangeAll([one, copy, two, three]);
    // Kim and the copy go away and write on; the epoch is sealed without them.
    await write(three, 'away');
    await write(copy, 'gone');
    await one.epochs.propose();
    expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
    await write(one, 'after');
    const store = new MemoryStore(new MemoryDisk(new SimRng(seed)));
    const ports = { ...jun.ports, store };
    await fetchKept(one, jun, ports);
    const { ring } = one.keys;
    const writer = jun.writer({ mayContinue: false });
    const joined = await Space.open(ports, { space: one.id, ring, writer });
    await exchange(one, joined);
    expect(rootOf(joined)).toBe(rootOf(one));
    expect(pageOf(joined).text.toString()).toBe(pageOf(one).text.toString());
    await write(joined, 'joined');
    await exchangeAll([one, joined, three, copy, two]);
    const spaces = [one, joined, three, copy, two];
    expect(spaces.map(rootOf)).toEqual(spaces.map(() => rootOf(one)));
    expect(pageOf(joined).items.toArray()).toEqual(pageOf(two).items.toArray());
    const shown = pageOf(joined).items.toArray();
    expect(shown).toEqual(expect.arrayContaining(['away', 'gone', 'after', 'joined', 'copy']));
    // A second epoch is folded from the first one.
    await one.epochs.propose();
    await one.epochs.dropHistory(0);
    await exchangeAll(spaces);
    expect((await one.epochs.archive.source())?.terms.number).toBe(2);
    expect(spaces.map((space) => space.epochs.status().current?.number)).toEqual([2, 2, 2, 2, 2]);
    expect(spaces.map(rootOf)).toEqual(spaces.map(() => rootOf(one)));
    for (const person of [ada, kim]) {
      const again = await Space.open(person.ports, {
        space: one.id,
        ring,
        writer: person.writer(),
      });
      expect(rootOf(again)).toBe(rootOf(one));
    }
  }
});

test('who hears of a fork before and after an epoch stands over it places what it wrote alike', async () => {
  for (const seed of [40, 50, 60]) {
    const { copy, one, three, two } = await LateFork.make(seed);
    await exchange(copy, three);
    await exchange(one, two);
    await one.epochs.propose();
    expect(one.epochs.status().current?.number).toBe(1);
    // Kim has the fork and then the epoch, Ada the other way round; both build on what they have.
    await write(three, 'kim');
    await write(one, 'ada');
    await exchangeAll([one, three, two, copy]);
    const spaces = [one, two, three, copy];
    expect(spaces.map((space) => space.epochs.status().current?.number)).toEqual([1, 1, 1, 1]);
    expect(spaces.map(rootOf)).toEqual(spaces.map(() => rootOf(one)));
    for (const space of spaces) {
      expect(pageOf(space).text.toString()).toBe(pageOf(one).text.toString());
      expect(pageOf(space).items.toArray()).toEqual(pageOf(one).items.toArray());
    }
    expect(pageOf(one).items.toArray()).toEqual(
      expect.arrayContaining(['X', 'Y', 'Z', 'f', 'kim']),
    );
  }
});

test('a fork under the kept epoch keeps the history, until an epoch has both sides', async () => {
  const { ada, copy, events, kim, one, three, two } = await LateFork.make(70);
  await exchange(one, two);
  await one.epochs.propose();
  expect(await one.epochs.keepSnapshot(0)).toBe('kept');
  // Twice: who does not know of the other branch takes its writer to be ahead.
  for (let round = 0; round < 2; round++) await exchange(copy, one);
  await one.epochs.settled();
  expect(events).toContain('space.epoch-given-up');
  expect(await one.epochs.archive.source()).toBeUndefined();
  expect(await one.epochs.keepSnapshot(0)).toBe('not-kept');
  expect(await one.epochs.dropHistory(0)).toBe(0);
  await exchangeAll([one, two, three, copy]);
  // It is worked out from the beginning, and has both sides of the fork.
  await one.epochs.propose();
  expect(one.epochs.status()).toMatchObject({ refused: 0, current: { number: 2 } });
  expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
  const ports = { ...kim.ports, store: new MemoryStore(new MemoryDisk(new SimRng(70))) };
  await fetchKept(one, kim, ports);
  const { ring } = one.keys;
  const writer = kim.writer({ mayContinue: false });
  const joined = await Space.open(ports, { space: one.id, ring, writer });
  await write(copy, 'late');
  await exchangeAll([one, joined, two, three, copy]);
  const again = await Space.open(ada.ports, { space: one.id, ring, writer: ada.writer() });
  for (const space of [joined, two, three, copy, again]) expect(rootOf(space)).toBe(rootOf(one));
  for (const word of ['X', 'Y', 'Z', 'f', 'late']) {
    expect(pageOf(again).items.toArray()).toContain(word);
  }
});

test('who has dropped what a feed parts under refuses the branch, at once and when opened again', async () => {
  const { ada, copy, one, two } = await LateFork.make(80);
  await exchange(one, two);
  await one.epochs.propose();
  expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
  const before = rootOf(one);
  const { ring } = one.keys;
  const refused = async (space: Space): Promise<boolean> => {
    for await (const run of copy.replica.missingFor([])) {
      await space.replica.receive(run, 'peer');
    }
    return space.replica.refusals.get('FEED_FORGOTTEN') !== undefined;
  };
  expect(await refused(one)).toBe(true);
  await one.settled();
  expect(rootOf(one)).toBe(before);
  await one[Symbol.asyncDispose]();
  const again = await Space.open(ada.ports, { space: one.id, ring, writer: ada.writer() });
  expect(await refused(again)).toBe(true);
  expect(rootOf(again)).toBe(before);
  // It goes on sealing, and is opened from a snapshot of its own as well.
  await write(again, 'on');
  await again.epochs.propose();
  expect(again.epochs.status().current?.number).toBe(2);
  await again.writeSnapshot();
  await again[Symbol.asyncDispose]();
  const third = await Space.open(ada.ports, { space: one.id, ring, writer: ada.writer() });
  expect(await refused(third)).toBe(true);
});

test('who has dropped takes the history back from somebody who has all of it, and merges the branch', async () => {
  const { ada, copy, one, three, two } = await LateFork.make(90);
  await exchange(one, two);
  await exchange(two, three);
  await one.epochs.propose();
  expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
  await write(one, 'above');
  for (let round = 0; round < 2; round++) await exchange(copy, three);
  await write(three, 'upon');
  await exchange(one, three);
  expect(pageOf(one).items.toArray()).not.toContain('Z');
  // Somebody else who has dropped gives what he has: that is not all of it, and changes nothing.
  expect(await three.epochs.isHistoryWhole()).toBe(true);
  await one.exchange.takeBack().then(async (returning) => {
    await give(one, returning);
    expect(await returning.isComplete()).toBe(false);
    await give(three, returning, 2);
    expect(await returning.isComplete()).toBe(false);
    await returning[Symbol.asyncDispose]();
  });
  await write(one, 'meanwhile');
  await exchange(one, three);
  // What has come is found again, and the rest comes from where it was.
  const returning = await one.exchange.takeBack();
  const before = returning.blocks;
  expect(before).toBeGreaterThan(0);
  await give(three, returning);
  const root = rootOf(one);
  expect(await returning.isComplete()).toBe(true);
  await write(one, 'at last');
  expect(rootOf(one)).not.toBe(root);
  expect(await returning.isComplete()).toBe(true);
  const { ring } = one.keys;
  await returning[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  expect(await one.exchange.beginAnew(returning)).toBe(true);
  const back = await Space.open(ada.ports, { space: one.id, ring, writer: ada.writer() });
  await exchangeAll([back, three, two, copy]);
  for (const space of [three, two, copy]) expect(rootOf(space)).toBe(rootOf(back));
  expect(pageOf(back).items.toArray()).toEqual(
    expect.arrayContaining(['X', 'Y', 'Z', 'f', 'above', 'upon', 'meanwhile', 'at last']),
  );
  expect(await back.epochs.isHistoryWhole()).toBe(true);
  // What was given again lies behind what continues it: the log alone tells all the same.
  await back[Symbol.asyncDispose]();
  const { store } = ada.ports;
  const names = (await store.names('')).filter((name) => name.startsWith('snapshot/'));
  await store.commit({ values: new Map(names.map((name) => [name, undefined])) });
  const again = await Space.open(ada.ports, { space: one.id, ring, writer: ada.writer() });
  expect(rootOf(again)).toBe(rootOf(three));
});

test('a writer who was let in on a branch that was refused is waited for, and is not void', async () => {
  const { ada, jun, kim } = await people(110);
  const one = await ada.found();
  const items = ['t0', 't1'];
  addPage(one, { title: 'Trunk', text: 'trunk of the text', rich: 'rich', items });
  const three = await kim.join(one, ada.deviceSigner, 'writer');
  await exchange(one, three);
  const { ring } = one.keys;
  const backup = await restored(ada.ports, one.id);
  const copy = await Space.open(backup, { space: one.id, ring, writer: ada.writer() });
  // Jun is let in by the copy; the original writes on, seals and drops without knowing of it.
  const late = await jun.join(copy, ada.deviceSigner, 'writer');
  await write(late, 'jun');
  for (const word of ['c', 'd', 'e', 'f', 'g', 'h']) await write(one, word);
  await one.epochs.propose();
  expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
  await write(one, 'above');
  const before = rootOf(one);
  await exchange(late, one);
  expect(one.counters.sectionsVoid).toBe(0);
  expect(one.parked.blocks).toBe(1);
  expect(rootOf(one)).toBe(before);
  // Another epoch must not take it for folded: the writer finds that it has no place there, and keeps it.
  await one.epochs.propose();
  expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
  await one[Symbol.asyncDispose]();
  const again = await Space.open(ada.ports, { space: one.id, ring, writer: ada.writer() });
  expect(again.epochs.status().current?.number).toBe(2);
  expect([again.counters.sectionsVoid, again.parked.blocks]).toEqual([0, 1]);
});
