/**
 * The store of one profile: an append log of blocks for each space, and small named values.
 * One port for SQLite, IndexedDB, memory and the faulty store of the simulation.
 */
import type { BlockHash, FeedKey, SpaceId } from './ids.ts';
import { AtollError } from './errors.ts';

/** A block on its way into a log. */
export interface NewBlock {
  readonly space: SpaceId;
  readonly feed: FeedKey;
  /** Number of the block in its feed, from 0. */
  readonly seq: number;
  readonly hash: BlockHash;
  /** The whole block as received: outer frame, sealed inner header, sections. */
  readonly bytes: Uint8Array;
  /** Signature by the feed key over the tip that this block is, 64 bytes, where the writer made one. */
  readonly signature?: Uint8Array;
  /**
   * `own`: refused with `STORE_CONFLICT` if the log holds any other block with this (feed, seq).
   * `received`: every branch of a fork is kept.
   */
  readonly origin: 'own' | 'received';
}

/** A block as it lies in a log. */
export interface StoredBlock {
  /** Place in the space's order of arrival, from 1, growing, never reused. */
  readonly position: number;
  readonly feed: FeedKey;
  readonly seq: number;
  readonly hash: BlockHash;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly signature?: Uint8Array<ArrayBuffer>;
}

/** What becomes durable together or not at all. */
export interface StoreBatch {
  /** Blocks in causal order. One whose hash is in the log already is skipped (its signature is added). */
  readonly blocks?: readonly NewBlock[];
  /** Names to values; `undefined` removes. Names are at most 200 characters of printable ASCII. */
  readonly values?: ReadonlyMap<string, Uint8Array | undefined>;
  /** Blocks to forget. */
  readonly drops?: readonly BlockDrop[];
  /**
   * Spaces whose log is forgotten whole, after everything else of the batch. Should one begin anew, its
   * positions go on behind those that were: whoever has noted one of them is not misled.
   */
  readonly forgets?: readonly SpaceId[];
}

/**
 * Blocks that a log forgets, by position: they are neither read nor got any more, and their bytes are
 * given back to the disk as far as the platform can. The last block of a log and the last of each feed
 * stay, because they say where the next ones go; positions that hold nothing are passed over.
 */
export interface BlockDrop {
  readonly space: SpaceId;
  readonly positions: readonly number[];
}

/** Ways in which a store can fail. */
export type StoreErrorCode =
  | 'STORE_CONFLICT' // Another writer appended to this feed first. Nothing was written.
  | 'STORE_FULL' // The disk or the quota is full. Nothing was written.
  | 'STORE_IO' // The platform could not read or write. Nothing of the batch counts as written.
  | 'STORE_CORRUPT' // What lies on disk is not what was written there. Restore the profile, or fetch its spaces from members.
  | 'STORE_LOCKED' // The keys of this profile are under a passphrase. Unlock it, or give the passphrase.
  | 'STORE_PASSPHRASE' // That is not the passphrase of this profile. Type it again; if it is forgotten, the 24 words bring everything back in a new profile.
  | 'STORE_PASSKEY' // This passkey does not open this profile. Choose the one that was added here, or give the passphrase.
  | 'STORE_ERASED' // Everything of this profile was deleted while it was open. Open it again: it begins anew.
  | 'STORE_UNPROTECTED' // The profile has no passphrase, and a passkey is never the only way. Set a passphrase first.
  | 'STORE_CLOSED'; // The store was closed before. Open it again.

/** Error of any store. */
export class StoreError extends AtollError<StoreErrorCode> {
  override readonly name = 'StoreError';
}

/** Blocks and values of one profile. */
export interface Store extends AsyncDisposable {
  /** Random name made with the store; a copy restored elsewhere gets another where that can be known. */
  readonly incarnation: string;
  /**
   * Durable at the platform's strongest level when resolved. Where the store knows it at no cost and all
   * blocks of the batch were new and of one space: the position of the first; the others follow it without
   * a gap. @throws StoreError.
   */
  commit(batch: StoreBatch): Promise<number | undefined>;
  /** Blocks of a space with position > `after`, in order, at most `limit` blocks and about 4 MiB. */
  read(space: SpaceId, after: number, limit: number): Promise<readonly StoredBlock[]>;
  /** One block by hash. */
  get(space: SpaceId, hash: BlockHash): Promise<StoredBlock | undefined>;
  /** Greatest position in a space's log, 0 when empty. */
  lastPosition(space: SpaceId): Promise<number>;
  /** Spaces with at least one block. */
  spaces(): Promise<readonly SpaceId[]>;
  /** A named value. */
  value(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Names of values that begin with `prefix`, ascending. */
  names(prefix: string): Promise<readonly string[]>;
  /** Calls back when another tab or process has committed. Returns the way to stop. */
  onForeignCommit(listener: () => void): () => void;
}
