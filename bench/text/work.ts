/**
 * The works of the text benchmark, each run in a process of its own so that the first round is a cold one.
 * Prints one JSON object: CPU milliseconds a round, and bytes.
 */
import { deflateSync } from 'node:zlib';
import { hostileShapes } from '../../packages/echo/src/sequence/hostile-shapes.fixture.ts';
import {
  PLAIN_ORDER,
  readTrace,
  type Trace,
  type TraceStep,
} from '../../packages/echo/src/sequence/trace.fixture.ts';
import { TextSequence } from '../../packages/echo/src/sequence/text-sequence.ts';
import { ENGINES, type Engine, type Replica } from './engine.ts';

/** What a work measured. */
export interface Measured {
  readonly cpuMs: readonly number[];
  readonly bytes?: number;
  readonly deflated?: number;
  /** Average CPU and the wall time that one op in a thousand is above, both in µs an op. */
  readonly shapes?: Readonly<Record<string, readonly [average: number, high: number]>>;
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function edit(replica: Replica, step: TraceStep): void {
  for (const [position, deleted, inserted] of step.patches) {
    if (deleted > 0) replica.delete(position, deleted);
    if (inserted.length > 0) replica.insert(position, inserted);
  }
}

function check(text: string, trace: Trace): void {
  if (text !== trace.endContent) throw new TypeError('the text differs from the trace');
}

function local(engine: Engine, trace: Trace, rounds: number): Measured {
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const replica = engine.openLocal(0);
    cpu.push(cpuMs(() => trace.steps.forEach((step) => edit(replica, step))));
    check(replica.text(), trace);
  }
  return { cpuMs: cpu };
}

/** Edits with an update for each transaction, which another replica then applies one by one. */
function remote(engine: Engine, trace: Trace, rounds: number): Measured {
  const replicas = Array.from({ length: trace.agents }, (_, agent) => ({
    replica: engine.open(agent),
    seen: new Set<number>(),
  }));
  const updates: Uint8Array[] = [];
  for (const [index, step] of trace.steps.entries()) {
    const { replica, seen } = replicas[step.agent] as (typeof replicas)[number];
    const missing: number[] = [];
    const queue = [...step.parents];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      missing.push(at);
      queue.push(...(trace.steps[at] as TraceStep).parents);
    }
    for (const at of missing.sort((a, b) => a - b)) replica.apply(updates[at] as Uint8Array);
    edit(replica, step);
    seen.add(index);
    updates.push(replica.commit());
  }
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const reader = engine.open(100);
    cpu.push(cpuMs(() => updates.forEach((update) => reader.apply(update))));
    check(reader.text(), trace);
  }
  return { cpuMs: cpu, bytes: updates.reduce((sum, { length }) => sum + length, 0) };
}

function load(engine: Engine, trace: Trace, rounds: number): Measured {
  const replica = engine.open(0);
  for (const step of trace.steps) edit(replica, step);
  const bytes = replica.save();
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round++) {
    cpu.push(cpuMs(() => check(engine.load(bytes).text(), trace)));
  }
  return { cpuMs: cpu, bytes: bytes.length, deflated: deflateSync(bytes).length };
}

/** Writers who type at the start at the same time, each alone; a reader gets one after the other. */
function prepend(engine: Engine, writers: number, count: number): Measured {
  const updates = Array.from({ length: writers }, (_, agent) => {
    const writer = engine.open(agent);
    return Array.from({ length: count }, () => {
      writer.insert(0, 'x');
      return writer.commit();
    });
  });
  const cpu = [updates, [...updates].reverse()].map((order) => {
    const reader = engine.open(100);
    const spent = cpuMs(() => order.flat().forEach((update) => reader.apply(update)));
    if (reader.text().length !== writers * count) throw new TypeError('some text is missing');
    return spent;
  });
  return { cpuMs: [Math.max(...cpu)] };
}

function shapes(): Measured {
  const found: Record<string, readonly [number, number]> = {};
  for (let round = 0; round < 3; round++) {
    for (const [name, inserts] of hostileShapes()) {
      const text = new TextSequence(PLAIN_ORDER);
      const walls = new Float64Array(inserts.length);
      const spent = cpuMs(() => {
        for (const [at, { agent, insert }] of inserts.entries()) {
          const start = performance.now();
          text.apply(insert, { agent, stamp: 0 });
          walls[at] = performance.now() - start;
        }
      });
      const high = walls.sort()[Math.floor(walls.length * 0.999)] ?? 0;
      found[name] = [(spent * 1000) / inserts.length, high * 1000];
    }
  }
  return { cpuMs: [], shapes: found };
}

function run(work: string, name: string, file: string, rounds: number): Measured {
  const engine = ENGINES[name];
  if (engine === undefined) throw new TypeError(`no engine ${name}`);
  if (work === 'shapes') return shapes();
  if (work === 'prepend') return prepend(engine, 2, 2000);
  const trace = readTrace(file);
  if (work === 'local') return local(engine, trace, rounds);
  return work === 'load' ? load(engine, trace, rounds) : remote(engine, trace, rounds);
}

const [work = '', name = '', file = '', rounds = '1'] = process.argv.slice(2);
console.log(JSON.stringify(run(work, name, file, Number(rounds))));
