/**
 * A simulated world from one seed: virtual time, one queue of events, one root of randomness. Two
 * runs with the same seed and the same program make the same steps.
 *
 * Between two events every promise that can go on does: `settle()` gives the JavaScript engine a
 * whole turn, in which it drains all microtasks. What waits on anything outside the engine (a thread
 * pool, a socket) would break repeatability; such work is announced with `external()`.
 */
import { assert } from '@atoll/kernel';
import { EventQueue, type SimEvent } from './event-queue.ts';
import { SimRng } from './sim-rng.ts';

/** Events in one `run` above this number mean a program that talks to itself without end. */
const EVENTS_MAX = 20_000_000;
/** 2026-01-01T00:00:00Z: where every world's wall clock starts. */
const WORLD_EPOCH_MS = 1_767_225_600_000;

/** Ways to stop waiting for something. */
export type Cancel = () => void;

/** Time, order and chance of a simulation. */
export class World {
  readonly seed: number;
  /** The root of all randomness. Fork it for parts that should not disturb each other. */
  readonly rng: SimRng;
  readonly #queue: EventQueue = new EventQueue();
  readonly #checkers: (() => void)[] = [];
  readonly #failures: unknown[] = [];
  #nowMs = 0;
  #order = 0;
  #externals = 0;
  #trace = 0x811c9dc5;

  constructor(seed: number) {
    this.seed = seed;
    this.rng = new SimRng(seed);
  }

  /** Virtual milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The world's true wall clock; a node's own may be wrong by its skew. */
  get wallMs(): number {
    return WORLD_EPOCH_MS + this.#nowMs;
  }

  /** Events that have happened. */
  get steps(): number {
    return this.#order - this.#queue.size;
  }

  /** A hash of the times and order of all events so far: equal in two runs that did the same. */
  get trace(): number {
    return this.#trace >>> 0;
  }

  /** Lets `act` happen after `delayMs` (at least 0). */
  schedule(delayMs: number, act: () => void): Cancel {
    return this.scheduleAt(this.#nowMs + delayMs, act);
  }

  /** Lets `act` happen at a time. Exact, where a difference of times would be rounded. */
  scheduleAt(atMs: number, act: () => void): Cancel {
    assert(atMs >= this.#nowMs, 'an event of a world lies in its future');
    const event: SimEvent = { atMs, order: this.#order++, act, cancelled: false };
    this.#queue.push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Runs `check` after every step; what it throws ends the run. */
  addChecker(check: () => void): void {
    this.#checkers.push(check);
  }

  /** Reports a failure from inside an event; the current `step` throws it. */
  fail(failure: unknown): void {
    this.#failures.push(failure);
  }

  /** Makes `settle` wait for work that leaves the engine. Only one such piece at a time is repeatable. */
  async external<T>(work: Promise<T>): Promise<T> {
    this.#externals++;
    try {
      return await work;
    } finally {
      this.#externals--;
    }
  }

  /** Lets every promise go as far as it can without time passing. */
  async settle(): Promise<void> {
    do {
      // eslint-disable-next-line no-restricted-globals -- a turn of the engine, not a span of time
      await new Promise<void>((resolve) => setImmediate(resolve));
    } while (this.#externals > 0);
    if (this.#failures.length > 0) throw this.#failures.shift();
  }

  /** Does the next event and settles. `false` when nothing is left to happen. */
  async step(): Promise<boolean> {
    const event = this.#queue.pop();
    if (event === undefined) return false;
    this.#nowMs = event.atMs;
    this.#trace = Math.imul(this.#trace ^ event.order, 0x01000193);
    this.#trace = Math.imul(this.#trace ^ (event.atMs * 1024), 0x01000193);
    event.act();
    await this.settle();
    for (const check of this.#checkers) check();
    return true;
  }

  /** Does everything that happens up to and at `untilMs`, then moves the time there. */
  async run(untilMs: number): Promise<void> {
    await this.settle();
    for (let count = 0; count < EVENTS_MAX; count++) {
      const next = this.#queue.peek();
      if (next === undefined || next.atMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return;
      }
      await this.step();
    }
    assert(false, `world ${this.seed} did not come to rest by ${untilMs} ms`);
  }

  /** Runs until `done()` holds; `false` if it does not within `withinMs` from now. */
  async runUntil(done: () => boolean, withinMs: number): Promise<boolean> {
    const limitMs = this.#nowMs + withinMs;
    await this.settle();
    for (let count = 0; count < EVENTS_MAX && !done(); count++) {
      const next = this.#queue.peek();
      if (next === undefined || next.atMs > limitMs) {
        this.#nowMs = Math.max(this.#nowMs, limitMs);
        return done();
      }
      await this.step();
    }
    return done();
  }

  /** Lets time pass by itself, as fast as events come, until stopped. For suites that only await. */
  flow(): Cancel {
    let flowing = true;
    const turn = async (): Promise<void> => {
      while (flowing) if (!(await this.step())) await this.settle();
    };
    void turn();
    return () => {
      flowing = false;
    };
  }

  /** Runs the world until `work` has ended, and gives its outcome. For tests that await. */
  async during<T>(work: Promise<T>): Promise<T> {
    let open = true;
    const settled = work.then(
      () => (open = false),
      () => (open = false),
    );
    await this.settle();
    while (open && (await this.step()));
    if (open) assert(false, `world ${this.seed} has nothing left to do, and the work still waits`);
    await settled;
    return await work;
  }
}
