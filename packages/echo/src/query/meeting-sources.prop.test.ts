/** Conjunctions over several indexes are answered as by looking at every object, and look at few. */
import { fc, test } from '@fast-check/vitest';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { describe, expect } from 'vitest';
import { WorldReplica } from '../testing/log-world.ts';
import { MEET_ROWS_MIN } from './meeting-sources.ts';

const Task = defineType('m.Task', {
  title: s.string().searchable(),
  size: s.integer().index(),
  rank: s.integer().index(),
  area: s.string(),
  state: s.string(),
  tags: s.set(s.string()),
});
type TaskObject = InstanceOf<typeof Task>;

const COUNT = 2_000;

/** Numbers that say little of each other. */
function mixed(no: number): readonly [number, number, number, number] {
  const all = Math.imul(no + 1, 2_654_435_761) >>> 0;
  return [all >>> 3, all >>> 7, all >>> 11, all >>> 15];
}

function makeWorld(): WorldReplica {
  const replica = new WorldReplica('ada');
  const { db } = replica;
  db.transaction(() => {
    for (let no = 0; no < COUNT; no++) {
      const [a, b, c, d] = mixed(no);
      const task = db.add(Task, {
        title: `w${a % 5} v${b % 7}`,
        size: b % 10,
        rank: c % 6,
        area: `area ${a % 8}`,
        state: `state ${d % 8}`,
      });
      if (c % 5 === 0) task.tags.add('urgent');
    }
  });
  replica.tick();
  return replica;
}

const world = makeWorld();
const tasks = world.db.query(Task);
// Fields that are asked for with others only get no index of their own.
for (const where of [{ area: '' }, { state: '' }, { tags: { contains: '' } }])
  tasks.where(where).run();

interface Asked {
  readonly size: number | undefined;
  readonly rank: number | undefined;
  readonly area: number | undefined;
  readonly state: number | undefined;
  readonly word: number | undefined;
  readonly isUrgent: boolean;
}

function isAmong(task: TaskObject, asked: Asked): boolean {
  const { area, isUrgent, rank, size, state, word } = asked;
  return (
    (size === undefined || task.size < size) &&
    (rank === undefined || task.rank === rank) &&
    (area === undefined || task.area === `area ${area}`) &&
    (state === undefined || task.state === `state ${state}`) &&
    (word === undefined || task.title.split(' ').includes(`w${word}`)) &&
    (!isUrgent || task.tags.has('urgent'))
  );
}

const some = (max: number): fc.Arbitrary<number | undefined> =>
  fc.option(fc.nat({ max }), { nil: undefined });

describe('a conjunction over several indexes', () => {
  test.prop(
    [
      fc.record({
        size: some(9),
        rank: some(5),
        area: some(7),
        state: some(7),
        word: some(4),
        isUrgent: fc.boolean(),
      }),
      fc.array(fc.tuple(fc.nat({ max: COUNT - 1 }), fc.nat({ max: 9 })), { maxLength: 20 }),
    ],
    { numRuns: 100 },
  )('gives what every object tested one by one gives, also after changes', (asked, changes) => {
    const { db } = world;
    const all = tasks.deleted('include').run();
    for (const [at, value] of changes) {
      const task = all[at] as TaskObject;
      if (value === 0) db.delete(task);
      else if (value < 4) task.area = `area ${value}`;
      else if (value < 7) task.size = value;
      else db.restore(task);
    }
    world.tick();
    const { area, isUrgent, rank, size, state, word } = asked;
    const query = tasks.where({
      ...(size === undefined ? {} : { size: { lt: size } }),
      ...(rank === undefined ? {} : { rank }),
      ...(area === undefined ? {} : { area: `area ${area}` }),
      ...(state === undefined ? {} : { state: `state ${state}` }),
      ...(word === undefined ? {} : { title: { text: `w${word}` } }),
      ...(isUrgent ? { tags: { contains: 'urgent' } } : {}),
    });
    const wanted = tasks.run().filter((task) => isAmong(task, asked));
    expect(new Set(query.run().map(({ id }) => id))).toEqual(new Set(wanted.map(({ id }) => id)));
    expect(query.count()).toBe(wanted.length);
  });

  test('looks only at what all of them give, and says so', () => {
    const fresh = makeWorld().db.query(Task);
    fresh.where({ area: '' }).run();
    const { examined, found, plan, words } = fresh.where({ area: 'area 3', rank: 2 }).explain();
    expect(plan.kind).toBe('meeting');
    expect(plan.of?.map(({ field }) => field)).toEqual(['area', 'rank']);
    expect(words).toContain('rows that all of these give');
    expect(examined).toBe(found);
    expect(found).toBeLessThan(COUNT / 8 / 3);
    // A few are tested at once, and an index that gives nearly all is left alone.
    const few = fresh.where({ area: 'area 3', rank: 2, size: { lt: 9 } }).explain();
    expect(few.examined).toBeLessThan(MEET_ROWS_MIN);
  });
});
