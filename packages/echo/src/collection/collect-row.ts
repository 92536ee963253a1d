/** What a sealed epoch does to the row of one object. */
import type { Fold } from '../fold.ts';
import type { ObjectState } from '../object-state.ts';
import { winner } from '../shown.ts';
import type { KnownType } from '../type-registry.ts';
import { collectSequence, isExact } from './collect-sequence.ts';
import type { CollectionStage } from './stage.ts';

/** Rows that an epoch may do something to. */
export function* rowsToCollect(fold: Fold): Generator<number> {
  const { rows } = fold;
  const hasSequences = new Map<KnownType, boolean>();
  for (let row = 0; row < rows.count; row++) {
    if (!rows.isTouched(row) || fold.isCollected(row)) continue;
    const type = fold.typeOf(row);
    let has = hasSequences.get(type);
    if (has === undefined) {
      has = type.compiled.leaves.some(({ data: { kind } }) => SEQUENCES.has(kind));
      hasSequences.set(type, has);
    }
    if (has || fold.deletedOf(row).length > 0) yield row;
  }
}

const SEQUENCES: ReadonlySet<string> = new Set(['text', 'rich', 'list']);

/** True if a row that holds ops above the frontier tells what it was at the frontier. */
export function isRowExact(fold: Fold, row: number, stage: CollectionStage): boolean {
  const state = fold.glance(row);
  if (state === undefined || state.blocks.every((block) => stage.isUnder(block))) return true;
  if (state.isDoubtful) return false;
  const { hasListedObjects } = stage;
  if (hasListedObjects !== undefined && state.deleted.some(({ block }) => !stage.isUnder(block))) {
    return false;
  }
  for (const field of state.fields.values()) {
    const isSequence = field.kind === 'text' || field.kind === 'list';
    if (isSequence && !isExact(field, stage)) return false;
  }
  return true;
}

/** Puts a row behind an epoch. What it holds must be exact. */
export function collectRow(fold: Fold, row: number, stage: CollectionStage): void {
  const seen = fold.glance(row);
  if (seen === undefined) return;
  if (isObjectGone(fold, row, seen, stage)) {
    fold.collectObject(row, stage);
    return;
  }
  // Looking at it once more is cheaper than keeping all rows decoded.
  if (!hasWork(seen, stage)) return;
  const state = fold.ensureState(row);
  state.isDoubtful = false;
  for (const [number, field] of [...state.fields]) {
    if (field.kind !== 'text' && field.kind !== 'list') continue;
    const { isChanged, state: next } = collectSequence(fold.blocks, field, stage);
    if (next !== field) state.fields.set(number, next);
    if (isChanged) fold.observer.fieldChanged(row, number);
  }
}

function hasWork(state: ObjectState, stage: CollectionStage): boolean {
  if (state.isDoubtful) return true;
  for (const field of state.fields.values()) {
    if (field.kind !== 'text' && field.kind !== 'list') continue;
    if (field.timeline.hasUnder((block) => stage.isUnder(block))) return true;
    if (stage.hasListed === undefined) continue;
    const { sequence } = field.kind === 'text' ? field.text : field.list;
    if (sequence.tree.length < field.ids.units) return true;
  }
  return false;
}

/** Deleted, by nothing but what was listed. */
function isObjectGone(
  fold: Fold,
  row: number,
  { deleted }: ObjectState,
  { hasListedObjects }: CollectionStage,
): boolean {
  if (hasListedObjects === undefined || deleted.length === 0 || fold.rows.isVoid(row)) return false;
  return winner(deleted) === true && deleted.every(({ block }) => hasListedObjects(block));
}
