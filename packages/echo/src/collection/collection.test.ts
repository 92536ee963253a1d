/** What people meet when deleted things are forgotten: undo, restore, refs, lists, and who was away. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from '../space/space.ts';
import { Person, exchange, rootOf } from '../space/testing/space-fixture.ts';
import { LogReplica } from '@atoll/feed';
import { UndoLog } from '../undo-log.ts';

const Page = defineType('test.Page', {
  title: s.string().default(''),
  body: s.text(),
  rich: s.richText(),
  items: s.list(s.string()),
  next: s.ref({ name: 'test.Page' }).optional(),
});

/** Units in memory of all texts and lists of a space. */
function unitsOf({ database: { fold } }: Space): number {
  let units = 0;
  for (let row = 0; row < fold.rows.count; row++) {
    for (const field of fold.state(row)?.fields.values() ?? []) {
      if (field.kind === 'text' || field.kind === 'list') units += field.ids.units;
    }
  }
  return units;
}

async function epoch(space: Space): Promise<void> {
  await space.epochs.propose();
}

test('a deleted paragraph is listed by one epoch and forgotten by the next, as if it had never been', async () => {
  const ada = await Person.make('Ada', 1);
  const space = await ada.found();
  const page = space.database.add(Page, { body: 'kept' });
  page.body.insert(4, ' and this is deleted again');
  await space.flush();
  page.body.delete(4, 26);
  page.items.push('a', 'b', 'c');
  page.items.delete(1);
  await epoch(space);
  expect(unitsOf(space)).toBe(30 + 3);
  await epoch(space);
  expect(page.body.toString()).toBe('kept');
  expect([...page.items]).toEqual(['a', 'c']);
  // An element on which another one hangs stays as an anchor without a value.
  expect(unitsOf(space)).toBe(4 + 3);
  page.body.insert(4, '!');
  await epoch(space);
  expect(page.body.toString()).toBe('kept!');
});

test('undoing a deletion that is listed brings copies back, and redoing deletes those', async () => {
  const ada = await Person.make('Ada', 2);
  const space = await ada.found();
  const undo = new UndoLog(space.database);
  const page = space.database.add(Page, { body: 'one two three', items: ['a', 'b', 'c'] });
  await space.flush();
  page.body.delete(4, 4);
  await space.flush();
  page.items.delete(1);
  await space.flush();
  await epoch(space);
  undo.undo();
  undo.undo();
  expect(page.body.toString()).toBe('one two three');
  expect([...page.items]).toEqual(['a', 'b', 'c']);
  await epoch(space);
  expect(page.body.toString()).toBe('one two three');
  expect([...page.items]).toEqual(['a', 'b', 'c']);
  undo.redo();
  undo.redo();
  expect(page.body.toString()).toBe('one three');
  expect([...page.items]).toEqual(['a', 'c']);
});

test('undoing a deletion that was forgotten says so, and changes nothing', async () => {
  const ada = await Person.make('Ada', 3);
  const space = await ada.found();
  const undo = new UndoLog(space.database);
  const page = space.database.add(Page, { body: 'one two three' });
  await space.flush();
  page.body.delete(4, 4);
  await epoch(space);
  await epoch(space);
  expect(undo.undo()?.skipped).toEqual([{ object: page.id, reason: 'collected' }]);
  expect(page.body.toString()).toBe('one three');
});

test('a deleted object can be restored until an epoch lists it, and no more after that', async () => {
  const ada = await Person.make('Ada', 4);
  const space = await ada.found();
  const { database } = space;
  const page = database.add(Page, { title: 'gone' });
  const link = database.add(Page, { title: 'link', next: page });
  await space.flush();
  database.delete(page);
  await epoch(space);
  database.restore(page);
  expect(database.get(page.id)?.['title']).toBe('gone');
  database.delete(page);
  await epoch(space);
  await epoch(space);
  expect(() => {
    database.restore(page);
  }).toThrow(expect.objectContaining({ code: 'ECHO_COLLECTED' }));
  await epoch(space);
  expect(database.getDeleted(page.id)).toBeUndefined();
  expect(() => {
    database.restore(page);
  }).toThrow(expect.objectContaining({ code: 'ECHO_COLLECTED' }));
  expect(link.next?.$state).toBe('collected');
  expect(link.next?.$target).toBeUndefined();
});

test('what a transaction deletes comes back with it, and can be restored in it, while a list stands', async () => {
  const ada = await Person.make('Ada', 40);
  const space = await ada.found();
  const { database } = space;
  const [listed, page] = [database.add(Page, {}), database.add(Page, { title: 'stays' })];
  await space.flush();
  database.delete(listed);
  await epoch(space);
  await epoch(space);
  expect(() => {
    database.transaction(() => {
      database.delete(page);
      throw new RangeError('no');
    });
  }).toThrow('no');
  expect(database.get(page.id)?.['title']).toBe('stays');
  database.transaction(() => {
    database.delete(page);
    database.restore(page);
  });
  expect(database.get(page.id)?.['title']).toBe('stays');
});

test('as long as somebody who writes has not written behind the list, nothing is forgotten', async () => {
  const ada = await Person.make('Ada', 5);
  const jun = await Person.make('Jun', 6);
  const one = await ada.found();
  const page = one.database.add(Page, { body: 'here and there' });
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  await two.introduce();
  await exchange(one, two);
  page.body.delete(4, 10);
  await epoch(one);
  await epoch(one);
  await epoch(one);
  expect(unitsOf(one)).toBe(14);
  await exchange(one, two);
  two.database.add(Page, { title: 'I have seen the list' });
  await exchange(one, two);
  await epoch(one);
  expect(unitsOf(one)).toBe(4);
  await exchange(one, two);
  expect(unitsOf(two)).toBe(4);
  expect(rootOf(two)).toBe(rootOf(one));
});

test('what is written beside forgotten words while they are forgotten stays where it was written', async () => {
  const ada = await Person.make('Ada', 7);
  const jun = await Person.make('Jun', 8);
  const one = await ada.found();
  one.database.add(Page, { body: 'left right' }).body.insert(5, 'middle ');
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  two.database.add(Page, { title: 'Jun' });
  await exchange(one, two);
  const [page] = one.database.query(Page).where({ title: '' }).run();
  const [same] = two.database.query(Page).where({ title: '' }).run();
  page?.body.delete(5, 7);
  await epoch(one);
  await exchange(one, two);
  two.database.add(Page, { title: 'seen' });
  await exchange(one, two);
  // Both have adopted the list; Jun writes at the very place, and Ada forgets it without knowing.
  same?.body.insert(5, 'new ');
  await two.flush();
  one.database.add(Page, { title: 'Ada' });
  await epoch(one);
  await exchange(one, two);
  await exchange(one, two);
  await epoch(one);
  await exchange(one, two);
  expect(page?.body.toString()).toBe('left new right');
  expect(same?.body.toString()).toBe('left new right');
  // It hung on nothing that was forgotten, so nothing had to be written anew.
  expect(two.epochs.status().carried + one.epochs.status().carried).toBe(0);
  expect(rootOf(two)).toBe(rootOf(one));
});

test('a profile opens behind the epochs that it was behind, with and without its snapshot', async () => {
  for (const writes of [true, false]) {
    const ada = await Person.make('Ada', 9);
    let space = await ada.found();
    const page = space.database.add(Page, { body: 'some words that stay, some that go' });
    await space.flush();
    page.body.delete(20, 14);
    await epoch(space);
    page.body.insert(0, 'And ');
    await epoch(space);
    page.body.insert(0, 'Yes. ');
    if (writes) await space.writeSnapshot();
    const root = rootOf(space);
    const units = unitsOf(space);
    const { ring } = space.keys;
    await space[Symbol.asyncDispose]();
    const writer = { ...ada.writer(), ...(writes ? {} : { snapshots: NEVER }) };
    space = await Space.open(ada.ports, { space: space.id, ring, writer });
    expect(rootOf(space)).toBe(root);
    expect(unitsOf(space)).toBe(units);
  }
});

const NEVER = { blocks: 1e9, bytes: 1e12, blocksAtClose: 1e9, bytesAtClose: 1e12 };

/** Jun is away, has never heard of a deletion, and writes into the middle of what is deleted. */
async function writtenUpon(seed: number) {
  const ada = await Person.make('Ada', seed);
  const jun = await Person.make('Jun', seed + 1);
  const one = await ada.found();
  const page = one.database.add(Page, { body: 'keep these words, not those' });
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  two.database.add(Page, { title: 'Jun' });
  await exchange(one, two);
  const [lost] = one.epochs.devices().filter(({ identity }) => identity === jun.identity);
  if (lost === undefined) throw new RangeError('Jun has written');
  page.body.delete(16, 11);
  const [same] = two.database.query(Page).where({ title: '' }).run();
  same?.body.insert(27, ' but mine');
  await two.flush();
  return { jun, lost, one, page, same, two };
}

test('a lost device that somebody retires is waited for no more, and loses nothing when it comes back', async () => {
  const { jun, lost, one, page, same, ...away } = await writtenUpon(11);
  let { two } = away;
  await epoch(one);
  await epoch(one);
  expect(unitsOf(one)).toBe(27);
  await one.epochs.retire(lost.device);
  // One epoch retires it and makes a new list, the next one collects.
  await epoch(one);
  expect(one.epochs.retired).toHaveLength(1);
  expect(unitsOf(one)).toBe(27);
  await epoch(one);
  expect(unitsOf(one)).toBe(16);
  await exchange(one, two);
  expect(two.epochs.status().carried).toBe(1);
  expect(same?.body.toString()).toBe('keep these words but mine');
  await exchange(two, one);
  expect(page.body.toString()).toBe('keep these words but mine');
  expect(rootOf(one)).toBe(rootOf(two));
  // It goes on in a feed of its own, which is waited for like any other.
  const { ring } = two.keys;
  await two[Symbol.asyncDispose]();
  two = await Space.open(jun.ports, { space: one.id, ring, writer: jun.writer() });
  two.database.add(Page, { title: 'Back' });
  await exchange(one, two);
  const [back] = one.epochs.devices().filter(({ identity }) => identity === jun.identity);
  expect(back?.isRetired).toBe(false);
  expect(rootOf(one)).toBe(rootOf(two));
});

test('whoever neither controls the space nor is of the same identity retires nobody', async () => {
  const ada = await Person.make('Ada', 13);
  const jun = await Person.make('Jun', 14);
  const kim = await Person.make('Kim', 15);
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const three = await kim.join(one, ada.deviceSigner, 'writer');
  two.database.add(Page, { title: 'Jun' });
  three.database.add(Page, { title: 'Kim' });
  await exchange(one, two);
  await exchange(one, three);
  const [other] = three.epochs.devices().filter(({ identity }) => identity === jun.identity);
  if (other === undefined) throw new RangeError('Jun has written');
  await three.epochs.retire(other.device);
  await exchange(one, three);
  await epoch(one);
  expect(one.epochs.retired).toEqual([]);
});

test('what a device had written upon what was collected is written anew when it only hears of it on opening', async () => {
  const { jun, lost, one, page, two } = await writtenUpon(31);
  await two[Symbol.asyncDispose]();
  await one.epochs.retire(lost.device);
  for (let round = 0; round < 3; round++) await epoch(one);
  expect(unitsOf(one)).toBe(16);
  // The space is closed: what comes is stored, and nobody folds it.
  const { ed25519, rng, store } = jun.ports;
  const log = await LogReplica.open({ store, ed25519, rng, space: one.id });
  for await (const run of one.replica.missingFor(log.tips())) await log.receive(run, 'peer');
  await log[Symbol.asyncDispose]();
  const { ring } = two.keys;
  const again = await Space.open(jun.ports, { space: one.id, ring, writer: jun.writer() });
  const [read] = again.database.query(Page).where({ title: '' }).run();
  expect(again.epochs.status().carried).toBe(1);
  expect(read?.body.toString()).toBe('keep these words but mine');
  await exchange(again, one);
  expect(page.body.toString()).toBe('keep these words but mine');
  expect(rootOf(again)).toBe(rootOf(one));
});

test('bringing everything back says which objects an epoch has forgotten, and brings back the others', async () => {
  const ada = await Person.make('Ada', 41);
  const space = await ada.found();
  const gone = space.database.add(Page, { title: 'Gone' });
  const kept = space.database.add(Page, { title: 'Kept' });
  await space.flush();
  const then = space.history.frontier();
  space.database.delete(gone);
  kept.title = 'Changed';
  await epoch(space);
  const listed = await space.history.restoreSpace(then);
  expect([listed.forgotten, kept.title]).toEqual([[], 'Kept']);
  space.database.delete(gone);
  for (let round = 0; round < 3; round++) await epoch(space);
  kept.title = 'Changed again';
  const { changed, forgotten } = await space.history.restoreSpace(then);
  expect(forgotten).toEqual([gone.id]);
  expect(changed.map(({ id }) => id)).toEqual([kept.id]);
  expect(kept.title).toBe('Kept');
  expect(space.database.get(gone.id)).toBe(undefined);
  const { db } = await space.history.at(then);
  expect(db.query('test.Page').where({ title: 'Gone' }).count()).toBe(1);
});
