/**
 * Objects that were made more than once: by a writer who uses a nonce again, in a feed that he forks or further on in
 * it. All that was made under one id is kept, with the blocks that made it: which of it came here first says nothing.
 */
import { equalBytes } from '@atoll/kernel';
import type { BlockTable } from './block-table.ts';
import type { CollectionStage } from './collection/stage.ts';
import type { ObjectState } from './object-state.ts';
import type { RefoldBase } from './row-keeping.ts';
import type { NewRow, RowTable } from './row-table.ts';

/** What made an object. */
export interface Creation {
  /** Local number of the type. */
  readonly type: number;
  readonly block: number;
  readonly op: number;
  /** Absent where it is the row's. */
  readonly payload?: Uint8Array;
  /** It does not count, whatever else was made under the id. */
  readonly isVoid: boolean;
  /** Number of the epoch that collected it. */
  readonly collectedIn?: number | undefined;
}

/** One of several under an id. */
export type Twin = Creation & { readonly payload: Uint8Array };

const NOTHING_MADE: readonly Creation[] = [];

/** What has made the objects of rows, and what epochs have left of it. */
export class Creations {
  /** All that was made under an id, where that is more than one thing. */
  readonly twins: Map<number, readonly Twin[]> = new Map();
  /** Rows of objects that an epoch has collected, and its number: nothing is left of them but their place. */
  readonly collected: Map<number, number> = new Map();
  /** Rows that are folded again, and of which nothing has been made yet. */
  readonly #unmade = new Set<number>();
  readonly #rows: RowTable;
  readonly #blocks: BlockTable;
  readonly #stages: readonly CollectionStage[];

  /** `stages`: epochs behind which the rows are; more come. */
  constructor(rows: RowTable, blocks: BlockTable, stages: readonly CollectionStage[]) {
    this.#rows = rows;
    this.#blocks = blocks;
    this.#stages = stages;
  }

  /** All that has made the object of a row. */
  of(row: number): readonly Creation[] {
    const twins = this.twins.get(row);
    if (twins !== undefined) return twins;
    if (this.#unmade.has(row)) return NOTHING_MADE;
    const rows = this.#rows;
    const collectedIn = this.collected.get(row);
    const isVoid = collectedIn === undefined && rows.isVoid(row);
    const made = { type: rows.type(row), block: rows.block(row), op: rows.op(row) };
    return [{ ...made, isVoid, collectedIn }];
  }

  /** True if a block knew something that has made the object of a row. */
  isKnown(row: number, by: number): boolean {
    const twins = this.twins.get(row);
    if (twins === undefined) return this.#blocks.reaches(this.#rows.block(row), by);
    return twins.some(({ block }) => this.#blocks.reaches(block, by));
  }

  /** True for something made at a place of a feed: where there are several, one that the block knew. */
  isMeant(
    row: number,
    by: number,
    at: { readonly feed: Uint8Array; readonly seq: number },
  ): boolean {
    const isThere = (block: number): boolean => {
      const { feed, seq } = this.#blocks.get(block);
      return seq === at.seq && equalBytes(feed, at.feed);
    };
    const twins = this.twins.get(row);
    if (twins === undefined) return isThere(this.#rows.block(row));
    return twins.some(({ block }) => this.#blocks.reaches(block, by) && isThere(block));
  }

  /** True if it is the row's, and counts. */
  stands(row: number, made: Creation | undefined): made is Creation {
    return made?.block === this.#rows.block(row) && !this.#rows.isVoid(row);
  }

  /**
   * What made the object of a row, of these creations, for a block, or as of now: the one that counts, or if none
   * does the first; nothing where two would have, and of what epochs have left behind above which the block lies.
   */
  placing(made: readonly Creation[], block: number | undefined): Creation | undefined {
    const left = this.#left(made, block);
    const counted = left.filter(({ isVoid }) => !isVoid);
    return firstOf(this.#blocks, counted.length > 0 ? counted : left);
  }

  /** Enters one of a row that is there. True if it is the one that counts, or nothing else is known. */
  again(row: number, creation: Omit<NewRow, 'id'>): boolean {
    const rows = this.#rows;
    const before = this.of(row).filter(({ block }) => block !== creation.block);
    this.#unmade.delete(row);
    if (before.length === 0) {
      rows.recreate(row, creation);
      return true;
    }
    // The bytes are kept by themselves: those of rows move.
    const all: Twin[] = before.map((one) => ({
      ...one,
      payload: one.payload ?? rows.payload(row).slice(),
    }));
    all.push({ ...creation, payload: creation.payload.slice() });
    this.twins.set(row, all);
    const counts = standing(this.#blocks, this.#left(all));
    if (counts === undefined || counts.collectedIn !== undefined) {
      rows.setVoid(row, true);
      return false;
    }
    this.collected.delete(row);
    if (counts.block !== rows.block(row)) rows.recreate(row, counts);
    return counts.block === creation.block;
  }

  /** Notes that an epoch has collected what counts of a row. */
  collect(row: number, epoch: number): void {
    const block = this.#rows.block(row);
    this.collected.set(row, epoch);
    const twins = this.twins.get(row);
    const collected = (twin: Twin): Twin =>
      twin.block === block ? { ...twin, collectedIn: epoch } : twin;
    if (twins !== undefined) this.twins.set(row, twins.map(collected));
    this.#rows.setVoid(row, true);
  }

  /** Makes a row what it was at the base, whose state it gives, or what it was before it was created. */
  reset(row: number, base: RefoldBase | undefined): ObjectState | 'collected' | undefined {
    const under = this.of(row).filter(({ block }) => base?.has(block) === true);
    this.twins.delete(row);
    this.collected.delete(row);
    if (base === undefined || under.length === 0) {
      this.#rows.setVoid(row, true);
      this.#unmade.add(row);
      return undefined;
    }
    const from = base.state(row);
    const stood = standing(this.#blocks, under) ?? (under[0] as Creation);
    const { payload } = stood;
    if (payload !== undefined) this.#rows.recreate(row, { ...stood, payload });
    this.#rows.setVoid(row, from?.isVoid !== false);
    if (from !== undefined) return from.state;
    // An object that the base does not have was collected there: it stays so.
    this.collected.set(row, stood.collectedIn ?? base.number);
    return 'collected';
  }

  /** All are folded again that were to be. */
  allMade(): void {
    this.#unmade.clear();
  }

  #left<C extends Creation>(made: readonly C[], block?: number): readonly C[] {
    let left = made;
    for (const stage of this.#stages) {
      if (block !== undefined && stage.isUnder(block)) continue;
      left = settledBy(this.#blocks, left, stage);
    }
    return left;
  }
}

/**
 * The one that counts: what counts by itself and is in the past of all others that do. Nothing if that is none: an id
 * is created twice only by a writer that reuses a nonce, and no order of arrival may decide.
 */
function standing<C extends Creation>(blocks: BlockTable, made: readonly C[]): C | undefined {
  return firstOf(
    blocks,
    made.filter(({ isVoid }) => !isVoid),
  );
}

function firstOf<C extends Creation>(blocks: BlockTable, made: readonly C[]): C | undefined {
  const least = made.filter(
    (one) => !made.some((other) => other !== one && blocks.reaches(other.block, one.block)),
  );
  return least.length === 1 ? least[0] : undefined;
}

/** What an epoch leaves of them to all that lies above it: who begins with its state has no more. */
function settledBy<C extends Creation>(
  blocks: BlockTable,
  made: readonly C[],
  stage: CollectionStage,
): readonly C[] {
  const under = made.filter(({ block }) => stage.isUnder(block));
  if (under.length === 0) return made;
  const kept = standing(blocks, under);
  const isGone = kept?.collectedIn !== undefined && kept.collectedIn <= stage.number;
  const rest = made.filter((one) => !under.includes(one));
  return kept === undefined || isGone ? rest : [kept, ...rest];
}
