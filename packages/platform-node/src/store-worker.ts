/** The thread that writes a store: it takes the fsyncs and the checkpoints from the event loop. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { StoreError } from '@atoll/kernel';
import { unpackBatch, type PackedBatch } from './block-rows.ts';
import { BlockTables } from './block-tables.ts';
import { commitWhenFree } from './commit-when-free.ts';
import { storeFailure } from './sqlite-failure.ts';
import type { FromStoreThread, Refusal, StoreThreadData, ToStoreThread } from './store-messages.ts';
import { FOREIGN_POLL_MS, configure, waitBriefly } from './store-schema.ts';

function refusalOf({ code, message }: StoreError): Refusal {
  return { code, message };
}

function serve(port: MessagePort, { path }: StoreThreadData): void {
  const post = (message: FromStoreThread): void => port.postMessage(message);
  const db = new DatabaseSync(path);
  configure(db);
  waitBriefly(db);
  const tables = new BlockTables(db);
  let version = tables.dataVersion();

  const commit = async (batches: readonly PackedBatch[]): Promise<void> => {
    try {
      const outcomes = await commitWhenFree(tables, batches.map(unpackBatch));
      post({
        on: 'outcomes',
        outcomes: outcomes.map((one) => (one instanceof StoreError ? refusalOf(one) : one)),
      });
    } catch (failure) {
      post({ on: 'failed', refusal: refusalOf(storeFailure(failure)) });
    }
  };
  const poll = setInterval(() => {
    try {
      const now = tables.dataVersion();
      if (now !== version) post({ on: 'foreign' });
      version = now;
    } catch {
      // Whoever uses the store next learns of the failure.
    }
  }, FOREIGN_POLL_MS);
  port.on('message', (message: ToStoreThread) => {
    if (message.do === 'commit') {
      void commit(message.batches);
      return;
    }
    clearInterval(poll);
    db.close();
    port.close();
  });
  post({ on: 'ready' });
}

if (parentPort !== null) serve(parentPort, workerData as StoreThreadData);
