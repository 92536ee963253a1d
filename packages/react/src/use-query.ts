/** Results of queries as React state. */
import type {
  AnyObject,
  Database,
  Found,
  Group,
  Query,
  QueryAcross,
  Space,
  Spaces,
} from '@atoll/client';
import { useMemo, useSyncExternalStore } from 'react';
import { useClient } from './provider.ts';

/** How an answer is asked for, once and from then on. */
interface Question<R> {
  readonly ask: () => R;
  readonly listen: (tell: (answer: R) => void) => () => void;
  /** True if the first answer of `listen` is what `ask` has given. */
  readonly same: (asked: R, told: R) => boolean;
}

/** Keeps the last answer, so that a render between two changes sees the same one. */
class Answers<R> {
  readonly #question: Question<R>;
  #answer: { readonly now: R } | undefined;
  #stop: (() => void) | undefined;

  constructor(question: Question<R>) {
    this.#question = question;
  }

  readonly get = (): R => {
    this.#answer ??= { now: this.#question.ask() };
    return this.#answer.now;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    let isFirst = true;
    this.#stop = this.#question.listen((told) => {
      // The first answer is mostly what the first render already showed.
      if (isFirst && this.#answer !== undefined && this.#question.same(this.#answer.now, told)) {
        return;
      }
      this.#answer = { now: told };
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
  return useAnswer<readonly T[]>(() => {
    const query = ask(space.db);
    return {
      ask: () => query.run(),
      listen: (tell) => query.subscribe(tell),
      same: sameItems,
    };
  }, [space, ...deps]);
}

/** The number of objects that a query finds, whatever its limit. */
export function useCount<T>(
  space: Space,
  ask: (db: Database) => Query<T>,
  deps: readonly unknown[] = [],
): number {
  return useAnswer(() => {
    const query = ask(space.db);
    return {
      ask: () => query.count(),
      listen: (tell) => query.subscribeCount(tell),
      same: Object.is,
    };
  }, [space, ...deps]);
}

/** The groups of a query; a new array when any of them changes, in which the others stay the same. */
export function useGroups<T>(
  space: Space,
  ask: (db: Database) => Query<T>,
  deps: readonly unknown[] = [],
): readonly Group[] {
  return useAnswer<readonly Group[]>(() => {
    const query = ask(space.db);
    return {
      ask: () => query.groups(),
      listen: (tell) => query.subscribeGroups(tell),
      same: () => false,
    };
  }, [space, ...deps]);
}

/** The results of a query over several spaces, each object with its space. */
export function useSpacesQuery<T>(
  ask: (spaces: Spaces) => QueryAcross<T>,
  deps: readonly unknown[] = [],
): readonly Found<T>[] {
  const { spaces } = useClient();
  return useAnswer<readonly Found<T>[]>(() => {
    const query = ask(spaces);
    return {
      ask: () => query.run(),
      listen: (tell) => query.subscribe(tell),
      same: sameFound,
    };
  }, [spaces, ...deps]);
}

function useAnswer<R>(make: () => Question<R>, deps: readonly unknown[]): R {
  const answers = useMemo(() => new Answers(make()), deps);
  return useSyncExternalStore(answers.subscribe, answers.get, answers.get);
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

function sameItems<T>(before: readonly T[], after: readonly T[]): boolean {
  return before.length === after.length && before.every((item, at) => item === after[at]);
}

function sameFound<T>(before: readonly Found<T>[], after: readonly Found<T>[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ space, object }, at) => {
      const other = after[at];
      return space === other?.space && object === other.object;
    })
  );
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
