/**
 * Puts the rows of an open space behind its sealed epochs, one after another: what their frontiers cover is
 * settled, what they collect is forgotten. Rows that have changed too much since are folded again.
 */
import { epochIdOf, type EpochId, type EpochTerms, type SpaceAuthority } from '@atoll/halo';
import { AtollError, errorCode, type Log } from '@atoll/kernel';
import { carryOver, seenOf } from '../collection/carry-over.ts';
import type { Database } from '../database.ts';
import type { EpochBook } from '../epoch/epoch-book.ts';
import { listedBy, stageOf } from '../epoch/epoch-stages.ts';
import type { Fold, FoldedBlock } from '../fold.ts';
import type { RefoldBase } from '../row-keeping.ts';
import type { SpaceIndex } from './space-index.ts';

/** What adoption needs of its space. */
export interface AdoptionHost {
  readonly index: SpaceIndex;
  readonly database: Database;
  readonly authority: SpaceAuthority;
  readonly epochs: {
    readonly book: EpochBook;
    /** `base`: the kept epoch, for rows whose history was dropped. @throws SnapshotError; StoreError. */
    readonly archive: { base(fold: Fold): Promise<RefoldBase | undefined> };
  };
  /** Seals the open transaction and makes own blocks durable. @throws StoreError. */
  flush(): Promise<void>;
  /** Its `catchUp` waits until what was shown is stored. */
  readonly replica: { catchUp(): Promise<number> };
  /** Data of blocks, from the log. @throws SnapshotError; StoreError. */
  readBlocks(blocks: readonly number[]): Promise<readonly FoldedBlock[]>;
}

/** Adoption of one open space. */
export class EpochAdoption {
  readonly #host: AdoptionHost;
  readonly #log: Log;
  readonly #snapshots: { rebase(): Promise<void> };
  #adopted: EpochId | undefined;
  #isOwn: ((block: number) => boolean) | undefined;
  /** Stretches that this device had written upon what was collected, and has written anew. */
  carried = 0;
  /** The stages of what a snapshot is behind are entered. */
  #isEntered = true;
  #failed = false;

  /** `snapshots`: dropped where what is in memory cannot be mended. */
  constructor(host: AdoptionHost, log: Log, snapshots: { rebase(): Promise<void> }) {
    this.#host = host;
    this.#log = log;
    this.#snapshots = snapshots;
  }

  /** The last epoch that the rows are behind. */
  get adopted(): EpochId | undefined {
    return this.#adopted;
  }

  /** From now on, what this device has written upon what is collected is written anew. */
  begin(isOwn: (block: number) => boolean): void {
    this.#isOwn = isOwn;
  }

  /** The rows are behind this epoch: those of a snapshot. */
  restore(epoch: EpochId | undefined): void {
    this.#adopted = epoch;
    this.#isEntered = epoch === undefined;
    this.#enter();
  }

  /** True if there is an epoch that the rows are not behind. */
  get #isDue(): boolean {
    const { book } = this.#host.epochs;
    const { current } = book;
    if (this.#failed || current?.terms === undefined || current.id === this.#adopted) return false;
    if (this.#adopted === undefined) return true;
    // What was taken over from somebody may be further than what is known to be sealed.
    const lineage = book.lineage(this.#adopted);
    return lineage.length > 0 && !lineage.some((terms) => epochIdOf(terms) === current.id);
  }

  /** Tells rows and writers of the epochs of a snapshot, once their terms are known. */
  #enter(): void {
    const { database, epochs, index } = this.#host;
    const lineage = this.#adopted === undefined ? [] : epochs.book.lineage(this.#adopted);
    if (this.#isEntered || lineage.length === 0) return;
    this.#isEntered = true;
    lineage.forEach((terms, at) => {
      this.#tellRights(terms);
      database.fold.enterStage(stageOf(index, terms, lineage.slice(0, at)));
    });
    this.#tellWriters(lineage);
  }

  /** Puts the rows behind all that is sealed, as far as the log allows. True if that was further than before. */
  async adopt(): Promise<boolean> {
    this.#enter();
    const before = this.#adopted;
    try {
      await this.#adoptAll();
    } catch (failure) {
      if (!(failure instanceof AtollError)) throw failure;
      this.#log.event('error', 'space.epoch-not-adopted', { code: errorCode(failure) });
    }
    return this.#adopted !== before;
  }

  async #adoptAll(): Promise<void> {
    while (this.#isDue) {
      const { current } = this.#host.epochs.book;
      const lineage = current === undefined ? [] : this.#host.epochs.book.lineage(current.id);
      const before = lineage.findIndex((terms) => epochIdOf(terms) === this.#adopted);
      if (this.#adopted !== undefined && before < 0) {
        // Two epochs were sealed, or a reset passes one over: the state has to be made anew.
        this.#failed = true;
        this.#log.event('warn', 'space.epoch-left', { number: current?.number ?? 0 });
        await this.#snapshots.rebase();
        return;
      }
      await this.#adoptOne(lineage.slice(0, before + 2));
    }
  }

  async #adoptOne(lineage: readonly EpochTerms[]): Promise<void> {
    const terms = lineage.at(-1);
    if (terms === undefined) return;
    const { database, index } = this.#host;
    const stage = stageOf(index, terms, lineage.slice(0, -1));
    let base: RefoldBase | undefined;
    let again: ReadonlySet<number> = new Set();
    let blocks: readonly FoldedBlock[] = [];
    for (let read = -1; ;) {
      database.commit();
      again = database.fold.rowsToRefold(stage);
      const needed = this.#blocksOf(again, base);
      // People go on writing, and blocks go on coming, while these are read.
      if (needed.length === read || again.size === 0) break;
      await this.#host.flush();
      await this.#host.replica.catchUp();
      base = await this.#host.epochs.archive.base(database.fold);
      const numbers = this.#blocksOf(again, base);
      blocks = await this.#host.readBlocks(numbers);
      read = numbers.length;
    }
    const isOwn = this.#isOwn;
    const { branches } = index;
    const seen =
      isOwn === undefined ? [] : seenOf(database, again, isOwn, (no) => branches.branchEnd(no));
    database.adopt(stage, { again, blocks, base });
    this.#adopted = epochIdOf(terms);
    this.#tellRights(terms);
    this.#tellWriters(lineage);
    const carried = carryOver(database, seen);
    this.carried += carried;
    if (carried > 0) this.#log.event('warn', 'space.edits-carried', { stretches: carried });
    this.#log.event('info', 'space.epoch-adopted', { number: terms.number, refolded: again.size });
  }

  #blocksOf(rows: ReadonlySet<number>, base: RefoldBase | undefined): readonly number[] {
    const blocks = this.#host.database.fold.blocksOf(rows);
    return base === undefined ? blocks : blocks.filter((no) => !base.has(no));
  }

  /** What was given until an epoch ends with it, and nothing under it is cut any more. */
  #tellRights(terms: EpochTerms): void {
    const { authority, index } = this.#host;
    const block = index.branches.blockOf(terms.anchor);
    if (block === undefined) return;
    authority.credentials.noteEpoch({ number: terms.number, anchor: block });
  }

  #tellWriters(lineage: readonly EpochTerms[]): void {
    this.#host.database.setListed(listedBy(this.#host.index, lineage));
  }
}
