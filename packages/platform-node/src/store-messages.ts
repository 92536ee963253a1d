/** What a store and its writing thread say to each other. One transaction is under way at most. */
import type { StoreErrorCode } from '@atoll/kernel';
import type { PackedBatch } from './block-rows.ts';

/** What the thread is started with. */
export interface StoreThreadData {
  /** The database file; its tables are there. */
  readonly path: string;
}

/** To the thread. */
export type ToStoreThread =
  { readonly do: 'commit'; readonly batches: readonly PackedBatch[] } | { readonly do: 'close' };

/** Why something was refused; an error loses its class on the way. */
export interface Refusal {
  readonly code: StoreErrorCode;
  readonly message: string;
}

/** From the thread. */
export type FromStoreThread =
  | { readonly on: 'ready' }
  | { readonly on: 'outcomes'; readonly outcomes: readonly (Refusal | number | undefined)[] }
  /** Nothing was written. */
  | { readonly on: 'failed'; readonly refusal: Refusal }
  /** Somebody else has committed. */
  | { readonly on: 'foreign' };
