/** What history needs of the open space: order, clocks and blocks of the log, and the objects as they are. */
import type { IdentityId } from '@atoll/kernel';
import type { BlockContext, Causality } from '../block-context.ts';
import type { Database } from '../database.ts';
import type { Fold, FoldedBlock } from '../fold.ts';

/**
 * Where history begins: with the state of an epoch, since what was before it was dropped, or never was on
 * this device.
 */
export interface HistoryBase {
  /** Number of the epoch. */
  readonly number: number;
  /** Its anchor: a state of the past that does not hold it cannot be seen any more. */
  readonly anchor: number;
  /** The latest moment that a writer's clock says under it, milliseconds since 1970. */
  readonly sinceMs: number;
  /** When this device dropped what was before, milliseconds since 1970; absent if it never had it. */
  readonly droppedMs?: number;
  /** True for a block under it. */
  has(block: number): boolean;
  /** Enters its state into a fold that has seen nothing. @throws SnapshotError. */
  enter(entry: { readonly fold: Fold; readonly only?: Iterable<string> }): Promise<void>;
}

/** An open space as history sees it. Blocks are its local numbers, causes before effects. */
export interface HistoryHost {
  readonly database: Database;
  readonly causality: Causality;
  /** Folded blocks, those without ops included. */
  blockCount(): number;
  /** Blocks that a block names as its causes, its predecessor among them; what is behind those may be left out. */
  causesOf(block: number): readonly number[];
  /** What the writer's clock said, milliseconds since 1970. */
  timeMsOf(block: number): number;
  /** Hash of a block in hex. */
  hashOf(block: number): string;
  /** The block of a hash in hex, if it has been folded. */
  blockOf(hash: string): number | undefined;
  /** Order that all replicas share, causes before effects. */
  compare(a: number, b: number): number;
  hasData(block: number): boolean;
  /** True for somebody who has a right in the space, or had one. */
  wasMember(identity: IdentityId): boolean;
  /** True for them, and for somebody who was let in by one of them when that did not count any more. */
  wasLetIn(identity: IdentityId): boolean;
  contextOf(block: number): BlockContext;
  /** Device that a block was written on, in hex, as far as known. */
  deviceOf(block: number): string | undefined;
  /**
   * What the past is folded from where history was dropped; `undefined` where it is whole.
   * @throws SnapshotError, StoreError.
   */
  base(): Promise<HistoryBase | undefined>;
  /** True if the bytes of a block are in the log. @throws StoreError. */
  isHere(block: number): Promise<boolean>;
  /** Data of blocks from the log. @throws SnapshotError, StoreError. */
  read(blocks: readonly number[]): Promise<readonly FoldedBlock[]>;
  /** Makes own blocks durable, so that they can be read. @throws StoreError. */
  flush(): Promise<void>;
  /** Lets others have a turn of the event loop. */
  turn(): Promise<void>;
  nowMs(): number;
}
