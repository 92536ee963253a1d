/**
 * A query that somebody listens to: what it has found, and how a batch of changes moves it. The work is in
 * proportion to what a change can touch; how much is stored does not matter.
 */
import { EchoError } from '../echo-error.ts';
import type { RowBatch } from './batch.ts';
import { touchedBy } from './live-set.ts';
import { matches } from './answer.ts';
import { Plan } from './plan.ts';
import type { QueryForm } from './query-form.ts';
import type { QueryHost } from './query-host.ts';

/** What is kept of the rows that match, and what is made of them for listeners. */
export interface View<R> {
  /** Takes in all rows at once; the view is empty. */
  fill(rows: Iterable<number>): void;
  has(row: number): boolean;
  /** Takes in a row, or looks at a known one again. */
  put(row: number): void;
  remove(row: number): void;
  /** What listeners are told; the same object as before if nothing that they can see has changed. */
  result(batch: RowBatch | undefined): R;
}

/** Makes the view of a plan over a database. */
export type MakeView<R> = (plan: Plan, host: QueryHost) => View<R>;

/** A query that is kept up to date. */
export class LiveQuery<R> {
  readonly #host: QueryHost;
  readonly #form: QueryForm;
  readonly #makeView: MakeView<R>;
  readonly #empty: R;
  #plan: Plan | undefined;
  #view: View<R> | undefined;
  #result: R;

  constructor(
    host: QueryHost,
    input: { readonly form: QueryForm; readonly makeView: MakeView<R>; readonly empty: R },
  ) {
    this.#host = host;
    this.#form = input.form;
    this.#makeView = input.makeView;
    this.#empty = input.empty;
    this.#result = input.empty;
    this.refill();
  }

  /** What it has found now. */
  get result(): R {
    return this.#result;
  }

  /** Takes in changed rows; true if the result is another one now. */
  update(batch: RowBatch): boolean {
    const plan = this.#plan;
    const view = this.#view;
    if (plan === undefined || view === undefined) return false;
    const type = plan.type.compiled.name;
    for (const row of touchedBy(this.#host, { type, part: plan.part, batch })) {
      const is = plan.accepts(row);
      if (is) view.put(row);
      else if (view.has(row)) view.remove(row);
    }
    // Rows whose type has become another one.
    for (const row of batch.rows) {
      if (view.has(row) && this.#host.source.typeName(row) !== type) view.remove(row);
    }
    return this.#note(view.result(batch));
  }

  /**
   * Asks anew after a change in the types; true if the result is another one now. A query that does not fit
   * the types any more finds nothing until it does again: nobody is there to be told by an error.
   */
  refresh(): boolean {
    try {
      return this.refill();
    } catch (failure) {
      if (!(failure instanceof EchoError)) throw failure;
      this.#plan = undefined;
      this.#view = undefined;
      return this.#note(this.#empty);
    }
  }

  /** Asks anew. @throws EchoError when the query does not fit the types. */
  refill(): boolean {
    this.#plan = Plan.of(this.#host, this.#form);
    this.#view = this.#plan === undefined ? undefined : this.#makeView(this.#plan, this.#host);
    if (this.#plan === undefined || this.#view === undefined) return this.#note(this.#empty);
    for (const hop of this.#plan.part.hops) hop.keep();
    this.#view.fill(matches(this.#plan));
    return this.#note(this.#view.result(undefined));
  }

  #note(result: R): boolean {
    if (result === this.#result) return false;
    this.#result = result;
    return true;
  }
}
