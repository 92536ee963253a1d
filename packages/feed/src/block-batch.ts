/** Blocks of one feed that become durable together, and the rows of the store that they become. */
import type { NewBlock, SpaceId } from '@atoll/kernel';
import type { ParsedBlock } from './block.ts';
import type { IndexedBlock } from './branch-index.ts';

/** Blocks that their own writer has sealed, and the signature over the last. */
export interface OwnBlocks {
  readonly blocks: readonly ParsedBlock[];
  readonly signature: Uint8Array;
}

/** Consecutive blocks of one feed that become durable together, and the signature over the last. */
export interface Batch extends OwnBlocks {
  readonly origin: 'own' | 'received';
}

/** What the index keeps of a block. */
export function indexed(block: ParsedBlock): IndexedBlock {
  const { feed, seq, prev } = block.frame;
  return { hash: block.hash, feed, seq, prev };
}

/** Its bytes. */
export function bytesOf(block: ParsedBlock): Uint8Array {
  return block.bytes;
}

/** True if others have all of these blocks. */
export function isAmong(blocks: readonly ParsedBlock[], others: readonly ParsedBlock[]): boolean {
  const hashes = new Set(others.map(({ hash }) => hash));
  return blocks.every(({ hash }) => hashes.has(hash));
}

/** Rows of a batch; its signature stands with the last. */
export function newBlocks(space: SpaceId, { blocks, origin, signature }: Batch): NewBlock[] {
  return blocks.map((block, at) => {
    const row = newBlock(space, block, origin);
    return at === blocks.length - 1 ? { ...row, signature } : row;
  });
}

/** The row of one block, without a signature. */
export function newBlock(space: SpaceId, block: ParsedBlock, origin: 'own' | 'received'): NewBlock {
  const { feed, seq } = block.frame;
  return { space, feed, seq, hash: block.hash, bytes: block.bytes, origin };
}
