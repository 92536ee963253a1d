/**
 * Writes snapshots of a space: notes what changes, makes pages in small steps, and lets a snapshot exist
 * only when all its blocks and pages are durable. A failure leaves the one before as it is.
 */
import type { EpochId } from '@atoll/halo';
import { equalBytes, type BlockHash, type KeyId } from '@atoll/kernel';
import type { RowWatcher } from '../row-keeping.ts';
import type * as Capturing from './capture.ts';
import type { Capture, CaptureSource } from './capture.ts';
import { branchesOf, encodeHead, type PageRef, type SnapshotHead } from './head.ts';
import { headZones } from './head-zones.ts';
import type { SealedZones } from '../space/sealed-sections.ts';
import type { PageStore } from './page-store.ts';

/** What the writer asks of the space around it. */
export interface SnapshotHost {
  readonly source: CaptureSource;
  /** Seals the open transaction. */
  commit(): void;
  /** Reads the end of the log; the position up to which its index knows all. @throws StoreError. */
  catchUp(): Promise<number>;
  /** Resolves when everything sealed before is durable. @throws StoreError. */
  flush(): Promise<void>;
  /** Gives the event loop a turn. */
  turn(): Promise<void>;
  /** Hash of the block at a position of the log. */
  hashAt(position: number): Promise<BlockHash | undefined>;
  /** Generations whose keys were missing when a section was to be read. */
  missingKeys(): readonly KeyId[];
  /** What lies here of closed zones and cannot be read. */
  sealed(): SealedZones;
  /** The last epoch that the rows are behind. */
  epoch(): EpochId | undefined;
}

/** Snapshots of one space. */
export class SnapshotWriter implements RowWatcher {
  /** True when another process has written a snapshot since: it is left to that one. */
  isOutdone = false;
  readonly #host: SnapshotHost;
  readonly #store: PageStore;
  #pages: readonly PageRef[];
  /** The head that our pages belong to; another one in the store means that another process writes. */
  #sealedHead: Uint8Array | undefined;
  #isFirst = true;
  /** Blocks of the log below this number have been looked at; those among them that are not folded. */
  #looked: number;
  readonly #maybePending = new Set<number>();
  #states = new Set<number>();
  #creations = new Set<number>();
  #capture: Capture | undefined;
  #writing: Promise<boolean> | undefined;

  /** `pages`: those of the snapshot with which the space was opened; `sealedHead`: its head as stored. */
  constructor(
    host: SnapshotHost,
    store: PageStore,
    last: {
      readonly pages: readonly PageRef[];
      readonly sealedHead: Uint8Array | undefined;
      /** Blocks with which log and state began, under the same numbers. */
      readonly blocks: number;
    },
  ) {
    this.#host = host;
    this.#store = store;
    this.#pages = last.pages;
    this.#sealedHead = last.sealedHead;
    this.#looked = last.blocks;
  }

  /** True while a snapshot is being written. */
  get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /** Pages of the last snapshot. */
  get pages(): readonly PageRef[] {
    return this.#pages;
  }

  /** Plaintext bytes of the last snapshot's pages. */
  get bytes(): number {
    return this.#pages.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Resolves when no snapshot is being written. */
  async settled(): Promise<void> {
    await this.#writing?.catch(() => undefined);
  }

  stateWillChange(row: number): void {
    this.#capture?.stateWillChange(row);
    this.#states.add(row);
  }

  creationWillChange(row: number): void {
    this.#capture?.creationWillChange(row);
    this.#creations.add(row);
  }

  /**
   * Writes a snapshot of what is here now, after one that is being written. False if another process has
   * written one meanwhile, or not all of it is durable. @throws StoreError; the one before stays then.
   */
  async write(): Promise<boolean> {
    while (this.#writing !== undefined) await this.settled();
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #write(): Promise<boolean> {
    this.isOutdone = !(await this.#isOurs());
    if (this.isOutdone) return false;
    // A part of its own: a page is long open before it writes its first snapshot.
    const parts = await import('./capture.ts');
    const states = this.#states;
    const creations = this.#creations;
    const position = await this.#host.catchUp();
    const draft = this.#cut(position, parts);
    const { capture } = draft;
    this.#states = new Set();
    this.#creations = new Set();
    this.#capture = capture;
    try {
      const pages = await this.#writePages(capture);
      const head = await this.#finish(draft, pages);
      if (head === undefined) {
        this.#takeBack(states, creations);
        return false;
      }
      this.#pages = pages;
      this.#sealedHead = await this.#store.sealedHead();
      this.#isFirst = false;
      await this.#store.removeOthers(new Set(pages.map(({ name }) => name)), true);
      return true;
    } catch (failure) {
      if (this.#pages === draft.pages) this.#takeBack(states, creations);
      throw failure;
    } finally {
      this.#capture = undefined;
    }
  }

  /** As if it had never begun: what it was to write has to be written by the next. */
  #takeBack(states: ReadonlySet<number>, creations: ReadonlySet<number>): void {
    this.#store.discard();
    for (const row of states) this.#states.add(row);
    for (const row of creations) this.#creations.add(row);
  }

  /** What the snapshot will say. Everything in one turn. */
  #cut(position: number, parts: Pick<typeof Capturing, 'Capture'>): Cut {
    const host = this.#host;
    host.commit();
    const { fold, index } = host.source;
    const { branches } = index;
    const changes = { pages: this.#pages, states: this.#states, creations: this.#creations };
    const capture = new parts.Capture(host.source, changes);
    const voidRows: number[] = [];
    for (let row = 0; row < capture.rows; row++) if (fold.rows.isVoid(row)) voidRows.push(row);
    return {
      capture,
      pages: this.#pages,
      head: {
        position,
        blocks: capture.blocks,
        base: host.source.base ?? 0,
        rows: capture.rows,
        branches: branchesOf(branches),
        types: fold.types.all().map(({ compiled, publishedIn }) => ({
          bytes: compiled.bytes,
          publishedIn: [...publishedIn],
        })),
        voidBlocks: fold.blocks.voids(),
        partlyVoidBlocks: fold.blocks.partlyVoids(),
        voidRows,
        twins: new Map(fold.creations.twins),
        collectedRows: new Map(fold.creations.collected),
        epoch: host.epoch(),
        pending: this.#pending(position),
        missingKeys: [...host.missingKeys()],
        zones: headZones(fold, host.sealed(), capture.rows),
      },
    };
  }

  /** Blocks of the log up to a position that are not in the state, in the order of their positions. */
  #pending(position: number): BlockHash[] {
    const { index, log } = this.#host.source;
    for (; this.#looked < log.blockCount; this.#looked++) this.#maybePending.add(this.#looked);
    const pending: number[] = [];
    for (const block of this.#maybePending) {
      const at = log.positionOf(block);
      const isFolded = index.branches.blockOfBytes(log.hashBytesOf(block)) !== undefined;
      if (isFolded) this.#maybePending.delete(block);
      else if (at > 0 && at <= position) pending.push(block);
    }
    pending.sort((a, b) => log.positionOf(a) - log.positionOf(b));
    return pending.map((block) => log.hashOf(block));
  }

  async #writePages(capture: Capture): Promise<readonly PageRef[]> {
    const pages: PageRef[] = [...capture.kept];
    if (this.#isFirst) {
      // What a process left behind that ended while it wrote.
      const kept = new Set(this.#pages.map(({ name }) => name));
      await this.#store.removeOthers(kept, this.#pages.length > 0);
    }
    for (const { plaintext, ...page } of capture.drafts()) {
      const name = await this.#store.write(plaintext);
      pages.push({ ...page, name, bytes: plaintext.length });
      await this.#host.turn();
    }
    await this.#store.flush();
    return pages;
  }

  /** Commits the head once the log has all that the snapshot knows; `undefined` if it may not. */
  async #finish(cut: Cut, pages: readonly PageRef[]): Promise<SnapshotHead | undefined> {
    await this.#host.flush();
    const end = await this.#host.catchUp();
    const { base = 0, index, log } = this.#host.source;
    for (const { from, to } of cut.capture.unsettled) {
      for (let block = Math.max(from, base); block < to; block++) {
        const logged = log.blockOfBytes(index.branches.hashBytesOf(block));
        if (logged === undefined || log.positionOf(logged) === 0) return undefined;
      }
    }
    const hash = end === 0 ? undefined : await this.#host.hashAt(end);
    if (hash === undefined && end > 0) return undefined;
    this.isOutdone = !(await this.#isOurs());
    if (this.isOutdone) return undefined;
    const logEnd = hash === undefined ? undefined : { position: end, hash };
    const head = { ...cut.head, pages, logEnd };
    await this.#store.commitHead(encodeHead(head));
    return head;
  }

  /** Two processes that take turns would each remove what the other's head names. */
  async #isOurs(): Promise<boolean> {
    const now = await this.#store.sealedHead();
    if (now === undefined || this.#sealedHead === undefined) return now === this.#sealedHead;
    return equalBytes(now, this.#sealedHead);
  }
}

/** What a snapshot will say, but for its pages. */
interface Cut {
  readonly capture: Capture;
  /** Pages of the snapshot before. */
  readonly pages: readonly PageRef[];
  readonly head: Omit<SnapshotHead, 'pages' | 'logEnd'>;
}
