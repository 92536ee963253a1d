/** Queries: a builder over plain data, answered from indexes, kept up to date while somebody listens. */
import type { Value } from '@atoll/codec';
import { fromHex, type ObjectId } from '@atoll/kernel';
import type { Ref } from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import type { FieldIndexes } from './field-index.ts';
import { comparable, compareValues, compileWhere, leafOf, type Filter } from './filter.ts';
import { LiveQuery } from './live-query.ts';
import type { ObjectHandle } from '../object-handle.ts';
import type { ObjectHost } from '../object-host.ts';
import type { Order, QueryForm, RefGoal, Where } from './query-form.ts';
import { refFilter } from './ref-filter.ts';
import { isLive } from '../shown.ts';
import type { KnownType } from '../type-registry.ts';

/** What queries need of the database. */
export interface QueryHost extends ObjectHost {
  readonly indexes: FieldIndexes;
  /** The version of a type through which its objects are read; `undefined` when there is none. */
  readerOf(name: string): KnownType | undefined;
  /** The handle of a row. */
  handle(row: number): ObjectHandle;
  /** Calls back once a tick with changed rows. */
  onBatch(listener: (rows: ReadonlySet<number>) => void): () => void;
}

/** A compiled query. */
export interface QueryPlan {
  readonly type: string;
  readonly accepts: (row: number) => boolean;
  readonly compare: (a: number, b: number) => number;
  readonly candidates: () => Iterable<number>;
  /** Like `accepts`, for a candidate: leaves out what the index has answered. */
  readonly acceptsCandidate: (row: number) => boolean;
  /** What a row is ordered by, to notice when it must move. */
  readonly keys: (row: number) => readonly (Value | undefined)[];
}

/** A query; each method answers with a new one. */
export class Query<T> {
  readonly #host: QueryHost;
  readonly #form: QueryForm;

  constructor(host: QueryHost, form: QueryForm) {
    this.#host = host;
    this.#form = form;
  }

  /** Only objects whose fields are equal to, or compare as, given: `{ done: false, votes: { gt: 3 } }`. */
  where(where: Where): Query<T> {
    return this.#with({ where: { ...this.#form.where, ...where } });
  }

  /** Only objects with a ref to this object, or to this key. */
  refTo(target: Ref<unknown> | RefGoal | string, field?: string): Query<T> {
    return this.#with({ refTo: { ...goalOf(target), ...(field === undefined ? {} : { field }) } });
  }

  /** Orders by a field, after those given before. */
  orderBy(field: string, direction: Order['direction'] = 'asc'): Query<T> {
    return this.#with({ orderBy: [...(this.#form.orderBy ?? []), { field, direction }] });
  }

  /** At most so many. */
  limit(limit: number): Query<T> {
    return this.#with({ limit });
  }

  /** Leaves out the first ones. */
  offset(offset: number): Query<T> {
    return this.#with({ offset });
  }

  /** Begins behind this object, wherever it stands in the order. */
  after(object: Ref<unknown>): Query<T> {
    return object.$id === undefined ? this : this.#with({ after: object.$id });
  }

  /** Deleted objects too, or only them. */
  deleted(mode: 'exclude' | 'include' | 'only'): Query<T> {
    return this.#with({ deleted: mode });
  }

  /** The query as plain data. */
  toJSON(): QueryForm {
    return this.#form;
  }

  /** The objects now. @throws EchoError `ECHO_QUERY`. */
  run(): T[] {
    const plan = planOf(this.#host, this.#form);
    if (plan === undefined) return [];
    const rows = matches(plan).sort(plan.compare);
    return this.window(rows).map((row) => this.#host.handle(row) as T);
  }

  /** The first object. */
  first(): T | undefined {
    return this.limit(1).run()[0];
  }

  /** How many there are, whatever the limit. */
  count(): number {
    const plan = planOf(this.#host, this.#form);
    return plan === undefined ? 0 : matches(plan).length;
  }

  /**
   * Calls back with the objects at once, and again after each tick that changes them. The work is in
   * proportion to the change. Returns the way to stop.
   */
  subscribe(listener: (objects: readonly T[]) => void): () => void {
    const live = new LiveQuery({
      plan: () => planOf(this.#host, this.#form),
      window: (rows) => this.window(rows),
      tell: (rows) => listener(rows.map((row) => this.#host.handle(row) as T)),
    });
    const stop = this.#host.onBatch((rows) => live.update(rows));
    live.start();
    return stop;
  }

  /** The part of ordered rows that was asked for. */
  window(rows: readonly number[]): readonly number[] {
    const { after, offset = 0, limit } = this.#form;
    let start = 0;
    if (after !== undefined) {
      start = rows.findIndex((row) => this.#host.fold.rows.id(row) === after) + 1;
    }
    start += offset;
    return rows.slice(start, limit === undefined ? undefined : start + limit);
  }

  #with(part: Partial<QueryForm>): Query<T> {
    return new Query<T>(this.#host, { ...this.#form, ...part });
  }
}

/** Compiles a query; `undefined` when no such type is known yet. @throws EchoError `ECHO_QUERY`. */
function planOf(host: QueryHost, form: QueryForm): QueryPlan | undefined {
  const type = host.readerOf(form.type);
  if (type === undefined) return undefined;
  checkCount(form.limit);
  checkCount(form.offset);
  const filters = filtersOf(host, type, form);
  const first = filters.find((filter) => filter.candidates !== undefined);
  const others = filters.filter((filter) => filter !== first);
  const orders = (form.orderBy ?? []).map(({ field, direction }) => ({
    read: comparable(host, type, leafOf(type, field)),
    sign: direction === 'desc' ? -1 : 1,
  }));
  const { fold, indexes } = host;
  const { rows, blocks } = fold;
  const mode = form.deleted ?? 'exclude';
  const alive = (row: number): boolean => {
    if (rows.isVoid(row)) return false;
    return mode === 'include' || isLive(fold, row) === (mode === 'exclude');
  };
  return {
    type: form.type,
    accepts: (row) =>
      fold.typeOf(row).compiled.name === form.type &&
      alive(row) &&
      filters.every((filter) => filter.test(row)),
    compare: (a, b) => {
      for (const { read, sign } of orders) {
        const order = compareValues(read(a), read(b));
        if (order !== 0) return order * sign;
      }
      return blocks.compare(rows.block(a), rows.block(b)) || rows.op(a) - rows.op(b);
    },
    candidates: () => first?.candidates?.(indexes) ?? indexes.rowsOfType(form.type),
    acceptsCandidate: (row) => alive(row) && others.every((filter) => filter.test(row)),
    keys: (row) => orders.map(({ read }) => read(row)),
  };
}

function filtersOf(host: QueryHost, type: KnownType, form: QueryForm): Filter[] {
  const filters = compileWhere(host, type, form.where ?? {});
  if (form.refTo !== undefined) filters.unshift(refFilter(host, type, form.refTo));
  return filters;
}

function matches(plan: QueryPlan): number[] {
  const found: number[] = [];
  for (const row of plan.candidates()) if (plan.acceptsCandidate(row)) found.push(row);
  return found;
}

/** Text stands for an id when it looks like one, and for a key too. */
function goalOf(target: Ref<unknown> | RefGoal | string): RefGoal {
  if (typeof target === 'string') {
    const isId = target.length === 32 && fromHex(target) !== undefined;
    return isId ? { id: target as ObjectId, key: target } : { key: target };
  }
  if (!('$state' in target)) return target;
  const { $id, $key } = target;
  return {
    ...($id === undefined ? {} : { id: $id }),
    ...($key === undefined ? {} : { key: $key }),
  };
}

function checkCount(count: number | undefined): void {
  if (count !== undefined && (!Number.isSafeInteger(count) || count < 0)) {
    throw new EchoError('ECHO_QUERY', 'limit and offset are counts');
  }
}
