/**
 * Local numbers of units, in order of arrival, and the ids and Fugue parents behind them. A run is a
 * stretch of local numbers of one agent with consecutive counters, each the right child of the one before.
 */
import { grownInt32 } from './typed-growth.ts';

/** Local number that stands for the start of the sequence. */
export const ROOT = -1;
/** A side as stored: a left child stands before its parent, a right child after it. */
export const LEFT = 0;
/** See {@link LEFT}. */
export const RIGHT = 1;

const NONE: readonly number[] = [];

/** Append-only table of runs. */
export class IdTable {
  /** Units so far; the next local number. */
  units = 0;
  /** Runs so far. */
  runs = 0;
  /** First unit, agent, first counter, parent unit and side of each run. */
  starts: Int32Array = new Int32Array(16);
  agents: Int32Array = new Int32Array(16);
  counters: Int32Array = new Int32Array(16);
  parents: Int32Array = new Int32Array(16);
  sides: Int32Array = new Int32Array(16);
  readonly #runsByAgent: number[][] = [];
  readonly #nextByAgent: number[] = [];
  #lastRun = 0;

  /** The counter of the next unit that the agent inserts. */
  next(agent: number): number {
    return this.#nextByAgent[agent] ?? 0;
  }

  /** Lets the counters of an agent that has inserted nothing yet begin above zero. */
  begin(agent: number, counter: number): void {
    this.#reach(agent);
    if (this.runsOf(agent).length === 0) this.#nextByAgent[agent] = counter;
  }

  /** Lets the counters of an agent go on from here at least: those before were given, though they are gone. */
  skipTo(agent: number, counter: number): void {
    this.#reach(agent);
    if (this.next(agent) < counter) this.#nextByAgent[agent] = counter;
  }

  /** Agents that have ever inserted anything, and the counter of their next unit. */
  counted(): (readonly [agent: number, next: number])[] {
    return this.#nextByAgent.flatMap((next, agent) => (next > 0 ? [[agent, next] as const] : []));
  }

  /** Agents of which there are units. */
  agentNumbers(): number[] {
    return [...this.#runsByAgent.keys()].filter((agent) => this.runsOf(agent).length > 0);
  }

  /** Runs of an agent, in order of their counters. */
  runsOf(agent: number): readonly number[] {
    return this.#runsByAgent[agent] ?? NONE;
  }

  /** True when the next unit of the last run's agent would continue that run. */
  get isOpen(): boolean {
    const run = this.runs - 1;
    if (run < 0) return false;
    const length = this.units - (this.starts[run] as number);
    return (this.counters[run] as number) + length === this.next(this.agents[run] as number);
  }

  /** Lengthens the last run, which must be {@link IdTable.isOpen}. */
  extend(count: number): void {
    const agent = this.agents[this.runs - 1] as number;
    this.units += count;
    this.#nextByAgent[agent] = this.next(agent) + count;
  }

  /** Starts a run at the next local number; `counter` may leave a gap after the agent's last one. */
  append(run: {
    readonly agent: number;
    readonly counter: number;
    readonly count: number;
    readonly parent: number;
    readonly side: number;
  }): void {
    if (this.runs === this.starts.length) this.#grow();
    const at = this.runs++;
    this.starts[at] = this.units;
    this.agents[at] = run.agent;
    this.counters[at] = run.counter;
    this.parents[at] = run.parent;
    this.sides[at] = run.side;
    this.#reach(run.agent);
    (this.#runsByAgent[run.agent] as number[]).push(at);
    this.#nextByAgent[run.agent] = run.counter + run.count;
    this.units += run.count;
  }

  /** First unit after a run. */
  end(run: number): number {
    return run + 1 < this.runs ? (this.starts[run + 1] as number) : this.units;
  }

  /** The run that a unit belongs to. */
  runOf(unit: number): number {
    const last = this.#lastRun;
    if (last < this.runs && unit >= (this.starts[last] as number) && unit < this.end(last)) {
      return last;
    }
    let low = 0;
    let high = this.runs - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as number) <= unit) low = middle;
      else high = middle - 1;
    }
    this.#lastRun = low;
    return low;
  }

  /** The agent of a unit. */
  agentOf(unit: number): number {
    return this.agents[this.runOf(unit)] as number;
  }

  /** The counter of a unit. */
  counterOf(unit: number): number {
    const run = this.runOf(unit);
    return (this.counters[run] as number) + unit - (this.starts[run] as number);
  }

  /** True when the next local number continues the run of this one. */
  continues(unit: number): boolean {
    return unit + 1 < this.end(this.runOf(unit));
  }

  /** The unit of an id, or -1 when it is not known. */
  unitOf(agent: number, counter: number): number {
    const runs = this.runsOf(agent);
    if (!Number.isInteger(counter) || counter < 0 || counter >= this.next(agent)) return -1;
    let low = 0;
    let high = runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.counters[runs[middle] as number] as number) <= counter) low = middle;
      else high = middle - 1;
    }
    const run = runs[low];
    if (run === undefined) return -1;
    const unit = (this.starts[run] as number) + counter - (this.counters[run] as number);
    return unit >= (this.starts[run] as number) && unit < this.end(run) ? unit : -1;
  }

  /** True for the id of a unit that there was and that has been removed. */
  isRemoved(agent: number, counter: number): boolean {
    return counter < this.next(agent) && this.unitOf(agent, counter) < 0;
  }

  /** The first counter from this one on of which there is a unit; the next one to be given if there is none. */
  presentFrom(agent: number, counter: number): number {
    const runs = this.runsOf(agent);
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const run = runs[middle] as number;
      const length = this.end(run) - (this.starts[run] as number);
      if ((this.counters[run] as number) + length <= counter) low = middle + 1;
      else high = middle;
    }
    const run = runs[low];
    if (run === undefined) return this.next(agent);
    return Math.max(counter, this.counters[run] as number);
  }

  #reach(agent: number): void {
    while (this.#runsByAgent.length <= agent) {
      this.#runsByAgent.push([]);
      this.#nextByAgent.push(0);
    }
  }

  #grow(): void {
    const size = this.starts.length * 2;
    this.starts = grownInt32(this.starts, size);
    this.agents = grownInt32(this.agents, size);
    this.counters = grownInt32(this.counters, size);
    this.parents = grownInt32(this.parents, size);
    this.sides = grownInt32(this.sides, size);
  }
}
