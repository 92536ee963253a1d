/** A transaction that waits for other processes without holding the event loop. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommitOutcome } from '@atoll/kernel';
import type { RowBatch } from './block-rows.ts';
import type { BlockTables } from './block-tables.ts';
import { isBusy } from './sqlite-failure.ts';

/** Another process's transaction takes milliseconds; one that holds the lock longer is stuck. */
const BUSY_TRIES_MAX = 400;
const BUSY_WAIT_MS_MAX = 25;

/** {@link BlockTables.commit}, again while another process holds the lock. @throws what SQLite throws. */
export async function commitWhenFree(
  tables: BlockTables,
  batches: readonly RowBatch[],
): Promise<CommitOutcome[]> {
  for (let tries = 1; ; tries++) {
    try {
      return tables.commit(batches);
    } catch (failure) {
      if (!isBusy(failure) || tries >= BUSY_TRIES_MAX) throw failure;
      await sleep(Math.min(tries, BUSY_WAIT_MS_MAX));
    }
  }
}
