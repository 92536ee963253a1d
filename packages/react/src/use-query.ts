/** Results of queries as React state. */
import type { AnyObject, Database, Query, Space } from '@atoll/client';
import { useMemo, useSyncExternalStore } from 'react';

/** Keeps the last results, so that a render between two changes sees the same array. */
class QueryResults<T> {
  readonly #query: Query<T>;
  #results: readonly T[] | undefined;
  #stop: (() => void) | undefined;

  constructor(query: Query<T>) {
    this.#query = query;
  }

  readonly get = (): readonly T[] => {
    this.#results ??= this.#query.run();
    return this.#results;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    let isFirst = true;
    this.#stop = this.#query.subscribe((results) => {
      // The first answer is mostly what the first render already showed.
      if (isFirst && sameItems(this.#results, results)) return;
      // A new array each time: objects in it may have changed though their list did not.
      this.#results = [...results];
      if (!isFirst) listener();
    });
    isFirst = false;
    return () => {
      this.#stop?.();
      this.#stop = undefined;
    };
  };
}

/**
 * The results of a query; a new array after each change of the list or of an object in it. `deps` are the
 * values that `ask` uses, as for `useMemo`.
 */
export function useQuery<T>(
  space: Space,
  ask: (db: Database) => Query<T>,
  deps: readonly unknown[] = [],
): readonly T[] {
  const results = useMemo(() => new QueryResults(ask(space.db)), [space, ...deps]);
  return useSyncExternalStore(results.subscribe, results.get, results.get);
}

/** A value read from the database, read again after each change. `read` gives plain, comparable values. */
export function useDatabase<T>(
  space: Space,
  read: (db: Database) => T,
  deps: readonly unknown[] = [],
): T {
  const version = useVersion(space.db);
  return useMemo(() => read(space.db), [space, version, ...deps]);
}

/** An object by id; `undefined` while it is not here or deleted. */
export function useObject(space: Space, id: string | undefined): AnyObject | undefined {
  return useDatabase(space, (db) => ({ now: id === undefined ? undefined : db.get(id) }), [id]).now;
}

function sameItems<T>(before: readonly T[] | undefined, after: readonly T[]): boolean {
  return before?.length === after.length && before.every((item, at) => item === after[at]);
}

/**
 * Counts the changes of a database. One for each database, from its first use on: a change between a
 * render and its subscription must not be missed.
 */
class ChangeCount {
  #changes = 0;
  readonly #listeners = new Set<() => void>();

  constructor(db: Database) {
    db.onChange(() => {
      this.#changes++;
      for (const listener of [...this.#listeners]) listener();
    });
  }

  readonly get = (): number => this.#changes;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

const countByDatabase = new WeakMap<Database, ChangeCount>();

function useVersion(db: Database): number {
  let count = countByDatabase.get(db);
  if (count === undefined) countByDatabase.set(db, (count = new ChangeCount(db)));
  return useSyncExternalStore(count.subscribe, count.get, count.get);
}
