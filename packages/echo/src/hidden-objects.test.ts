/** Objects that are not to be shown: what leaves them out, and what does not. */
import { defineType, s } from '@atoll/schema';
import type { ObjectId } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { handOver } from './query/hand-over.ts';
import { WorldReplica } from './testing/log-world.ts';

const Page = defineType('hidden.Page', {
  title: s.string(),
  parent: s.tree('hidden'),
  about: s.ref({ name: 'hidden.Page' }).optional(),
  key: s.string().optional(),
});

function titles(found: Iterable<{ readonly id: string }>): unknown[] {
  return [...found].map((object) => 'title' in object && object.title);
}

function hide({ db }: WorldReplica, ...objects: readonly { readonly id: string }[]): void {
  db.hidden.replace(new Set(objects.map(({ id }) => id as ObjectId)));
}

test('lists, trees, refs and hops leave out what is hidden; who asks by name gets it', () => {
  const ada = new WorldReplica('ada');
  const { db } = ada;
  const home = db.add(Page, { title: 'home' });
  const spam = db.add(Page, { title: 'spam', parent: home });
  const below = db.add(Page, { title: 'below', parent: spam });
  const answer = db.add(Page, { title: 'answer', parent: home, about: spam });
  ada.tick();
  hide(ada, spam);
  expect(titles(db.query(Page).run())).toEqual(['home', 'below', 'answer']);
  expect(titles(db.query(Page).hidden('include').run())).toContain('spam');
  expect(titles(db.query(Page).hidden('only').run())).toEqual(['spam']);
  expect(titles(db.children(home))).toEqual(['answer']);
  expect(titles(db.query(Page).under(home).run())).toEqual(['answer']);
  expect(
    db
      .query(Page)
      .where({ about: { to: { title: 'spam' } } })
      .count(),
  ).toBe(0);
  expect([answer.about?.$state, answer.about?.$target]).toEqual(['hidden', undefined]);
  expect([db.get(spam.id)?.['title'], spam.$state]).toEqual(['spam', 'hidden']);
  // As many as a query of all that is shown finds.
  expect(db.count()).toBe(3);
  db.delete(spam);
  expect(spam.$state).toBe('deleted');
  expect(db.count()).toBe(3);
  expect(titles(db.query(Page).deleted('only').run())).toEqual([]);
  expect(titles(db.query(Page).deleted('only').hidden('only').run())).toEqual(['spam']);
  db.restore(spam);
  hide(ada);
  expect(titles(db.query(Page).run())).toEqual(['home', 'spam', 'below', 'answer']);
  expect(below.parent?.$state).toBe('present');
  expect(db.count()).toBe(4);
});

test('what is hidden before it is here is never told of, also not to who goes on with another database', () => {
  const [ada, bob, again] = [
    new WorldReplica('ada'),
    new WorldReplica('bob'),
    new WorldReplica('eve'),
  ];
  const spam = ada.db.add(Page, { title: 'spam' });
  ada.db.add(Page, { title: 'good' });
  ada.tick();
  hide(bob, spam);
  const told: unknown[][] = [];
  bob.db.query(Page).subscribe((pages) => told.push(titles(pages)));
  bob.pull(ada);
  bob.tick();
  again.pull(ada);
  again.tick();
  handOver(bob.db, again.db);
  expect(told).toEqual([[], ['good'], ['good']]);
});

test('hiding is no change of what is stored', () => {
  const ada = new WorldReplica('ada');
  const page = ada.db.add(Page, { title: 'page' });
  ada.tick();
  const root = ada.db.stateRoot(new Uint8Array(32));
  hide(ada, page);
  ada.db.flush();
  expect(ada.db.stateRoot(new Uint8Array(32))).toEqual(root);
});
