/**
 * Multi-value registers. A write stands until a write that covers it; writes that stand together are
 * siblings, and the greatest (lamport, hash) is shown. Because a covered write is always applied before
 * what covers it, the siblings are a function of the set of valid writes alone.
 */
import type { Value } from '@atoll/codec';
import type { BlockTable } from './block-table.ts';

/** One write that stands. */
export interface Sibling {
  /** Local number of the block and number of the op in its section. */
  readonly block: number;
  readonly op: number;
  /** Absent: "no value" was written. */
  readonly value: Value | undefined;
}

/** A dot in local numbers: every block with the named place, and the op. */
export interface LocalDot {
  readonly blocks: readonly number[];
  readonly op: number;
}

/** What a write covers: all in its causal past, or exactly the listed ops. */
export type LocalCovers = readonly LocalDot[] | undefined;

/**
 * Siblings after a write, ascending; the last one is shown. `next` absent: only takes away. A write that
 * lists what it covers also covers what its own feed wrote before: so a register never has more siblings
 * than there are branches, whatever a hostile writer lists.
 */
export function writeRegister(
  blocks: BlockTable,
  siblings: readonly Sibling[],
  write: { readonly block: number; readonly covers: LocalCovers; readonly next?: Sibling },
): readonly Sibling[] {
  const { next } = write;
  const kept = siblings.filter(
    (sibling) =>
      !isCovered(blocks, sibling, write) &&
      (next === undefined || !isOwnPast(blocks, sibling.block, write.block)),
  );
  if (next === undefined) return kept;
  let at = kept.length;
  while (at > 0 && compareSiblings(blocks, kept[at - 1] as Sibling, next) > 0) at--;
  kept.splice(at, 0, next);
  return kept;
}

/** True if `a` is an earlier block of the chain of `b`, or `b` itself. */
function isOwnPast(blocks: BlockTable, a: number, b: number): boolean {
  const own = blocks.feedName(blocks.get(b).feed);
  return blocks.feedName(blocks.get(a).feed) === own && blocks.reaches(a, b);
}

/** True if the write replaces what was written at `dot`. */
export function isCovered(
  blocks: BlockTable,
  dot: { readonly block: number; readonly op: number },
  write: { readonly block: number; readonly covers: LocalCovers },
): boolean {
  if (write.covers === undefined) return blocks.reaches(dot.block, write.block);
  return write.covers.some(
    (cover) =>
      cover.op === dot.op &&
      cover.blocks.includes(dot.block) &&
      blocks.reaches(dot.block, write.block),
  );
}

/** Order of siblings: (lamport, hash), then place in the section. */
export function compareSiblings(blocks: BlockTable, a: Sibling, b: Sibling): number {
  return blocks.compare(a.block, b.block) || a.op - b.op;
}
