/**
 * Where objects stood in trees as single blocks knew it. Rights over an object hold for what is below it, as of the
 * block that exercises them: never as of now, so nothing that arrives later decides. See docs/decisions/0152.
 */
import type { Value } from '@atoll/codec';
import { toHex } from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import type { Creation } from '../creations.ts';
import { writeRegister, type Sibling } from '../register.ts';
import { isPayload, payloadValue } from '../row-payload.ts';
import { winner } from '../shown.ts';
import type { KnownType } from '../type-registry.ts';
import type { OpMoment, ParentId } from './op-target.ts';

/** From when on places are seen: whoever asks, things stand where they stand. */
type PlaceMoment = Omit<OpMoment, 'author'>;

/** Objects from one upwards that are looked at: more levels are no way to order things. */
const ANCESTORS_MAX = 1024;

const fieldsByType = new WeakMap<KnownType, readonly number[]>();

/** The parent that a register's value names. */
export function parentOf(value: Value | undefined): ParentId {
  const parent: unknown = Array.isArray(value) ? (value as readonly Value[])[0] : undefined;
  return parent instanceof Uint8Array ? parent : null;
}

/** Fields of an object by which it is in a tree, of all versions of its type. */
function treeFields(fold: Fold, { type }: Creation): readonly number[] {
  const versions = fold.types.byName(fold.types.get(type).compiled.name);
  const found = versions.map(fieldsOf);
  return found.length === 1 ? (found[0] as readonly number[]) : [...new Set(found.flat())];
}

function fieldsOf(type: KnownType): readonly number[] {
  let fields = fieldsByType.get(type);
  if (fields === undefined) {
    fields = type.compiled.leaves
      .filter(({ data }) => data.kind === 'tree')
      .map(({ index }) => type.fields[index] as number);
    fieldsByType.set(type, fields);
  }
  return fields;
}

/** The parent by one field, as it was known at a moment. */
function parentAt(
  fold: Fold,
  { field, made, row }: { readonly row: number; readonly made: Creation; readonly field: number },
  moment: PlaceMoment,
): ParentId {
  const state = fold.state(row)?.fields.get(field);
  if (state?.kind !== 'register') return parentOf(madeWith(fold, row, made, field));
  if (state.placed === undefined) return parentOf(winner(state.siblings));
  const { base, writes } = state.placed;
  let siblings = base ?? madeSiblings(fold, row, made, field);
  for (const write of writes) {
    if (isKnownAt(fold, write, moment)) siblings = writeRegister(fold.blocks, siblings, write);
  }
  return parentOf(winner(siblings));
}

/** What a creation gave a field. */
function madeWith(
  fold: Fold,
  row: number,
  { isVoid, payload = fold.rows.payload(row), type }: Creation,
  field: number,
): Value | undefined {
  const { compiled, leafByField } = fold.types.get(type);
  const leaf = leafByField.get(field);
  // Of what does not count nobody has said that it can be read.
  if (leaf === undefined || (isVoid && !isPayload(payload, compiled.leaves))) return undefined;
  return payloadValue(payload, 0, leaf.index);
}

function madeSiblings(fold: Fold, row: number, made: Creation, field: number): readonly Sibling[] {
  const value = madeWith(fold, row, made, field);
  return value === undefined ? [] : [{ block: made.block, op: made.op, value }];
}

/** True for what a moment's block has in its past, or an epoch has settled for it. */
function isKnownAt(
  fold: Fold,
  at: { readonly block: number; readonly op: number },
  moment: PlaceMoment,
): boolean {
  const { block } = moment;
  if (block === undefined) return true;
  if (at.block === block) return at.op < moment.op;
  return fold.blocks.reaches(at.block, block) || fold.isSettledFor(at.block, block);
}

/**
 * What made the object of a row, as it was known at a moment: nothing where that had not been heard of, where it was
 * made twice and neither can be meant, and where an epoch has left nothing of it.
 */
export function madeAt(fold: Fold, row: number, moment: PlaceMoment): Creation | undefined {
  const all = fold.creations.of(row);
  const [only] = all;
  if (all.length === 1 && only?.isVoid === false && only.collectedIn === undefined) {
    return isKnownAt(fold, only, moment) ? only : undefined;
  }
  const known = all.filter((made) => isKnownAt(fold, made, moment));
  return fold.creations.placing(known, moment.block);
}

/**
 * Row of an object that was known at a moment. Of any other nothing is said, neither where it stands nor what it is:
 * whether it has come here already is chance.
 */
export function rowAt(fold: Fold, id: Uint8Array, moment: PlaceMoment): number {
  const row = fold.rowIn(moment.zone, id);
  return row >= 0 && madeAt(fold, row, moment) !== undefined ? row : -1;
}

/** True if an object of this id is one of these, or was known to be above one at a moment. */
export function isInSubtree(
  fold: Fold,
  from: readonly ParentId[],
  id: string,
  moment: PlaceMoment,
): boolean {
  return walkUp(fold, from, { moment, isIt: (hex) => hex === id });
}

/** Ids of these and of all that was known to be above them at a moment. */
export function idsAbove(
  fold: Fold,
  from: readonly ParentId[],
  moment: PlaceMoment,
): ReadonlySet<string> {
  const ids = new Set<string>();
  const isIt = (hex: string): boolean => {
    ids.add(hex);
    return false;
  };
  walkUp(fold, from, { moment, isIt });
  return ids;
}

/** True as soon as one of them is it. */
function walkUp(
  fold: Fold,
  from: readonly ParentId[],
  { isIt, moment }: { readonly moment: PlaceMoment; readonly isIt: (hex: string) => boolean },
): boolean {
  const seen = new Set<string>();
  const waiting = [...from];
  for (let at = 0; at < waiting.length && at < ANCESTORS_MAX; at++) {
    const parent = waiting[at];
    if (parent === null || parent === undefined) continue;
    const hex = toHex(parent);
    if (isIt(hex)) return true;
    if (seen.has(hex)) continue;
    seen.add(hex);
    const row = rowAt(fold, parent, moment);
    if (row >= 0) waiting.push(...parentsAt(fold, row, moment));
  }
  return false;
}

/** Parents of an object in all its trees, or the one by a field, as they were known at a moment. */
export function parentsAt(
  fold: Fold,
  row: number,
  moment: PlaceMoment,
  only?: number,
): readonly ParentId[] {
  const made = madeAt(fold, row, moment);
  if (made === undefined) return [];
  const fields = only === undefined ? treeFields(fold, made) : [only];
  return fields.map((field) => parentAt(fold, { row, made, field }, moment));
}
