/** A list field as applications hold it. */
import { toJsonForm, type ElementData, type ListField } from '@atoll/schema';
import { FieldView } from './collections.ts';
import { EchoError } from './echo-error.ts';
import type { FieldRef } from './mutations.ts';
import type { ObjectHost } from './object-host.ts';
import type { ListState } from './sequence-state.ts';
import { shownValue } from './stored-value.ts';

/** See {@link ListField}. */
export class ListView extends FieldView implements ListField<unknown> {
  readonly #of: ElementData;

  constructor(host: ObjectHost, ref: FieldRef, of: ElementData) {
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

  /** Moves several elements in one transaction. */
  moveRange(from: number, count: number, to: number): void {
    if (count === 1) this.move(from, to);
    if (count <= 1 || from === to) return;
    const { length } = this;
    const last = length - count;
    if (![from, count, to].every(Number.isSafeInteger) || from < 0 || to < 0 || from > last) {
      throw new EchoError('ECHO_POSITION', `a list of ${length} has no such range`);
    }
    if (to > last) throw new EchoError('ECHO_POSITION', `the range cannot stand at ${to}`);
    this.host.transaction(() => {
      // Each next element is found where the one before was: behind it, or moved up into its place.
      for (let at = 0; at < count; at++) {
        if (to < from) this.move(from + at, to + at);
        else this.move(from, to + count - 1);
      }
    });
  }

  /** Name of the element at an index. */
  idAt(index: number): string | undefined {
    const element = this.#list()?.list.elementAt(index < 0 ? this.length + index : index);
    return element === undefined ? undefined : this.host.sequences.itemKey(element);
  }

  /** Where the element of a name stands. */
  indexOfId(id: string): number | undefined {
    const list = this.#list();
    const element = list === undefined ? undefined : this.host.sequences.itemOfKey(list, id);
    return element === undefined ? undefined : list?.list.indexOf(element);
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
    return this.toArray().map((value) => toJsonForm(this.#of, value));
  }

  /** Iterates over the elements. */
  [Symbol.iterator](): Iterator<unknown> {
    return this.toArray()[Symbol.iterator]();
  }

  #list(): ListState | undefined {
    return this.host.sequences.list(this.ref.row, this.field);
  }
}
