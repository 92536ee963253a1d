/**
 * The snapshots of an open space: found and entered when it is opened, written while it is used and when it
 * is closed. Losing one costs time, never content: the log is the truth.
 */
import { readStored, type LogReplica, type ResumeFrom } from '@atoll/feed';
import type { EpochId, KeyRing, SpaceAuthority } from '@atoll/halo';
import {
  AtollError,
  StoreError,
  errorCode,
  type FeedKey,
  type SpaceId,
  type StoredBlock,
} from '@atoll/kernel';
import type { Database } from '../database.ts';
import type { FoldedBlock } from '../fold.ts';
import type { RefoldBase } from '../row-keeping.ts';
import { keptEpoch, type ArchivePlace } from '../epoch/epoch-archive.ts';
import { indexedFields } from '../query/fields.ts';
import { readIndexes } from '../snapshot/kept-indexes.ts';
import type { PageRef } from '../snapshot/head.ts';
import { PageStore } from '../snapshot/page-store.ts';
import { findSnapshot, indexOf, restoreRows, type FoundSnapshot } from '../snapshot/restore.ts';
import type { StatePages } from '../snapshot/row-page.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import { turnsOf } from '../take-turns.ts';
import { SnapshotWriter } from '../snapshot/snapshot-writer.ts';
import type { AdvancedFeeds } from './advanced-feeds.ts';
import type { BlockApplier } from './block-applier.ts';
import type { EpochAdoption } from './epoch-adoption.ts';
import { BLOCK_HAS_CONTROL, BLOCK_HAS_DATA, SpaceIndex } from './space-index.ts';
import { isKeeper } from './space-ports.ts';
import type { SpacePorts, SpaceWriter } from './space.ts';

/** When a snapshot is written. */
export interface SnapshotPolicy {
  /** Blocks since the last one, and bytes of them, either of which is enough. */
  readonly blocks: number;
  readonly bytes: number;
  /** The same when the space is closed. */
  readonly blocksAtClose: number;
  readonly bytesAtClose: number;
}

/**
 * Folding so much again takes some tens of milliseconds. A small space is written when it is closed: its
 * signatures, the most of what opening it costs, need not be looked at again.
 */
const DEFAULT_POLICY: SnapshotPolicy = {
  blocks: 2048,
  bytes: 1024 * 1024,
  blocksAtClose: 2,
  bytesAtClose: 64 * 1024,
};
/** Of a large space: as much as this part of the last snapshot, so that writing stays in proportion. */
const GROWTH = 1 / 8;
/** Without a change for so long, whoever wrote is done for now, or reads. */
const REST_MS = 2_000;

/** Parts of a space that a snapshot goes into and is taken from. */
export interface SnapshotParts {
  readonly space: SpaceId;
  readonly ports: SpacePorts;
  readonly writer: SpaceWriter;
  readonly database: Database;
  readonly index: SpaceIndex;
  readonly authority: SpaceAuthority;
  readonly applier: BlockApplier;
  readonly advanced: AdvancedFeeds;
  readonly adoption: () => EpochAdoption;
  /** The kept epoch, for rows whose history was dropped. @throws SnapshotError; StoreError. */
  readonly base: () => Promise<RefoldBase | undefined>;
}

/** A snapshot and the store that it was found in. */
export interface SpaceStart {
  readonly pages: PageStore;
  readonly found: FoundSnapshot | undefined;
  /** Where it was found, if that is not `pages`: the kept snapshot of an epoch. */
  readonly keptIn?: PageStore;
  /** That epoch. */
  readonly keptEpoch?: EpochId;
}

/**
 * Looks for a snapshot that fits log and keys, then for the kept one of an epoch; one that is of no use is
 * dropped and told of. @throws StoreError.
 */
export async function findStart(
  ports: SpacePorts,
  of: { readonly space: SpaceId; readonly ring: KeyRing; readonly writer: SpaceWriter },
): Promise<SpaceStart> {
  const { aead, rng, store } = ports;
  const { ring, space, writer } = of;
  const pages = new PageStore({ store, rng, space, secret: writer.haloSecret, aead });
  try {
    const found = await findSnapshot({ pages, store, space, ring });
    if (found !== undefined) return { pages, found };
  } catch (failure) {
    await dropSnapshot(ports, pages, failure);
  }
  return findKept(ports, pages, { store, rng, aead, space, ring, secret: writer.haloSecret });
}

/** What was dropped from the log is only there. */
async function findKept(
  ports: SpacePorts,
  pages: PageStore,
  place: ArchivePlace,
): Promise<SpaceStart> {
  try {
    const kept = await keptEpoch(place);
    if (kept !== undefined) {
      return { pages, found: kept.found, keptIn: kept.pages, keptEpoch: kept.epoch };
    }
  } catch (failure) {
    if (!(failure instanceof AtollError) || failure instanceof StoreError) throw failure;
    ports.log.event('error', 'space.epoch-damaged', { code: errorCode(failure) });
  }
  return { pages, found: undefined };
}

/** The index that a space begins with: its contexts are entered with the rest. @throws SnapshotError. */
export function startIndex({ found }: SpaceStart, salt: number): SpaceIndex {
  return new SpaceIndex(salt, found === undefined ? undefined : indexOf(found, salt));
}

/** Drops a snapshot that is of no use. @throws StoreError, and what is nobody's error. */
export async function dropSnapshot(
  ports: SpacePorts,
  pages: PageStore,
  failure: unknown,
): Promise<void> {
  if (!(failure instanceof AtollError) || failure instanceof StoreError) throw failure;
  ports.log.event('warn', 'space.snapshot-dropped', { code: errorCode(failure) });
  await pages.removeOthers(new Set(), false);
}

/** Snapshots of one open space. */
export class SpaceSnapshots {
  readonly #parts: SnapshotParts;
  readonly #pages: PageStore;
  /** Where the found snapshot lies. */
  readonly #foundIn: PageStore;
  readonly #keptEpoch: EpochId | undefined;
  readonly #policy: SnapshotPolicy;
  #found: FoundSnapshot | undefined;
  #stored: StatePages | undefined;
  #writer: SnapshotWriter | undefined;
  /** Once the log is open. */
  #replica: (() => LogReplica) | undefined;
  /** Blocks and bytes that had been folded when the last snapshot was begun, and its own size. */
  #blocks = 0;
  #foldedBytes = 0;
  #snapshotBytes = 0;
  /** Indexes that are kept with the last snapshot. */
  #keptIndexes: ReadonlySet<number> = new Set();
  #failed = false;
  /** Indexes are made ready for a snapshot, which is then begun. */
  #isSettling = false;
  /** A change has begun a snapshot. */
  #isBegun = false;
  /** Changes so far: one more means no rest. */
  #changes = 0;
  #isWaitingForRest = false;
  readonly #closing = new AbortController();

  constructor(parts: SnapshotParts, start: SpaceStart) {
    this.#parts = parts;
    this.#pages = start.pages;
    this.#foundIn = start.keptIn ?? start.pages;
    this.#found = start.found;
    this.#keptEpoch = start.keptEpoch;
    this.#policy = parts.writer.snapshots ?? DEFAULT_POLICY;
  }

  /** Enters the found snapshot into the empty parts. @throws SnapshotError; StoreError. */
  async restore(): Promise<ResumeFrom | undefined> {
    const found = this.#found;
    if (found === undefined) return undefined;
    const { advanced, applier, database, index, ports } = this.#parts;
    const { branches } = index;
    const { head } = found;
    found.kept.forEach((kept, block) => index.restore(block, kept));
    this.#restoreAccess(found);
    for (const key of head.missingKeys) applier.missingKeys.add(key);
    for (const { sealed, zone } of head.zones ?? []) applier.counters.sealed.add(zone, sealed);
    database.fold.blocks.restore({
      count: head.blocks,
      context: (no) => applier.contextOf(no),
      at: (feed, seq) => this.#blocksAt(feed, seq, head.blocks),
      hash: (no) => branches.hashBytesOf(no),
      compare: (a, b) => index.compare(a, b),
    });
    for (const block of head.voidBlocks) database.fold.blocks.setVoid(block, true);
    for (const block of head.partlyVoidBlocks) database.fold.blocks.setPartlyVoid(block, true);
    const turn = turnsOf(ports.clock);
    const { fold, stateTree: tree } = database;
    const rows = await restoreRows(found, { pages: this.#foundIn, fold, tree, turn });
    this.#stored = rows.stored;
    const indexes = await readIndexes(head, this.#foundIn, (code) => {
      ports.log.event('warn', 'space.index-dropped', { code });
    });
    this.#keptIndexes = indexIds(head.pages);
    database.indexes.restore(indexes, Math.max(0, ...this.#keptIndexes));
    this.#parts.adoption().restore(this.#keptEpoch ?? head.epoch);
    await this.#refold(rows.refold);
    for (let branch = 0; branch < branches.branchCount; branch++) {
      advanced.note(branches.branchEnd(branch));
    }
    this.#blocks = head.blocks;
    this.#snapshotBytes = head.pages.reduce((sum, { bytes }) => sum + bytes, 0);
    const salt = new DataView(ports.rng.bytes(4).buffer).getUint32(0);
    return { index: indexOf(found, salt), position: head.position, others: head.pending };
  }

  /** Lets changes be noted from now on: before the log's tail is folded. */
  start(replica: () => LogReplica, flush: () => Promise<void>): void {
    const { applier, database, index, ports, space } = this.#parts;
    const parts = this.#parts;
    this.#replica = replica;
    const stored = this.#stored;
    const source = {
      fold: database.fold,
      tree: database.stateTree,
      index,
      get log(): LogReplica['index'] {
        return replica().index;
      },
      get control(): BlockApplier['control'] {
        return parts.applier.control;
      },
      stored,
      base: this.#found?.head.base ?? 0,
      indexes: database.indexes,
    };
    this.#writer = new SnapshotWriter(
      {
        source,
        commit: () => database.commit(),
        catchUp: () => replica().catchUp(),
        flush,
        turn: () => this.#turn(),
        hashAt: async (position) => {
          const [block] = await ports.store.read(space, position - 1, 1);
          return block?.position === position ? block.hash : undefined;
        },
        missingKeys: () => [...applier.missingKeys],
        sealed: () => applier.counters.sealed,
        epoch: () => parts.adoption().adopted,
      },
      this.#pages,
      {
        pages: this.#foundIn === this.#pages ? (this.#found?.head.pages ?? []) : [],
        sealedHead: this.#foundIn === this.#pages ? this.#found?.sealedHead : undefined,
        blocks: this.#found?.head.blocks ?? 0,
      },
    );
    this.#found = undefined;
    database.fold.watch(this.#writer);
  }

  /** Begins to write a snapshot if enough has changed. */
  noteChange(): void {
    const { blocks, bytes } = this.#policy;
    this.#changes++;
    const grown = Math.max(bytes, this.#snapshotBytes * GROWTH);
    const isDue = this.#since.blocks >= Math.max(blocks, this.#blocks * GROWTH);
    if (isDue || this.#since.bytes >= grown) this.#begin();
    else if (this.#isDueAtRest) void this.#writeAtRest();
  }

  #begin(): void {
    if (this.#failed || this.#isBegun || this.#writer?.isWriting !== false) return;
    // Until its pages are begun nothing else says that one is on its way, and a turn may have many changes.
    this.#isBegun = true;
    this.write()
      .catch(() => undefined)
      .finally(() => (this.#isBegun = false));
  }

  /** Where a session may not live to close: enough that the next one would feel it. */
  get #isDueAtRest(): boolean {
    if (this.#parts.writer.snapshotsAtRest !== true) return false;
    const { bytesAtClose } = this.#policy;
    return this.#since.bytes >= Math.max(bytesAtClose, this.#snapshotBytes * GROWTH);
  }

  async #writeAtRest(): Promise<void> {
    if (this.#isWaitingForRest) return;
    this.#isWaitingForRest = true;
    const { clock } = this.#parts.ports;
    try {
      for (let seen = -1; seen !== this.#changes;) {
        seen = this.#changes;
        await clock.sleep(REST_MS, this.#closing.signal);
      }
      if (this.#isDueAtRest) this.#begin();
    } catch {
      // Closed meanwhile, which writes one by itself.
    } finally {
      this.#isWaitingForRest = false;
    }
  }

  /** The same on closing, and waits for it. */
  async close(): Promise<void> {
    const { blocksAtClose, bytesAtClose } = this.#policy;
    this.#closing.abort();
    await this.#writer?.settled();
    const { blocks, bytes } = this.#since;
    const isDue = blocks >= blocksAtClose || bytes >= bytesAtClose;
    if (isDue || this.#hasNewIndexes(blocksAtClose)) await this.write().catch(() => undefined);
    this.#parts.database.fold.watch(undefined);
    this.#writer = undefined;
  }

  /** Writes a snapshot of what is here now. False if it may not be written. @throws StoreError. */
  async write(): Promise<boolean> {
    const { applier, index, ports, writer } = this.#parts;
    // One window of a profile is enough, and two would remove each other's pages.
    if (this.#writer === undefined || !isKeeper(writer)) return false;
    const blocks = index.branches.blockCount;
    const { foldedBytes } = applier;
    try {
      await this.#settleIndexes();
      const isWritten = await this.#writer.write();
      this.#failed = this.#writer.isOutdone;
      if (!isWritten) return false;
      this.#blocks = blocks;
      this.#foldedBytes = foldedBytes;
      this.#snapshotBytes = this.#writer.bytes;
      this.#keptIndexes = indexIds(this.#writer.pages);
      return true;
    } catch (failure) {
      this.#failed = true;
      ports.log.event('warn', 'space.snapshot-not-written', { code: errorCode(failure) });
      throw failure;
    }
  }

  /**
   * Removes the snapshot and writes no other until the space is opened again: it then begins with the kept
   * epoch, without the order of what that has let go. @throws StoreError.
   */
  async rebase(): Promise<void> {
    this.#failed = true;
    await this.#writer?.settled();
    this.#writer = undefined;
    this.#parts.database.fold.watch(undefined);
    await this.#pages.removeOthers(new Set(), false);
  }

  /** Declared indexes are kept with the snapshot, so that the first question need not make them. */
  async #settleIndexes(): Promise<void> {
    if (this.#isSettling) return;
    this.#isSettling = true;
    const { database } = this.#parts;
    try {
      for (const name of database.typeNames()) {
        const type = database.readerOf(name);
        for (const field of type === undefined ? [] : indexedFields(type)) {
          await database.indexes.settle(name, field, () => this.#turn());
        }
      }
    } finally {
      this.#isSettling = false;
    }
  }

  /** True if a question has made indexes that no snapshot keeps. */
  #hasNewIndexes(blocksAtClose: number): boolean {
    // Where snapshots are not wanted at all, none is wanted for this.
    if (blocksAtClose > DEFAULT_POLICY.blocks) return false;
    return this.#parts.database.indexes.cut().some(({ id }) => !this.#keptIndexes.has(id));
  }

  /** What has been folded since the last snapshot. */
  get #since(): { readonly blocks: number; readonly bytes: number } {
    const { applier, index } = this.#parts;
    return {
      blocks: index.branches.blockCount - this.#blocks,
      bytes: applier.foldedBytes - this.#foldedBytes,
    };
  }

  #restoreAccess({ control, head }: FoundSnapshot): void {
    const { applier, authority, index } = this.#parts;
    let next = 0;
    for (let block = 0; block < head.blocks; block++) {
      const entry = control[next];
      if (entry?.no === block) {
        next++;
        applier.restoreControl(entry);
        continue;
      }
      if ((index.flagsOf(block) & BLOCK_HAS_CONTROL) !== 0) throw malformed();
      authority.follow(block, index.branches.prevOf(block));
    }
    if (next !== control.length) throw malformed();
  }

  #blocksAt(feed: string, seq: number, count: number): readonly number[] {
    const { index } = this.#parts;
    const found = new Set<number>();
    for (const branch of index.branches.branchesOf(feed as FeedKey)) {
      const no = index.branches.blockAt(branch, seq);
      if (no === undefined || no >= count) continue;
      if ((index.flagsOf(no) & BLOCK_HAS_DATA) !== 0) found.add(no);
    }
    return [...found];
  }

  /** Rows with something that snapshots do not keep: their blocks are read from the log. */
  async #refold(rows: readonly number[]): Promise<void> {
    if (rows.length === 0) return;
    const { fold } = this.#parts.database;
    const base = await this.#parts.base();
    const numbers = fold.blocksOf(rows).filter((no) => base?.has(no) !== true);
    fold.refold(new Set(rows), await this.readBlocks(numbers), base);
  }

  /** Folded blocks from the log, by number, for folding them again. @throws SnapshotError; StoreError. */
  async readBlocks(numbers: readonly number[]): Promise<readonly FoldedBlock[]> {
    const { applier } = this.#parts;
    const blocks: FoldedBlock[] = [];
    for (const no of numbers) {
      const stored = await this.readLog(no);
      if (stored === undefined) {
        throw new SnapshotError('SNAPSHOT_MISSING', 'a block that is needed is not in the log');
      }
      const parsed = readStored(stored);
      if (parsed === undefined) {
        await this.rebase();
        throw new SnapshotError('SNAPSHOT_CORRUPT', 'a block that is needed is damaged in the log');
      }
      blocks.push(...applier.readAgain(no, parsed));
    }
    return blocks;
  }

  /** A folded block from the log, by its position where that is known: the store finds it at once there. */
  async readLog(no: number): Promise<StoredBlock | undefined> {
    const { index, ports, space } = this.#parts;
    const hash = index.branches.hashOf(no);
    const log = this.#replica?.().index;
    const logged = log?.blockOf(hash);
    const position = logged === undefined ? 0 : (log?.positionOf(logged) ?? 0);
    if (position > 0) {
      const [stored] = await ports.store.read(space, position - 1, 1);
      if (stored?.hash === hash) return stored;
    }
    return ports.store.get(space, hash);
  }

  async #turn(): Promise<void> {
    await this.#parts.ports.clock.sleep(0, new AbortController().signal);
  }
}

function indexIds(pages: readonly PageRef[]): ReadonlySet<number> {
  return new Set(pages.filter(({ kind }) => kind === 'index').map(({ first }) => first));
}

function malformed(): SnapshotError {
  return new SnapshotError('SNAPSHOT_CORRUPT', 'control sections and blocks do not agree');
}
