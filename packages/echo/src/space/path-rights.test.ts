/** Rights below the space: over objects, fields, keys, elements and what stands below an object in a tree. */
import { ownObjectsPath, typePath, type AccessPath } from '@atoll/halo';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import type { Space } from './space.ts';
import {
  grant,
  named,
  readersTown as townOf,
  revoke,
  type Town,
} from './testing/rights-fixture.ts';
import { rootOf } from './testing/space-fixture.ts';

/** Pages in a tree, with a field of every kind that a right can be given over. */
const Page = defineType('org.example.Page', {
  title: s.string(),
  note: s.string().default(''),
  text: s.text(),
  body: s.richText(),
  items: s.list(s.string()),
  tags: s.map(s.string()),
  cells: s.map(s.record({ word: s.string(), count: s.integer() })),
  votes: s.counter(),
  parent: s.tree('pages'),
});

/** What somebody says about a page. */
const Comment = defineType('Comment', { about: s.ref(), text: s.string() });

type PageObject = InstanceOf<typeof Page>;

function readersTown(seed: number, begin: (space: Space) => void): Promise<Town> {
  return townOf(seed, { types: [Page, Comment], begin });
}

const NO_RIGHT = expect.objectContaining({ code: 'SPACE_NO_RIGHT' });

function page({ database }: Space, title: string): PageObject {
  const found = database.query(Page).where({ title }).run()[0];
  if (found === undefined) throw new RangeError(`there is no page ${title}`);
  return found;
}

function pages(...titles: string[]): (space: Space) => void {
  return ({ database }) => {
    for (const title of titles) {
      database.add(Page, {
        ...{ title, text: title, body: title, items: ['a', 'b'] },
        tags: { one: '1', onetwo: '12' },
        cells: { x: { word: 'x', count: 1 }, y: { word: 'y', count: 2 } },
      });
    }
  };
}

/** All have the same state, also those who open it again. */
async function expectEqual(town: Town): Promise<void> {
  await town.share();
  expect(new Set(town.all.map(rootOf)).size).toBe(1);
}

function pathOf(town: Town, title: string, field?: string, key?: string | number): AccessPath {
  const object = page(town.one, title).id;
  return town.one.rights.pathOf({
    object,
    ...(field === undefined ? {} : { field }),
    ...(key === undefined ? {} : { key }),
  });
}

async function letJun(town: Town, path: AccessPath): Promise<void> {
  const { ada: person, jun, one: space } = town;
  await grant({ person, space }, named(jun), { path, level: 'write' });
  await town.share();
}

describe('a right over', () => {
  test('an object allows every change of it, and none of another', async () => {
    const town = await readersTown(7001, pages('mine', 'other'));
    await letJun(town, pathOf(town, 'mine'));
    const { two, three } = town;
    const mine = page(two, 'mine');
    mine.note = 'by Jun';
    mine.text.insert(0, 'Jun: ');
    mine.items.insert(0, 'j');
    mine.tags.set('new', 'n');
    mine.votes.increment(2);
    expect(() => (page(two, 'other').note = 'no')).toThrow(NO_RIGHT);
    expect(() => page(two, 'other').text.insert(0, 'no')).toThrow(NO_RIGHT);
    expect(() => page(two, 'other').items.insert(0, 'no')).toThrow(NO_RIGHT);
    expect(() => two.database.delete(page(two, 'other'))).toThrow(NO_RIGHT);
    expect(() => two.database.add(Page, { title: 'new', text: '', body: '', items: [] })).toThrow(
      NO_RIGHT,
    );
    await expectEqual(town);
    const seen = page(three, 'mine');
    expect([seen.note, seen.text.toString(), seen.votes.value]).toEqual(['by Jun', 'Jun: mine', 2]);
    expect([[...seen.items], seen.tags.get('new')]).toEqual([['j', 'a', 'b'], 'n']);
    expect(page(three, 'other').note).toBe('');
  });

  test('a field allows what is in it alone, a text in it too', async () => {
    const town = await readersTown(7011, pages('mine'));
    await letJun(town, pathOf(town, 'mine', 'text'));
    const mine = page(town.two, 'mine');
    mine.text.insert(0, 'Jun: ');
    expect(() => (mine.note = 'no')).toThrow(NO_RIGHT);
    expect(() => mine.body.insert(0, 'no')).toThrow(NO_RIGHT);
    expect(() => town.two.database.delete(mine)).toThrow(NO_RIGHT);
    await expectEqual(town);
    expect(page(town.three, 'mine').text.toString()).toBe('Jun: mine');
  });

  test('a key of a map allows that entry, and none whose key begins alike', async () => {
    const town = await readersTown(7021, pages('mine'));
    await letJun(town, pathOf(town, 'mine', 'tags', 'one'));
    const mine = page(town.two, 'mine');
    mine.tags.set('one', 'Jun');
    expect(() => mine.tags.set('onetwo', 'no')).toThrow(NO_RIGHT);
    expect(() => mine.tags.set('two', 'no')).toThrow(NO_RIGHT);
    await expectEqual(town);
    const { tags } = page(town.three, 'mine');
    expect([tags.get('one'), tags.get('onetwo')]).toEqual(['Jun', '12']);
  });

  test('a key of a map of records allows all of that record', async () => {
    const town = await readersTown(7031, pages('mine'));
    await letJun(town, pathOf(town, 'mine', 'cells', 'x'));
    const mine = page(town.two, 'mine');
    mine.cells.set('x', { word: 'Jun', count: 7 });
    expect(() => mine.cells.set('y', { word: 'no', count: 0 })).toThrow(NO_RIGHT);
    await expectEqual(town);
    expect(page(town.three, 'mine').cells.get('x')?.word).toBe('Jun');
  });

  test('an element of a list allows its value, and nothing around it', async () => {
    const town = await readersTown(7041, pages('mine'));
    await letJun(town, pathOf(town, 'mine', 'items', 1));
    const mine = page(town.two, 'mine');
    mine.items.set(1, 'Jun');
    expect(() => mine.items.set(0, 'no')).toThrow(NO_RIGHT);
    expect(() => mine.items.insert(0, 'no')).toThrow(NO_RIGHT);
    expect(() => mine.items.delete(1, 1)).toThrow(NO_RIGHT);
    await expectEqual(town);
    expect([...page(town.three, 'mine').items]).toEqual(['a', 'Jun']);
  });

  test('a type allows its objects, new ones too; over own ones, no others', async () => {
    const town = await readersTown(7051, (space) => {
      pages('mine')(space);
      space.database.add(Comment, { about: page(space, 'mine'), text: 'by Ada' });
    });
    const { ada: person, jun, kim, one: space } = town;
    await grant({ person, space }, named(jun), { path: ownObjectsPath('Comment'), level: 'write' });
    await grant({ person, space }, named(kim), { path: typePath('Comment'), level: 'write' });
    await town.share();
    const about = page(town.two, 'mine');
    const own = town.two.database.add(Comment, { about, text: 'by Jun' });
    own.text = 'by Jun, better';
    const [adas] = town.two.database.query(Comment).where({ text: 'by Ada' }).run();
    if (adas === undefined) throw new RangeError('there is a comment');
    expect(() => (adas.text = 'no')).toThrow(NO_RIGHT);
    expect(() => town.two.database.delete(adas)).toThrow(NO_RIGHT);
    expect(() => (about.note = 'no')).toThrow(NO_RIGHT);
    await town.share();
    const [juns] = town.three.database.query(Comment).where({ text: 'by Jun, better' }).run();
    if (juns === undefined) throw new RangeError('there is a comment');
    juns.text = 'mended by Kim';
    await expectEqual(town);
    const texts = town.one.database
      .query(Comment)
      .run()
      .map(({ text }) => text);
    expect(texts.sort()).toEqual(['by Ada', 'mended by Kim']);
  });
});

describe('a transaction', () => {
  test('exercises several rights, each for what it allows, and counts as a whole', async () => {
    const town = await readersTown(7101, pages('a', 'b', 'c'));
    await letJun(town, pathOf(town, 'a'));
    await letJun(town, pathOf(town, 'b', 'note'));
    const { two } = town;
    const before = two.index.branches.blockCount;
    two.database.transaction(() => {
      page(two, 'a').note = 'one';
      page(two, 'b').note = 'two';
      page(two, 'a').text.insert(0, 'three ');
    });
    expect(two.index.branches.blockCount).toBe(before + 1);
    await expectEqual(town);
    const [a, b] = [page(town.three, 'a'), page(town.three, 'b')];
    expect([a.note, b.note, a.text.toString()]).toEqual(['one', 'two', 'three a']);
  });

  test('leaves nothing behind when a part of it is refused', async () => {
    const town = await readersTown(7111, pages('a', 'b'));
    await letJun(town, pathOf(town, 'a'));
    const { two } = town;
    const before = two.index.branches.blockCount;
    expect(() => (page(two, 'b').note = 'no')).toThrow(NO_RIGHT);
    await two.flush();
    expect(two.index.branches.blockCount).toBe(before);
    expect(() =>
      two.database.transaction(() => {
        page(two, 'a').note = 'taken back';
        page(two, 'b').note = 'no';
      }),
    ).toThrow(NO_RIGHT);
    await expectEqual(town);
    expect(page(town.three, 'a').note).toBe('');
  });

  test('is undone by who has made it', async () => {
    const town = await readersTown(7121, pages('a', 'b'));
    await letJun(town, pathOf(town, 'a'));
    await letJun(town, pathOf(town, 'b'));
    const { UndoLog } = await import('../undo-log.ts');
    const undo = new UndoLog(town.two.database);
    town.two.database.transaction(() => {
      page(town.two, 'a').note = 'one';
      page(town.two, 'b').note = 'two';
    });
    undo.undo();
    await expectEqual(town);
    expect([page(town.three, 'a').note, page(town.three, 'b').note]).toEqual(['', '']);
  });
});

describe('a subtree', () => {
  function tree(space: Space): void {
    pages('folder', 'other')(space);
    for (const [title, parent] of [
      ['in', 'folder'],
      ['deep', 'in'],
      ['out', 'other'],
      ['leaf', 'out'],
    ] as const) {
      space.database.add(Page, {
        ...{ title, text: '', body: '', items: [] },
        parent: page(space, parent),
      });
    }
  }

  test('is all that stands below an object, what is made there too', async () => {
    const town = await readersTown(7201, tree);
    await letJun(town, pathOf(town, 'folder'));
    const { two } = town;
    page(two, 'deep').note = 'by Jun';
    two.database.add(Page, {
      ...{ title: 'new', text: 'n', body: '', items: [] },
      parent: page(two, 'deep'),
    });
    expect(() => (page(two, 'out').note = 'no')).toThrow(NO_RIGHT);
    const away = { title: 'new', text: '', body: '', items: [], parent: page(two, 'other') };
    expect(() => two.database.add(Page, away)).toThrow(NO_RIGHT);
    await expectEqual(town);
    expect(page(town.three, 'deep').note).toBe('by Jun');
    page(two, 'new').note = 'mine';
    await expectEqual(town);
    expect(page(town.three, 'new').note).toBe('mine');
  });

  test('takes in and lets go what is moved by who has rights on both sides, and by nobody else', async () => {
    const town = await readersTown(7211, tree);
    await letJun(town, pathOf(town, 'folder'));
    const { kim, one, two, three } = town;
    const moved = (space: Space, title: string, parent: string): void => {
      space.database.move(page(space, title), { parent: page(space, parent) });
    };
    moved(two, 'deep', 'folder');
    expect(() => moved(two, 'in', 'other')).toThrow(NO_RIGHT);
    expect(() => moved(two, 'out', 'folder')).toThrow(NO_RIGHT);
    expect(() => two.database.move(page(two, 'in'), { parent: null })).toThrow(NO_RIGHT);
    await grant({ person: town.ada, space: one }, named(kim), {
      path: pathOf(town, 'other'),
      level: 'write',
    });
    await town.share();
    await letJun(town, pathOf(town, 'other'));
    moved(two, 'in', 'other');
    await expectEqual(town);
    page(three, 'in').note = 'Kim may now';
    await expectEqual(town);
    expect(page(one, 'in').note).toBe('Kim may now');
    await revoke({ person: town.ada, space: one }, town.jun, pathOf(town, 'other'));
    await town.share();
    expect(() => (page(two, 'in').note = 'no')).toThrow(NO_RIGHT);
    await expectEqual(town);
  });

  test('what somebody writes without knowing that it was moved away counts; what he writes after does not', async () => {
    const town = await readersTown(7221, tree);
    await letJun(town, pathOf(town, 'folder'));
    const { one, two } = town;
    page(two, 'in').note = 'at once';
    await two.flush();
    one.database.move(page(one, 'in'), { parent: page(one, 'other') });
    await expectEqual(town);
    expect(page(one, 'in').note).toBe('at once');
    expect(() => (page(two, 'in').note = 'no')).toThrow(NO_RIGHT);
  });

  test('falls with the move by which something came into it, and all that followed from that', async () => {
    const town = await readersTown(7231, tree);
    const { ada: person, jun, kim, one, two, three } = town;
    const give = (to: typeof jun, title: string): Promise<unknown> =>
      grant({ person, space: one }, named(to), { path: pathOf(town, title), level: 'write' });
    await give(jun, 'folder');
    await give(jun, 'other');
    await give(kim, 'folder');
    await town.share();
    // Jun, removed meanwhile, moves a page to where Kim may write; she does.
    two.database.move(page(two, 'out'), { parent: page(two, 'folder') });
    await two.flush();
    const { exchange } = await import('./testing/space-fixture.ts');
    await exchange(two, three);
    page(three, 'out').note = 'by Kim';
    page(three, 'leaf').note = 'by Kim';
    await three.flush();
    await revoke({ person, space: one }, jun, pathOf(town, 'other'));
    await expectEqual(town);
    for (const space of town.all) {
      expect([page(space, 'out').note, page(space, 'leaf').note]).toEqual(['', '']);
    }
  });
});
