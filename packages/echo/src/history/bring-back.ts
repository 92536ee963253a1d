/**
 * Makes an object, or everything, what it was: by ops that are written now, as few as it takes. Elements of
 * texts and lists that come back are the same ones, so that their writers stay known; copies of those that an
 * epoch has listed or forgotten.
 */
import type { Value } from '@atoll/codec';
import { isScalar } from '@atoll/schema';
import type { Database } from '../database.ts';
import type { FieldRef } from '../mutations.ts';
import { RichTextView } from '../rich-text/rich-text-view.ts';
import { deltaBetween } from '../rich-text/diff.ts';
import type { IdRange } from '../sequence/sequence-types.ts';
import { isLive } from '../shown.ts';
import { someCollected, sortHidden } from '../undo-listed.ts';
import { countedRow } from './compare.ts';
import {
  countOf,
  documentIn,
  elementOfNumber,
  fieldNo,
  fieldRef,
  itemsIn,
  keyOfValue,
  mapIn,
  readerIn,
  runsIn,
  setIn,
  storedIn,
  type ListItem,
} from './fields.ts';
import { compareItems, compareRuns, longestRising } from './sequence-diff.ts';

/** Ranges that one op shows or hides. */
const RANGES_AN_OP = 16_384;

/** A field now and as it is to be. */
interface FieldBack {
  readonly db: Database;
  readonly ref: FieldRef;
  readonly past: Database;
  readonly pastRef: FieldRef;
}

/** Makes an object what it was. Inside a transaction of the caller. False if it was not there then. */
export function bringBack(db: Database, past: Database, id: string): boolean {
  const row = countedRow(db, id);
  const pastRow = countedRow(past, id);
  if (row < 0) return false;
  if (pastRow < 0) {
    if (isLive(db.fold, row)) db.mutations.setDeleted(row, true);
    return false;
  }
  const type = readerIn(db, row, db);
  const pastType = readerIn(past, pastRow, db);
  for (const leaf of type.compiled.leaves) {
    const ref = fieldRef(db, row, type, leaf);
    bringFieldBack({ db, ref, past, pastRef: fieldRef(past, pastRow, pastType, leaf) });
  }
  const lived = isLive(past.fold, pastRow);
  if (isLive(db.fold, row) !== lived) db.mutations.setDeleted(row, !lived);
  return true;
}

/** True for an object that was there then and that an epoch has forgotten, or listed to be forgotten. */
export function isForgotten(db: Database, past: Database, id: string): boolean {
  const pastRow = countedRow(past, id);
  if (pastRow < 0 || !isLive(past.fold, pastRow)) return false;
  const row = countedRow(db, id);
  return row < 0 || (!isLive(db.fold, row) && !db.canRestore(row));
}

function bringFieldBack(back: FieldBack): void {
  const { data } = back.ref.leaf;
  if (data.kind === 'set') bringSetBack(back);
  else if (data.kind === 'map') bringMapBack(back);
  else if (data.kind === 'counter') bringCountBack(back);
  else if (data.kind === 'text' || data.kind === 'rich') bringTextBack(back);
  else if (data.kind === 'list') bringListBack(back);
  else if (data.kind === 'model')
    back.db.models.bringBack(back.ref, back.past.models, back.pastRef);
  else if (isScalar(data)) bringValueBack(back);
}

function bringValueBack({ db, ref, past, pastRef }: FieldBack): void {
  const was = storedIn(past, pastRef);
  if (keyOfValue(storedIn(db, ref)) !== keyOfValue(was)) db.mutations.set(ref, was);
}

function bringSetBack({ db, ref, past, pastRef }: FieldBack): void {
  const is = setIn(db, ref);
  const was = setIn(past, pastRef);
  for (const [key, value] of is) if (!was.has(key)) db.mutations.remove(ref, value);
  for (const [key, value] of was) if (!is.has(key)) db.mutations.add(ref, value);
}

function bringMapBack({ db, ref, past, pastRef }: FieldBack): void {
  const is = mapIn(db, ref);
  const was = mapIn(past, pastRef);
  for (const key of new Set([...is.keys(), ...was.keys()])) {
    const value: Value | undefined = was.get(key);
    if (keyOfValue(is.get(key)) !== keyOfValue(value)) db.mutations.set(ref, value, { key });
  }
}

/** By the difference: counting of others at the same time stays counted. */
function bringCountBack({ db, ref, past, pastRef }: FieldBack): void {
  const was = countOf(past, pastRef);
  const difference = was - countOf(db, ref);
  if (difference === 0) return;
  if (Number.isSafeInteger(difference)) db.mutations.increment(ref, difference);
  else db.mutations.assign(ref, was);
}

function bringTextBack(back: FieldBack): void {
  const { db, ref, past, pastRef } = back;
  const pieces = compareRuns(runsIn(db, ref), runsIn(past, pastRef)).map((piece) => {
    const { agent, change, counter, text } = piece;
    const range = { agent, counter, count: text.length };
    return { change, range, text, isGone: change === 'added' && isRangeForgotten(db, ref, range) };
  });
  const ranges = (change: 'added' | 'removed'): IdRange[] =>
    pieces.flatMap((piece) => (piece.change === change && !piece.isGone ? piece.range : []));
  for (const part of parts(ranges('removed'))) db.sequences.showText(ref, part, false);
  for (const part of parts(ranges('added'))) db.sequences.showText(ref, part, true);
  let at = 0;
  for (const { change, isGone, text } of pieces) {
    if (change === 'removed') continue;
    if (isGone) db.sequences.insertText(ref, at, text);
    at += text.length;
  }
  if (ref.leaf.data.kind !== 'rich') return;
  const was = documentIn(past, pastRef);
  if (deltaBetween(documentIn(db, ref), was).length > 0) new RichTextView(db, ref).setDocument(was);
}

function bringListBack({ db, ref, past, pastRef }: FieldBack): void {
  const was = itemsIn(past, pastRef);
  const pieces = compareItems(itemsIn(db, ref), was);
  const gone = new Set(
    pieces.flatMap(({ change, key }) =>
      change === 'added' && isRangeForgotten(db, ref, { ...elementOfNumber(key), count: 1 })
        ? key
        : [],
    ),
  );
  const ranges = (change: 'added' | 'removed'): IdRange[] =>
    pieces.flatMap((piece) =>
      piece.change === change && !gone.has(piece.key)
        ? { ...elementOfNumber(piece.key), count: 1 }
        : [],
    );
  for (const part of parts(ranges('removed'))) db.sequences.showItems(ref, part, false);
  for (const part of parts(ranges('added'))) db.sequences.showItems(ref, part, true);
  const kept = was.filter(({ key }) => !gone.has(key));
  reorder(db, ref, kept);
  for (const { key, change, changed, after, before } of compareItems(itemsIn(db, ref), kept)) {
    if (!changed || change === 'removed' || keyOfValue(before) === keyOfValue(after)) continue;
    db.mutations.set(ref, after, { key: db.sequences.itemKey(elementOfNumber(key)) });
  }
  was.forEach(({ key, value }, at) => {
    if (gone.has(key)) db.sequences.insertItems(ref, at, [value ?? null]);
  });
}

/** True for elements that an epoch has listed or collected: they can come back only as copies. */
function isRangeForgotten(db: Database, ref: FieldRef, range: IdRange): boolean {
  const field = fieldNo(ref);
  const state = db.sequences.text(ref.row, field) ?? db.sequences.list(ref.row, field);
  if (state === undefined) return false;
  return someCollected(state, [range]) || sortHidden(db, state, [range]).listed.length > 0;
}

/** Moves elements, which are the same ones, into an order: no more of them than it takes. */
function reorder(db: Database, ref: FieldRef, order: readonly ListItem[]): void {
  const now = itemsIn(db, ref).map(({ key }) => key);
  const placeByKey = new Map(now.map((key, at) => [key, at]));
  const wanted = order.map(({ key }) => key).filter((key) => placeByKey.has(key));
  const still = longestRising(wanted.map((key) => placeByKey.get(key) as number));
  wanted.forEach((key, at) => {
    if (still.has(placeByKey.get(key) as number)) return;
    const from = now.indexOf(key);
    const left = at === 0 ? -1 : now.indexOf(wanted[at - 1] as number);
    const to = from < left ? left : left + 1;
    db.sequences.moveItem(ref, from, to);
    now.splice(from, 1);
    now.splice(to, 0, key);
  });
}

function* parts(ranges: readonly IdRange[]): Generator<readonly IdRange[]> {
  for (let at = 0; at < ranges.length; at += RANGES_AN_OP)
    yield ranges.slice(at, at + RANGES_AN_OP);
}
