/**
 * A section that was written apart, as the same ops in the new feed: one op for each, in the same order. What
 * stands at the fork is named as before, what was made apart by its new names. The fold does the rest, as for
 * anybody who comes late.
 */
import { CodecError, Reader, Writer, readValue, writeValue, type Value } from '@atoll/codec';
import { fromHex, toHex } from '@atoll/kernel';
import { firstOpOf } from '../block-context.ts';
import type { Fold } from '../fold.ts';
import { ElementIds } from '../element-ids.ts';
import { objectIdBytes } from '../op-ids.ts';
import type { Dot, FieldNo, NamedObject, ObjectNo, Op, Section } from '../ops.ts';
import { readRichChange, writeRichChange } from '../rich-text/rich-change-codec.ts';
import type { MarkOp, RichChange } from '../rich-text/rich-op.ts';
import { decodePayload, encodePayload, sortedItems } from '../row-payload.ts';
import { encodeSection } from '../section-codec.ts';
import { readListChange, writeListChange } from '../sequence/list-change-codec.ts';
import { readTextChange, writeTextChange } from '../sequence/text-change-codec.ts';
import type { TextChange } from '../sequence/text-op.ts';
import type { KnownType } from '../type-registry.ts';
import type { ApartMap, CarriedPlace } from './apart-map.ts';
import { CarriedElements, type SequenceHere, type SequenceThere } from './carried-elements.ts';
import { bytesWithNewIds, textWithNewIds, valueWithNewIds } from './replaced-ids.ts';

/** What a section is translated with. */
export interface SectionTranslation {
  readonly apart: ApartMap;
  /** The state here, with the work. */
  readonly fold: Fold;
  /** A text or list of an object in the state that the work goes to; `undefined` if it has none. */
  readonly there: (object: Uint8Array, type: KnownType, leaf: number) => SequenceThere | undefined;
  /** Number of the section's block here. */
  readonly block: number;
  /** Number of the section among those of data of its block. */
  readonly ordinal: number;
  readonly place: CarriedPlace;
}

/** Bytes of the translated section. @throws CodecError when it cannot be read, or is too large then. */
export function translateSection(parts: SectionTranslation, section: Section): Uint8Array {
  return new Translation(parts, section).run();
}

type FieldOp = Extract<Op, { readonly field: FieldNo }>;

/** Key of an element, and what of it. */
const ELEMENT_KEY = /^([0-9a-f]{64})\.(0|[1-9]\d{0,9})(.*)$/;

class Translation {
  readonly #parts: SectionTranslation;
  readonly #section: Section;
  readonly #feeds: Uint8Array[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #ownFeed: string;

  constructor(parts: SectionTranslation, section: Section) {
    this.#parts = parts;
    this.#section = section;
    this.#ownFeed = parts.apart.index.branches.feedOf(parts.block);
  }

  run(): Uint8Array {
    const objects = this.#section.objects.map((object) => this.#object(object));
    const ops = this.#section.ops.map((op) => this.#op(op));
    return encodeSection({ feeds: this.#feeds, types: this.#section.types, objects, ops });
  }

  #object({ id, feed, seq }: NamedObject): NamedObject {
    const { apart } = this.#parts;
    const { feed: newFeed, seq: newSeq } = this.#place(feed, seq);
    const newId = fromHex(apart.newId(toHex(id)) ?? '');
    return {
      id: newId === undefined || newId.length === 0 ? id : newId,
      feed: newFeed,
      seq: newSeq,
    };
  }

  #op(op: Op): Op {
    switch (op.kind) {
      case 'type':
        return op;
      case 'create':
        return { ...op, payload: this.#payload(op) };
      case 'delete':
      case 'restore':
        return { ...op, covers: op.covers && this.#dots(op.covers) };
      case 'undelete':
        return { ...op, covers: this.#dots(op.covers) };
      default:
        return this.#fieldOp(op);
    }
  }

  #fieldOp(op: FieldOp): Op {
    const { apart } = this.#parts;
    switch (op.kind) {
      case 'set':
        return {
          ...op,
          ...this.#key(op),
          value: valueWithNewIds(apart, op.value),
          covers: op.covers && this.#dots(op.covers),
        };
      case 'unset':
        return { ...op, ...this.#key(op), covers: op.covers && this.#dots(op.covers) };
      case 'retract':
        return { ...op, ...this.#key(op), covers: this.#dots(op.covers) };
      case 'add':
        return { ...op, value: valueWithNewIds(apart, op.value) };
      case 'remove':
        return {
          ...op,
          value: valueWithNewIds(apart, op.value),
          covers: op.covers && this.#dots(op.covers),
        };
      case 'increment':
        return { ...op, counter: op.counter && this.#dot(op.counter) };
      case 'assign':
        return op;
      case 'recount':
        return {
          ...op,
          covers: this.#dots(op.covers),
          counter: op.counter && this.#dot(op.counter),
        };
      case 'model':
        return { ...op, needs: this.#dots(op.needs), bytes: bytesWithNewIds(apart, op.bytes) };
      case 'sequence':
        return { ...op, bytes: this.#sequence(op) };
    }
  }

  /** The key of an entry: of a map as it is, of a list or rich text by the element. */
  #key(op: { readonly object: ObjectNo; readonly field: FieldNo; readonly key?: string }): {
    readonly key?: string;
  } {
    if (op.key === undefined) return {};
    const found = this.#field(op);
    const match = ELEMENT_KEY.exec(op.key);
    const kind = found?.type.compiled.leaves[found.leaf]?.data.kind;
    if (match === null || (kind !== 'list' && kind !== 'rich')) {
      return { key: textWithNewIds(this.#parts.apart, op.key) };
    }
    const [, name = '', counter = '', rest = ''] = match;
    const element = this.#elements(op).named(name, Number(counter));
    return { key: `${element.name}.${element.counter}${rest}` };
  }

  #payload(op: Extract<Op, { readonly kind: 'create' }>): Uint8Array {
    const { apart, fold } = this.#parts;
    const hash = this.#section.types[op.type];
    const type = hash === undefined ? undefined : fold.types.byHash(toHex(hash));
    if (type === undefined || apart.hasNoObjects) return op.payload;
    const { leaves } = type.compiled;
    const values = decodePayload(op.payload, leaves.length).map((value, at) => {
      if (value === undefined) return undefined;
      const replaced = valueWithNewIds(apart, value);
      const isSet = leaves[at]?.data.kind === 'set' && Array.isArray(replaced);
      return isSet ? sortedItems(replaced as Value[]) : replaced;
    });
    return encodePayload(values);
  }

  #sequence(op: Extract<Op, { readonly kind: 'sequence' }>): Uint8Array {
    const kind = this.#kindOf(op);
    const elements = this.#elements(op);
    const reader = new Reader(op.bytes);
    const writer = new Writer(op.bytes.length + 64);
    const old = { indexOf: () => 0, agentAt: (no: number) => this.#known(no) };
    const made = { indexOf: (no: number) => no, agentAt: () => undefined };
    if (kind === 'list') {
      const change = readListChange(reader, old);
      const values: Value[] = [];
      while (reader.left > 0) values.push(readValue(reader));
      const places = change.places.map((place) => {
        const anchored = { ...place, ...elements.anchor(place) };
        return anchored.kind === 'move'
          ? { ...anchored, moved: elements.element(anchored.moved) }
          : anchored;
      });
      const ranges = this.#visibility(elements, change);
      writeListChange(writer, { places, ...ranges }, made);
      for (const value of values) writeValue(writer, valueWithNewIds(this.#parts.apart, value));
    } else if (kind === 'rich') {
      writeRichChange(writer, this.#rich(elements, readRichChange(reader, old)), made);
    } else {
      writeTextChange(writer, this.#text(elements, readTextChange(reader, old)), made);
    }
    reader.end();
    return writer.finish();
  }

  #rich(elements: CarriedElements, { marks, text }: RichChange): RichChange {
    return {
      text: text === undefined ? undefined : this.#text(elements, text),
      marks: marks.flatMap((mark) => this.#mark(elements, mark)),
    };
  }

  #mark(elements: CarriedElements, mark: MarkOp): readonly MarkOp[] {
    const { apart } = this.#parts;
    const start = elements.anchor(mark.start);
    const end = elements.anchor(mark.end);
    // Everything up to its end is gone: there is nothing left to mark.
    if (mark.end.element !== undefined && end.element === undefined) return [];
    const value = typeof mark.value === 'string' ? textWithNewIds(apart, mark.value) : mark.value;
    return [{ key: textWithNewIds(apart, mark.key), value, start, end }];
  }

  #text(elements: CarriedElements, change: TextChange): TextChange {
    return {
      inserts: change.inserts.map((insert) => ({
        ...insert,
        ...elements.anchor(insert),
        text: textWithNewIds(this.#parts.apart, insert.text),
      })),
      ...this.#visibility(elements, change),
    };
  }

  #visibility(
    elements: CarriedElements,
    { hidden, shown }: Pick<TextChange, 'hidden' | 'shown'>,
  ): Pick<TextChange, 'hidden' | 'shown'> {
    return { hidden: elements.ranges(hidden), shown: elements.ranges(shown) };
  }

  #elements(op: { readonly object: ObjectNo; readonly field: FieldNo }): CarriedElements {
    const { apart, block, there } = this.#parts;
    const found = this.#field(op);
    const { branches } = apart.index;
    const isMadeApart = found !== undefined && apart.newId(toHex(found.id)) !== undefined;
    return new CarriedElements({
      apart,
      by: { no: block, branch: branches.branchOf(block) },
      nameOf: (no) => this.#nameOf(no),
      numberOf: (feed) => this.#numberOf(feed),
      here: found === undefined ? undefined : this.#here(found),
      there:
        found === undefined || isMadeApart ? undefined : there(found.id, found.type, found.leaf),
    });
  }

  #here(found: FoundField): SequenceHere | undefined {
    const { fold } = this.#parts;
    const field = found.type.fields[found.leaf];
    const state =
      found.row < 0 || field === undefined ? undefined : fold.glance(found.row)?.fields.get(field);
    if (state?.kind !== 'text' && state?.kind !== 'list') return undefined;
    const { sequence } = state.kind === 'text' ? state.text : state.list;
    const { ids, timeline } = state;
    return { ids, timeline, sequence, elementIds: new ElementIds(fold.blocks, state) };
  }

  #kindOf(op: { readonly object: ObjectNo; readonly field: FieldNo }): string {
    const found = this.#field(op);
    const kind = found?.type.compiled.leaves[found.leaf]?.data.kind;
    if (kind === undefined) {
      throw new CodecError('CODEC_MALFORMED', 'an op names a field that nobody knows');
    }
    return kind;
  }

  #field(op: { readonly object: ObjectNo; readonly field: FieldNo }): FoundField | undefined {
    const { apart, block, fold, ordinal } = this.#parts;
    const { object, field } = op;
    const id =
      object % 2 === 0
        ? this.#section.objects[object / 2]?.id
        : objectIdBytes(
            {
              feed: fromHex(this.#ownFeed) ?? new Uint8Array(0),
              nonce: apart.index.nonceOf(block),
            },
            firstOpOf({ section: ordinal }) + (object - 1) / 2,
          );
    if (id === undefined) return undefined;
    const row = fold.rows.find(id);
    const named = field.type === undefined ? undefined : this.#section.types[field.type];
    const type =
      named === undefined
        ? row < 0
          ? undefined
          : fold.typeOf(row)
        : fold.types.byHash(toHex(named));
    return type === undefined ? undefined : { id, row, type, leaf: field.leaf };
  }

  #dots(dots: readonly Dot[]): readonly Dot[] {
    return dots
      .map((dot) => this.#dot(dot))
      .sort((a, b) => a.feed - b.feed || a.seq - b.seq || a.op - b.op);
  }

  #dot(dot: Dot): Dot {
    return { ...dot, ...this.#place(dot.feed, dot.seq) };
  }

  /** A block by the number of its feed and its seq. */
  #place(feed: number, seq: number): { readonly feed: number; readonly seq: number } {
    const { apart, block } = this.#parts;
    const { branches } = apart.index;
    const name = this.#nameOf(feed);
    const chains = feed === 0 ? [branches.branchOf(block)] : apart.branchesNamed(name);
    for (const chain of chains) {
      const no = branches.blockAt(chain, seq);
      const place = no === undefined ? undefined : apart.placeOf(no);
      if (place !== undefined) return { feed: this.#numberOf(place.group.feed), seq: place.seq };
    }
    return { feed: this.#numberOf(apart.outerName(name)), seq };
  }

  #nameOf(no: number): string {
    const named = this.#section.feeds[no - 1];
    return named === undefined ? this.#ownFeed : toHex(named);
  }

  #known(no: number): number | undefined {
    return no <= this.#section.feeds.length ? no : undefined;
  }

  #numberOf(feed: string): number {
    if (feed === this.#parts.place.group.feed) return 0;
    let no = this.#numbers.get(feed);
    if (no === undefined) {
      no = this.#feeds.push(fromHex(feed) ?? new Uint8Array(0));
      this.#numbers.set(feed, no);
    }
    return no;
  }
}

/** A field that an op names, of an object here. */
interface FoundField {
  readonly id: Uint8Array;
  readonly row: number;
  readonly type: KnownType;
  readonly leaf: number;
}
