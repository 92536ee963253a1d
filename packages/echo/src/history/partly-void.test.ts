/**
 * What only seems to be nothing: ops that do not count beside others of the same block that do, work upon what does not
 * count, and work of people whose admission does not count. Kept, shown, and written anew like whole blocks.
 */
import { typePath, type AccessPath } from '@atoll/halo';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from '../space/space.ts';
import { grant, named, readersTown, revoke, type Town } from '../space/testing/rights-fixture.ts';
import { Person, exchange, exchangeAll, rootOf } from '../space/testing/space-fixture.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  note: s.string().default(''),
  text: s.text(),
});
const Memo = defineType('org.example.Memo', { text: s.string() });

type PageObject = InstanceOf<typeof Page>;

function page({ database }: Space, title = 'A'): PageObject {
  const found = database.query(Page).where({ title }).run()[0];
  if (found === undefined) throw new RangeError(`there is no page ${title}`);
  return found;
}

function memos({ database }: Space): readonly string[] {
  return database
    .query(Memo)
    .run()
    .map(({ text }) => text)
    .sort();
}

/** Jun may change page A and add memos, and does both in one block without knowing that the first right has ended. */
async function halfTown(
  seed: number,
  first: (town: Town) => Promise<void> = () => Promise.resolve(),
): Promise<Town & { readonly path: AccessPath }> {
  const town = await readersTown(seed, {
    types: [Page, Memo],
    begin: ({ database }) => void database.add(Page, { title: 'A', text: 'trunk' }),
  });
  const { ada: person, jun, one: space, two } = town;
  await first(town);
  const path = space.rights.pathOf({ object: page(space).id });
  await grant({ person, space }, named(jun), { path, level: 'write' });
  const memo = typePath('org.example.Memo');
  await grant({ person, space }, named(jun), { path: memo, level: 'write' });
  await town.share();
  page(two).note = 'by Jun';
  page(two).text.insert(0, 'the ');
  two.database.add(Memo, { text: 'from Jun' });
  await two.flush();
  return { ...town, path };
}

/** What is offered at a space: what it changes, by title or text. */
async function offered(space: Space): Promise<readonly string[]> {
  const found = await space.history.setAside();
  return found.flatMap(({ changed }) =>
    changed.flatMap(({ fields, life }) => [life, ...fields.map(({ field }) => field)]),
  );
}

test('of a block of which one right has ended, what that right was for is offered, and nothing else of it', async () => {
  const town = await halfTown(811);
  const { ada: person, jun, one, three } = town;
  await revoke({ person, space: one }, jun, town.path);
  await town.share();
  expect([page(three).note, String(page(three).text)]).toEqual(['', 'trunk']);
  expect(memos(three)).toEqual(['from Jun']);
  expect(three.history.uncountedBlocks()).toBe(1);
  expect(await offered(three)).toEqual(['kept', 'note', 'text']);
  const root = rootOf(three);
  const [lost] = await one.history.setAside();
  expect(rootOf(three)).toBe(root);
  page(one).text.insert(5, 's');
  await one.history.takeUp(lost?.blocks ?? []);
  await town.share();
  for (const space of town.all) {
    expect([page(space).note, String(page(space).text)]).toEqual(['by Jun', 'the trunks']);
    expect(memos(space)).toEqual(['from Jun']);
  }
  expect(new Set(town.all.map(rootOf)).size).toBe(1);
  const [again] = await three.history.setAside();
  expect(again?.takenUp?.by).toBe(one.identity);
});

test('it is offered still when the space is opened again from its snapshot or from its log', async () => {
  const town = await halfTown(821);
  const { ada: person, jun, kim, one, three } = town;
  await revoke({ person, space: one }, jun, town.path);
  await town.share();
  const { ring } = three.keys;
  await three.writeSnapshot();
  await three[Symbol.asyncDispose]();
  for (const snapshot of ['kept', 'dropped']) {
    if (snapshot === 'dropped') {
      for (const name of await kim.ports.store.names('snapshot/')) {
        await kim.ports.store.commit({ values: new Map([[name, undefined]]) });
      }
    }
    const again = await Space.open(kim.ports, { space: one.id, ring, writer: kim.writer() });
    again.database.register(Page);
    await again.settled();
    expect(await offered(again)).toEqual(['kept', 'note', 'text']);
    await again[Symbol.asyncDispose]();
  }
});

test('what ended the right turns out not to count: nothing is offered any more', async () => {
  const town = await halfTown(831, async ({ ada: person, kim, one: space }) => {
    await grant({ person, space }, named(kim), { path: [], level: 'control' });
  });
  const { jun, kim, one, two, three } = town;
  await revoke({ person: kim, space: three }, jun, town.path);
  await exchange(three, two);
  await two.settled();
  expect(await offered(two)).toEqual(['kept', 'note', 'text']);
  await one.remove(kim.identity);
  await one.settled();
  await exchangeAll([one, two]);
  expect(page(one).note).toBe('by Jun');
  for (const space of [one, two]) {
    expect([space.history.uncountedBlocks(), await offered(space)]).toEqual([0, []]);
  }
});

test('what was changed of objects that do not count either is offered with them', async () => {
  const [ada, jun, kim] = (await Promise.all(
    ['Ada', 'Jun', 'Kim'].map((name, at) => Person.make(name, 841 + at)),
  )) as [Person, Person, Person];
  const one = await ada.found();
  one.database.add(Page, { title: 'A', text: 'trunk' });
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const three = await kim.join(one, ada.deviceSigner, 'writer');
  await exchangeAll([one, two, three]);
  two.database.add(Page, { title: 'B', text: 'by Jun' });
  await exchange(two, three);
  page(three, 'B').text.insert(6, ' and Kim');
  page(three).note = 'by Kim';
  await three.flush();
  await one.remove(jun.identity);
  await one.remove(kim.identity);
  await one.settled();
  await exchange(one, three);
  const found = await one.history.setAside();
  const theirs = found.find(({ author }) => author === kim.identity);
  expect(theirs?.changed.map(({ life }) => life).sort()).toEqual(['created', 'kept']);
  await one.history.takeUp(theirs?.blocks ?? []);
  expect(String(page(one, 'B').text)).toBe('by Jun and Kim');
});

test('a right over a part reaches what somebody made there and what does not count', async () => {
  const Folder = defineType('org.example.Folder', {
    title: s.string(),
    note: s.string().default(''),
    parent: s.tree('folders'),
  });
  const begin = ({ database }: Space): void => void database.add(Folder, { title: 'top' });
  const town = await readersTown(851, { types: [Folder], begin });
  const { ada: person, jun, kim, one: space, two, three } = town;
  const folder = (at: Space, title: string): InstanceOf<typeof Folder> => {
    const found = at.database.query(Folder).where({ title }).run()[0];
    if (found === undefined) throw new RangeError(`there is no folder ${title}`);
    return found;
  };
  const path = space.rights.pathOf({ object: folder(space, 'top').id });
  for (const who of [jun, kim]) {
    await grant({ person, space }, named(who), { path, level: 'write' });
  }
  await town.share();
  two.database.add(Folder, { title: 'made', parent: folder(two, 'top') });
  await exchange(two, three);
  folder(three, 'made').note = 'by Kim';
  await three.flush();
  await revoke({ person, space }, jun, path);
  await town.share();
  const [lost] = (await space.history.setAside()).filter(({ author }) => author === jun.identity);
  await space.history.takeUp(lost?.blocks ?? []);
  expect(folder(space, 'made').note).toBe('by Kim');
});

test('whose right has ended by himself is not taken up with the object that he changed', async () => {
  const town = await readersTown(856, { types: [Page, Memo], begin: () => undefined });
  const { ada: person, jun, kim, one: space, two, three } = town;
  const [pagesPath, memosPath] = [typePath('org.example.Page'), typePath('org.example.Memo')];
  await grant({ person, space }, named(jun), { path: pagesPath, level: 'write' });
  for (const path of [pagesPath, memosPath]) {
    await grant({ person, space }, named(kim), { path, level: 'write' });
  }
  await town.share();
  two.database.add(Page, { title: 'made', text: 'by Jun' });
  await exchange(two, three);
  page(three, 'made').note = 'by Kim';
  three.database.add(Memo, { text: 'from Kim' });
  await three.flush();
  for (const who of [jun, kim]) await revoke({ person, space }, who, pagesPath);
  await town.share();
  expect(memos(space)).toEqual(['from Kim']);
  const [lost] = (await space.history.setAside()).filter(({ author }) => author === jun.identity);
  await space.history.takeUp(lost?.blocks ?? []);
  expect(page(space, 'made').note).toBe('');
});

test('who was let in by somebody who was removed already is shown too', async () => {
  const [ada, kim, leo] = (await Promise.all(
    ['Ada', 'Kim', 'Leo'].map((name, at) => Person.make(name, 861 + at)),
  )) as [Person, Person, Person];
  const one = await ada.found();
  one.database.add(Page, { title: 'A', text: 'trunk' });
  const three = await kim.join(one, ada.deviceSigner, 'admin');
  await exchange(one, three);
  await one.remove(kim.identity);
  await one.settled();
  const four = await leo.join(three, kim.deviceSigner, 'writer');
  page(four).note = 'by Leo';
  await four.flush();
  await exchange(three, one);
  await exchange(four, one);
  expect(page(one).note).toBe('');
  const [lost] = await one.history.setAside();
  expect(lost?.author).toBe(leo.identity);
  await one.history.takeUp(lost?.blocks ?? []);
  expect(page(one).note).toBe('by Leo');
});
