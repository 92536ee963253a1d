/**
 * One query over several databases: each answers from its own indexes, and the answers are merged in the
 * order that was asked for. Equal keys stand in the order of the spaces' ids.
 */
import { fromHex } from '@atoll/kernel';
import { EchoError } from '../echo-error.ts';
import { ObjectHandle } from '../object-handle.ts';
import { decodeCursor, encodeCursor, isCursor, type Cursor } from './cursor.ts';
import type { Group, Groups } from './groups.ts';
import type { Plan } from './plan.ts';
import type { Query } from './query.ts';
import type { GroupsNow } from './result-figures.ts';
import type { Shown } from './value-order.ts';

/** The query of one space. */
export interface SpaceQuery<T> {
  readonly space: string;
  readonly query: Query<T>;
  /** What it asks: as long as this is the same, so is the query. */
  readonly of?: object;
}

/** An object and the space that it is in. */
export interface Found<T> {
  readonly space: string;
  readonly object: T;
}

/** What is asked: the same question of every space. */
export interface AcrossSources<T> {
  /** The spaces now. May throw when some cannot answer. */
  readonly now: () => readonly SpaceQuery<T>[];
  /** Those that can answer now; {@link AcrossSources.now} where it is left out. */
  readonly some?: () => readonly SpaceQuery<T>[];
  /** Calls back when there are others, and has those answer that cannot yet. Returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
  /** Resolves when all can answer, with the way to let them go. */
  readonly ready?: () => Promise<() => void>;
}

/** A query with bounds such that it gives all that may be in the merged window. */
interface WideQuery<T> extends SpaceQuery<T> {
  readonly window: { readonly offset: number; readonly limit: number };
}

interface Ranked<T> extends Found<T> {
  readonly keys: readonly Shown[];
  readonly at: number;
}

/** A query over several spaces. */
export class QueryAcross<T> {
  readonly #sources: AcrossSources<T>;

  constructor(sources: AcrossSources<T>) {
    this.#sources = sources;
  }

  /**
   * Opens the spaces that are closed, and keeps them open until the function is called that this resolves
   * with: from then on all can be asked at once.
   */
  async ready(): Promise<() => void> {
    return (await this.#sources.ready?.()) ?? (() => undefined);
  }

  /** The objects now. @throws EchoError `ECHO_QUERY`, `ECHO_CURSOR`; what a closed space throws. */
  run(): readonly Found<T>[] {
    const sources = widened(this.#sources.now());
    return merged(sources.map((source) => ({ ...source, objects: source.query.run() })));
  }

  /** The objects now, and where the next page begins. */
  page(): { readonly objects: readonly Found<T>[]; readonly next?: string } {
    const objects = this.run();
    const last = objects.at(-1);
    const source = this.#sources.now().find(({ space }) => space === last?.space);
    const limit = source?.query.toJSON().limit;
    if (last === undefined || source === undefined || objects.length !== limit) return { objects };
    const plan = source.query.plan();
    const id = idOf(last.object);
    if (plan === undefined || id === undefined) return { objects };
    const cursor = plan.cursorOf(plan.rowOf(id));
    const next = encodeCursor(source.query.toJSON().orderBy ?? [], cursor);
    return { objects, next: `${last.space}:${next}` };
  }

  /** How many there are, whatever the limit. */
  count(): number {
    return this.#sources.now().reduce((sum, { query }) => sum + query.count(), 0);
  }

  /** The groups now, those of all spaces together. */
  groups(): readonly Group[] {
    const parts = this.#sources.now().map(({ query }) => query.runningGroups());
    return this.#joined(parts);
  }

  /** Calls back with the objects at once and after each change. Returns the way to stop. */
  subscribe(listener: (objects: readonly Found<T>[]) => void): () => void {
    return this.#follow<readonly T[], WideQuery<T>>({
      sources: () => widened(this.#some()),
      listen: (query, tell) => query.subscribe(tell),
      tell: (sources, results) => {
        listener(merged(sources.map((source, at) => ({ ...source, objects: results[at] ?? [] }))));
      },
    });
  }

  /** Calls back with the number of objects, whatever the limit, at once and after each change. */
  subscribeCount(listener: (count: number) => void): () => void {
    return this.#follow<number>({
      sources: () => this.#some(),
      listen: (query, tell) => query.subscribeCount(tell),
      tell: (_, results) => listener(results.reduce((sum, count) => sum + count, 0)),
    });
  }

  /** Calls back with the groups of all spaces together, at once and after each change. */
  subscribeGroups(listener: (groups: readonly Group[]) => void): () => void {
    return this.#follow<GroupsNow | undefined>({
      sources: () => this.#some(),
      listen: (query, tell) => query.keepGroups(tell),
      tell: (_, results) => listener(this.#joined(results.map((result) => result?.groups))),
    });
  }

  #joined(parts: readonly (Groups | undefined)[]): readonly Group[] {
    let all: Groups | undefined;
    for (const { query } of this.#some()) all ??= query.runningGroups(false);
    for (const part of parts) if (part !== undefined) all?.absorb(part);
    return all?.shown() ?? [];
  }

  #some(): readonly SpaceQuery<T>[] {
    return this.#sources.some?.() ?? this.#sources.now();
  }

  #follow<R, S extends SpaceQuery<T> = SpaceQuery<T>>(input: {
    readonly sources: () => readonly S[];
    readonly listen: (query: Query<T>, tell: (result: R) => void) => () => void;
    readonly tell: (sources: readonly S[], results: readonly R[]) => void;
  }): () => void {
    let followed: readonly Followed<R, S>[] = [];
    let isReady = false;
    const tell = (): void => {
      if (!isReady) return;
      const now = followed.flatMap((each) => (each.answer === undefined ? [] : [each]));
      input.tell(
        now.map(({ source }) => source),
        now.flatMap(({ answer }) => (answer === undefined ? [] : [answer.result])),
      );
    };
    const begin = (): void => {
      isReady = false;
      const before = new Map(followed.map((each) => [each.source.space, each]));
      followed = input.sources().map((source) => {
        const known = before.get(source.space);
        if (known !== undefined && known.source.of === source.of && source.of !== undefined) {
          before.delete(source.space);
          return known;
        }
        const each: Followed<R, S> = { source, answer: undefined, stop: undefined };
        each.stop = input.listen(source.query, (result) => {
          each.answer = { result };
          tell();
        });
        return each;
      });
      for (const gone of before.values()) gone.stop?.();
      isReady = true;
      tell();
    };
    const stopFollowing = this.#sources.onChange(begin);
    begin();
    return () => {
      stopFollowing();
      for (const each of followed) each.stop?.();
      followed = [];
    };
  }
}

/** A space that is listened to, and what it said last. */
interface Followed<R, S> {
  readonly source: S;
  answer: { readonly result: R } | undefined;
  stop: (() => void) | undefined;
}

/** The queries with bounds such that each gives all that may be in the merged window. */
function widened<T>(queries: readonly SpaceQuery<T>[]): readonly WideQuery<T>[] {
  const sources = [...queries].sort((a, b) => (a.space < b.space ? -1 : 1));
  return sources.map(({ of, query, space }) => {
    const { offset = 0, limit, after, orderBy = [] } = query.toJSON();
    let wide = query.offset(0);
    if (limit !== undefined) wide = wide.limit(offset + limit);
    if (after !== undefined) wide = wide.after(placeIn(space, orderBy, after));
    const window = { offset, limit: limit ?? Infinity };
    return { space, query: wide, window, ...(of === undefined ? {} : { of }) };
  });
}

/** Where a page begins in one of the spaces. @throws EchoError `ECHO_CURSOR`. */
function placeIn(space: string, orders: Parameters<typeof encodeCursor>[0], after: string): string {
  const [of = '', place = ''] = after.split(':', 2);
  if (!isCursor(place)) {
    throw new EchoError('ECHO_CURSOR', 'over several spaces a page begins behind a cursor');
  }
  if (of === space) return place;
  const cursor: Cursor = decodeCursor(orders, place);
  return encodeCursor(orders, { ...cursor, edge: space < of ? 'behind' : 'before' });
}

function merged<T>(
  sources: readonly (WideQuery<T> & { readonly objects: readonly T[] })[],
): readonly Found<T>[] {
  const { offset = 0, limit = Infinity } = sources[0]?.window ?? {};
  let plan: Plan | undefined;
  const all = sources.flatMap(({ space, query, objects }): Ranked<T>[] => {
    const own = objects.length === 0 ? undefined : query.plan();
    plan ??= own;
    return objects.map((object, at) => {
      const id = idOf(object);
      const row = own === undefined || id === undefined ? -1 : own.rowOf(id);
      return { space, object, at, keys: own === undefined ? [] : own.place(row).keys };
    });
  });
  const compare = plan;
  return all
    .sort(
      (a, b) =>
        (compare?.compareKeys(a.keys, b.keys) ?? 0) ||
        (a.space === b.space ? a.at - b.at : a.space < b.space ? -1 : 1),
    )
    .slice(offset, offset + limit)
    .map(({ space, object }) => ({ space, object }));
}

function idOf(object: unknown): Uint8Array | undefined {
  return object instanceof ObjectHandle ? fromHex(object.id) : undefined;
}
