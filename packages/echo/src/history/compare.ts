/** The difference between two states of one log: of an object, or of everything that differs. */
import type { ObjectId } from '@atoll/kernel';
import { isScalar, type Json, type Leaf } from '@atoll/schema';
import type { Database } from '../database.ts';
import { EMPTY_DOCUMENT } from '../rich-text/delta.ts';
import { deltaBetween } from '../rich-text/diff.ts';
import { isLive } from '../shown.ts';
import type { FieldRef } from '../mutations.ts';
import {
  countOf,
  documentIn,
  elementData,
  fieldNo,
  fieldRef,
  itemsIn,
  jsonOf,
  keyOfValue,
  mapIn,
  readerIn,
  runsIn,
  setIn,
  storedIn,
} from './fields.ts';
import type { FieldDiff, LifeDiff, ListPiece, ObjectDiff, TextPiece } from './object-diff.ts';
import { rowOf } from './row-of.ts';
import { compareItems, compareRuns } from './sequence-diff.ts';
import { stampOf } from '../sequence/sequence.ts';

/** Two states that share the numbers of blocks and branches. */
export interface States {
  readonly before: Database;
  readonly after: Database;
  /** The database whose versions of types are read through. */
  readonly present: Database;
}

/** A field in both states; a side without the object has none. */
interface FieldPair {
  readonly states: States;
  readonly leaf: Leaf;
  readonly before: FieldRef | undefined;
  readonly after: FieldRef | undefined;
}

/** Compares an object; `undefined` if nothing differs. */
export function compareObject(states: States, id: string): ObjectDiff | undefined {
  const { before, after, present } = states;
  const was = countedRow(before, id);
  const is = countedRow(after, id);
  if (was < 0 && is < 0) return undefined;
  const life = lifeOf(states, was, is);
  const [db, row] = is >= 0 ? [after, is] : [before, was];
  const type = readerIn(db, row, present);
  const fields: FieldDiff[] = [];
  for (const leaf of type.compiled.leaves) {
    const diff = compareField({
      states,
      leaf,
      before: was < 0 ? undefined : fieldRef(before, was, readerIn(before, was, present), leaf),
      after: is < 0 ? undefined : fieldRef(after, is, readerIn(after, is, present), leaf),
    });
    if (diff !== undefined) fields.push(diff);
  }
  if (life === 'kept' && fields.length === 0) return undefined;
  return { id, type: type.compiled.name, life, fields };
}

/** True for types of people's content; the others are what a space keeps about itself. */
export function isContent(type: string): boolean {
  return !type.startsWith('org.atoll.');
}

/** Compares all objects with content that one of the states has, in the order of their ids. */
export function compareAll(states: States): ObjectDiff[] {
  const ids = new Set<string>();
  for (const db of [states.before, states.after]) {
    const { rows } = db.fold;
    for (let row = 0; row < rows.count; row++) {
      if (!rows.isVoid(row) && isContent(db.fold.typeOf(row).compiled.name)) ids.add(rows.id(row));
    }
  }
  return [...ids]
    .sort()
    .flatMap((id) => (isFleeting(states, id) ? [] : (compareObject(states, id) ?? [])));
}

/** True for what came and went again between the states: neither of them shows it. */
function isFleeting({ before, after }: States, id: string): boolean {
  const was = countedRow(before, id);
  const is = countedRow(after, id);
  if (was < 0) return is >= 0 && !isLive(after.fold, is);
  return is < 0 && !isLive(before.fold, was);
}

/** Row of an object that counts, deleted or not; else -1. */
export function countedRow(db: Database, id: ObjectId | string): number {
  const row = rowOf(db, id);
  return row < 0 || db.fold.rows.isVoid(row) ? -1 : row;
}

function lifeOf({ before, after }: States, was: number, is: number): LifeDiff {
  if (was < 0) return isLive(after.fold, is) ? 'created' : 'kept';
  if (is < 0) return isLive(before.fold, was) ? 'uncreated' : 'kept';
  const lived = isLive(before.fold, was);
  const lives = isLive(after.fold, is);
  if (lived === lives) return 'kept';
  return lives ? 'restored' : 'deleted';
}

function compareField(pair: FieldPair): FieldDiff | undefined {
  const { data, name: field } = pair.leaf;
  switch (data.kind) {
    case 'set':
      return compareSets(pair, field);
    case 'map':
      return compareMaps(pair, field);
    case 'counter': {
      const [before, after] = bothOf(pair, countOf, 0);
      return before === after ? undefined : { field, kind: 'counter', before, after };
    }
    case 'text':
    case 'rich':
      return compareTexts(pair, field);
    case 'list':
      return compareLists(pair, field);
    case 'model': {
      const [before, after] = bothOf(pair, (db, ref) => db.models.field(ref, data).toJSON(), null);
      const isSame = JSON.stringify(before) === JSON.stringify(after);
      return isSame
        ? undefined
        : { field, kind: 'value', before: before as Json, after: after as Json };
    }
    default:
      return isScalar(data) ? compareValues(pair, field) : undefined;
  }
}

function compareValues(pair: FieldPair, field: string): FieldDiff | undefined {
  const [before, after] = bothOf(pair, storedIn, undefined);
  if (keyOfValue(before) === keyOfValue(after)) return undefined;
  const { states } = pair;
  const was = jsonIn(states.before, pair.leaf, before);
  const is = jsonIn(states.after, pair.leaf, after);
  return {
    field,
    kind: 'value',
    ...(was === undefined ? {} : { before: was }),
    ...(is === undefined ? {} : { after: is }),
  };
}

function compareSets(pair: FieldPair, field: string): FieldDiff | undefined {
  const [before, after] = bothOf(pair, setIn, new Map());
  const { states, leaf } = pair;
  const added = [...after].filter(([key]) => !before.has(key));
  const removed = [...before].filter(([key]) => !after.has(key));
  if (added.length + removed.length === 0) return undefined;
  return {
    field,
    kind: 'set',
    added: added.map(([, value]) => jsonIn(states.after, leaf, value) ?? null),
    removed: removed.map(([, value]) => jsonIn(states.before, leaf, value) ?? null),
  };
}

function compareMaps(pair: FieldPair, field: string): FieldDiff | undefined {
  const [before, after] = bothOf(pair, mapIn, new Map());
  const { states, leaf } = pair;
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  const entries = keys.flatMap((key) => {
    const was = before.get(key);
    const is = after.get(key);
    if (keyOfValue(was) === keyOfValue(is)) return [];
    return {
      key,
      ...(was === undefined ? {} : { before: jsonIn(states.before, leaf, was) ?? null }),
      ...(is === undefined ? {} : { after: jsonIn(states.after, leaf, is) ?? null }),
    };
  });
  return entries.length === 0 ? undefined : { field, kind: 'map', entries };
}

function compareTexts(pair: FieldPair, field: string): FieldDiff | undefined {
  const [before, after] = bothOf(pair, runsIn, []);
  const { leaf } = pair;
  const pieces = compareRuns(before, after);
  const delta =
    leaf.data.kind === 'rich' ? deltaBetween(...bothOf(pair, documentIn, EMPTY_DOCUMENT)) : [];
  if (pieces.every(({ change }) => change === 'kept') && delta.length === 0) return undefined;
  const authors = new BranchAuthors(pair);
  return {
    field,
    kind: 'text',
    pieces: pieces.map(({ change, text, agent, counter }): TextPiece => {
      const author = authors.of(agent);
      const removedBy = change === 'removed' ? authors.ofRemoval({ agent, counter }) : undefined;
      return {
        change,
        text,
        ...(author === undefined ? {} : { author }),
        ...(removedBy === undefined ? {} : { removedBy }),
      };
    }),
    ...(leaf.data.kind === 'rich' ? { delta } : {}),
  };
}

function compareLists(pair: FieldPair, field: string): FieldDiff | undefined {
  const [before, after] = bothOf(pair, itemsIn, []);
  const { states, leaf } = pair;
  const pieces = compareItems(before, after);
  if (pieces.every(({ change, changed }) => change === 'kept' && !changed)) return undefined;
  return {
    field,
    kind: 'list',
    pieces: pieces.map((piece): ListPiece => {
      const is = jsonIn(states.after, leaf, piece.after) ?? null;
      const was = jsonIn(states.before, leaf, piece.before) ?? null;
      return {
        change: piece.change,
        value: piece.change === 'removed' ? was : is,
        ...(piece.changed ? { was } : {}),
        ...(piece.from === undefined ? {} : { from: piece.from }),
        ...(piece.to === undefined ? {} : { to: piece.to }),
      };
    }),
  };
}

function bothOf<T>(pair: FieldPair, read: (db: Database, ref: FieldRef) => T, none: T): [T, T] {
  const { before, after, states } = pair;
  return [
    before === undefined ? none : read(states.before, before),
    after === undefined ? none : read(states.after, after),
  ];
}

function jsonIn(db: Database, leaf: Leaf, value: Parameters<typeof jsonOf>[2]): Json | undefined {
  const of = elementData(leaf);
  return of === undefined ? undefined : jsonOf(db, of, value);
}

/** Who wrote and who removed units of a text. */
class BranchAuthors {
  readonly #pair: FieldPair;
  readonly #byBranch = new Map<number, string>();

  constructor(pair: FieldPair) {
    this.#pair = pair;
    const { before, after, states } = pair;
    for (const [db, ref] of [
      [states.before, before],
      [states.after, after],
    ] as const) {
      if (ref === undefined) continue;
      for (const no of db.fold.blocksOf([ref.row])) {
        const { branch, author } = db.fold.blocks.get(no);
        this.#byBranch.set(branch, author);
      }
    }
  }

  of(branch: number): string | undefined {
    return this.#byBranch.get(branch);
  }

  ofRemoval(element: { readonly agent: number; readonly counter: number }): string | undefined {
    const { after, states } = this.#pair;
    if (after === undefined) return undefined;
    const state = states.after.sequences.text(after.row, fieldNo(after));
    const unit = state?.ids.unitOf(element.agent, element.counter) ?? -1;
    const register = unit < 0 ? 0 : (state?.text.sequence.stamps[unit] ?? 0);
    return register <= 0 ? undefined : states.after.fold.blocks.get(stampOf(register)).author;
  }
}
