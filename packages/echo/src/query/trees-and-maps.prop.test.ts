/** Conditions on places in a tree and on the entries of maps of records, against looking at every object. */
import { fc, test } from '@fast-check/vitest';
import type { ObjectId } from '@atoll/kernel';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect } from 'vitest';
import type { Database } from '../database.ts';
import { WorldReplica, type WorldBlock } from '../testing/log-world.ts';
import { randomFrom } from '../testing/random-edits.ts';
import type { QueryForm, TreeGoal, Where } from './query-form.ts';

const Page = defineType('t.Page', {
  title: s.string(),
  parent: s.tree('pages'),
  lines: s.map(
    s.record({
      what: s.string(),
      count: s.integer().default(1),
      when: s.union([s.date(), s.string()]).optional(),
    }),
  ),
});
const Folder = defineType('t.Folder', { title: s.string(), parent: s.tree('pages') });
type PageObject = InstanceOf<typeof Page>;

const WORDS = ['nail', 'rope', 'tar'] as const;
const MOMENT = new Date('2026-05-01T00:00:00.000Z');
type Random = (below: number) => number;

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)] as T;
}

function nodesOf(db: Database): PageObject[] {
  const folders = db.query(Folder).deleted('include').run() as unknown as PageObject[];
  return [...db.query(Page).deleted('include').run(), ...folders];
}

function edit(db: Database, random: Random): void {
  const nodes = nodesOf(db);
  const node = pick(random, nodes);
  const other = pick(random, nodes);
  if (nodes.length === 0 || (nodes.length < 12 && random(3) === 0)) {
    const parent = random(3) === 0 || nodes.length === 0 ? {} : { parent: other };
    if (random(3) === 0) db.add(Folder, { title: 'f', ...parent });
    else db.add(Page, { title: 'p', ...parent });
    return;
  }
  const changes = [
    () => (node.title = pick(random, WORDS)),
    () => db.move(node, { parent: random(4) === 0 ? null : other }),
    () => db.move(node, { parent: other }),
    () => (random(2) === 0 ? db.delete(node) : db.restore(node)),
    () => editLines(node, random),
    () => editLines(node, random),
  ];
  try {
    changes[random(changes.length)]?.();
  } catch {
    // An object cannot be put below itself.
  }
}

function editLines({ lines }: PageObject, random: Random): void {
  if ((lines as unknown) === undefined) return;
  const key = pick(random, ['a', 'b']);
  const line = lines.get(key);
  if (line === undefined) {
    const when = pick(random, [undefined, MOMENT, 'soon']);
    lines.set(key, { what: pick(random, WORDS), ...(when === undefined ? {} : { when }) });
  } else if (random(3) === 0) lines.delete(key);
  else if (random(2) === 0) line.count = random(4);
  else line.what = pick(random, WORDS);
}

function goal(db: Database, random: Random): TreeGoal {
  const id =
    random(5) === 0 ? null : ((pick(random, nodesOf(db))?.id as ObjectId | undefined) ?? null);
  return { id, ...(random(2) === 0 ? { depth: 1 + random(3) } : {}) };
}

function where(db: Database, random: Random): Where {
  const what = pick(random, WORDS);
  const count = random(4);
  const conditions: Where[] = [
    { $under: goal(db, random) },
    { $above: { ...goal(db, random), id: pick(random, nodesOf(db))?.id ?? 'a'.repeat(32) } },
    { lines: { some: { what, count } } },
    { lines: { some: { $or: [{ what: { prefix: 'na' } }, { count: { gt: count } }] } } },
    { lines: { some: { $not: { what } } } },
    { lines: { contains: 'a' } },
    { lines: { exists: random(2) === 0 } },
  ];
  const one = pick(random, conditions);
  const both = [one, pick(random, conditions)];
  return pick(random, [one, one, { $and: both }, { $or: both }, { $not: one }]);
}

/** Everything below an object that is shown there, by asking for children again and again. */
function below(db: Database, parent: unknown, depth: number): string[] {
  if (depth === 0) return [];
  const children = db.children(parent as PageObject | null, 'pages');
  return children.flatMap((child) => [child.id, ...below(db, child, depth - 1)]);
}

function holds(db: Database, page: PageObject, given: Where): boolean {
  return Object.entries(given).every(([key, value]) => {
    const all = value as readonly Where[];
    if (key === '$and') return all.every((each) => holds(db, page, each));
    if (key === '$or') return all.some((each) => holds(db, page, each));
    if (key === '$not') return !holds(db, page, value as Where);
    if (key === 'lines') return holdsLines(page, value as Record<string, unknown>);
    const { depth = 20, id } = value as TreeGoal;
    const object = id === null ? null : nodesOf(db).find((each) => each.id === id);
    if (object === undefined) return false;
    if (key === '$under') return below(db, object, depth).includes(page.id);
    const above = db.trees.ancestors(object as PageObject, 'pages');
    return above.slice(0, depth).some((each) => each.id === page.id);
  });
}

function holdsLines({ lines }: PageObject, condition: Record<string, unknown>): boolean {
  if ('contains' in condition) return lines.has(String(condition['contains']));
  if ('exists' in condition) return lines.size > 0 === condition['exists'];
  return [...lines].some(([, line]) => holdsLine(line, condition['some'] as Where));
}

function holdsLine(line: { what: string; count: number }, given: Where): boolean {
  return Object.entries(given).every(([key, value]) => {
    if (key === '$or') return (value as readonly Where[]).some((each) => holdsLine(line, each));
    if (key === '$not') return !holdsLine(line, value as Where);
    const condition = value as { eq?: unknown; prefix?: string; gt?: number };
    if (key === 'count') {
      return condition.gt === undefined ? line.count === condition.eq : line.count > condition.gt;
    }
    return condition.prefix === undefined
      ? line.what === condition.eq
      : line.what.startsWith(condition.prefix);
  });
}

test.prop([fc.integer({ min: 0, max: 2 ** 31 })], { numRuns: 80 })(
  'places in a tree and entries of maps are known after each change, cycles and missing parents included',
  (seed) => {
    const random = randomFrom(seed);
    const voids = new Set<WorldBlock>();
    const isVoid = (block: WorldBlock): boolean => voids.has(block);
    const ada = new WorldReplica('ada', isVoid);
    const bob = new WorldReplica('bob');
    const { db } = ada;
    for (const replica of [ada, bob]) for (const type of [Page, Folder]) replica.db.register(type);
    for (let step = 0; step < 10; step++) edit(db, random);
    ada.tick();
    bob.pull(ada);
    const watched = Array.from({ length: 6 }, () => {
      const form: QueryForm = { type: Page.name, where: where(db, random) };
      const kept = { query: db.queryForm(form), ids: [] as readonly string[] };
      kept.query.subscribe((found) => (kept.ids = found.map(({ id }) => id)));
      return kept;
    });
    for (let round = 0; round < 10; round++) {
      for (let step = random(3); step >= 0; step--) edit(db, random);
      ada.tick();
      if (random(2) === 0) {
        for (let step = random(3); step >= 0; step--) edit(bob.db, random);
        bob.tick();
        ada.pull(bob);
      }
      if (random(3) === 0) bob.pull(ada);
      const doubted = random(3) === 0 ? bob.own[random(bob.own.length)] : undefined;
      if (doubted !== undefined && ada.log.includes(doubted)) {
        if (!voids.delete(doubted)) voids.add(doubted);
        ada.setVoid([doubted], isVoid);
      }
      ada.tick();
      const pages = db.query(Page).run();
      for (const { ids, query } of watched) {
        const form = query.toJSON();
        const wanted = pages
          .filter((page) => holds(db, page, form.where ?? {}))
          .map(({ id }) => id);
        const shown = JSON.stringify(form);
        expect(
          query.run().map(({ id }) => id),
          shown,
        ).toEqual(wanted);
        expect(ids, `kept: ${shown}`).toEqual(wanted);
        expect(query.count(), shown).toBe(wanted.length);
      }
    }
  },
);
