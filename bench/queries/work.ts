/**
 * One size of the bench of queries, in a process of its own: `work.ts COUNT`. Prints figures as JSON: for
 * each live query CPU of a change that concerns it, and of asking the same anew.
 */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import type { Database, Query } from '@atoll/echo';
import { BenchReplica } from '../objects/replica.ts';

/** Microseconds of CPU: one change without listeners, with one, and asking anew. */
export interface QueryFigures {
  readonly name: string;
  readonly change: number;
  readonly live: number;
  readonly rerun: number;
  /** Objects that the query finds. */
  readonly found: number;
}

const Person = defineType('bench.Person', { name: s.string().index(), team: s.string() });
const Task = defineType('bench.Task', {
  title: s.string().searchable(),
  done: s.boolean(),
  priority: s.integer().index(),
  project: s.string().index(),
  status: s.string(),
  estimate: s.number(),
  assignee: s.ref(() => Person),
});
type TaskObject = InstanceOf<typeof Task>;
type PersonObject = InstanceOf<typeof Person>;

/** Tasks of one project, of one person: the same at every size, so that results are. */
const TASKS_EACH = 100;
const ROUNDS = 3;

interface World {
  readonly db: Database;
  readonly tick: () => void;
  readonly tasks: readonly TaskObject[];
  readonly people: readonly PersonObject[];
}

interface Case {
  readonly name: string;
  readonly query: Pick<
    Query<TaskObject> | Query<PersonObject>,
    'run' | 'count' | 'groups' | 'subscribe' | 'subscribeCount' | 'subscribeGroups'
  >;
  readonly as: 'list' | 'count' | 'groups';
  readonly change: (at: number) => void;
}

function makeWorld(count: number): World {
  const replica = new BenchReplica(1);
  const { db } = replica;
  const tasks: TaskObject[] = [];
  const people: PersonObject[] = [];
  const groups = Math.ceil(count / TASKS_EACH);
  for (let from = 0; from < count; from += 1000) {
    db.transaction(() => {
      for (let at = from; at < Math.min(count, from + 1000); at++) {
        if (at % TASKS_EACH === 0) {
          people.push(db.add(Person, { name: `person-${at}`, team: `team-${at % 7}` }));
        }
        tasks.push(
          db.add(Task, {
            title: `task ${at} of ${(at * 7919) % 1000}`,
            done: at % 3 === 0,
            priority: (at * 7919) % 100_003,
            project: `project-${at % groups}`,
            status: `status-${at % 10}`,
            estimate: (at % 40) / 4,
            assignee: people.at(-1) as PersonObject,
          }),
        );
      }
    });
    replica.tick();
  }
  return { db, tick: () => replica.tick(), tasks, people };
}

function casesOf({ db, tasks, people }: World): Case[] {
  const task = (at: number): TaskObject => tasks[(at * 7919) % tasks.length] as TaskObject;
  const person = (at: number): PersonObject => people[(at * 31) % people.length] as PersonObject;
  const mine = tasks.filter(({ project }) => project === 'project-3');
  const urgent = [...tasks].sort((a, b) => b.priority - a.priority).slice(0, 100);
  const all = db.query(Task);
  return [
    {
      name: 'filter: one project, a task of it comes or goes',
      query: all.where({ project: 'project-3' }),
      as: 'list',
      change: (at) => {
        const one = mine[at % mine.length] as TaskObject;
        one.project = one.project === 'project-3' ? 'elsewhere' : 'project-3';
      },
    },
    {
      name: 'filter: one project, another task changes',
      query: all.where({ project: 'project-3' }),
      as: 'list',
      change: (at) => (task(at).title = `changed ${at}`),
    },
    {
      name: 'order and limit: the 50 most urgent of all, any priority changes',
      query: all.orderBy('priority', 'desc').orderBy('title').limit(50),
      as: 'list',
      change: (at) => (task(at).priority = (at * 104_729) % 100_003),
    },
    {
      name: 'order and limit: one of the 50 goes, the next comes',
      query: all.where({ done: false }).orderBy('priority', 'desc').limit(50),
      as: 'list',
      change: (at) => {
        const one = urgent[at % 60] as TaskObject;
        one.done = !one.done;
      },
    },
    {
      name: 'count of what is not done',
      query: all.where({ done: false }),
      as: 'count',
      change: (at) => (task(at).done = at % 2 === 0),
    },
    {
      name: 'groups: ten, with sum and greatest',
      query: all
        .groupBy('status')
        .aggregate({ sum: { sum: 'estimate' }, most: { max: 'priority' } }),
      as: 'groups',
      change: (at) => (task(at).estimate = (at % 80) / 4),
    },
    {
      name: 'ref: tasks of a team, a task gets another person',
      query: all.where({ assignee: { to: { team: 'team-3' } }, priority: { gt: 99_000 } }),
      as: 'list',
      change: (at) => (task(at).assignee = person(at)),
    },
    {
      name: `ref: tasks of a team, a person with ${TASKS_EACH} tasks changes team`,
      query: all.where({ assignee: { to: { team: 'team-3' } }, priority: { gt: 99_000 } }),
      as: 'list',
      change: (at) => (person(at).team = `team-${at % 7}`),
    },
    {
      name: 'ref back: who has something urgent, a priority changes',
      query: db.query(Person).where({
        $from: { type: Task.name, field: 'assignee', where: { priority: { gt: 99_900 } } },
      }),
      as: 'list',
      change: (at) => (task(at).priority = (at * 104_729) % 100_003),
    },
    {
      name: 'words: "task 77…", a title changes',
      query: all.where({ title: { text: 'task 77' } }).limit(50),
      as: 'list',
      change: (at) => (task(at).title = `task ${at % 2 === 0 ? '77' : '5'} ${at}`),
    },
    {
      name: 'the whole half that is not done, as one list',
      query: all.where({ done: false }),
      as: 'list',
      change: (at) => (task(at).done = at % 2 === 0),
    },
  ];
}

/** Microseconds of CPU for each call, the least of some rounds. */
function cpu(calls: number, call: (at: number) => void): number {
  let least = Infinity;
  let at = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    for (let each = 0; each < calls; each++) call(at++);
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / calls);
  }
  return least;
}

function ask({ query, as }: Case): number {
  if (as === 'count') return query.count();
  return as === 'groups' ? query.groups().length : query.run().length;
}

function measure(world: World, one: Case): QueryFigures {
  const { query, as, change, name } = one;
  const step = (at: number): void => {
    change(at);
    world.tick();
  };
  cpu(300, step);
  const bare = cpu(500, step);
  const nothing = (): void => undefined;
  const stop =
    as === 'count'
      ? query.subscribeCount(nothing)
      : as === 'groups'
        ? query.subscribeGroups(nothing)
        : query.subscribe(nothing);
  const live = cpu(500, step);
  stop();
  const { length } = world.tasks;
  const calls = length > 200_000 ? 1 : length > 20_000 ? 5 : 30;
  const rerun = cpu(calls, (at) => {
    step(at);
    ask(one);
  });
  return { name, change: bare, live, rerun, found: ask(one) };
}

const world = makeWorld(Number(process.argv[2]));
console.log(JSON.stringify(casesOf(world).map((one) => measure(world, one))));
