/** Copies objects from a state into another database, refs among them included. */
import { isScalar, defineDynamic, type ElementData, type Leaf } from '@atoll/schema';
import type { Value } from '@atoll/codec';
import type { Database } from '../database.ts';
import type { FieldRef } from '../mutations.ts';
import { RichTextView } from '../rich-text/rich-text-view.ts';
import { encodePayload, sortedItems } from '../row-payload.ts';
import { isLive } from '../shown.ts';
import type { KnownType } from '../type-registry.ts';
import { countedRow } from './compare.ts';
import { crossed, crossedDocument, mayRefer, type Crossing } from './crossing.ts';
import {
  countOf,
  documentIn,
  elementData,
  itemsIn,
  mapIn,
  readerIn,
  runsIn,
  setIn,
  storedIn,
} from './fields.ts';

/** Units of a text that are written at once: a long one takes several blocks. */
const UNITS_AT_ONCE = 32_768;
/** Elements of a list that are written at once. */
const ITEMS_AT_ONCE = 1_024;

/** What is copied, and where. */
export interface Copying {
  readonly from: Database;
  /** The database whose versions of types are read through. */
  readonly present: Database;
  readonly to: Database;
  /** Ids there by ids here; copies are entered. */
  readonly ids: Map<string, string>;
  readonly crossing: Crossing;
}

interface Copy {
  readonly from: FieldRef;
  readonly to: FieldRef;
}

/**
 * Copies objects. Without a transaction around it, it takes as many blocks as it needs. First without refs,
 * since these may point to what is copied later. Copies of what is deleted are deleted.
 */
export function copyObjects(copying: Copying, objects: readonly string[]): void {
  const { from, ids, present, to } = copying;
  const copies = objects.map((id) => {
    const row = countedRow(from, id);
    const type = readerIn(from, row, present);
    const known = to.register(defineDynamic(type.compiled.data));
    const zone = from.space === to.space ? from.fold.zoneOf(row) : undefined;
    const made = to.mutations.create(known, payloadOf(from, row, type), zone);
    ids.set(id, to.fold.rows.id(made));
    return { from: { row, type }, to: { row: made, type: known } };
  });
  for (const copy of copies) {
    for (const leaf of copy.from.type.compiled.leaves) {
      const pair = { from: { ...copy.from, leaf }, to: { ...copy.to, leaf } };
      if (isPlain(leaf)) continue;
      copyField(copying, pair);
    }
  }
  for (const copy of copies) {
    if (!isLive(from.fold, copy.from.row)) to.mutations.setDeleted(copy.to.row, true);
  }
}

/** Kinds whose content is a history of its own. */
const MADE_OF_OPS: ReadonlySet<string> = new Set(['text', 'rich', 'list', 'model']);

/** True for fields that the creation carries. */
function isPlain({ data, ...leaf }: Leaf): boolean {
  if (MADE_OF_OPS.has(data.kind)) return false;
  const of = elementData({ ...leaf, data });
  return of === undefined || !mayRefer(of);
}

function payloadOf(db: Database, row: number, type: KnownType): Uint8Array {
  const values = type.compiled.leaves.map((leaf): Value | undefined => {
    if (!isPlain(leaf)) return undefined;
    const ref = { row, type, leaf };
    switch (leaf.data.kind) {
      case 'set': {
        const items = [...setIn(db, ref).values()];
        return items.length === 0 ? undefined : sortedItems(items);
      }
      case 'map': {
        const entries = mapIn(db, ref);
        return entries.size === 0 ? undefined : Object.fromEntries(entries);
      }
      case 'counter':
        return countOf(db, ref) || undefined;
      default:
        return isScalar(leaf.data) ? storedIn(db, ref) : undefined;
    }
  });
  return encodePayload(values);
}

function copyField(copying: Copying, copy: Copy): void {
  const { crossing, from, to } = copying;
  const { data } = copy.from.leaf;
  const of = elementData(copy.from.leaf) as ElementData;
  switch (data.kind) {
    case 'text':
      insertLong(
        to,
        copy.to,
        runsIn(from, copy.from)
          .map(({ text }) => text)
          .join(''),
      );
      break;
    case 'rich':
      if (runsIn(from, copy.from).length > 0 || documentIn(from, copy.from).length > 0) {
        const document = crossedDocument(documentIn(from, copy.from), crossing);
        new RichTextView(to, copy.to).setDocument(document);
      }
      break;
    case 'list': {
      const values = itemsIn(from, copy.from).map(({ value }) =>
        crossed(of, value ?? null, crossing),
      );
      for (let at = 0; at < values.length; at += ITEMS_AT_ONCE) {
        to.sequences.insertItems(copy.to, at, values.slice(at, at + ITEMS_AT_ONCE));
      }
      break;
    }
    case 'model':
      to.models.rewrite(copy.to, from.models.bytesOf(copy.from));
      break;
    case 'set':
      for (const value of setIn(from, copy.from).values()) {
        to.mutations.add(copy.to, crossed(of, value, crossing));
      }
      break;
    case 'map':
      for (const [key, value] of mapIn(from, copy.from)) {
        to.mutations.set(copy.to, crossed(of, value, crossing), { key });
      }
      break;
    default: {
      const value = storedIn(from, copy.from);
      if (value !== undefined) to.mutations.set(copy.to, crossed(of, value, crossing));
    }
  }
}

function insertLong(db: Database, ref: FieldRef, text: string): void {
  for (let at = 0; at < text.length;) {
    let end = Math.min(text.length, at + UNITS_AT_ONCE);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--;
    db.sequences.insertText(ref, at, text.slice(at, end));
    at = end;
  }
}
