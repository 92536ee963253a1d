/**
 * How blocks lie in IndexedDB: packed, many to a record, because each record costs some hundred
 * microseconds whatever its size. A pack is two records under one key: a *head* (hashes, feeds,
 * numbers, sizes, signatures), small and read to find things; and a *body* with all bytes.
 */
import {
  StoreError,
  fromHex,
  toHex,
  type BlockHash,
  type FeedKey,
  type NewBlock,
  type StoredBlock,
} from '@atoll/kernel';

/** Blocks of one pack at most, so that a read of one block fetches little else. */
export const PACK_BLOCKS_MAX = 256;
/** Bytes of one pack at most, except for a single larger block. */
const PACK_BYTES_MAX: number = 256 * 1024;
const HASH_BYTES = 32;

/** What a pack says of its blocks. Arrays run in parallel. */
export interface PackHead {
  /** Hashes one after another. */
  readonly hashes: Uint8Array<ArrayBuffer>;
  /** The pack's different feeds. */
  readonly feeds: readonly FeedKey[];
  /** Each block's place in `feeds`. */
  readonly feedAt: Uint16Array<ArrayBuffer>;
  readonly seqs: Float64Array<ArrayBuffer>;
  readonly sizes: Uint32Array<ArrayBuffer>;
  /** Positions of the blocks, of a pack that has lost some; without, they end with the pack's own. */
  readonly positions?: Float64Array<ArrayBuffer>;
  /** Block within the pack to its signature. */
  readonly signatures: Map<number, Uint8Array<ArrayBuffer>>;
}

/** A block that will be stored at the end of a space's log. */
export type Row = Pick<NewBlock, 'feed' | 'seq' | 'hash' | 'bytes' | 'signature'>;

/** Splits rows into packs. */
export function packsOf(rows: readonly Row[]): Row[][] {
  const packs: Row[][] = [];
  let pack: Row[] = [];
  let sizeBytes = 0;
  for (const row of rows) {
    const isFull = pack.length >= PACK_BLOCKS_MAX || sizeBytes + row.bytes.length > PACK_BYTES_MAX;
    if (pack.length === 0 || isFull) {
      pack = [];
      sizeBytes = 0;
      packs.push(pack);
    }
    pack.push(row);
    sizeBytes += row.bytes.length;
  }
  return packs;
}

/** The two records of a pack. */
export function encodePack(rows: readonly Row[]): {
  readonly head: PackHead;
  readonly body: Uint8Array<ArrayBuffer>;
} {
  const sizeBytes = rows.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const body = new Uint8Array(sizeBytes);
  const placeByFeed = new Map<FeedKey, number>();
  const head: PackHead & { feeds: FeedKey[] } = {
    hashes: new Uint8Array(rows.length * HASH_BYTES),
    feeds: [],
    feedAt: new Uint16Array(rows.length),
    seqs: new Float64Array(rows.length),
    sizes: new Uint32Array(rows.length),
    signatures: new Map(),
  };
  let from = 0;
  for (const [at, { feed, seq, hash, bytes, signature }] of rows.entries()) {
    const place = placeByFeed.get(feed) ?? head.feeds.push(feed) - 1;
    placeByFeed.set(feed, place);
    head.hashes.set(fromHex(hash) ?? [], at * HASH_BYTES);
    head.feedAt[at] = place;
    head.seqs[at] = seq;
    head.sizes[at] = bytes.length;
    if (signature !== undefined) head.signatures.set(at, new Uint8Array(signature));
    body.set(bytes, from);
    from += bytes.length;
  }
  return { head, body };
}

/** A pack without the blocks that are to be dropped; `undefined` if nothing is left of it. */
export function withoutBlocks(
  pack: { readonly head: PackHead; readonly body: Uint8Array; readonly last: number },
  isDropped: (position: number, block: StoredBlock) => boolean,
): { readonly head: PackHead; readonly body: Uint8Array<ArrayBuffer> } | undefined {
  const { body, head, last } = pack;
  const kept = decodePack(head, body, { last, after: 0 }).filter(
    (block) => !isDropped(block.position, block),
  );
  if (kept.length === 0) return undefined;
  const encoded = encodePack(kept);
  const positions = Float64Array.from(kept, ({ position }) => position);
  return { body: encoded.body, head: { ...encoded.head, positions } };
}

/** Position of a pack's block; `last` is the position under which the pack lies. */
export function positionAt(head: PackHead, at: number, last: number): number {
  return head.positions?.[at] ?? last - countOf(head) + 1 + at;
}

/** Number of blocks in a pack. */
export function countOf(head: PackHead): number {
  return head.sizes.length;
}

/** Hash of a pack's block. */
function hashAt({ hashes }: PackHead, at: number): BlockHash {
  return toHex(hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)) as BlockHash;
}

/** Feed of a pack's block. @throws StoreError `STORE_CORRUPT`. */
export function feedAt({ feeds, feedAt: places }: PackHead, at: number): FeedKey {
  const feed = feeds[places[at] ?? -1];
  if (feed === undefined) throw corrupt();
  return feed;
}

/** The blocks of a pack above a position. @throws StoreError `STORE_CORRUPT`. */
export function decodePack(
  head: PackHead,
  body: Uint8Array,
  { last, after }: { readonly last: number; readonly after: number },
): StoredBlock[] {
  const blocks: StoredBlock[] = [];
  let from = 0;
  for (let at = 0; at < countOf(head); at++) {
    const to = from + (head.sizes[at] ?? 0);
    if (to > body.length) throw corrupt();
    const position = positionAt(head, at, last);
    if (position > after) blocks.push(blockAt(head, at, position, body.slice(from, to)));
    from = to;
  }
  if (from !== body.length) throw corrupt();
  return blocks;
}

/** One block of a pack, by its position. @throws StoreError `STORE_CORRUPT`. */
export function decodeOne(
  head: PackHead,
  body: Uint8Array,
  { last, position }: { readonly last: number; readonly position: number },
): StoredBlock {
  const at = placeOf(head, position, last);
  const from = head.sizes.subarray(0, at).reduce((sum, size) => sum + size, 0);
  const to = from + (head.sizes[at] ?? 0);
  if (at < 0 || at >= countOf(head) || to > body.length) throw corrupt();
  return blockAt(head, at, position, body.slice(from, to));
}

/** Place of a position within a pack. */
export function placeOf(head: PackHead, position: number, last: number): number {
  return head.positions?.indexOf(position) ?? position - 1 - last + countOf(head);
}

function blockAt(head: PackHead, at: number, position: number, bytes: Uint8Array): StoredBlock {
  const block = {
    position,
    feed: feedAt(head, at),
    seq: head.seqs[at] ?? 0,
    hash: hashAt(head, at),
    bytes: bytes as Uint8Array<ArrayBuffer>,
  };
  const signature = head.signatures.get(at);
  return signature === undefined ? block : { ...block, signature };
}

/** The error for records that contradict each other. */
export function corrupt(): StoreError {
  return new StoreError('STORE_CORRUPT', 'records of the store contradict each other');
}
