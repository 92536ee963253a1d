/** A list field as applications hold it. */
import type { ListField, ScalarData } from '@atoll/schema';
import { FieldView } from './collections.ts';
import { EchoError } from './echo-error.ts';
import type { FieldRef } from './mutations.ts';
import type { ObjectHost } from './object-host.ts';
import type { ListState } from './sequence-state.ts';
import { shownValue } from './stored-value.ts';

/** See {@link ListField}. */
export class ListView extends FieldView implements ListField<unknown> {
  readonly #of: ScalarData;

  constructor(host: ObjectHost, ref: FieldRef, of: ScalarData) {
    super(host, ref);
    this.#of = of;
  }

  /** Elements. */
  get length(): number {
    return this.#list()?.list.length ?? 0;
  }

  /** The element at an index; negative indexes count from the end. */
  at(index: number): unknown {
    const list = this.#list();
    const place = index < 0 ? this.length + index : index;
    const element = list?.list.elementAt(place);
    if (list === undefined || element === undefined) return undefined;
    return shownValue(this.#of, this.host.sequences.itemValue(list, element), this.host);
  }

  /** Adds at the end. */
  push(...values: readonly unknown[]): void {
    this.insert(this.length, ...values);
  }

  /** Inserts before an index. */
  insert(index: number, ...values: readonly unknown[]): void {
    const stored = values.map((value) => this.stored(this.#of, value));
    this.host.sequences.insertItems(this.ref, index, stored);
  }

  /** Writes the value of an element. */
  set(index: number, value: unknown): void {
    const stored = this.stored(this.#of, value);
    const element = this.#list()?.list.elementAt(index);
    if (element === undefined) {
      throw new EchoError('ECHO_POSITION', `a list of ${this.length} has no element ${index}`);
    }
    const key = this.host.sequences.itemKey(element);
    this.host.mutations.set(this.ref, stored, { key });
  }

  /** Moves one element. */
  move(from: number, to: number): void {
    this.host.sequences.moveItem(this.ref, from, to);
  }

  /** Deletes `count` elements from an index on. */
  delete(index: number, count = 1): void {
    this.host.sequences.deleteItems(this.ref, index, count);
  }

  /** The elements. */
  toArray(): unknown[] {
    const list = this.#list();
    if (list === undefined) return [];
    return list.list
      .elements()
      .map((element) =>
        shownValue(this.#of, this.host.sequences.itemValue(list, element), this.host),
      );
  }

  /** Plain data. */
  toJSON(): unknown[] {
    return this.toArray();
  }

  /** Iterates over the elements. */
  [Symbol.iterator](): Iterator<unknown> {
    return this.toArray()[Symbol.iterator]();
  }

  #list(): ListState | undefined {
    return this.host.sequences.list(this.ref.row, this.field);
  }
}
