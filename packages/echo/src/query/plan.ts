/** A query made ready for the types as they are now: what it accepts, how it orders, where it looks. */
import { fromHex } from '@atoll/kernel';
import { EchoError } from '../echo-error.ts';
import { OBJECT_ID_BYTES } from '../op-ids.ts';
import type { KnownType } from '../type-registry.ts';
import { bestSource } from './choose-source.ts';
import { decodeCursor, isCursor, type Cursor } from './cursor.ts';
import { compileWhere } from './expression.ts';
import { comparableNamed, isIndexed } from './fields.ts';
import type { Part, Source } from './plan-node.ts';
import type { Order, QueryForm } from './query-form.ts';
import type { QueryHost } from './query-host.ts';
import type { FieldReader, QueryField } from './row-source.ts';
import { compareValues, isNothing, type Shown } from './value-order.ts';

/** A row with what it is ordered by. */
export interface Placed {
  readonly row: number;
  readonly keys: readonly Shown[];
}

/** An index that gives rows in the order that is asked for first. */
export interface IndexedOrder {
  readonly of: QueryField;
  readonly direction: 1 | -1;
}

interface PlannedOrder {
  readonly order: Order;
  readonly of: QueryField;
  readonly read: FieldReader;
}

/** A compiled query. */
export class Plan {
  readonly type: KnownType;
  readonly part: Part;
  readonly form: QueryForm;
  readonly #host: QueryHost;
  readonly #orders: readonly PlannedOrder[];

  private constructor(host: QueryHost, type: KnownType, form: QueryForm) {
    this.#host = host;
    this.type = type;
    this.form = form;
    this.part = compileWhere(host, type, form.where ?? {});
    this.#orders = (form.orderBy ?? []).map((order) => {
      const of = comparableNamed(type, order.field);
      return { order, of, read: host.source.reader(of) };
    });
  }

  /** The plan of a canonical form; `undefined` when no such type is known yet. @throws EchoError. */
  static of(host: QueryHost, form: QueryForm): Plan | undefined {
    const type = host.readerOf(form.type);
    return type === undefined ? undefined : new Plan(host, type, form);
  }

  /** True if a row of the type belongs to the result. */
  accepts(row: number): boolean {
    return this.isWanted(row) && this.part.test(row);
  }

  /** The same for a row that a source of this plan gave. */
  acceptsOf(source: Source, row: number): boolean {
    if (!this.isWanted(row)) return false;
    return source.isExact === true || (source.rest ?? this.part.test)(row);
  }

  /** True unless the query leaves out objects that are deleted or hidden as the row's is, or not. */
  isWanted(row: number): boolean {
    const { source } = this.#host;
    const { deleted, hidden } = this.form;
    if (deleted === undefined && hidden === undefined) return source.isLive(row);
    return (
      source.isValid(row) &&
      isAskedFor(deleted, source.isDeleted(row)) &&
      isAskedFor(hidden, source.isHidden(row))
    );
  }

  /** What a row is ordered by. */
  place(row: number): Placed {
    return { row, keys: this.#orders.map(({ read }) => read(row)) };
  }

  /** Order of the result: by the fields asked for, then by creation. */
  compare(a: Placed, b: Placed): number {
    return this.compareKeys(a.keys, b.keys) || this.#host.source.compare(a.row, b.row);
  }

  /** Where to look. */
  source(): Source {
    return bestSource(this.#host, this.type.compiled.name, this.part);
  }

  /** The first order's field, if the type declares an index that gives rows in that order. */
  indexedOrder(): IndexedOrder | undefined {
    const first = this.#orders[0];
    if (first === undefined || first.order.nulls !== undefined || !isIndexed(first.of)) {
      return undefined;
    }
    return { of: first.of, direction: first.order.direction === 'asc' ? 1 : -1 };
  }

  /** The place behind which the result begins. @throws EchoError `ECHO_CURSOR`. */
  start(): Cursor | undefined {
    const { after, orderBy = [] } = this.form;
    if (after === undefined) return undefined;
    if (isCursor(after)) return decodeCursor(orderBy, after);
    const id = fromHex(after);
    if (id?.length !== OBJECT_ID_BYTES) {
      throw new EchoError('ECHO_CURSOR', 'a page begins behind a cursor or the id of an object');
    }
    const row = this.#host.source.find(id);
    return row < 0 ? undefined : this.cursorOf(row);
  }

  /** The place of a row. */
  cursorOf(row: number): Cursor {
    const { source } = this.#host;
    return { keys: this.place(row).keys, id: source.idBytes(row), lamport: source.lamport(row) };
  }

  /** The row of an id, or -1. */
  rowOf(id: Uint8Array): number {
    return this.#host.source.find(id);
  }

  /** True if a placed row comes behind a cursor. */
  isBehind(placed: Placed, cursor: Cursor): boolean {
    const order = this.compareKeys(placed.keys, cursor.keys);
    if (order !== 0) return order > 0;
    if (cursor.edge !== undefined) return cursor.edge === 'before';
    const { source } = this.#host;
    const row = source.find(cursor.id);
    if (row >= 0) return source.compare(placed.row, row) > 0;
    return source.lamport(placed.row) > cursor.lamport;
  }

  /** Order by the fields asked for alone. */
  compareKeys(a: readonly Shown[], b: readonly Shown[]): number {
    for (let at = 0; at < this.#orders.length; at++) {
      const { order } = this.#orders[at] as PlannedOrder;
      const found = compareOrdered(order, a[at], b[at]);
      if (found !== 0) return found;
    }
    return 0;
  }
}

function isAskedFor(mode: QueryForm['deleted'] | QueryForm['hidden'], is: boolean): boolean {
  return mode === 'include' || is === (mode === 'only');
}

function compareOrdered(order: Order, a: Shown, b: Shown): number {
  if (order.nulls !== undefined && isNothing(a) !== isNothing(b)) {
    return isNothing(a) === (order.nulls === 'first') ? -1 : 1;
  }
  const found = compareValues(a, b);
  return order.direction === 'desc' ? -found : found;
}
