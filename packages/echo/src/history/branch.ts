/**
 * Branches: a copy of a state, or of some objects of it, in a space of its own, which remembers where it
 * grew from. Copying and merging are a part of their own, which a page loads when it is first asked for.
 */
import type { Database } from '../database.ts';
import type { History } from './history.ts';
import type { MergeConflict, MergeSide } from './merge-fields.ts';
import type { PastState } from './past.ts';

/** What a merge did, or would do. */
export interface MergeOutcome {
  /**
   * Objects of the origin that the branch changed, deleted or created; of a dry run, in place of those created, the
   * ones of the branch: nothing is in the origin yet.
   */
  readonly objects: readonly string[];
  /** What both sides changed and nobody has decided. */
  readonly conflicts: readonly MergeConflict[];
}

/** How conflicts are decided: all for one side, or one by one; `undefined` leaves one open. */
export type MergeChoice = MergeSide | ((conflict: MergeConflict) => MergeSide | undefined);

/** What a branch is made from. */
export interface BranchStart {
  readonly past: PastState;
  readonly present: Database;
  readonly branch: History;
  /** Objects; all that are not deleted if absent. */
  readonly objects?: readonly string[];
  /** Runs what is written so that undo does not take it back: there would be no branch any more. */
  readonly apart: (change: () => void) => void;
}

/** What is merged, and how. */
export interface BranchMerge {
  readonly branch: History;
  readonly origin: History;
  readonly choice?: MergeChoice;
  readonly isDry: boolean;
  readonly nowMs: number;
  /** Runs what is written as one step of undo. */
  readonly asOne: (change: () => void) => void;
}

/** Makes an empty space a branch: copies what is wanted and notes where from. @throws EchoError. */
export async function startBranch(of: BranchStart): Promise<void> {
  const merging = await import('./merge-branch.ts');
  merging.startBranch(of);
}

/**
 * Merges a branch into its origin; with `isDry` only says what it would do. Written as one step of undo,
 * and only if every conflict is decided. @throws HistoryError `HISTORY_BRANCH`, `HISTORY_MERGED`,
 * `HISTORY_CONFLICTS`; EchoError; StoreError.
 */
export async function mergeBranch(of: BranchMerge): Promise<MergeOutcome> {
  const merging = await import('./merge-branch.ts');
  return merging.mergeBranch(of);
}
