/** Fields of custom data models in history: what they showed, what differs, the way back, branches. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { countsModel, type CountsView } from '../models/counter-map.fixture.ts';
import { Person } from '../space/testing/space-fixture.ts';
import { HistoryError } from './history-error.ts';
import { forkOf, mergeFork } from './testing/branch-fixture.ts';

const Board = defineType('org.example.Board', {
  title: s.string(),
  counts: s.model<CountsView>('org.example.counter-map', 1),
});

test('a field shows what it showed then, its difference is told, and it is brought back', async () => {
  const space = await (await Person.make('Ada', 1)).found();
  const { database: db, history } = space;
  db.models.register(countsModel);
  const board = db.add(Board, { title: 'Votes' });
  board.counts.open().add('tea', 2);
  await space.flush();
  const then = history.frontier();
  board.counts.open().add('tea', 3);
  board.counts.open().add('milk', 1);
  await space.flush();
  const past = await history.at(then);
  expect(past.db.query(Board).first()?.counts.toJSON()).toEqual({ tea: 2 });
  expect(() => past.db.query(Board).first()?.counts.open().add('tea', 1)).toThrow(HistoryError);
  expect((await history.diff(board.id, then))?.fields).toEqual([
    { field: 'counts', kind: 'value', before: { tea: 2 }, after: { milk: 1, tea: 5 } },
  ]);
  await history.restore(board.id, then);
  await space.flush();
  expect(board.counts.toJSON()).toEqual({ tea: 2 });
  expect(await history.diff(board.id, then)).toBeUndefined();
});

test.each([true, false])(
  'what a branch changed in a field comes back with a merge (the code is known: %s)',
  async (hasCode) => {
    const person = await Person.make('Ada', 1);
    const origin = await person.found();
    origin.database.models.register(countsModel);
    const board = origin.database.add(Board, { title: 'Votes' });
    board.counts.open().add('tea', 2);
    await origin.flush();
    const fork = await forkOf(person, origin, {
      register: ({ database }) => {
        if (hasCode) database.models.register(countsModel);
      },
    });
    const { branch } = fork;
    const copy = branch.database.query(Board).first();
    if (copy === undefined) expect.unreachable();
    expect(copy.counts.toJSON()).toEqual(
      hasCode ? { tea: 2 } : { model: 'org.example.counter-map', ops: 1 },
    );
    // Somebody with the code works in the branch.
    if (!hasCode) branch.database.models.register(countsModel);
    copy.counts.open().add('tea', 5);
    copy.counts.open().add('milk', 1);
    await branch.flush();
    board.counts.open().add('water', 1);
    await origin.flush();
    expect((await mergeFork(fork)).objects).toHaveLength(1);
    expect(board.counts.toJSON()).toEqual({ milk: 1, tea: 7, water: 1 });
  },
);
