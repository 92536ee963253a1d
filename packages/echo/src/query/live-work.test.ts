/**
 * What a change costs live queries, counted and not timed: looks at rows through their one door, at a
 * thousand and at a hundred thousand objects. The same change must look as often, whatever is stored.
 */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { WorldReplica } from '../testing/log-world.ts';
import type { RowSource } from './row-source.ts';

const Person = defineType('w.Person', { name: s.string().index(), team: s.string() });
const Task = defineType('w.Task', {
  title: s.string(),
  done: s.boolean(),
  priority: s.integer().index(),
  project: s.string().index(),
  status: s.string(),
  estimate: s.number(),
  assignee: s.ref(() => Person),
});
type TaskObject = InstanceOf<typeof Task>;
type PersonObject = InstanceOf<typeof Person>;

const SMALL = 1_000;
const LARGE = 100_000;
/** The same at every size: tasks of one project and of one person. */
const TASKS_EACH = 20;
const A_TRANSACTION = 5_000;
/** Priorities far above all others, so that the first fifty are the same objects at every size. */
const URGENT = 1_000_000;
/** Steps of a search in an order of so many grow with the logarithm: 10 and 17 here, in each of its parts. */
const LOOKS_OF_A_SEARCH = 60;

/** Counts what is asked of `source` from now on: its own questions, and those of the readers that it makes. */
function countLooks(source: RowSource): () => number {
  let looks = 0;
  const makers = new Set<string>(['reader', 'items', 'has', 'keys', 'entry']);
  const target = source as unknown as Record<string, unknown>;
  const counted = (call: (...args: unknown[]) => unknown) => {
    return (...args: unknown[]): unknown => {
      looks++;
      return call(...args);
    };
  };
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(source))) {
    if (name === 'constructor' || name === 'count') continue;
    const own = (target[name] as (...args: unknown[]) => unknown).bind(source);
    target[name] = makers.has(name)
      ? (...args: unknown[]) => counted(own(...args) as (...args: unknown[]) => unknown)
      : counted(own);
  }
  return () => looks;
}

interface World {
  readonly db: Database;
  readonly tick: () => void;
  readonly looks: () => number;
  readonly tasks: readonly TaskObject[];
  readonly people: readonly PersonObject[];
}

function makeWorld(count: number): World {
  const replica = new WorldReplica('ada');
  const { db } = replica;
  const looks = countLooks(db.source);
  const tasks: TaskObject[] = [];
  const people: PersonObject[] = [];
  for (let from = 0; from < count; from += A_TRANSACTION) {
    db.transaction(() => {
      for (let at = from; at < Math.min(count, from + A_TRANSACTION); at++) {
        if (at % TASKS_EACH === 0) {
          people.push(db.add(Person, { name: `p${at}`, team: at < 100 ? 'ours' : 'theirs' }));
        }
        tasks.push(
          db.add(Task, {
            title: `task ${at}`,
            done: false,
            priority: at < 100 ? URGENT + at : (at * 7_919) % count,
            project: `project-${Math.floor(at / TASKS_EACH)}`,
            status: `status-${at % 10}`,
            estimate: at % 40,
            assignee: people.at(-1) as PersonObject,
          }),
        );
      }
    });
    replica.tick();
  }
  return { db, tick: () => replica.tick(), looks, tasks, people };
}

/** Looks of one change and its tick; the first change makes what is made once, so another goes before. */
function cost(world: World, change: (at: number) => void): number {
  change(0);
  world.tick();
  const before = world.looks();
  change(1);
  world.tick();
  return world.looks() - before;
}

type Counted = (world: World) => number;

const theTask = (world: World, at: number): TaskObject => world.tasks[at] as TaskObject;

const SAME: readonly (readonly [string, Counted])[] = [
  [
    'a filter whose rows come and go',
    (world) => {
      world.db.query(Task).where({ project: 'project-3' }).subscribe(noop);
      const one = theTask(world, 65);
      return cost(world, (at) => (one.project = at === 0 ? 'elsewhere' : 'project-3'));
    },
  ],
  [
    'a filter that the change does not concern',
    (world) => {
      world.db.query(Task).where({ project: 'project-3' }).subscribe(noop);
      return cost(world, (at) => (theTask(world, 500).title = `changed ${at}`));
    },
  ],
  [
    'a count',
    (world) => {
      world.db.query(Task).where({ done: false }).subscribeCount(noop);
      return cost(world, (at) => (theTask(world, 500).done = at === 0));
    },
  ],
  [
    'groups with a sum',
    (world) => {
      const groups = world.db.query(Task).groupBy('status');
      groups.aggregate({ sum: { sum: 'estimate' } }).subscribeGroups(noop);
      return cost(world, (at) => (theTask(world, 500).estimate = 50 + at));
    },
  ],
  [
    'a ref that leads elsewhere',
    (world) => {
      world.db
        .query(Task)
        .where({ assignee: { to: { team: 'ours' } } })
        .subscribe(noop);
      const other = (at: number): PersonObject => world.people[at] as PersonObject;
      return cost(world, (at) => (theTask(world, 500).assignee = other(at)));
    },
  ],
  [
    'a ref whose target changes, with twenty objects that lead to it',
    (world) => {
      world.db
        .query(Task)
        .where({ assignee: { to: { team: 'ours' } } })
        .subscribe(noop);
      const person = world.people[3] as PersonObject;
      return cost(world, (at) => (person.team = at === 0 ? 'theirs' : 'ours'));
    },
  ],
  [
    'a ref backwards: who has something urgent',
    (world) => {
      const where = { priority: { gte: URGENT } };
      const from = { type: Task.name, field: 'assignee', where };
      world.db.query(Person).where({ $from: from }).subscribe(noop);
      return cost(world, (at) => (theTask(world, 500).priority = at === 0 ? 0 : URGENT));
    },
  ],
];

const SEARCHED: readonly (readonly [string, Counted])[] = [
  [
    'an order with a limit, where a row moves behind it',
    (world) => {
      world.db.query(Task).orderBy('priority', 'desc').limit(50).subscribe(noop);
      return cost(world, (at) => (theTask(world, 500).priority = 17 + at));
    },
  ],
  [
    'an order with a limit, where one goes and the next comes',
    (world) => {
      const open = world.db.query(Task).where({ done: false });
      open.orderBy('priority', 'desc').limit(50).subscribe(noop);
      return cost(world, (at) => (theTask(world, 70).done = at !== 0));
    },
  ],
];

function noop(): void {
  // What is told does not matter here.
}

describe('a change costs live queries what it touches, not what is stored', () => {
  test('the same change looks at the same number of rows among a thousand and a hundred thousand', () => {
    const small = makeWorld(SMALL);
    const large = makeWorld(LARGE);
    for (const [name, counted] of SAME) {
      const looks = counted(small);
      expect.soft({ name, looks: counted(large) }).toEqual({ name, looks });
      expect.soft(looks, name).toBeGreaterThan(0);
    }
    for (const [name, counted] of SEARCHED) {
      const looks = counted(small);
      expect.soft(counted(large) - looks, name).toBeLessThan(LOOKS_OF_A_SEARCH);
    }
    // All of the above listen still: one change for all of them together.
    expect(large.db.live.listeners).toBe(SAME.length + SEARCHED.length);
  });
});
