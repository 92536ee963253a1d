/** Blocks of one feed that become durable together, and the rows of the store that they become. */
import type { BlockHash, NewBlock, SpaceId, StoreBatch } from '@atoll/kernel';
import type { ParsedBlock } from './block.ts';
import type { IndexedBlock } from './branch-index.ts';
import type { Frame } from './frame.ts';

/**
 * A block as the log needs it: its bytes, and where it stands. Nothing else is held of blocks that wait for the
 * store: what waits is copied by every collection of garbage.
 */
export interface ChainedBlock {
  readonly bytes: Uint8Array;
  readonly hash: BlockHash;
  readonly frame: Pick<Frame, 'feed' | 'seq' | 'prev'>;
}

/** Blocks that their own writer has sealed, and the signature over the last. */
export interface OwnBlocks {
  readonly blocks: readonly ChainedBlock[];
  readonly signature: Uint8Array;
}

/** Blocks of a run, verified. */
export interface ReceivedBatch {
  readonly origin: 'received';
  readonly blocks: readonly ParsedBlock[];
  readonly signature: Uint8Array;
}

/** Consecutive blocks of one feed that become durable together, and the signature over the last. */
export type Batch = (OwnBlocks & { readonly origin: 'own' }) | ReceivedBatch;

/** What goes with blocks into the store. */
export interface BesideBlocks {
  /** Written in their transaction. */
  readonly values?: StoreBatch['values'] | undefined;
  /** They are shown before they are durable. */
  readonly mayShow?: boolean;
}

/** What the index keeps of a block. */
export function indexed(block: ChainedBlock): IndexedBlock {
  const { feed, seq, prev } = block.frame;
  return { hash: block.hash, feed, seq, prev };
}

/** Its bytes. */
export function bytesOf(block: ChainedBlock): Uint8Array {
  return block.bytes;
}

/** True if others have all of these blocks. */
export function isAmong(blocks: readonly ChainedBlock[], others: readonly ChainedBlock[]): boolean {
  const hashes = new Set(others.map(({ hash }) => hash));
  return blocks.every(({ hash }) => hashes.has(hash));
}

/** What was shown and is not durable yet, unless it is among the news: it goes before them. */
export function owedBefore(
  news: readonly Batch[],
  shown: readonly ReceivedBatch[],
): readonly ReceivedBatch[] {
  if (shown.length === 0) return shown;
  const hashes = new Set(news.flatMap(({ blocks }) => blocks.map(({ hash }) => hash)));
  return shown.flatMap((each) => {
    const blocks = each.blocks.filter(({ hash }) => !hashes.has(hash));
    return blocks.length === 0 ? [] : [{ ...each, blocks }];
  });
}

/** Rows of a batch; its signature stands with the last. */
export function newBlocks(space: SpaceId, { blocks, origin, signature }: Batch): NewBlock[] {
  return blocks.map((block, at) => {
    const row = newBlock(space, block, origin);
    return at === blocks.length - 1 ? { ...row, signature } : row;
  });
}

/** The row of one block, without a signature. */
export function newBlock(space: SpaceId, block: ChainedBlock, origin: Batch['origin']): NewBlock {
  const { feed, seq } = block.frame;
  return { space, feed, seq, hash: block.hash, bytes: block.bytes, origin };
}
