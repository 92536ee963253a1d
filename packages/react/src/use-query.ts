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
import { use, useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import { useClient } from './provider.ts';
import { useLive } from './use-live.ts';

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
  const db = useOpenDatabase(space);
  return useAnswer<readonly T[]>(() => {
    const query = ask(db);
    return {
      ask: () => query.run(),
      listen: (tell) => query.subscribe(tell),
      same: sameItems,
    };
  }, [db, ...deps]);
}

/** The number of objects that a query finds, whatever its limit. */
export function useCount<T>(
  space: Space,
  ask: (db: Database) => Query<T>,
  deps: readonly unknown[] = [],
): number {
  const db = useOpenDatabase(space);
  return useAnswer(() => {
    const query = ask(db);
    return {
      ask: () => query.count(),
      listen: (tell) => query.subscribeCount(tell),
      same: Object.is,
    };
  }, [db, ...deps]);
}

/** The groups of a query; a new array when any of them changes, in which the others stay the same. */
export function useGroups<T>(
  space: Space,
  ask: (db: Database) => Query<T>,
  deps: readonly unknown[] = [],
): readonly Group[] {
  const db = useOpenDatabase(space);
  return useAnswer<readonly Group[]>(() => {
    const query = ask(db);
    return {
      ask: () => query.groups(),
      listen: (tell) => query.subscribeGroups(tell),
      same: () => false,
    };
  }, [db, ...deps]);
}

/** The results of a query over several spaces, each object with its space. Opens and holds those. */
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
  const db = useOpenDatabase(space);
  const version = useVersion(db);
  return useMemo(() => read(db), [db, version, ...deps]);
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
 * The objects of a space. While it is being opened the component waits, as for anything in a Suspense; one that
 * has shown them before shows them until the space is open again, or for good if the client has ended.
 */
function useOpenDatabase(space: Space): Database {
  const state = useLive(space.state);
  const [last, setLast] = useState<{ readonly space: Space; readonly db: Database }>();
  const isLast = last?.space === space;
  if (state !== 'open') {
    if (isLast) return last.db;
    use(openingOf(space));
  }
  const { db } = space;
  if (!isLast || last.db !== db) setLast({ space, db });
  return db;
}

const openings = new WeakMap<Space, Promise<void>>();

/** The same promise for every render that waits for it; one that failed, until somebody tries again. */
function openingOf(space: Space): Promise<void> {
  const known = openings.get(space);
  if (known !== undefined) return known;
  const forget = (): void => void openings.delete(space);
  // Not at once: others are told of it, and may not be in the middle of a render.
  const opening = Promise.resolve().then(() => space.open());
  const kept = opening.then(forget, (failure: unknown) => {
    const stop = space.state.subscribe(() => {
      stop();
      forget();
    });
    throw failure;
  });
  openings.set(space, kept);
  return kept;
}

function useVersion(db: Database): number {
  const subscribe = useCallback((listener: () => void) => db.onChange(listener), [db]);
  const get = useCallback(() => db.changes.batches, [db]);
  return useSyncExternalStore(subscribe, get, get);
}
