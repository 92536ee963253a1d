/**
 * The log of a space as the mesh holds it, whether the space is open or closed. While it is closed, the ends
 * of its log are known and nothing else: greetings are answered from them, and whoever has news or wants
 * some wakes the space. So nobody in the mesh has to know which spaces are open.
 */
import { headsRootOf, type Received, type Replica, type Run, type Tip } from '@atoll/feed';

/** What is known of a log without opening it. */
export interface LogEnds {
  /** Ascending by feed, then hash. */
  readonly tips: readonly Tip[];
  /** Arrival position of the last durable block. */
  readonly position: number;
}

/** A position that the store would not tell. */
const UNKNOWN = -1;

/** What wakes a space. */
export interface RestingOptions {
  readonly id: string;
  readonly incarnation: string;
  readonly ends: LogEnds;
  /** Opens the space: {@link RestingReplica.wake} was called when this resolves. */
  readonly open: () => Promise<unknown>;
}

/** {@link Replica} that outlives the opening and closing of its space. */
export class RestingReplica implements Replica {
  readonly id: string;
  readonly incarnation: string;
  readonly #open: () => Promise<unknown>;
  readonly #listeners = new Set<(runs: readonly Run[]) => void>();
  readonly #idle = new Set<() => void>();
  #ends: LogEnds;
  #root: Uint8Array | undefined;
  #log: Replica | undefined;
  /** Takes what comes as well, and says what is lacking. */
  #returning: Replica | undefined;
  #isLeaving = false;
  #stop: (() => void) | undefined;
  #receiving = 0;
  #serving = 0;

  constructor({ ends, id, incarnation, open }: RestingOptions) {
    this.id = id;
    this.incarnation = incarnation;
    this.#open = open;
    this.#ends = ends;
  }

  /** Somebody is giving blocks or is given some. */
  get isBusy(): boolean {
    return this.#receiving + this.#serving > 0;
  }

  /** The space is open: its log answers. True if it holds another log than was known. */
  wake(log: Replica): boolean {
    const before = toText(this.headsRoot());
    this.#log = log;
    this.#isLeaving = false;
    this.#stop = log.onAdvance((runs) => this.#tell(runs));
    const isOther = before !== toText(this.headsRoot());
    if (isOther) this.#tell([]);
    return isOther;
  }

  /** What asks for the log from now on waits until the space is open again; what was asked has ended. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    while (this.#receiving > 0) await new Promise<void>((done) => this.#idle.add(done));
  }

  /**
   * History comes back: from now on this log, of which the space's own is a part, says what is lacking, and takes
   * what comes as well. Until nothing is given, or the space is closed.
   */
  takeBack(returning: Replica | undefined): void {
    this.#returning = returning;
  }

  /** History is coming back. */
  get isTakingBack(): boolean {
    return this.#returning !== undefined;
  }

  /** It is not closed after all. */
  stay(): void {
    this.#isLeaving = false;
  }

  /** The space is closed: these are the ends of its log. */
  async rest(): Promise<LogEnds> {
    const log = this.#log;
    if (log !== undefined) {
      // Without a position whoever asks for the tail wakes the space, and is told then what is wrong.
      const position = await log.position().catch(() => UNKNOWN);
      this.#ends = { tips: log.tips(), position };
      this.#root = undefined;
    }
    this.#stop?.();
    this.#stop = undefined;
    this.#log = undefined;
    this.#returning = undefined;
    this.#isLeaving = false;
    return this.#ends;
  }

  get waiting(): number {
    return this.#log?.waiting ?? 0;
  }

  tips(): readonly Tip[] {
    return (this.#returning ?? this.#log)?.tips() ?? this.#ends.tips;
  }

  headsRoot(): Uint8Array {
    return (
      (this.#returning ?? this.#log)?.headsRoot() ?? (this.#root ??= headsRootOf(this.#ends.tips))
    );
  }

  async position(): Promise<number> {
    if (this.#log !== undefined) return this.#log.position();
    if (this.#ends.position !== UNKNOWN) return this.#ends.position;
    return (await this.#awake()).position();
  }

  async *tailAfter(position: number): AsyncGenerator<Run, void> {
    const { position: end } = this.#ends;
    if (this.#log === undefined && end !== UNKNOWN && position >= end) return;
    yield* this.#serve((log) => log.tailAfter(position));
  }

  async *missingFor(theirs: readonly Tip[]): AsyncGenerator<Run, void> {
    yield* this.#serve((log) => log.missingFor(theirs));
  }

  async receive(run: Run, from: string): Promise<Received> {
    const log = await this.#awake();
    this.#receiving++;
    try {
      const received = await log.receive(run, from);
      return (await this.#returning?.receive(run, from)) ?? received;
    } finally {
      if (--this.#receiving === 0) {
        for (const done of this.#idle) done();
        this.#idle.clear();
      }
    }
  }

  onAdvance(listener: (runs: readonly Run[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async *#serve(runs: (log: Replica) => AsyncIterable<Run>): AsyncGenerator<Run, void> {
    const log = await this.#awake();
    this.#serving++;
    try {
      yield* runs(log);
    } finally {
      this.#serving--;
    }
  }

  async #awake(): Promise<Replica> {
    for (;;) {
      if (this.#log !== undefined && !this.#isLeaving) return this.#log;
      await this.#open();
    }
  }

  #tell(runs: readonly Run[]): void {
    for (const listener of [...this.#listeners]) listener(runs);
  }
}

function toText(root: Uint8Array): string {
  return root.join();
}
