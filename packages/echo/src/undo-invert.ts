/**
 * The inverse of undoable steps. It overrides exactly what the steps wrote and restores the greatest valid
 * value they covered; what somebody has overwritten since, or what is void, is left alone and reported.
 */
import type { Value } from '@atoll/codec';
import { fromHex } from '@atoll/kernel';
import type { BlockTable } from './block-table.ts';
import type { Database } from './database.ts';
import type { FieldRef } from './mutations.ts';
import { sameDot } from './mutations.ts';
import type { GlobalDot } from './open-transaction.ts';
import type { Sibling } from './register.ts';
import type { SequenceEdits } from './sequence-edits.ts';
import type { IdRange } from './sequence/sequence-types.ts';
import { ownRanges, visibleRanges } from './sequence/standing-ranges.ts';
import { isLive } from './shown.ts';
import { insertCopies, someCollected, sortHidden } from './undo-listed.ts';
import type { CoveredValue, FieldPlace, UndoStep } from './undo-step.ts';

/** Why a step was not undone. */
export type SkipReason =
  | 'overwritten'
  | 'void'
  | 'gone'
  /** What it would bring back was deleted so long ago that an epoch has forgotten it. */
  | 'collected'
  /** The custom data model has no inverse, or its code is not here. */
  | 'not-undoable';

/** A step that was left alone. */
export interface Skipped {
  readonly object: string;
  readonly reason: SkipReason;
}

/** What became of an inverse. */
export interface Inverted {
  readonly skipped: readonly Skipped[];
  /** Ops that brought an earlier op's value back: from now on they stand for it. */
  readonly revived: readonly { readonly was: GlobalDot; readonly now: GlobalDot }[];
  /** Steps that were undone. */
  readonly done: number;
}

interface Work {
  readonly db: Database;
  /** Only looks at what would be done. */
  readonly isDry: boolean;
  readonly skipped: Skipped[];
  readonly revived: { readonly was: GlobalDot; readonly now: GlobalDot }[];
  /** The same, to be looked up. */
  readonly names: Map<string, GlobalDot>;
  done: number;
}

type RegisterStep = Extract<UndoStep, { readonly kind: 'register' }>;
type LifeStep = Extract<UndoStep, { readonly kind: 'life' }>;
type SequenceStep = Extract<UndoStep, { readonly kind: 'sequence' }>;
type ModelStep = Extract<UndoStep, { readonly kind: 'model' }>;
type CountStep = Extract<UndoStep, { readonly kind: 'count' }>;

/** A run of writes to one register by one group: they are undone as one. */
interface Merged<S> {
  readonly step: S;
  readonly dots: readonly GlobalDot[];
  readonly covered: readonly CoveredValue[];
}

/** Undoes steps, the last one first. In a transaction it is one block, else as many as it takes. */
export function invert(db: Database, steps: readonly UndoStep[]): Inverted {
  return invertAll(
    { db, isDry: false, skipped: [], revived: [], names: new Map(), done: 0 },
    steps,
  );
}

/** What {@link invert} would do now. Writes nothing. */
export function preview(db: Database, steps: readonly UndoStep[]): Inverted {
  return invertAll({ db, isDry: true, skipped: [], revived: [], names: new Map(), done: 0 }, steps);
}

function invertAll(work: Work, steps: readonly UndoStep[]): Inverted {
  const merged = mergeWrites(steps);
  for (const each of merged.reverse()) {
    const dots = each.dots.map((dot) => currentName(work, dot));
    const reason = invertOne(work, { ...each, dots });
    if (reason === undefined) work.done++;
    else work.skipped.push({ object: objectOf(each.step), reason });
  }
  return work;
}

/** The op that stands for an op whose value was brought back. */
function currentName({ names }: Work, dot: GlobalDot): GlobalDot {
  let name = dot;
  for (let now = names.get(keyOfDot(name)); now !== undefined; now = names.get(keyOfDot(name))) {
    name = now;
  }
  return name;
}

function revive(work: Work, was: GlobalDot, now: GlobalDot): void {
  work.revived.push({ was, now });
  work.names.set(keyOfDot(was), now);
}

/** A dot as the key of a map. */
export function keyOfDot(dot: GlobalDot): string {
  return `${dot.feed} ${dot.seq} ${dot.op}`;
}

/** Writes of one register become one; the order of the last ones is kept. */
function mergeWrites(steps: readonly UndoStep[]): Merged<UndoStep>[] {
  const byRegister = new Map<string, Merged<UndoStep>>();
  const merged: Merged<UndoStep>[] = [];
  for (const step of steps) {
    if (step.kind !== 'register' && step.kind !== 'life') {
      merged.push({ step, dots: 'dot' in step ? [step.dot] : [], covered: [] });
      continue;
    }
    const key = registerKey(step);
    const before = byRegister.get(key);
    const dots = [...(before?.dots ?? []), step.dot];
    const covered = [...(before?.covered ?? []), ...step.covered].filter(
      ({ dot }) => !dots.some((own) => sameDot(own, dot)),
    );
    const next = { step, dots, covered };
    if (before !== undefined) merged.splice(merged.indexOf(before), 1);
    merged.push(next);
    byRegister.set(key, next);
  }
  return merged;
}

function registerKey(step: RegisterStep | LifeStep): string {
  if (step.kind === 'life') return step.object;
  return `${step.place.object} ${step.place.type} ${step.place.leaf} ${step.key ?? ''}`;
}

function objectOf(step: UndoStep): string {
  return 'place' in step ? step.place.object : step.object;
}

function invertOne(work: Work, merged: Merged<UndoStep>): SkipReason | undefined {
  const { step } = merged;
  const { fold } = work.db;
  const row = rowOf(work.db, objectOf(step));
  if (row >= 0 && fold.isCollected(row)) return 'collected';
  if (row < 0 || fold.rows.isVoid(row)) return 'gone';
  if (merged.dots.length > 0 && merged.dots.every((dot) => isVoid(fold.blocks, dot))) return 'void';
  if (step.kind === 'create') return invertCreation(work, row);
  if (step.kind === 'life') return invertLife(work, row, merged);
  const ref = refOf(work.db, row, step.place);
  return ref === undefined ? 'gone' : invertField(work, ref, { ...merged, step });
}

function invertField(
  work: Work,
  ref: FieldRef,
  merged: Merged<Exclude<UndoStep, { readonly kind: 'create' | 'life' }>>,
): SkipReason | undefined {
  const { step } = merged;
  switch (step.kind) {
    case 'register':
      return invertRegister(work, ref, { ...merged, step });
    case 'add':
      return invertAddition(work, ref, step.value, merged.dots[0] ?? step.dot);
    case 'remove': {
      if (work.isDry) return undefined;
      const now = work.db.mutations.add(ref, step.value);
      if (now === undefined) return 'overwritten';
      for (const was of step.removed) revive(work, was, now);
      return undefined;
    }
    case 'increment':
      if (work.isDry) return undefined;
      work.db.mutations.increment(ref, -step.amount, step.counter ?? null);
      return undefined;
    case 'count':
      return invertCount(work, ref, step, merged.dots);
    case 'model':
      return invertModel(work, ref, { step, dot: merged.dots[0] ?? step.dot });
    case 'sequence':
      return invertSequence(work, ref, step);
  }
}

function invertCreation({ db, isDry }: Work, row: number): SkipReason | undefined {
  if (!isLive(db.fold, row)) return 'overwritten';
  if (!isDry) db.mutations.setDeleted(row, true);
  return undefined;
}

function invertLife(work: Work, row: number, merged: Merged<UndoStep>): SkipReason | undefined {
  const { mutations, fold } = work.db;
  const standing = standingOf(work.db, fold.state(row)?.deleted ?? [], merged.dots);
  if (standing.dots.length === 0) return 'overwritten';
  if (!work.db.canRestore(row)) return 'collected';
  if (work.isDry) return undefined;
  if (!standing.isShown) {
    mutations.retractDeleted(row, standing.dots);
    return undefined;
  }
  const restored = greatest(fold.blocks, merged.covered);
  const now = mutations.setDeleted(row, restored?.value === true, standing.dots);
  if (restored !== undefined) revive(work, restored.dot, now);
  return undefined;
}

function invertRegister(
  work: Work,
  ref: FieldRef,
  merged: Merged<RegisterStep>,
): SkipReason | undefined {
  const { mutations, fold } = work.db;
  const { key } = merged.step;
  const standing = standingOf(work.db, mutations.siblings(ref, key), merged.dots);
  if (standing.dots.length === 0) return 'overwritten';
  if (work.isDry) return undefined;
  if (!standing.isShown) {
    mutations.retract(ref, standing.dots, key);
    return undefined;
  }
  const restored = greatest(fold.blocks, merged.covered);
  const now = mutations.set(ref, restored?.value, {
    ...(key === undefined ? {} : { key }),
    covers: standing.dots,
  });
  if (restored !== undefined) revive(work, restored.dot, now);
  return undefined;
}

function invertAddition(
  work: Work,
  ref: FieldRef,
  value: Value,
  dot: GlobalDot,
): SkipReason | undefined {
  const standing = work.db.mutations.additions(ref, value);
  if (!standing.some((other) => sameDot(other, dot))) return 'overwritten';
  if (!work.isDry) work.db.mutations.remove(ref, value, [dot]);
  return undefined;
}

function invertCount(
  work: Work,
  ref: FieldRef,
  step: CountStep,
  dots: readonly GlobalDot[],
): SkipReason | undefined {
  const { mutations } = work.db;
  const standing = standingOf(work.db, mutations.siblings(ref), dots);
  if (standing.dots.length === 0) return 'overwritten';
  if (work.isDry) return undefined;
  const now = mutations.recount(ref, step.before, standing.dots);
  if (step.covered !== undefined) revive(work, step.covered, now);
  return undefined;
}

function invertModel(
  work: Work,
  ref: FieldRef,
  done: { readonly step: ModelStep; readonly dot: GlobalDot },
): SkipReason | undefined {
  const { db, isDry } = work;
  const { step, dot } = done;
  const inverse = db.models.invert(ref, { was: step.dot, now: dot, memory: step.memory });
  if (typeof inverse === 'string') return inverse;
  if (isDry) return undefined;
  const now = inverse.write();
  if (inverse.revives !== undefined) revive(work, inverse.revives, now);
  return undefined;
}

function invertSequence(work: Work, ref: FieldRef, step: SequenceStep): SkipReason | undefined {
  const { isDry } = work;
  const { sequences, fold } = work.db;
  const block = fold.blocks.at(step.block.feed, step.block.seq)[0];
  if (block === undefined) return 'gone';
  if (fold.blocks.isVoid(block)) return 'void';
  const field = ref.type.fields[ref.leaf.index] as number;
  const state = sequences.text(ref.row, field) ?? sequences.list(ref.row, field);
  if (state === undefined) return 'gone';
  // Undo and redo write new stamps, so what counts is whose hand wrote last.
  const { author } = fold.blocks.get(block);
  const own = (stamp: number): boolean => fold.blocks.get(stamp).author === author;
  const { hide, show } = standingRanges(sequences, state, { step, own });
  const { free, listed } = sortHidden(work.db, state, show);
  if (!isDry) {
    insertCopies(work.db, ref, state, listed);
    showRanges(sequences, ref, { hide, show: free });
  }
  let changed = hide.length + show.length > 0;
  if (step.marked !== undefined) {
    const back = { marked: step.marked, own, isDry };
    changed = sequences.rich.restoreMarks(ref, back) || changed;
  }
  if (step.moved !== undefined) {
    changed = sequences.moveBack(ref, { ...step.moved, own, isDry }) || changed;
  }
  if (changed) return undefined;
  const hidden = sequences.localRanges(state, step.hidden);
  return someCollected(state, hidden) ? 'collected' : 'overwritten';
}

/** Which of the elements that an edit brought or took still are as it left them. */
function standingRanges(
  sequences: SequenceEdits,
  state: NonNullable<ReturnType<SequenceEdits['text'] | SequenceEdits['list']>>,
  edit: { readonly step: SequenceStep; readonly own: (stamp: number) => boolean },
): { readonly hide: IdRange[]; readonly show: IdRange[] } {
  const { own, step } = edit;
  const { sequence } = state.kind === 'text' ? state.text : state.list;
  const inserted = visibleRanges(sequence, sequences.localRanges(state, step.inserted));
  const shown = ownRanges(sequence, sequences.localRanges(state, step.shown), {
    hidden: false,
    own,
  });
  const show = ownRanges(sequence, sequences.localRanges(state, step.hidden), {
    hidden: true,
    own,
  });
  return { hide: [...inserted, ...shown], show };
}

function showRanges(
  sequences: SequenceEdits,
  ref: FieldRef,
  ranges: { readonly hide: IdRange[]; readonly show: IdRange[] },
): void {
  const write = ref.leaf.data.kind === 'list' ? sequences.showItems : sequences.showText;
  write.call(sequences, ref, ranges.hide, false);
  write.call(sequences, ref, ranges.show, true);
}

/** Which of the dots still stand in a register, and whether one of them is shown. */
function standingOf(
  db: Database,
  siblings: readonly Sibling[],
  dots: readonly GlobalDot[],
): { readonly dots: readonly GlobalDot[]; readonly isShown: boolean } {
  const named = siblings.map(({ block, op }) => db.mutations.dotOf(block, op));
  const own = named.filter((dot) => dots.some((mine) => sameDot(mine, dot)));
  const last = named.at(-1);
  return { dots: own, isShown: last !== undefined && own.some((dot) => sameDot(dot, last)) };
}

/** The valid value with the greatest (lamport, hash). */
function greatest(blocks: BlockTable, covered: readonly CoveredValue[]): CoveredValue | undefined {
  let best: { readonly value: CoveredValue; readonly block: number } | undefined;
  for (const value of covered) {
    const block = blocks.at(value.dot.feed, value.dot.seq).find((no) => !blocks.isVoid(no));
    if (block === undefined) continue;
    const order = best === undefined ? 1 : blocks.compare(block, best.block);
    if (order > 0 || (order === 0 && value.dot.op > (best?.value.dot.op ?? 0))) {
      best = { value, block };
    }
  }
  return best?.value;
}

function isVoid(blocks: BlockTable, dot: GlobalDot): boolean {
  const found = blocks.at(dot.feed, dot.seq);
  return found.length > 0 && found.every((no) => blocks.isVoid(no));
}

function rowOf(db: Database, id: string): number {
  const bytes = fromHex(id);
  return bytes?.length === 16 ? db.fold.rows.find(bytes) : -1;
}

function refOf(db: Database, row: number, place: FieldPlace): FieldRef | undefined {
  const type = db.fold.types.byHash(place.type);
  const leaf = type?.compiled.leaves[place.leaf];
  return type === undefined || leaf === undefined ? undefined : { row, type, leaf };
}
