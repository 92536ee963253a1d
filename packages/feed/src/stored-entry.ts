/** Blocks as a replica finds them in its store. */
import type { BlockHash, StoredBlock } from '@atoll/kernel';
import type { ParsedBlock } from './block.ts';

/** A stored block that has entered the index. */
export interface Entered {
  readonly stored: StoredBlock;
  readonly parsed: ParsedBlock;
  /** Local number. */
  readonly number: number;
  /** It was not there before. */
  readonly fresh: boolean;
  /** It began a further branch. */
  readonly fork: boolean;
}

/** A stored block that has no place in the index. */
export interface Unplaced {
  readonly position: number;
  readonly seq: number;
  readonly prev: BlockHash;
}
