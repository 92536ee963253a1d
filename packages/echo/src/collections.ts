/** Sets, maps and counters as applications hold them. They read through to the rows and keep nothing. */
import type { Value } from '@atoll/codec';
import {
  isMapKey,
  toJsonForm,
  type CounterField,
  type ElementData,
  type MapField,
  type SetField,
} from '@atoll/schema';
import { EchoError } from './echo-error.ts';
import type { FieldRef } from './mutations.ts';
import type { ObjectHost } from './object-host.ts';
import { setHas, shownCount, shownEntry, shownMap, shownSet } from './shown.ts';
import { shownValue, storedValue } from './stored-value.ts';

/** A field as its collection knows it. */
export abstract class FieldView {
  protected readonly host: ObjectHost;
  protected readonly ref: FieldRef;

  constructor(host: ObjectHost, ref: FieldRef) {
    this.host = host;
    this.ref = ref;
  }

  protected get field(): number {
    return this.ref.type.fields[this.ref.leaf.index] as number;
  }

  protected stored(of: ElementData, value: unknown): Value {
    return storedValue(of, value, this.host, this.ref.leaf.name);
  }
}

/** See {@link SetField}. */
export class SetView extends FieldView implements SetField<unknown> {
  readonly #of: ElementData;

  constructor(host: ObjectHost, ref: FieldRef, of: ElementData) {
    super(host, ref);
    this.#of = of;
  }

  /** Elements. */
  get size(): number {
    return this.#values().length;
  }

  /** True if the element is there. */
  has(value: unknown): boolean {
    const { fold } = this.host;
    return setHas(fold, this.ref.row, this.field, this.stored(this.#of, value));
  }

  /** Adds elements that are not there. */
  add(...values: readonly unknown[]): void {
    const stored = values.map((value) => this.stored(this.#of, value));
    for (const value of stored) this.host.mutations.add(this.ref, value);
  }

  /** Removes elements that are there. */
  delete(...values: readonly unknown[]): void {
    const stored = values.map((value) => this.stored(this.#of, value));
    for (const value of stored) this.host.mutations.remove(this.ref, value);
  }

  /** Removes all elements. */
  clear(): void {
    for (const value of this.#values()) this.host.mutations.remove(this.ref, value);
  }

  /** The elements. */
  toArray(): unknown[] {
    return this.#values().map((value) => shownValue(this.#of, value, this.host));
  }

  /** Plain data. */
  toJSON(): unknown[] {
    return this.toArray().map((value) => toJsonForm(this.#of, value));
  }

  /** Iterates over the elements. */
  [Symbol.iterator](): Iterator<unknown> {
    return this.toArray()[Symbol.iterator]();
  }

  #values(): readonly Value[] {
    return shownSet(this.host.fold, this.ref.row, this.field);
  }
}

/** See {@link MapField}. */
export class MapView extends FieldView implements MapField<unknown> {
  readonly #of: ElementData;

  constructor(host: ObjectHost, ref: FieldRef, of: ElementData) {
    super(host, ref);
    this.#of = of;
  }

  /** Entries with a value. */
  get size(): number {
    return this.#entries().size;
  }

  /** Value of a key. */
  get(key: string): unknown {
    const { fold } = this.host;
    return shownValue(this.#of, shownEntry(fold, this.ref.row, this.field, key), this.host);
  }

  /** True if the key has a value. */
  has(key: string): boolean {
    return shownEntry(this.host.fold, this.ref.row, this.field, key) !== undefined;
  }

  /** Writes an entry. @throws EchoError `ECHO_VALUE`. */
  set(key: string, value: unknown): void {
    requireKey(key, this.ref.leaf.name);
    this.host.mutations.set(this.ref, this.stored(this.#of, value), { key });
  }

  /** Removes an entry. */
  delete(key: string): void {
    if (this.has(key)) this.host.mutations.set(this.ref, undefined, { key });
  }

  /** Keys in ascending order. */
  keys(): string[] {
    return [...this.#entries().keys()].sort();
  }

  /** A plain record. */
  toObject(): Record<string, unknown> {
    return Object.fromEntries(this);
  }

  /** Plain data. */
  toJSON(): Record<string, unknown> {
    const entries = [...this].map(([key, value]) => [key, toJsonForm(this.#of, value)] as const);
    return Object.fromEntries(entries);
  }

  /** Iterates over the entries in ascending order of keys. */
  *[Symbol.iterator](): Iterator<[string, unknown]> {
    for (const key of this.keys()) yield [key, this.get(key)];
  }

  #entries(): Map<string, Value> {
    return shownMap(this.host.fold, this.ref.row, this.field);
  }
}

/** See {@link CounterField}. */
export class CounterView extends FieldView implements CounterField {
  /** The count. */
  get value(): number {
    return shownCount(this.host.fold, this.ref.row, this.field);
  }

  /** Adds. */
  increment(by = 1): void {
    if (by !== 0) this.host.mutations.increment(this.ref, by);
  }

  /** Subtracts. */
  decrement(by = 1): void {
    this.increment(-by);
  }

  /** Begins a new count. */
  assign(value: number): void {
    this.host.mutations.assign(this.ref, value);
  }

  /** Plain data. */
  toJSON(): number {
    return this.value;
  }
}

/** @throws EchoError `ECHO_VALUE` for a key that no op can carry. */
export function requireKey(key: string, where: string): void {
  if (isMapKey(key)) return;
  throw new EchoError(
    'ECHO_VALUE',
    `${where}: a key is well-formed text of at most 341 characters`,
  );
}
