/** Who stands behind each block of a space: the device that was admitted to the feed in its first block. */
import {
  assert,
  type BlockHash,
  type DeviceKey,
  type FeedKey,
  type IdentityId,
} from '@atoll/kernel';

/** Who stands behind a feed. */
export interface FeedAuthor {
  readonly identity: IdentityId;
  readonly device: DeviceKey;
  readonly feed: FeedKey;
  readonly slot: number;
  /** Lamport number and hash of the feed's first block. */
  readonly lamport: number;
  readonly genesis: BlockHash;
}

interface Chains {
  readonly author: FeedAuthor;
  /** Last block. */
  head: number;
  /** More of them where the feed forked. */
  others: Set<number> | undefined;
}

const NOBODY = -1;

/** Blocks by number, added after the block that they follow in their chain. */
export class FeedAuthors {
  readonly #chains: Chains[] = [];
  /** Index into the chains, and the block before, by block number. */
  readonly #chainOf: number[] = [];
  readonly #prevOf: number[] = [];
  readonly #feeds = new Map<FeedKey, FeedAuthor[]>();
  readonly #byDevice = new Map<string, Chains[]>();

  /** A block has the author of the one that it follows. */
  follow(block: number, prev: number | undefined): void {
    const at = prev === undefined ? NOBODY : this.#chainOf[prev];
    assert(at !== undefined, 'a block is added before the block that it follows');
    this.#chainOf[block] = at;
    this.#prevOf[block] = prev ?? NOBODY;
    const chains = this.#chains[at];
    if (chains === undefined || prev === undefined) return;
    if (chains.head === prev) {
      chains.head = block;
      return;
    }
    const others = (chains.others ??= new Set());
    others.delete(prev);
    others.add(block);
  }

  /** The first block of a feed says whose it is. */
  admit(block: number, author: FeedAuthor): void {
    const chains: Chains = { author, head: block, others: undefined };
    this.#chainOf[block] = this.#chains.push(chains) - 1;
    push(this.#feeds, author.feed, author);
    push(this.#byDevice, `${author.identity}/${author.device}`, chains);
  }

  /** Who wrote a block; `undefined` when no admitted device stands behind its feed. */
  of(block: number): FeedAuthor | undefined {
    return this.#chains[this.#chainOf[block] ?? NOBODY]?.author;
  }

  /** Who writes a feed. A feed whose first block exists twice may have two; the least block is told. */
  ofFeed(feed: FeedKey): FeedAuthor | undefined {
    const authors = this.#feeds.get(feed) ?? [];
    return authors.reduce<FeedAuthor | undefined>(
      (least, next) => (least === undefined || next.genesis < least.genesis ? next : least),
      undefined,
    );
  }

  /** The block before in the same chain. */
  prevOf(block: number): number | undefined {
    const prev = this.#prevOf[block] ?? NOBODY;
    return prev === NOBODY ? undefined : prev;
  }

  /** Last blocks of all chains of a device. */
  *headsOf(of: { readonly identity: IdentityId; readonly device: DeviceKey }): Iterable<number> {
    for (const { head, others } of this.#byDevice.get(`${of.identity}/${of.device}`) ?? []) {
      yield head;
      if (others !== undefined) yield* others;
    }
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
