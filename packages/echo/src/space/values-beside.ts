/**
 * Values that speak of own blocks, such as what undo needs of them: they become durable in the transaction of
 * the blocks that they speak of. Sooner they would speak of what is not there, later what is there without them.
 */

/** What is to be written beside the blocks that were sealed so far. */
export interface Beside {
  /** Of several that are due together and of one kind, the last one alone is written. */
  readonly kind: string;
  /** The values, when their turn has come; `blockBytes` is the size of the blocks that they go with. */
  readonly values: (blockBytes: number) => ReadonlyMap<string, Uint8Array | undefined>;
  /** Called when they are durable; not for those that were passed over for a later one. */
  readonly written?: () => void;
}

/** What goes into one transaction. */
export interface Due {
  readonly values: ReadonlyMap<string, Uint8Array | undefined>;
  readonly taken: readonly Beside[];
  /** Of these, those that were not passed over. */
  readonly chosen: readonly Beside[];
}

interface Waiting {
  readonly beside: Beside;
  /** So many blocks have to be durable. */
  readonly after: number;
}

/** A loop that seals thousands of blocks in one turn: of so many that wait, every second one is passed over. */
const WAITING_MAX = 256;

/** What waits for its blocks. */
export class ValuesBeside {
  /** In the order of the blocks that they wait for. */
  #waiting: Waiting[] = [];

  /** Takes what is to be written with the last of so many blocks. */
  add(after: number, beside: Beside): void {
    const last = this.#waiting.at(-1);
    if (last?.after === after && isSuperseded(last, beside)) this.#waiting.pop();
    this.#waiting.push({ after, beside });
    if (this.#waiting.length > WAITING_MAX) this.#waiting = thinned(this.#waiting);
  }

  /** Something is to be written with the blocks up to the n-th. */
  isDue(upTo: number): boolean {
    const [first] = this.#waiting;
    return first !== undefined && first.after <= upTo;
  }

  /** What is to be written with the blocks up to the n-th; `undefined` if nothing is. */
  due(upTo: number, blockBytes: number): Due | undefined {
    const taken = this.#waiting.filter(({ after }) => after <= upTo).map(({ beside }) => beside);
    if (taken.length === 0) return undefined;
    const lastOfKind = new Map(taken.map((each) => [each.kind, each]));
    const chosen = taken.filter((each) => lastOfKind.get(each.kind) === each);
    const values = new Map<string, Uint8Array | undefined>();
    for (const each of chosen) {
      for (const [name, value] of each.values(blockBytes)) values.set(name, value);
    }
    return { values, taken, chosen };
  }

  /** They are durable. What is not stays, and is due again. */
  written({ taken, chosen }: Due): void {
    const done = new Set(taken);
    this.#waiting = this.#waiting.filter(({ beside }) => !done.has(beside));
    for (const { written } of chosen) written?.();
  }
}

function isSuperseded({ beside }: Waiting, next: Beside | undefined): boolean {
  return beside.kind === next?.kind;
}

function thinned(waiting: readonly Waiting[]): Waiting[] {
  return waiting.filter((each, at) => at % 2 === 1 || !isSuperseded(each, waiting[at + 1]?.beside));
}
