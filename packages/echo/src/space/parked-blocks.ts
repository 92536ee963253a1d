/**
 * Blocks that lie in the log and not in the state. Their chain and signature are good, so every replica
 * keeps and serves them, those that cannot read included; but what they say of others is false, or they
 * do not open, or they build on blocks that are not here. They are void until that changes.
 */
import type { ParsedBlock } from '@atoll/feed';
import type { BlockHash } from '@atoll/kernel';

/**
 * Such bytes of one space. Only who holds its keys can make them, and nothing honest is named by them; a
 * transfer whose parts come out of order needs room for what comes too early.
 */
export const PARKED_BYTES_MAX: number = 32 * 1024 * 1024;
/** Such blocks: as many as fill the bytes with blocks of 1 KiB. */
export const PARKED_BLOCKS_MAX = 32_768;

/** What a parked block waits for. */
export type ParkedFor =
  | { readonly for: 'block'; readonly missing: BlockHash }
  /** A membership key that opens it. */
  | { readonly for: 'key' }
  /** It says something false, and will not come to be true. */
  | { readonly for: 'nothing' };

/** All parked blocks of one space, by hash; their bytes are in the store. */
export class ParkedBlocks {
  readonly #bytesByHash = new Map<BlockHash, number>();
  readonly #waiting = new Map<BlockHash, Set<BlockHash>>();
  readonly #sealed = new Set<BlockHash>();
  #bytes = 0;

  /** Parked blocks. */
  get size(): number {
    return this.#bytesByHash.size;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether these may be parked, too. */
  hasRoom(blocks: readonly ParsedBlock[]): boolean {
    const bytes = blocks.reduce((sum, block) => sum + block.bytes.length, 0);
    const count = this.size + blocks.length;
    return count <= PARKED_BLOCKS_MAX && this.#bytes + bytes <= PARKED_BYTES_MAX;
  }

  /** Parks a block, whether or not there is room: it is in the log already. */
  park(block: ParsedBlock, why: ParkedFor): void {
    const { bytes, hash } = block;
    if (!this.#bytesByHash.has(hash)) this.#bytes += bytes.length;
    this.#bytesByHash.set(hash, bytes.length);
    if (why.for === 'key') this.#sealed.add(hash);
    if (why.for !== 'block') return;
    const others = this.#waiting.get(why.missing) ?? new Set();
    this.#waiting.set(why.missing, others.add(hash));
  }

  /** Takes out whoever waited for a block that has been folded. It may have to be parked again. */
  takeWaitingFor(folded: BlockHash): readonly BlockHash[] {
    const hashes = [...(this.#waiting.get(folded) ?? [])];
    this.#waiting.delete(folded);
    this.#take(hashes);
    return hashes;
  }

  /** Takes out all that wait for blocks: what they name may count as known from now on. */
  takeWaiting(): readonly BlockHash[] {
    const hashes = [...this.#waiting.values()].flatMap((waiting) => [...waiting]);
    this.#waiting.clear();
    this.#take(hashes);
    return hashes;
  }

  /** Takes out those that did not open, for another try with more keys. */
  takeSealed(): readonly BlockHash[] {
    const hashes = [...this.#sealed];
    this.#sealed.clear();
    this.#take(hashes);
    return hashes;
  }

  #take(hashes: readonly BlockHash[]): void {
    for (const hash of hashes) {
      this.#bytes -= this.#bytesByHash.get(hash) ?? 0;
      this.#bytesByHash.delete(hash);
    }
  }
}
