/** Laws of history: the past is a replay, a difference leads from before to after, and back means back. */
import { fc, test } from '@fast-check/vitest';
import type { ObjectId } from '@atoll/kernel';
import { expect } from 'vitest';
import { WorldReplica, type WorldBlock } from '../testing/log-world.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { randomKindsEdit } from '../testing/random-kinds.ts';
import { decodeSection } from '../section-codec.ts';
import { objectIdBytes } from '../op-ids.ts';
import { worldHistory } from '../testing/world-history.ts';
import { History } from './history.ts';
import type { FieldDiff, ObjectDiff } from './object-diff.ts';

type Random = (below: number) => number;

/** Writers that edit at random and hear of each other; the first has everything in the end. */
function randomWorld(random: Random, edit: typeof randomEdit = randomEdit): WorldReplica {
  const writers = ['ada', 'bob', 'eve'].map((name) => new WorldReplica(name));
  for (let step = 0; step < 12 + random(14); step++) {
    const writer = writers[random(writers.length)] as WorldReplica;
    if (random(3) === 0) writer.pull(writers[random(writers.length)] as WorldReplica);
    for (let edits = 0; edits <= random(4); edits++) edit(writer.db, random);
    writer.tick();
  }
  const [ada] = writers as [WorldReplica];
  for (const writer of writers) ada.pull(writer);
  return ada;
}

/** A causally closed part of a log. */
function randomCut(replica: WorldReplica, random: Random): WorldBlock[] {
  const heads = replica.log.filter(() => random(4) === 0);
  return replica.log.filter((block) =>
    heads.some((head) => head === block || head.past.has(block)),
  );
}

function frontierOf(blocks: readonly WorldBlock[]): string[] {
  const covered = new Set(blocks.flatMap(({ past }) => [...past]));
  const heads = blocks.filter((block) => !covered.has(block));
  return heads.map(({ hash }) => Buffer.from(hash).toString('hex')).sort();
}

function naive(
  blocks: readonly WorldBlock[],
  isVoid?: (block: WorldBlock) => boolean,
): WorldReplica {
  const replica = new WorldReplica('naive', isVoid);
  for (const block of blocks) expect(replica.receive(block)).toBe(true);
  replica.tick();
  return replica;
}

/** Everything that people see of a database. */
function seen(db: WorldReplica['db']): unknown {
  const rows = db.fold.rows;
  const all: [string, unknown][] = [];
  for (let row = 0; row < rows.count; row++) {
    if (rows.isVoid(row)) continue;
    const id = rows.id(row);
    const page = (db.getDeleted(id) as { page?: { toDocument(): unknown } } | undefined)?.page;
    const extra = page?.toDocument();
    all.push([id, [db.get(id) !== undefined, JSON.stringify(db.plain(row)), extra]]);
  }
  return all.sort(([a], [b]) => (a < b ? -1 : 1));
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const edits: readonly (typeof randomEdit)[] = [
  randomEdit,
  (db, random) => randomKindsEdit(db, random),
];

test.prop([seeds], { numRuns: 20 })(
  'the state at a frontier is what another database makes of exactly those blocks',
  async (seed) => {
    const random = randomFrom(seed);
    const ada = randomWorld(random, edits[random(2)]);
    const root = ada.root();
    const history = new History(worldHistory(ada));
    const blocks = randomCut(ada, random);
    const past = await history.at(frontierOf(blocks));
    const replayed = naive(blocks);
    expect([...past.db.stateRoot(new Uint8Array(32).fill(7))].join(',')).toBe(replayed.root());
    expect(seen(past.db)).toEqual(seen(replayed.db));
    expect(past.frontier).toEqual(frontierOf(blocks));
    expect(ada.root()).toBe(root);
  },
);

test.prop([seeds], { numRuns: 15 })(
  'where two holders of one key wrote, the past is a replay too, and comes back',
  async (seed) => {
    const random = randomFrom(seed);
    const ada = new WorldReplica('ada');
    const work = (writer: WorldReplica): void => {
      for (let edit = 0; edit < 6; edit++) randomEdit(writer.db, random);
      writer.tick();
    };
    work(ada);
    const copy = new WorldReplica('ada', undefined, 'copy');
    copy.adopt(ada.own);
    for (const writer of [ada, copy, ada, copy]) work(writer);
    const all = new WorldReplica('all');
    for (const writer of [ada, copy][random(2)] === ada ? [ada, copy] : [copy, ada])
      all.pull(writer);
    work(all);
    const history = new History(worldHistory(all));
    const blocks = randomCut(all, random);
    const past = await history.at(frontierOf(blocks));
    const expected = naive(blocks).root();
    expect([...past.db.stateRoot(new Uint8Array(32).fill(7))].join(',')).toBe(expected);
    await history.restoreSpace(past.frontier);
    all.tick();
    const [id] = (seen(past.db) as [ObjectId, unknown][]).map(([each]) => each);
    if (id !== undefined) expect(contents(all.db, id)).toEqual(contents(past.db, id));
  },
);

test.prop([seeds], { numRuns: 20 })(
  'an object folded alone is what it is in the state of the whole space',
  async (seed) => {
    const random = randomFrom(seed);
    const ada = randomWorld(random, edits[random(2)]);
    const history = new History(worldHistory(ada));
    const frontier = frontierOf(randomCut(ada, random));
    const whole = await history.at(frontier);
    const { rows } = whole.db.fold;
    for (let row = 0; row < rows.count; row++) {
      const id = rows.id(row);
      const alone = await history.at(frontier, [id]);
      const [was] = (seen(whole.db) as [string, unknown][]).filter(([each]) => each === id);
      expect(seen(alone.db)).toEqual(was === undefined ? [] : [was]);
    }
  },
);

test.prop([seeds], { numRuns: 15 })('void blocks show in no state of the past', async (seed) => {
  const random = randomFrom(seed);
  const ada = randomWorld(random);
  const voids = new Set(ada.log.filter(() => random(4) === 0));
  const isVoid = (block: WorldBlock): boolean => voids.has(block);
  ada.setVoid([...voids], isVoid);
  const history = new History(worldHistory(ada, isVoid));
  const blocks = randomCut(ada, random);
  const past = await history.at(frontierOf(blocks));
  const expected = naive(blocks, isVoid).root();
  expect([...past.db.stateRoot(new Uint8Array(32).fill(7))].join(',')).toBe(expected);
});

test.prop([seeds], { numRuns: 20 })(
  'a difference applied to the state before gives the state after',
  async (seed) => {
    const random = randomFrom(seed);
    const ada = randomWorld(random, edits[random(2)]);
    const history = new History(worldHistory(ada));
    const [from, to] = [frontierOf(randomCut(ada, random)), frontierOf(randomCut(ada, random))];
    const diffs = await history.compare(from, to);
    const [before, after] = [await history.at(from), await history.at(to)];
    for (const diff of diffs)
      expectLeads(diff, contents(before.db, diff.id), contents(after.db, diff.id));
    const changed = new Set(diffs.map(({ id }) => id));
    const same = (db: WorldReplica['db']): unknown =>
      (seen(db) as [string, unknown][]).filter(
        ([id]) => !changed.has(id) && db.get(id) !== undefined,
      );
    expect(same(before.db)).toEqual(same(after.db));
    expect(await history.compare(from, from)).toEqual([]);
  },
);

test.prop([seeds], { numRuns: 20 })(
  'what was brought back looks as it was, in one step of undo, and nothing else changes',
  async (seed) => {
    const random = randomFrom(seed);
    const ada = randomWorld(random, edits[random(2)]);
    const history = new History(worldHistory(ada));
    const frontier = frontierOf(randomCut(ada, random));
    const past = await history.at(frontier);
    const ids = (seen(past.db) as [ObjectId, unknown][]).map(([id]) => id);
    const id = ids[random(Math.max(1, ids.length))];
    if (id === undefined) return;
    const others = (db: WorldReplica['db']): unknown =>
      (seen(db) as [string, unknown][]).filter(([each]) => each !== id);
    const before = others(ada.db);
    const { length } = ada.log;
    await history.restore(id, frontier);
    ada.tick();
    expect(ada.log.length - length).toBeLessThanOrEqual(1);
    expect(others(ada.db)).toEqual(before);
    expect(contents(ada.db, id)).toEqual(contents(past.db, id));
    expect(await history.diff(id, frontier)).toBe(undefined);
  },
);

test.prop([seeds], { numRuns: 15 })(
  'a space brought back shows what it showed, and what came later is deleted',
  async (seed) => {
    const random = randomFrom(seed);
    const ada = randomWorld(random, edits[random(2)]);
    const history = new History(worldHistory(ada));
    const frontier = frontierOf(randomCut(ada, random));
    const past = await history.at(frontier);
    await history.restoreSpace(frontier);
    ada.tick();
    const live = (db: WorldReplica['db']): unknown =>
      (seen(db) as [string, readonly [boolean]][]).filter(([, [isLive]]) => isLive);
    expect(live(ada.db)).toEqual(live(past.db));
  },
);

test.prop([seeds], { numRuns: 8 })(
  'the timeline tells of every op on an object once, in pages of any size',
  async (seed) => {
    const random = randomFrom(seed);
    const ada = randomWorld(random, edits[random(2)]);
    const history = new History(worldHistory(ada));
    const { fold } = ada.db;
    for (let row = 0; row < Math.min(4, fold.rows.count); row++) {
      const id = fold.rows.id(row);
      const whole = await history.timeline(id, { limit: 1000 });
      expect(whole.next).toBe(undefined);
      expect(whole.entries.flatMap(({ blocks }) => blocks).sort()).toEqual(
        fold
          .blocksOf([row])
          .map((no) => worldHistory(ada).hashOf(no))
          .sort(),
      );
      const ops = whole.entries.reduce((sum, entry) => sum + entry.ops, 0);
      expect(ops).toBe(opsOn(ada, id));
      const paged = [];
      for (let after: string | undefined, more = true; more;) {
        const page = await history.timeline(id, {
          limit: 1 + random(3),
          ...(after === undefined ? {} : { after }),
        });
        paged.push(...page.entries);
        after = page.next;
        more = after !== undefined;
      }
      expect(paged).toEqual(whole.entries);
      const last = whole.entries[0];
      if (last !== undefined) expect(await history.diff(id, last.frontier)).toBe(undefined);
    }
  },
);

/** Ops on an object in the whole log, counted without history. */
function opsOn(replica: WorldReplica, id: ObjectId): number {
  const { fold } = replica.db;
  const row = fold.rows.find(Uint8Array.from(Buffer.from(id, 'hex')));
  let ops = 0;
  for (const block of replica.log) {
    const context = replica.context(block);
    const section = decodeSection(block.section);
    const names = fold.namesOf(section, context);
    let creations = 0;
    for (const op of section.ops) {
      if (op.kind === 'create') {
        const made = objectIdBytes(context, creations++);
        if (fold.rows.find(made) === row) ops++;
      } else if (op.kind !== 'type' && names.row(op.object) === row) ops++;
    }
  }
  return ops;
}

type Contents = Record<string, unknown> | undefined;

/** What an object shows, by field, in the terms of differences. */
function contents(db: WorldReplica['db'], id: string): Contents {
  const object = db.getDeleted(id);
  if (object === undefined) return undefined;
  const row = db.fold.rows.find(Uint8Array.from(Buffer.from(id, 'hex')));
  const plain = JSON.parse(JSON.stringify(db.plain(row))) as Record<string, unknown>;
  const page = (object as unknown as { page?: { toDocument(): unknown } }).page?.toDocument();
  return {
    ...plain,
    ...(page === undefined ? {} : { page$: page }),
    live$: db.get(id) !== undefined,
  };
}

function at(of: Contents, field: string): unknown {
  return field.split('.').reduce<unknown>((part, name) => (part as Contents)?.[name], of);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !JSON.stringify(value).includes('{"');
}

function expectLeads(diff: ObjectDiff, before: Contents, after: Contents): void {
  for (const field of diff.fields) {
    const [was, is] = [at(before, field.field), at(after, field.field)];
    switch (field.kind) {
      case 'counter':
        expect([field.before, field.after]).toEqual([was ?? 0, is ?? 0]);
        break;
      case 'set': {
        const gone = new Set(field.removed.map((item) => JSON.stringify(item)));
        const kept = ((was ?? []) as unknown[]).filter((item) => !gone.has(JSON.stringify(item)));
        expect(new Set([...kept, ...field.added])).toEqual(new Set((is ?? []) as unknown[]));
        break;
      }
      case 'text':
      case 'list':
        expectPieces(field, was, is);
        break;
      case 'value':
        expect([field.before, field.after]).toEqual([was, is]);
        break;
      case 'map':
        for (const { key, before: old, after: next } of field.entries) {
          if (isPlain(was) && isPlain(is)) expect([old, next]).toEqual([was[key], is[key]]);
        }
        break;
      default:
    }
  }
}

function expectPieces(
  field: Extract<FieldDiff, { readonly kind: 'text' | 'list' }>,
  was: unknown,
  is: unknown,
): void {
  if (field.kind === 'text') {
    const side = (skip: string): string =>
      field.pieces.flatMap(({ change, text }) => (change === skip ? [] : text)).join('');
    expect([side('added'), side('removed')]).toEqual([was ?? '', is ?? '']);
    return;
  }
  const next: unknown[] = [];
  const old: unknown[] = [];
  for (const piece of field.pieces) {
    if (piece.to !== undefined) next[piece.to] = piece.value;
    if (piece.from !== undefined) old[piece.from] = 'was' in piece ? piece.was : piece.value;
  }
  expect([old, next]).toEqual([was ?? [], is ?? []]);
}
