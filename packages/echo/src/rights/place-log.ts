/**
 * Where objects stood in trees as single blocks knew it. Rights over an object hold for what is below it, as of the
 * block that exercises them: never as of now, so nothing that arrives later decides. See docs/decisions/0152.
 */
import type { Value } from '@atoll/codec';
import { toHex } from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import { createdValue } from '../field-state.ts';
import type { PlaceLog } from '../object-state.ts';
import { writeRegister, type Sibling } from '../register.ts';
import { winner } from '../shown.ts';
import type { KnownType } from '../type-registry.ts';
import type { OpMoment, ParentId } from './op-target.ts';

/** Objects from one upwards that are looked at: more levels are no way to order things. */
const ANCESTORS_MAX = 1024;

const fieldsByType = new WeakMap<KnownType, readonly number[]>();

/** The parent that a register's value names. */
export function parentOf(value: Value | undefined): ParentId {
  const parent: unknown = Array.isArray(value) ? (value as readonly Value[])[0] : undefined;
  return parent instanceof Uint8Array ? parent : null;
}

/** Fields of an object by which it is in a tree, of all versions of its type. */
function treeFields(fold: Fold, row: number): readonly number[] {
  const versions = fold.types.byName(fold.typeOf(row).compiled.name);
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
  { row, field }: { readonly row: number; readonly field: number },
  moment: OpMoment,
): ParentId {
  const state = fold.state(row)?.fields.get(field);
  if (state?.kind !== 'register') {
    const isKnown = isKnownAt(fold, { block: fold.rows.block(row), op: fold.rows.op(row) }, moment);
    return isKnown ? parentOf(createdValue(fold, row, field)) : null;
  }
  if (state.placed === undefined) return parentOf(winner(state.siblings));
  return parentOf(winner(siblingsAt(fold, state.placed, moment)));
}

function siblingsAt(fold: Fold, { base, writes }: PlaceLog, moment: OpMoment): readonly Sibling[] {
  let siblings = base;
  for (const write of writes) {
    if (isKnownAt(fold, write, moment)) siblings = writeRegister(fold.blocks, siblings, write);
  }
  return siblings;
}

/** True for what a moment's block has in its past, or an epoch has settled for it. */
function isKnownAt(
  fold: Fold,
  at: { readonly block: number; readonly op: number },
  moment: OpMoment,
): boolean {
  const { block } = moment;
  if (block === undefined) return true;
  if (at.block === block) return at.op < moment.op;
  return fold.blocks.reaches(at.block, block) || fold.isSettledFor(at.block, block);
}

/** True if an object of this id is the object, or was known to be above it at a moment. */
export function isInSubtree(
  fold: Fold,
  from: readonly ParentId[],
  id: string,
  moment: OpMoment,
): boolean {
  const seen = new Set<string>();
  const waiting = [...from];
  for (let at = 0; at < waiting.length && at < ANCESTORS_MAX; at++) {
    const parent = waiting[at];
    if (parent === null || parent === undefined) continue;
    const hex = toHex(parent);
    if (hex === id) return true;
    if (seen.has(hex)) continue;
    seen.add(hex);
    const row = fold.rowIn(moment.zone, parent);
    if (row >= 0) waiting.push(...parentsAt(fold, row, moment));
  }
  return false;
}

/** Parents of an object in all its trees, or the one by a field, as they were known at a moment. */
export function parentsAt(
  fold: Fold,
  row: number,
  moment: OpMoment,
  only?: number,
): readonly ParentId[] {
  const fields = only === undefined ? treeFields(fold, row) : [only];
  return fields.map((field) => parentAt(fold, { row, field }, moment));
}
