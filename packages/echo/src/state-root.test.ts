import { defineType, s } from '@atoll/schema';
import { ready } from '@atoll/crypto';
import { beforeAll, expect, test } from 'vitest';
import { StateRoot } from './state-root.ts';
import { WorldReplica } from './testing/log-world.ts';

const Task = defineType('e.Task', { title: s.string() });
const KEY = new Uint8Array(32).fill(7);
const COUNT = 3_000;
/** Whole subtrees are hashed between two turns, so there may be some more than were meant. */
const SLICE_MAX = 600;

beforeAll(() => ready());

function filled(count: number): WorldReplica {
  const replica = new WorldReplica('ada');
  const { db } = replica;
  db.transaction(() => {
    for (let at = 0; at < count; at++) db.add(Task, { title: `task ${at}` });
  });
  replica.tick();
  return replica;
}

test('a root that is settled hashes each row once, a few between two turns, and answers at once then', async () => {
  const { fold } = filled(COUNT).db;
  const tree = new StateRoot(fold);
  let [most, before] = [0, 0];
  const turn = (): Promise<void> => {
    most = Math.max(most, tree.hashed - before);
    before = tree.hashed;
    return Promise.resolve();
  };
  await tree.settle(KEY, turn);
  expect(tree.hashed).toBe(COUNT);
  expect(most).toBeLessThan(SLICE_MAX);
  expect(tree.compute(KEY)).toEqual(new StateRoot(fold).compute(KEY));
  expect(tree.hashed).toBe(COUNT);
});

test('what changes after a root was settled is all that is hashed the next time', async () => {
  const { db } = filled(COUNT);
  const tree = new StateRoot(db.fold);
  const turn = (): Promise<void> => Promise.resolve();
  await tree.settle(KEY, turn);
  for (const row of [3, 700, 3]) tree.changed(row);
  await tree.settle(KEY, turn);
  expect(tree.hashed).toBe(COUNT + 2);
});

test('a root of few rows is settled without a turn', async () => {
  const { fold } = filled(10).db;
  const tree = new StateRoot(fold);
  let turns = 0;
  await tree.settle(KEY, () => Promise.resolve(void turns++));
  expect(turns).toBe(0);
  expect(tree.compute(KEY)).toEqual(new StateRoot(fold).compute(KEY));
});
