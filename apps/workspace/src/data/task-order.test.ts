import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { byRank, ranksForMove, type Ranked } from './task-order.ts';

const lanes = fc
  .uniqueArray(fc.record({ id: fc.uuid(), rank: fc.integer({ min: -50, max: 50 }) }), {
    selector: (task) => task.id,
    minLength: 1,
    maxLength: 12,
  })
  .map((lane) => lane.sort(byRank));

test.prop([lanes, fc.nat(), fc.nat()])('a moved task stands where it was put', (lane, from, to) => {
  const moved = lane[from % lane.length] as Ranked;
  const others = lane.filter((task) => task.id !== moved.id);
  const place = to % (others.length + 1);
  const ranks = ranksForMove(others, moved.id, place);
  const after = lane
    .map((task) => ({ id: task.id, rank: ranks.get(task.id) ?? task.rank }))
    .sort(byRank)
    .map((task) => task.id);
  const wanted = others.map((task) => task.id);
  wanted.splice(place, 0, moved.id);
  expect(after).toEqual(wanted);
});

test('moving into the same gap again and again never runs out of room', () => {
  let lane: Ranked[] = [
    { id: 'a', rank: 1 },
    { id: 'b', rank: 2 },
  ];
  for (let turn = 0; turn < 200; turn++) {
    const id = `m${String(turn)}`;
    const ranks = ranksForMove(lane, id, 1);
    lane = [...lane, { id, rank: 0 }]
      .map((task) => ({ id: task.id, rank: ranks.get(task.id) ?? task.rank }))
      .sort(byRank);
    expect(lane[1]?.id).toBe(id);
  }
});
