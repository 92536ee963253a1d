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

/** How an answer is listened to. */
interface Question<R> {
  /** Tells the answer at once, and each further one. Returns the way to stop. */
  readonly listen: (tell: (answer: R) => void) => () => void;
  /** True if two answers are one to whoever shows them. */
  readonly same: (before: R, now: R) => boolean;
}

/** Stops what a render began that was never shown. */
const abandoned = new FinalizationRegistry<() => void>((stop) => stop());

/**
 * Keeps the last answer, so that a render between two changes sees the same one. Listens from the first render
 * on: asking there and listening later would be two evaluations of one question.
 */
class Answers<R> {
  readonly #question: Question<R>;
  #answer: { readonly now: R } | undefined;
  #listener: (() => void) | undefined;
  #stop: (() => void) | undefined;

  constructor(question: Question<R>) {
    this.#question = question;
  }

  readonly get = (): R => {
    if (this.#answer === undefined) this.#listen();
    return (this.#answer as unknown as { readonly now: R }).now;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listener = listener;
    if (this.#stop === undefined) this.#listen();
    return () => {
      this.#listener = undefined;
      abandoned.unregister(this);
      this.#stop?.();
      this.#stop = undefined;
    };
  };

  #listen(): void {
    // What listens must not hold this: a render that is given up leaves nothing else that does.
    const weak = new WeakRef(this);
    let isFirst = true;
    const stop = this.#question.listen((told) => {
      const alive = weak.deref();
      if (alive !== undefined) alive.#note(told, isFirst);
    });
    isFirst = false;
    this.#stop = stop;
    abandoned.register(this, stop, this);
  }

  #note(told: R, isFirst: boolean): void {
    const before = this.#answer;
    // Who listens again mostly hears what is shown already.
    if (isFirst && before !== undefined && this.#question.same(before.now, told)) return;
    this.#answer = { now: told };
    this.#listener?.();
  }
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
