/**
 * The end of one space's log within a transaction: what is there, and what the transaction adds.
 * Nearly every block is the next of its feed, which the greatest number by feed shows at once; only
 * others need the space's index.
 */
import { StoreError, type FeedKey, type NewBlock, type SpaceId } from '@atoll/kernel';
import { result } from './idb.ts';
import {
  countOf,
  encodePack,
  packsOf,
  placeOf,
  type PackHead,
  type Row,
} from './packed-records.ts';
import type { SpaceIndex } from './space-index.ts';

/** Object stores of a profile's database. */
export const STORES = {
  /** 'incarnation' to text; `past/SPACE` to the last position of a space when its log was forgotten. */
  profile: 'profile',
  /** Space to the position of its last block. */
  spaces: 'spaces',
  /** [space, feed] to the greatest number of a block of that feed. */
  feeds: 'feeds',
  /** [space, position of the pack's last block] to a {@link PackHead}. */
  heads: 'heads',
  /** The same key to the pack's bytes. */
  bodies: 'bodies',
  /** Name to value. */
  values: 'values',
} as const;

/** Under this in the store `profile` lies the last position of a space when its log was forgotten. */
export function pastKey(space: SpaceId): string {
  return `past/${space}`;
}

/** The last position of a space when its log was last forgotten; 0 if it never was. */
export async function pastOf(transaction: IDBTransaction, space: SpaceId): Promise<number> {
  const past: unknown = await result(transaction.objectStore(STORES.profile).get(pastKey(space)));
  return typeof past === 'number' ? past : 0;
}

/** All packs of a space whose last position is above `after`. */
export function packsAfter(space: SpaceId, after: number): IDBKeyRange {
  return IDBKeyRange.bound([space, after], [space, Number.POSITIVE_INFINITY], true, false);
}

interface SignatureFound {
  readonly position: number;
  readonly signature: Uint8Array;
}

/** What one batch does to a space, before it is known whether the batch holds. */
export interface TailChange {
  readonly rows: Row[];
  readonly signatures: SignatureFound[];
  readonly greatestByFeed: Map<FeedKey, number>;
}

/** A batch that does nothing yet. */
export function noChange(): TailChange {
  return { rows: [], signatures: [], greatestByFeed: new Map() };
}

/** Reads and extends a space's log in one transaction at a time. */
export class SpaceTail {
  readonly space: SpaceId;
  last: number;
  readonly #greatestByFeed: Map<FeedKey, number>;
  readonly #acceptedByFeed: Map<FeedKey, number> = new Map();
  readonly #rows: Row[] = [];
  readonly #signatures: SignatureFound[] = [];

  private constructor(space: SpaceId, last: number, greatestByFeed: Map<FeedKey, number>) {
    this.space = space;
    this.last = last;
    this.#greatestByFeed = greatestByFeed;
  }

  /** The tail as it is now; `known` saves reading the feeds if nobody has appended since. */
  static async load(
    transaction: IDBTransaction,
    space: SpaceId,
    known: SpaceTail | undefined,
  ): Promise<SpaceTail> {
    const stored: unknown = await result(transaction.objectStore(STORES.spaces).get(space));
    const last = typeof stored === 'number' ? stored : await pastOf(transaction, space);
    if (stored !== undefined && known?.last === last)
      return new SpaceTail(space, last, known.#greatestByFeed);
    const feeds = transaction.objectStore(STORES.feeds);
    const range = IDBKeyRange.bound([space], [space, []]);
    const [keys, values] = await Promise.all([
      result(feeds.getAllKeys(range)),
      result(feeds.getAll(range)),
    ]);
    const greatestByFeed = new Map<FeedKey, number>();
    for (const [at, key] of keys.entries()) {
      greatestByFeed.set((key as [SpaceId, FeedKey])[1], Number(values[at]));
    }
    return new SpaceTail(space, last, greatestByFeed);
  }

  /** Looks at one block of a batch, and notes in `change` what it does. @throws StoreError. */
  async plan(
    block: NewBlock,
    change: TailChange,
    loadIndex: () => Promise<SpaceIndex>,
  ): Promise<void> {
    const { feed, seq, signature } = block;
    const planned = change.greatestByFeed.get(feed) ?? -1;
    const greatest = Math.max(planned, this.#stored(feed), this.#acceptedByFeed.get(feed) ?? -1);
    const kept = seq > greatest ? undefined : await this.#keptAt(block, change, loadIndex);
    if (kept === undefined) {
      change.rows.push(block);
      change.greatestByFeed.set(feed, Math.max(planned, seq));
    } else if (signature !== undefined) change.signatures.push({ position: kept, signature });
  }

  /** The batch holds: its changes are part of this transaction. */
  accept({ rows, signatures, greatestByFeed }: TailChange): void {
    for (const row of rows) this.#rows.push(row);
    for (const found of signatures) this.#signatures.push(found);
    for (const [feed, seq] of greatestByFeed) {
      this.#acceptedByFeed.set(feed, Math.max(seq, this.#acceptedByFeed.get(feed) ?? -1));
    }
  }

  /** Puts everything accepted into the transaction. Returns the heads written, in order. */
  async write(transaction: IDBTransaction): Promise<readonly PackHead[]> {
    const heads: PackHead[] = [];
    for (const rows of packsOf(this.#rows)) {
      const { head, body } = encodePack(rows);
      this.last += countOf(head);
      transaction.objectStore(STORES.heads).put(head, [this.space, this.last]);
      transaction.objectStore(STORES.bodies).put(body, [this.space, this.last]);
      heads.push(head);
    }
    for (const [feed, seq] of this.#acceptedByFeed) {
      const greatest = Math.max(seq, this.#greatestByFeed.get(feed) ?? -1);
      this.#greatestByFeed.set(feed, greatest);
      transaction.objectStore(STORES.feeds).put(greatest, [this.space, feed]);
    }
    if (heads.length > 0) transaction.objectStore(STORES.spaces).put(this.last, this.space);
    for (const found of this.#signatures) await this.#addSignature(transaction, found);
    return heads;
  }

  #stored(feed: FeedKey): number {
    return this.#greatestByFeed.get(feed) ?? -1;
  }

  /** Position of a block that is there already. @throws StoreError `STORE_CONFLICT`. */
  async #keptAt(
    { feed, seq, hash, origin }: NewBlock,
    { rows }: TailChange,
    loadIndex: () => Promise<SpaceIndex>,
  ): Promise<number | undefined> {
    const index = seq <= this.#stored(feed) ? await loadIndex() : undefined;
    const fresh = [...this.#rows, ...rows];
    const twin = fresh.findIndex((row) => row.hash === hash);
    const kept = index?.find(hash) ?? (twin < 0 ? undefined : this.last + 1 + twin);
    const held = fresh.filter((row) => row.feed === feed && row.seq === seq).length;
    const others = held + (index?.at(feed, seq).length ?? 0) - (kept === undefined ? 0 : 1);
    if (origin === 'own' && others > 0) {
      throw new StoreError('STORE_CONFLICT', `the feed has another block ${seq} already`);
    }
    return kept;
  }

  async #addSignature(
    transaction: IDBTransaction,
    { position, signature }: SignatureFound,
  ): Promise<void> {
    const store = transaction.objectStore(STORES.heads);
    const range = packsAfter(this.space, position - 1);
    const [keys, heads] = await Promise.all([
      result(store.getAllKeys(range, 1)),
      result(store.getAll(range, 1)),
    ]);
    const [key, head] = [
      keys[0] as [SpaceId, number] | undefined,
      heads[0] as PackHead | undefined,
    ];
    if (key === undefined || head === undefined) return;
    const at = placeOf(head, position, key[1]);
    if (at < 0 || head.signatures.has(at)) return;
    head.signatures.set(at, new Uint8Array(signature));
    store.put(head, key);
  }
}
