/**
 * Where the blocks of one space are, in memory: hash and (feed, number) to position. Made from the
 * packs' heads when first needed, and continued from there: positions are never reused.
 */
import { fromHex, type BlockHash, type FeedKey } from '@atoll/kernel';
import { countOf, feedAt, positionAt, type PackHead } from './packed-records.ts';

const HASH_BYTES = 32;

/** One position, or several that share a key. */
type Places = number | number[];

function add<K>(map: Map<K, Places>, key: K, position: number): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, position);
  else if (typeof known === 'number') map.set(key, [known, position]);
  else known.push(position);
}

function list(places: Places | undefined): readonly number[] {
  return places === undefined ? [] : typeof places === 'number' ? [places] : places;
}

/** Positions of one space's blocks. */
export class SpaceIndex {
  /** The log begins behind this position: what was before was forgotten. */
  readonly past: number;
  /** Position of the last block that was indexed. */
  last: number;
  #hashes: Uint8Array<ArrayBuffer> = new Uint8Array(1024 * HASH_BYTES);
  // Hashes under their first 48 bits, as numbers: strings would take five times the memory.
  readonly #placesByHead: Map<number, Places> = new Map();
  readonly #placesByFeed: Map<FeedKey, Map<number, Places>> = new Map();

  constructor(past: number) {
    this.past = past;
    this.last = past;
  }

  /** Takes in the pack that follows, and lies under the position of its last block. */
  add(head: PackHead, last: number): void {
    const count = countOf(head);
    this.#reserve((last - this.past) * HASH_BYTES);
    this.last = last;
    for (let at = 0; at < count; at++) {
      const position = positionAt(head, at, last);
      const hash = head.hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
      this.#hashes.set(hash, this.#offset(position));
      add(this.#placesByHead, this.#headAt(position), position);
      const feed = feedAt(head, at);
      const bySeq = this.#placesByFeed.get(feed) ?? new Map<number, Places>();
      this.#placesByFeed.set(feed, bySeq);
      add(bySeq, head.seqs[at] ?? 0, position);
    }
  }

  /** Position of the block with a hash. */
  find(hash: BlockHash): number | undefined {
    const wanted = fromHex(hash) ?? new Uint8Array(HASH_BYTES);
    const head = Number.parseInt(hash.slice(0, 12), 16);
    return list(this.#placesByHead.get(head)).find((position) => this.#equals(position, wanted));
  }

  /** Positions of all blocks with a number of a feed. */
  at(feed: FeedKey, seq: number): readonly number[] {
    return list(this.#placesByFeed.get(feed)?.get(seq));
  }

  #reserve(sizeBytes: number): void {
    if (this.#hashes.length >= sizeBytes) return;
    const larger = new Uint8Array(Math.max(sizeBytes, this.#hashes.length * 2));
    larger.set(this.#hashes);
    this.#hashes = larger;
  }

  #offset(position: number): number {
    return (position - this.past - 1) * HASH_BYTES;
  }

  #headAt(position: number): number {
    let head = 0;
    const from = this.#offset(position);
    for (let at = 0; at < 6; at++) head = head * 256 + (this.#hashes[from + at] ?? 0);
    return head;
  }

  #equals(position: number, wanted: Uint8Array): boolean {
    const from = this.#offset(position);
    return wanted.every((byte, at) => byte === this.#hashes[from + at]);
  }
}
