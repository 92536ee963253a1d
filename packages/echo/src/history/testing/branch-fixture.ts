/** A space and a branch of it, for tests: made, and merged back. */
import type { Space } from '../../space/space.ts';
import type { Person } from '../../space/testing/space-fixture.ts';
import { mergeBranch, startBranch, type MergeChoice, type MergeOutcome } from '../branch.ts';

/** A space and a branch of it. */
export interface Fork {
  readonly origin: Space;
  readonly branch: Space;
}

/** How a branch begins. */
export interface ForkOptions {
  /** Objects; all that are not deleted if absent. */
  readonly objects?: readonly string[];
  /** Registers what the branch needs to know, before it is filled. */
  readonly register?: (branch: Space) => void;
}

/** A branch of what is there now, flushed. */
export async function forkOf(
  person: Person,
  origin: Space,
  { objects, register }: ForkOptions = {},
): Promise<Fork> {
  const branch = await person.found();
  register?.(branch);
  await startBranch({
    apart: (change) => change(),
    past: await origin.history.at('now'),
    present: origin.database,
    branch: branch.history,
    ...(objects === undefined ? {} : { objects }),
  });
  await branch.flush();
  return { origin, branch };
}

/** Merges a branch as a person would, in one transaction, and flushes. */
export async function mergeFork(
  { origin, branch }: Fork,
  { choice, isDry = false }: { readonly choice?: MergeChoice; readonly isDry?: boolean } = {},
): Promise<MergeOutcome> {
  const outcome = await mergeBranch({
    branch: branch.history,
    origin: origin.history,
    isDry,
    nowMs: 1_000,
    asOne: (change) => origin.database.transaction(change),
    ...(choice === undefined ? {} : { choice }),
  });
  await origin.flush();
  return outcome;
}
