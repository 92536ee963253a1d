/** Custom data models in a space: same root with and without the code, lazily loaded, voided, undone. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { GlobalDot } from '../open-transaction.ts';
import { WorldReplica, type WorldBlock } from '../testing/log-world.ts';
import { UndoLog } from '../undo-log.ts';
import { countsModel, type CountsView } from './counter-map.fixture.ts';
import { defineModel } from './model.ts';

const Board = defineType('org.example.Board', {
  title: s.string(),
  counts: s.model<CountsView>('org.example.counter-map', 1),
});

function replica(
  name: string,
  hasCode = true,
  isVoid?: (block: WorldBlock) => boolean,
): WorldReplica {
  const made = new WorldReplica(name, isVoid);
  made.db.register(Board);
  if (hasCode) made.db.models.register(countsModel);
  return made;
}

test('a peer without the code has the same root, passes ops on, and shows them once it has the code', () => {
  const [ada, bob, eve] = [replica('ada'), replica('bob', false), replica('eve')];
  const board = ada.db.add(Board, { title: 'Votes' });
  board.counts.open().add('tea', 2);
  board.counts.open().add('coffee', 1);
  bob.pull(ada);
  const theirs = bob.db.query(Board).first() as typeof board;
  expect(theirs.counts.status).toBe('unknown');
  expect(theirs.counts.ops).toBe(2);
  expect(theirs.counts.toJSON()).toEqual({ model: 'org.example.counter-map', ops: 2 });
  expect(() => theirs.counts.open()).toThrowError(
    expect.objectContaining({ code: 'ECHO_MODEL' }) as Error,
  );
  expect(bob.root()).toBe(ada.root());
  eve.pull(bob);
  const far = eve.db.query(Board).first() as typeof board;
  expect(far.counts.open().counts).toEqual({ tea: 2, coffee: 1 });
  bob.db.models.register(countsModel);
  expect(theirs.counts.status).toBe('ready');
  expect(theirs.counts.toJSON()).toEqual({ coffee: 1, tea: 2 });
  expect(eve.root()).toBe(ada.root());
});

test('an opened field takes in foreign ops once a tick and tells of them', () => {
  const [ada, bob] = [replica('ada'), replica('bob')];
  const board = ada.db.add(Board, { title: 'Votes' });
  board.counts.open().add('tea', 1);
  bob.pull(ada);
  const theirs = (bob.db.query(Board).first() as typeof board).counts.open();
  let told = 0;
  theirs.onChange(() => told++);
  expect(theirs.counts).toEqual({ tea: 1 });
  board.counts.open().add('tea', 3);
  board.counts.open().add('milk', 1);
  bob.pull(ada);
  expect(theirs.counts).toEqual({ tea: 4, milk: 1 });
  expect(told).toBe(1);
});

test('ops of a block that turns void leave the field, and come back with it', () => {
  const [ada, bob] = [replica('ada'), replica('bob')];
  const board = ada.db.add(Board, { title: 'Votes' });
  bob.pull(ada);
  const theirs = (bob.db.query(Board).first() as typeof board).counts.open();
  theirs.add('tea', 5);
  ada.pull(bob);
  board.counts.open().add('tea', 1);
  bob.pull(ada);
  let resets = 0;
  theirs.onChange((reset) => (resets += Number(reset)));
  const before = ada.root();
  for (const each of [ada, bob]) each.setVoid(bob.own, (block) => bob.own.includes(block));
  expect(board.counts.open().counts).toEqual({ tea: 1 });
  expect(theirs.counts).toEqual({ tea: 1 });
  expect(resets).toBe(1);
  expect(ada.root()).toBe(bob.root());
  expect(ada.root()).not.toBe(before);
  for (const each of [ada, bob]) each.setVoid(bob.own, () => false);
  expect(theirs.counts).toEqual({ tea: 6 });
  expect(ada.root()).toBe(before);
});

test('an op whose bytes the code cannot read is kept and counted in the root, and skipped', () => {
  const [ada, bob] = [replica('ada'), replica('bob')];
  const board = ada.db.add(Board, { title: 'Votes' });
  board.counts.open().add('tea', 1);
  const known = ada.db.fold.typeOf(0);
  const leaf = known.compiled.leafByName.get('counts');
  if (leaf === undefined) return expect.unreachable();
  ada.db.mutations.model(
    { row: 0, type: known, leaf },
    { bytes: new Uint8Array(27).fill(255), needs: [], memory: undefined },
  );
  board.counts.open().add('tea', 1);
  bob.pull(ada);
  const theirs = (bob.db.query(Board).first() as typeof board).counts;
  expect(theirs.open().counts).toEqual({ tea: 2 });
  expect([theirs.ops, theirs.malformed]).toEqual([3, 1]);
  expect(board.counts.malformed).toBe(1);
  expect(bob.root()).toBe(ada.root());
});

test('undo writes the inverse of the model, and says where a model has none', () => {
  const ada = replica('ada');
  const undo = new UndoLog(ada.db);
  const board = ada.db.add(Board, { title: 'Votes' });
  ada.tick();
  board.counts.open().add('tea', 4);
  ada.tick();
  expect(undo.undo()).toEqual({ done: 1, skipped: [] });
  expect(board.counts.open().counts).toEqual({ tea: 0 });
  ada.tick();
  expect(undo.redo()?.done).toBe(1);
  expect(board.counts.open().counts).toEqual({ tea: 4 });
  const plain = replica('bob', false);
  const { invert: _, ...rest } = countsModel;
  plain.db.models.register(defineModel(rest));
  const log = new UndoLog(plain.db);
  const other = plain.db.add(Board, { title: 'Votes' });
  plain.tick();
  other.counts.open().add('tea', 4);
  plain.tick();
  expect(log.undo()).toMatchObject({ skipped: [{ reason: 'not-undoable' }] });
  expect(other.counts.open().counts).toEqual({ tea: 4 });
});

test('code that breaks its contract closes its field here alone', () => {
  const ada = replica('ada', false);
  ada.db.models.register(
    defineModel({
      ...countsModel,
      apply: (_, __, { step }) => {
        for (;;) step();
      },
    }),
  );
  const board = ada.db.add(Board, { title: 'Votes' });
  const view = board.counts.open();
  view.add('tea', 1);
  expect(board.counts.status).toBe('failed');
  expect(() => view.counts).toThrowError(
    expect.objectContaining({ code: 'ECHO_MODEL_FAILED' }) as Error,
  );
  const bob = replica('bob');
  bob.pull(ada);
  expect((bob.db.query(Board).first() as typeof board).counts.open().counts).toEqual({ tea: 1 });
  expect(bob.root()).toBe(ada.root());
});

test('an op that builds on a void one does not count, and counts again with it', () => {
  const [ada, bob] = [replica('ada'), replica('bob')];
  ada.db.add(Board, { title: 'Votes' });
  const known = ada.db.fold.typeOf(0);
  const leaf = known.compiled.leafByName.get('counts');
  if (leaf === undefined) return expect.unreachable();
  const write = (name: string, needs: readonly GlobalDot[]): GlobalDot => {
    const bytes = countsModel.encode({ name, by: 1 });
    return ada.db.mutations.model(
      { row: 0, type: known, leaf },
      { bytes, needs, memory: undefined },
    );
  };
  ada.tick();
  const first = write('tea', []);
  ada.tick();
  const built = ada.own.at(-1);
  write('milk', [first]);
  bob.pull(ada);
  const theirs = (bob.db.query(Board).first() as InstanceOf<typeof Board>).counts;
  expect(theirs.open().counts).toEqual({ tea: 1, milk: 1 });
  for (const each of [ada, bob]) each.setVoid(built ? [built] : [], (block) => block === built);
  expect(theirs.ops).toBe(0);
  expect(theirs.open().counts).toEqual({});
  expect(bob.root()).toBe(ada.root());
  for (const each of [ada, bob]) each.setVoid(built ? [built] : [], () => false);
  expect(theirs.open().counts).toEqual({ tea: 1, milk: 1 });
});
