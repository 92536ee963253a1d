/** A text field as applications hold it. */
import type { TextChange, TextField } from '@atoll/schema';
import { FieldView } from './collections.ts';
import { elementOf } from './element-names.ts';
import type { StablePosition } from './sequence/sequence-types.ts';
import type { TextSequence } from './sequence/text-sequence.ts';

/** See {@link TextField}. */
export class TextView extends FieldView implements TextField {
  /** UTF-16 units. */
  get length(): number {
    return this.#text()?.length ?? 0;
  }

  /** The text. */
  override toString(): string {
    return this.#text()?.toString() ?? '';
  }

  /** Plain data. */
  toJSON(): string {
    return this.toString();
  }

  /** Inserts before a position. */
  insert(position: number, text: string): void {
    this.host.sequences.insertText(this.ref, position, text);
  }

  /** Deletes `count` units from a position on. */
  delete(position: number, count: number): void {
    this.host.sequences.deleteText(this.ref, position, count);
  }

  /** Makes the text this one by one edit between the common start and the common end. */
  replace(text: string): void {
    const before = this.toString();
    let start = 0;
    const shorter = Math.min(before.length, text.length);
    while (start < shorter && before.charCodeAt(start) === text.charCodeAt(start)) start++;
    if (start > 0 && isFirstHalf(before.charCodeAt(start - 1))) start--;
    let end = 0;
    while (end < shorter - start && before.at(-1 - end) === text.at(-1 - end)) end++;
    if (end > 0 && isSecondHalf(before.charCodeAt(before.length - end))) end--;
    this.delete(start, before.length - start - end);
    this.insert(start, text.slice(start, text.length - end));
  }

  /** A place that survives edits: side, writer, counter as text. */
  cursor(position: number, side: 'before' | 'after' = 'after'): string {
    const place: StablePosition = this.#text()?.stableAt(position, side) ?? {
      element: undefined,
      side,
    };
    const mark = place.side === 'after' ? 'a' : 'b';
    if (place.element === undefined) return mark;
    const { blocks } = this.host.fold;
    return `${mark}${blocks.branches.nameOf(place.element.agent)}.${place.element.counter}`;
  }

  /** Where a cursor is now. */
  position(cursor: string): number | undefined {
    const match = /^([ab])(?:([0-9a-f]{64})\.(0|[1-9]\d{0,9}))?$/.exec(cursor);
    if (match === null) return undefined;
    const side = match[1] === 'a' ? 'after' : 'before';
    const state = this.host.sequences.text(this.ref.row, this.field);
    if (match[2] === undefined || match[3] === undefined) {
      return side === 'after' ? 0 : this.length;
    }
    if (state === undefined) return undefined;
    const named = { name: match[2], counter: Number(match[3]) };
    return state.text.positionOf({ element: elementOf(this.host.fold.blocks, state, named), side });
  }

  /** Calls back with each batch of edits. */
  subscribe(
    listener: (changes: readonly TextChange[], origin: 'own' | 'foreign') => void,
  ): () => void {
    return this.host.onTextEdits(this.ref.row, this.field, listener);
  }

  #text(): TextSequence | undefined {
    return this.host.sequences.text(this.ref.row, this.field)?.text;
  }
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isSecondHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
