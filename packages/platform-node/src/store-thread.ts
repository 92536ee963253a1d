/** A store's writing thread, from the side of the event loop. */
import { Worker } from 'node:worker_threads';
import { StoreError, type CommitOutcome, type StoreBatch } from '@atoll/kernel';
import { packBatch } from './block-rows.ts';
import type { FromStoreThread, Refusal, StoreThreadData, ToStoreThread } from './store-messages.ts';

type Outcomes = CommitOutcome[];

/** What a store wants to hear of its thread. */
export interface StoreThreadEvents {
  /** Another process has committed. */
  readonly onForeign: () => void;
  /** The thread has ended by itself, or could not start. It may be asked for nothing any more. */
  readonly onLost: () => void;
}

/** One thread; one transaction at a time. */
export class StoreThread {
  /** Resolves when it takes commits, or when it is lost. */
  readonly started: Promise<undefined>;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #isReady = false;
  #isClosing = false;
  #pending: PromiseWithResolvers<Outcomes> | undefined;

  constructor(path: string, events: StoreThreadEvents) {
    const file = import.meta.url.endsWith('.ts') ? './store-worker.ts' : './store-worker.js';
    const data: StoreThreadData = { path };
    const worker = new Worker(new URL(file, import.meta.url), { workerData: data });
    this.#worker = worker;
    worker.unref(); // It keeps the program alive only while something is being written.
    const started = Promise.withResolvers<undefined>();
    this.started = started.promise;
    worker.on('message', (message: FromStoreThread) => {
      if (message.on === 'foreign') events.onForeign();
      else if (message.on !== 'ready') this.#settle(message);
      else {
        this.#isReady = true;
        started.resolve(undefined);
      }
    });
    worker.on('error', () => undefined); // The end follows.
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#isReady = false;
        const lost = { code: 'STORE_IO', message: 'the writing thread has ended' } as const;
        this.#settle({ on: 'failed', refusal: lost });
        if (!this.#isClosing) events.onLost();
        started.resolve(undefined);
        resolve();
      });
    });
  }

  /** It has started, and lives. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** One transaction, as {@link BlockTables.commit}. @throws StoreError when nothing was written. */
  commit(batches: readonly StoreBatch[]): Promise<Outcomes> {
    const pending = Promise.withResolvers<Outcomes>();
    this.#pending = pending;
    this.#worker.ref();
    const packed = batches.map(packBatch);
    this.#post(
      { do: 'commit', batches: packed.map(({ batch }) => batch) },
      packed.flatMap(({ memory }) => memory),
    );
    return pending.promise;
  }

  /** Ends it; nothing may be under way. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#worker.ref();
    this.#post({ do: 'close' });
    await this.#ended;
  }

  #settle(message: FromStoreThread & { readonly on: 'outcomes' | 'failed' }): void {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#worker.unref();
    if (message.on === 'failed') pending?.reject(errorOf(message.refusal));
    else
      pending?.resolve(
        message.outcomes.map((one) => (typeof one === 'object' ? errorOf(one) : one)),
      );
  }

  #post(message: ToStoreThread, memory: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, memory);
  }
}

function errorOf({ code, message }: Refusal): StoreError {
  return new StoreError(code, message);
}
