/**
 * The snapshot of the last epoch that this device keeps, in a place of its own beside that of the open
 * space: what history is dropped for, what the next epoch is folded from, and what a joiner gets. It is
 * made by folding again, and exists only if that gave the roots that were voted for.
 */
import { epochIdOf, type EpochId, type EpochTerms, type KeyRing } from '@atoll/halo';
import {
  equalBytes,
  fromHex,
  toHex,
  type AeadPlatform,
  type BlockHash,
  type Log,
  type Rng,
  type SpaceId,
  type Store,
} from '@atoll/kernel';
import { openDetached } from '../snapshot/detached.ts';
import { PageStore } from '../snapshot/page-store.ts';
import { findSnapshot, type FoundSnapshot } from '../snapshot/restore.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import { SnapshotSource } from '../snapshot/snapshot-source.ts';
import type { EpochBook } from './epoch-book.ts';
import { EpochReplay, type ReplayHost } from './epoch-replay.ts';
import { Frontier } from './frontier.ts';
import { orderPageHash, orderPages, rootOfPages } from './order-pages.ts';

/** Part of an epoch's name that names its pages. */
const FOLDER_DIGITS = 16;

/** Where archives lie. */
export interface ArchivePlace {
  readonly store: Store;
  readonly rng: Rng;
  readonly aead?: AeadPlatform | undefined;
  readonly space: SpaceId;
  /** Secret of the identity, 32 bytes. */
  readonly secret: Uint8Array;
  readonly ring: KeyRing;
}

/** What an archive is made from. */
export interface ArchiveParts {
  readonly place: ArchivePlace;
  readonly book: EpochBook;
  readonly host: ReplayHost;
  /** Key of the state root; `undefined` while this device cannot read the space. */
  readonly rootKey: () => Uint8Array | undefined;
  readonly log: Log;
}

/** A kept snapshot and its pages. */
export interface KeptEpoch {
  readonly epoch: EpochId;
  readonly pages: PageStore;
  readonly found: FoundSnapshot;
}

/** The epoch whose snapshot is kept in a profile. @throws SnapshotError; StoreError. */
export async function keptEpoch(place: ArchivePlace): Promise<KeptEpoch | undefined> {
  const name = await place.store.value(pointerName(place.space));
  if (name === undefined) return undefined;
  const epoch = toHex(name) as EpochId;
  const pages = pagesOfEpoch(place, epoch);
  const found = await findSnapshot({ ...place, pages });
  return found === undefined ? undefined : { epoch, pages, found };
}

/** Makes and keeps snapshots of epochs. */
export class EpochArchive {
  readonly #parts: ArchiveParts;

  constructor(parts: ArchiveParts) {
    this.#parts = parts;
  }

  /**
   * Blocks of the open space that the kept snapshot of these terms does not replace: made now if it is not
   * kept yet. `undefined` if what was folded is not what was voted for. @throws SnapshotError; StoreError.
   */
  async make(terms: EpochTerms): Promise<{ readonly needed: readonly number[] } | undefined> {
    const { log, place, rootKey } = this.#parts;
    const key = rootKey();
    if (key === undefined) return undefined;
    const epoch = epochIdOf(terms);
    const kept = await keptEpoch(place);
    const replay = await this.#replay(terms, kept);
    if (replay === undefined) return undefined;
    const isRight =
      terms.roots.every(({ root }) => equalBytes(root, replay.root(key))) &&
      equalBytes(terms.order, await this.orderRoot(terms));
    if (!isRight) {
      log.event('error', 'space.epoch-differs', { number: terms.number });
      return undefined;
    }
    if (kept?.epoch === epoch) return { needed: replay.needed() };
    const pages = pagesOfEpoch(place, epoch);
    await replay.write(pages);
    const pointer = fromHex(epoch) ?? new Uint8Array(0);
    await place.store.commit({ values: new Map([[pointerName(place.space), pointer]]) });
    await kept?.pages.removeOthers(new Set(), false);
    return { needed: replay.needed() };
  }

  /** What is kept, to be served to who has no history. @throws SnapshotError; StoreError. */
  async source(): Promise<
    { readonly terms: EpochTerms; readonly source: SnapshotSource } | undefined
  > {
    const { book, host, place, rootKey } = this.#parts;
    const key = rootKey();
    const kept = await keptEpoch(place);
    const terms = kept === undefined ? undefined : book.lineage(kept.epoch).at(-1);
    if (key === undefined || kept === undefined || terms === undefined) return undefined;
    const { found, pages } = kept;
    const state = await openDetached(found, { pages, turn: () => host.turn() });
    return { terms, source: new SnapshotSource(state, key) };
  }

  /** The state root at terms' anchor, folded from the kept snapshot. @throws SnapshotError; StoreError. */
  async rootAt(terms: Pick<EpochTerms, 'anchor' | 'previous'>): Promise<Uint8Array | undefined> {
    const key = this.#parts.rootKey();
    const replay = await this.#replay(terms, await keptEpoch(this.#parts.place));
    return key === undefined ? undefined : replay?.root(key).slice();
  }

  /** Root over order and control sections at terms' anchor. */
  async orderRoot({ anchor }: Pick<EpochTerms, 'anchor'>): Promise<Uint8Array<ArrayBuffer>> {
    const { host } = this.#parts;
    const { control, index } = host;
    // What lies under a frontier never changes, so others may have their turn in between.
    const blocks = Frontier.at(index, anchor)?.blocks([]) ?? [];
    const hashes: Uint8Array[] = [];
    for (const page of orderPages({ index, control, blocks })) {
      hashes.push(orderPageHash(page));
      await host.turn();
    }
    return rootOfPages(hashes);
  }

  async #replay(
    terms: Pick<EpochTerms, 'anchor' | 'previous'>,
    kept: KeptEpoch | undefined,
  ): Promise<EpochReplay | undefined> {
    const { host } = this.#parts;
    const order = this.#order(terms);
    if (order === undefined) return undefined;
    if (kept === undefined) {
      const replay = EpochReplay.empty(host);
      await replay.extend(order);
      return replay;
    }
    const replay = await EpochReplay.from(kept.found, kept.pages, host);
    const { branches } = replay.index;
    const { blockCount } = branches;
    const isPrefix = order
      .slice(0, blockCount)
      .every((no, at) => equalBytes(branches.hashBytesOf(at), host.index.branches.hashBytesOf(no)));
    if (!isPrefix || order.length < blockCount) {
      throw new SnapshotError('SNAPSHOT_AHEAD', 'the kept epoch is not one of those before');
    }
    await replay.extend(order.slice(blockCount));
    return replay;
  }

  /** Blocks under terms' anchor in the order that epochs share. */
  #order({ anchor, previous }: Pick<EpochTerms, 'anchor' | 'previous'>): number[] | undefined {
    const { book, host } = this.#parts;
    const at = (hash: BlockHash): Frontier | undefined => Frontier.at(host.index, hash);
    const earlier = book.lineage(previous).flatMap((before) => at(before.anchor) ?? []);
    return at(anchor)?.blocks(earlier);
  }
}

/** Where the snapshot of an epoch lies. */
export function pagesOfEpoch(place: ArchivePlace, epoch: EpochId): PageStore {
  return new PageStore({ ...place, folder: `epoch-${epoch.slice(0, FOLDER_DIGITS)}` });
}

/** Name of the value that says which epoch is kept. */
export function pointerName(space: SpaceId): string {
  return `epoch/${space}`;
}
