/** Trees of objects as an application meets them. */
import { fromHex } from '@atoll/kernel';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { WorldReplica, refusal, sync, two } from '../testing/log-world.ts';
import { UndoLog } from '../undo-log.ts';

const Page = defineType('test.Page', { title: s.string(), parent: s.tree() });
type PageObject = InstanceOf<typeof Page>;

function titles(objects: readonly { readonly [field: string]: unknown }[]): string {
  return objects.map((object) => String(object['title'])).join(' ');
}

function page(db: Database, title: string, parent?: PageObject): PageObject {
  return db.add(Page, { title, ...(parent === undefined ? {} : { parent }) });
}

test('children stand where they are put, and a parent is a property', () => {
  const { db } = new WorldReplica('ada');
  const root = page(db, 'root');
  const [a, b, c] = [page(db, 'a', root), page(db, 'b', root), page(db, 'c', root)];
  expect(titles(db.children(root))).toBe('a b c');
  const before = db.children(root);
  expect(db.children(root)).toBe(before);
  db.move(c, { before: a });
  expect(titles(db.children(root))).toBe('c a b');
  db.move(c, { after: a });
  expect(titles(db.children(root))).toBe('a c b');
  db.move(b, { parent: root, index: 0 });
  expect(titles(db.children(root))).toBe('b a c');
  a.parent = c;
  expect([titles(db.children(root)), titles(db.children(c))]).toEqual(['b c', 'a']);
  expect(db.trees.ancestors(a).map(({ id }) => id)).toEqual([c.id, root.id]);
  const walk = [...db.trees.subtree(null)].map(
    ({ object, depth }) => `${depth}${titles([object])}`,
  );
  expect(walk).toEqual(['0root', '1b', '1c', '2a']);
  expect(refusal(() => db.move(root, { parent: a }))).toContain('ECHO_TREE');
  expect(refusal(() => db.move(a, { parent: root, before: a }))).toContain('ECHO_TREE');
  db.delete(c);
  expect([titles(db.children(root)), [...db.trees.subtree(null)].length]).toEqual(['b', 2]);
  db.restore(c);
  expect(titles(db.children(root))).toBe('b c');
});

test('two who put each other’s folders into one another make no cycle, and are told', () => {
  const [ada, bob] = two();
  const [x, y] = [page(ada.db, 'x'), page(ada.db, 'y')];
  sync(ada, bob);
  bob.db.register(Page);
  ada.db.move(x, { parent: y });
  bob.db.move(bob.db.get(y.id) as never, { parent: bob.db.get(x.id) as never });
  sync(ada, bob);
  const shown = [ada, bob].map(({ db }) =>
    [...db.trees.subtree(null)].map(({ object, depth }) => `${depth}${titles([object])}`),
  );
  expect(shown[0]).toEqual(shown[1]);
  expect(shown[0]).toHaveLength(2);
  const [conflict] = ada.db.trees.conflicts();
  expect(conflict).toBeDefined();
  if (conflict === undefined) return;
  expect(ada.db.parent(conflict.object)).toBeUndefined();
  ada.db.move(conflict.object, { parent: null });
  expect(ada.db.trees.conflicts()).toEqual([]);
});

test('who watches children hears of moves, of new ones and of deletions, once a tick', () => {
  const ada = new WorldReplica('ada');
  const root = page(ada.db, 'root');
  const heard: string[] = [];
  const stop = ada.db.trees.onChildren(root, (children) => heard.push(titles(children)));
  const a = page(ada.db, 'a', root);
  const b = page(ada.db, 'b', root);
  ada.tick();
  ada.db.move(b, { before: a });
  ada.tick();
  a.title = 'c';
  ada.tick();
  ada.db.delete(b);
  ada.tick();
  stop();
  ada.db.restore(b);
  ada.tick();
  expect(heard).toEqual(['a b', 'b a', 'c']);
});

test('objects from before a type had a tree stand under no parent, and can be put in order', () => {
  const [ada, bob] = two();
  const Before = defineType('test.Page', { title: s.string() });
  for (const title of ['a', 'b', 'c']) ada.db.add(Before, { title });
  sync(ada, bob);
  for (const { db } of [ada, bob]) db.register(Page);
  expect(titles(ada.db.children(null))).toBe('a b c');
  const [a, b, c] = ada.db.query(Page).orderBy('title').run();
  if (a === undefined || b === undefined || c === undefined) throw new TypeError('there are three');
  ada.db.move(a, { after: b });
  expect(titles(ada.db.children(null))).toBe('b a c');
  ada.db.move(c, { before: a });
  ada.db.move(b, { parent: c });
  sync(ada, bob);
  expect([titles(bob.db.children(null)), titles(ada.db.children(c))]).toEqual(['c a', 'b']);
  const undo = new UndoLog(bob.db);
  bob.db.move(bob.db.get(b.id) as never, { parent: null, index: 0 });
  expect(titles(bob.db.children(null))).toBe('b c a');
  undo.undo();
  expect(titles(bob.db.children(null))).toBe('c a');
});

test('a writer who puts objects below themselves by force makes no cycle', () => {
  const ada = new WorldReplica('ada');
  const { db } = ada;
  const [x, y, z] = [page(db, 'x'), page(db, 'y'), page(db, 'z')];
  const force = (object: PageObject, parent: PageObject, slot: number): void => {
    const { rows } = db.fold;
    const row = rows.find(fromHex(object.id) as Uint8Array);
    const type = db.register(Page);
    const leaf = type.compiled.leafByName.get('parent');
    if (leaf === undefined) throw new TypeError('the type has a place');
    const place = [fromHex(parent.id) as Uint8Array, Uint8Array.of(slot)];
    db.mutations.set({ row, type, leaf }, place);
  };
  force(x, x, 1);
  force(y, z, 2);
  force(z, y, 3);
  const walk = [...db.trees.subtree(null)].map(
    ({ object, depth }) => `${depth}${titles([object])}`,
  );
  expect(walk).toEqual(['0x', '0z', '1y']);
  expect(db.trees.conflicts().map(({ object }) => titles([object]))).toEqual(['x', 'z']);
  const bob = new WorldReplica('bob');
  bob.pull(ada);
  expect([...bob.db.trees.subtree(null)].map(({ object }) => object.id)).toEqual([
    x.id,
    z.id,
    y.id,
  ]);
});
