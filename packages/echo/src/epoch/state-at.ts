/**
 * The state at a frontier that the replica has gone beyond: the rows that blocks above it touch are folded
 * again without those, looked at, and folded back. Nothing waits in between, so nobody sees it.
 */
import type { Database } from '../database.ts';
import type { FoldedBlock } from '../fold.ts';
import type { SpaceIndex } from '../space/space-index.ts';
import type { Frontier } from './frontier.ts';

/** What the state is taken from. */
export interface StateSource {
  readonly index: SpaceIndex;
  readonly database: Database;
  /** Folded blocks from the log. @throws SnapshotError, StoreError. */
  readonly readBlocks: (numbers: readonly number[]) => Promise<readonly FoldedBlock[]>;
  /** Makes own blocks durable, so that they can be read. @throws StoreError. */
  readonly flush: () => Promise<void>;
}

/** Attempts while others keep on writing; then it is not the time for it. */
const ATTEMPTS_MAX = 5;

/** Calls `look` while the database is as it was at the frontier. `undefined` if it never came to rest. */
export async function atFrontier<T>(
  source: StateSource,
  frontier: Frontier,
  look: () => T,
): Promise<{ readonly seen: T } | undefined> {
  const { database, index, readBlocks, flush } = source;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    database.commit();
    const above = frontier.dataAbove();
    if (above.length === 0) return { seen: look() };
    await flush();
    const { blockCount } = index.branches;
    const { fold } = database;
    const rows = new Set<number>();
    for (const { block, section } of await readBlocks(above)) {
      for (const row of fold.rowsOf(block, section)) rows.add(row);
    }
    const blocks = await readBlocks(fold.blocksOf(rows));
    database.commit();
    if (index.branches.blockCount !== blockCount) continue;
    fold.refold(
      rows,
      blocks.filter(({ block }) => frontier.has(block.no)),
    );
    try {
      return { seen: look() };
    } finally {
      fold.refold(rows, blocks);
    }
  }
  return undefined;
}
