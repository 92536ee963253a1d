/**
 * Blocks on their way into the tables: as rows, and packed into two pieces of memory that change threads
 * without being copied or taken apart into an object each.
 */
import type { FeedKey, NewBlock, SpaceId, StoreBatch } from '@atoll/kernel';

const HASH_BYTES = 32;
/** Numbers that are kept of each packed block: its chain, seq, kind, bytes of signature and of itself. */
const NUMBERS = 5;

/** A block as the tables take it. */
export interface BlockRow {
  readonly space: SpaceId;
  readonly feed: FeedKey;
  readonly seq: number;
  readonly isOwn: boolean;
  readonly hash: Uint8Array;
  readonly signature: Uint8Array | undefined;
  readonly bytes: Uint8Array;
}

/** A {@link StoreBatch} with its blocks as rows. */
export interface RowBatch extends Omit<StoreBatch, 'blocks'> {
  readonly rows: readonly BlockRow[];
}

/** A batch whose blocks are packed. */
export interface PackedBatch extends Omit<StoreBatch, 'blocks'> {
  readonly blocks: PackedBlocks | undefined;
}

/** Blocks in two pieces of memory. */
interface PackedBlocks {
  readonly chains: readonly { readonly space: SpaceId; readonly feed: FeedKey }[];
  readonly numbers: Float64Array<ArrayBuffer>;
  /** Of each block: hash, signature, the block. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The batch with its blocks as rows. */
export function rowBatch({ blocks = [], ...rest }: StoreBatch): RowBatch {
  return { ...rest, rows: blocks.map(rowOf) };
}

function rowOf({ bytes, feed, hash, origin, seq, signature, space }: NewBlock): BlockRow {
  const isOwn = origin === 'own';
  return { space, feed, seq, isOwn, hash: Buffer.from(hash, 'hex'), signature, bytes };
}

/** The batch with its blocks packed, and the memory that may go along instead of being copied. */
export function packBatch({ blocks = [], ...rest }: StoreBatch): {
  readonly batch: PackedBatch;
  readonly memory: readonly ArrayBuffer[];
} {
  const packed = blocks.length === 0 ? undefined : packBlocks(blocks);
  const batch = { ...rest, blocks: packed };
  const memory = packed === undefined ? [] : [packed.numbers.buffer, packed.bytes.buffer];
  return { batch, memory };
}

const NO_BYTES = new Uint8Array(0);

function packBlocks(blocks: readonly NewBlock[]): PackedBlocks {
  const chains: { readonly space: SpaceId; readonly feed: FeedKey }[] = [];
  const numbers = new Float64Array(blocks.length * NUMBERS);
  const memory = Buffer.allocUnsafeSlow(sizeOf(blocks));
  let end = 0;
  let field = 0;
  for (const { bytes, feed, hash, origin, seq, signature = NO_BYTES, space } of blocks) {
    const last = chains.at(-1);
    if (last?.feed !== feed || last.space !== space) chains.push({ space, feed });
    numbers[field++] = chains.length - 1;
    numbers[field++] = seq;
    numbers[field++] = origin === 'own' ? 1 : 0;
    numbers[field++] = signature.length;
    numbers[field++] = bytes.length;
    end += memory.write(hash, end, HASH_BYTES, 'hex');
    memory.set(signature, end);
    end += signature.length;
    memory.set(bytes, end);
    end += bytes.length;
  }
  return { chains, numbers, bytes: new Uint8Array(memory.buffer) };
}

function sizeOf(blocks: readonly NewBlock[]): number {
  let size = 0;
  for (const { bytes, signature } of blocks) {
    size += HASH_BYTES + (signature?.length ?? 0) + bytes.length;
  }
  return size;
}

/** The batch with its blocks as rows: views of the memory that it came in. */
export function unpackBatch({ blocks, ...rest }: PackedBatch): RowBatch {
  return { ...rest, rows: blocks === undefined ? [] : unpackBlocks(blocks) };
}

function unpackBlocks({ bytes, chains, numbers }: PackedBlocks): BlockRow[] {
  const rows: BlockRow[] = [];
  let end = 0;
  for (let field = 0; field < numbers.length; field += NUMBERS) {
    const chain = chains[numbers[field] as number];
    if (chain === undefined) break;
    const signatureLength = numbers[field + 3] as number;
    const hash = bytes.subarray(end, (end += HASH_BYTES));
    const signature =
      signatureLength === 0 ? undefined : bytes.subarray(end, (end += signatureLength));
    rows.push({
      ...{ space: chain.space, feed: chain.feed, hash, signature },
      seq: numbers[field + 1] as number,
      isOwn: numbers[field + 2] === 1,
      bytes: bytes.subarray(end, (end += numbers[field + 4] as number)),
    });
  }
  return rows;
}
