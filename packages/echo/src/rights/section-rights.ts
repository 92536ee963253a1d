/** What the ops of one section may change: the right that the section cites, and the others that its block cites. */
import { equalBytes } from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import type { KnownType } from '../type-registry.ts';
import type { OpMoment, OpTarget, ParentId } from './op-target.ts';
import { madeAt, parentsAt } from './place-log.ts';
import type { Reach } from './reach.ts';

/** Judges ops of a section, one by one. */
export interface OpRights {
  /**
   * Whether the section's right allows something. `from`: the fold in whose numbers it is told; `op`: number in the
   * block of what is judged.
   */
  allows(from: Fold, target: OpTarget, op: number): boolean;
}

/** See above. */
export class SectionRights implements OpRights {
  readonly #fold: Fold;
  readonly #own: Reach;
  readonly #cited: readonly Reach[];
  readonly #moment: Omit<OpMoment, 'op'>;
  /** Whether objects are in the right's subtree, as long as the section moves nothing. */
  readonly #below = new Map<number, boolean>();
  #last = -1;

  /** `cited`: of all sections of the block whose right is in force, this one's among them. */
  constructor(
    fold: Fold,
    reaches: { readonly own: Reach; readonly cited: readonly Reach[] },
    moment: Omit<OpMoment, 'op'>,
  ) {
    this.#fold = fold;
    this.#own = reaches.own;
    this.#cited = reaches.cited;
    this.#moment = moment;
  }

  allows(from: Fold, told: OpTarget, op: number): boolean {
    const moment = { ...this.#moment, op };
    const target = from === this.#fold ? told : inNumbersOf(this.#fold, from, told);
    if (target === undefined) return false;
    if (!this.#covers(target, moment)) return false;
    const sides = sidesOf(this.#fold, target, moment);
    return sides.every((side) =>
      this.#cited.some((reach) => coversSide(this.#fold, reach, { side, target, moment })),
    );
  }

  #covers(target: OpTarget, moment: OpMoment): boolean {
    const { field, row } = target;
    const isPlace = field?.leaf.data.kind === 'tree';
    // Told from the beginning once more, or about to be moved: nothing of before holds.
    if (isPlace || moment.op <= this.#last) this.#below.clear();
    this.#last = moment.op;
    if (row === undefined || isPlace || !this.#own.isSubtree) {
      return this.#own.covers(this.#fold, target, moment);
    }
    let covers = this.#below.get(row);
    if (covers === undefined) {
      covers = this.#own.covers(this.#fold, target, moment);
      this.#below.set(row, covers);
    }
    return covers;
  }
}

/** The same in the numbers of another fold, the open space's: what was where is known there alone. */
function inNumbersOf(fold: Fold, from: Fold, target: OpTarget): OpTarget | undefined {
  const { creation, field, row } = target;
  if (creation !== undefined) {
    const type = typeIn(fold, creation.type);
    return type && { creation: { ...creation, type } };
  }
  const here = row === undefined ? -1 : fold.rows.find(from.rows.idBytes(row));
  if (here < 0 || field === undefined) return here < 0 ? undefined : { row: here };
  const type = typeIn(fold, field.type);
  return type && { ...target, row: here, field: { ...field, type } };
}

function typeIn(fold: Fold, type: KnownType): KnownType | undefined {
  return fold.types.byHash(type.compiled.hash);
}

/** Parents below which something comes or goes: whoever does it needs a right there too. */
export function sidesOf(fold: Fold, target: OpTarget, moment: OpMoment): readonly ParentId[] {
  const { creation, field, row, to } = target;
  if (creation !== undefined) return creation.parents.filter((parent) => parent !== null);
  if (row === undefined || field?.leaf.data.kind !== 'tree') return [];
  const [from = null] = parentsAt(fold, row, moment, field.type.fields[field.leaf.index]);
  if (to !== undefined && isSame(from, to)) return [];
  return [from, to ?? null];
}

/** True for a right over the parent; where there is none, over the space or over all objects of the type. */
export function coversSide(
  fold: Fold,
  reach: Reach,
  at: { readonly side: ParentId; readonly target: OpTarget; readonly moment: OpMoment },
): boolean {
  const { side, target, moment } = at;
  if (side !== null) return reach.coversObject(fold, side, moment);
  if (reach.isWhole) return true;
  const made = target.row === undefined ? undefined : madeAt(fold, target.row, moment);
  return made !== undefined && reach.coversAllOf(fold.types.get(made.type).compiled.name);
}

function isSame(a: ParentId, b: ParentId): boolean {
  return a === null || b === null ? a === b : equalBytes(a, b);
}
