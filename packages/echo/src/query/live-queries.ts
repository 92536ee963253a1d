/**
 * All queries of one database that somebody listens to. Equal ones are one; all take in a tick's changes
 * before the first listener hears of it, so that listeners never see two states at once.
 */
import { EchoError } from '../echo-error.ts';
import { RowBatch, type ChangedFields } from './batch.ts';
import { LiveQuery, type MakeView } from './live-query.ts';
import type { QueryForm } from './query-form.ts';
import type { QueryHost } from './query-host.ts';

interface Shared<R> {
  query: LiveQuery<R>;
  /** The queries that it is one of. */
  owner: LiveQueries;
  readonly input: Listening<R>;
  readonly listeners: Set<(result: R) => void>;
}

/** What to listen to. */
export interface Listening<R> {
  /** What is made of the rows: equal forms of one kind share their work. */
  readonly kind: string;
  readonly form: QueryForm;
  readonly makeView: MakeView<R>;
  /** What is told while there is no such type. */
  readonly empty: R;
}

/** Live queries by form. */
export class LiveQueries {
  readonly #host: QueryHost;
  readonly #byKey = new Map<string, Shared<unknown>>();
  #typesVersion = -1;

  constructor(host: QueryHost) {
    this.#host = host;
  }

  /** How many listen. */
  get listeners(): number {
    let count = 0;
    for (const { listeners } of this.#byKey.values()) count += listeners.size;
    return count;
  }

  /** Calls back at once and after each tick that makes the result another. Returns the way to stop. */
  listen<R>(input: Listening<R>, listener: (result: R) => void): () => void {
    const key = `${input.kind} ${JSON.stringify(input.form)}`;
    let shared = this.#byKey.get(key) as Shared<R> | undefined;
    if (shared === undefined) {
      if (this.#byKey.size === 0) this.#typesVersion = this.#host.typesVersion();
      const query = new LiveQuery(this.#host, input);
      shared = { query, owner: this, input, listeners: new Set() };
      this.#byKey.set(key, shared as unknown as Shared<unknown>);
    }
    const known = shared;
    const { listeners, query } = known;
    // A function of its own: the same listener may come twice.
    const own = (result: R): void => listener(result);
    listeners.add(own);
    listener(query.result);
    return () => {
      listeners.delete(own);
      const { owner } = known;
      if (listeners.size === 0 && owner.#byKey.get(key) === (known as unknown)) {
        owner.#byKey.delete(key);
      }
    };
  }

  /**
   * Takes over who listens to the queries of another database, which nobody listens to here, and tells them
   * what is found here. A query that does not fit the types here is left where it is.
   */
  takeFrom(other: LiveQueries): void {
    if (this.#byKey.size === 0) this.#typesVersion = this.#host.typesVersion();
    for (const [key, shared] of [...other.#byKey]) {
      const query = this.#queryOf(shared);
      if (query === undefined || this.#byKey.has(key)) continue;
      other.#byKey.delete(key);
      shared.query = query;
      shared.owner = this;
      this.#byKey.set(key, shared);
      for (const listener of [...shared.listeners]) listener(query.result);
    }
  }

  #queryOf({ input }: Shared<unknown>): LiveQuery<unknown> | undefined {
    try {
      return new LiveQuery(this.#host, input);
    } catch (failure) {
      if (failure instanceof EchoError) return undefined;
      throw failure;
    }
  }

  /** Takes in the changes of a tick and tells who hears another result. */
  update(fields: ChangedFields): void {
    if (this.#byKey.size === 0) return;
    const version = this.#host.typesVersion();
    const isNewTypes = version !== this.#typesVersion;
    this.#typesVersion = version;
    const batch = new RowBatch(this.#host.source, fields);
    const changed = [...this.#byKey.values()].filter(({ query }) =>
      isNewTypes ? query.refresh() : query.update(batch),
    );
    for (const { query, listeners } of changed) {
      const { result } = query;
      for (const listener of [...listeners]) if (listeners.has(listener)) listener(result);
    }
  }
}
