/**
 * What becomes of data when rights change after it was folded: somebody was removed, or let in again, or an epoch
 * ended a right. Blocks of those whose rights may be others are judged again, and objects of which a block counts
 * now or no longer are folded again, whole.
 */
import { readStored, type LogReplica } from '@atoll/feed';
import type { SpaceAuthority } from '@atoll/halo';
import { AtollError, errorCode, type IdentityId, type Log, type StoredBlock } from '@atoll/kernel';
import type { Database } from '../database.ts';
import type { FoldedBlock } from '../fold.ts';
import type { RefoldBase } from '../row-keeping.ts';
import type { BlockApplier } from './block-applier.ts';
import { BLOCK_HAS_DATA, type SpaceIndex } from './space-index.ts';

/** What judging again needs of a space. */
export interface JudgedAgainParts {
  readonly authority: SpaceAuthority;
  readonly database: Database;
  readonly index: SpaceIndex;
  readonly applier: BlockApplier;
  readonly log: Log;
  readonly replica: () => LogReplica;
  /** Own blocks are in the log when it resolves. */
  readonly flush: () => Promise<void>;
  readonly readLog: (no: number) => Promise<StoredBlock | undefined>;
  readonly readBlocks: (numbers: readonly number[]) => Promise<readonly FoldedBlock[]>;
  /** The state that stands for history that was dropped. */
  readonly base: () => Promise<RefoldBase | undefined>;
}

/** Keeps data as rights have it. */
export class JudgedAgain {
  readonly #parts: JudgedAgainParts;
  #touched: 'everybody' | Set<IdentityId> = new Set();
  /** Blocks that count in parts are to be looked at, whoever wrote them. */
  #partsToo = false;
  /** Blocks that counted and do not any more, and the other way round, since the space was opened. */
  voided = 0;
  restored = 0;

  constructor(parts: JudgedAgainParts) {
    this.#parts = parts;
  }

  /** What stood where, as blocks knew it, may be told otherwise: an epoch has settled it. */
  placesSettled(): void {
    this.#partsToo = this.#parts.authority.credentials.isSplit;
  }

  /** Folds again what rights have changed. True if that was anything. */
  async apply(): Promise<boolean> {
    this.#take();
    const isTold = this.#touched === 'everybody' || this.#touched.size > 0;
    if (!isTold && !this.#partsToo) return false;
    const touched = this.#touched;
    this.#touched = new Set();
    try {
      return await this.#judge(touched);
    } catch (failure) {
      if (!(failure instanceof AtollError)) throw failure;
      // The next change tries again; opened anew, the space is judged from its log.
      this.#touched = 'everybody';
      this.#partsToo = true;
      this.#parts.log.event('error', 'space.not-judged-again', { code: errorCode(failure) });
      return false;
    }
  }

  #take(): void {
    const news = this.#parts.authority.credentials.takeTouched();
    if (news === 'everybody' || this.#touched === 'everybody') this.#touched = 'everybody';
    else for (const identity of news) this.#touched.add(identity);
  }

  async #judge(touched: 'everybody' | ReadonlySet<IdentityId>): Promise<boolean> {
    const { database, log } = this.#parts;
    await this.#caughtUp();
    const base = await this.#parts.base();
    let partsToo = this.#partsToo;
    this.#partsToo = false;
    let changed = await this.#changed(touched, base, partsToo);
    // Objects may have come or gone by what counts no longer, and rights of others reach along with them.
    partsToo ||= changed.length === 0 || !this.#parts.authority.credentials.isSplit;
    if (!partsToo) changed = await this.#changed(touched, base, true);
    if (changed.length === 0) return false;
    const isVoid = new Map(changed.map((one) => [one.block.no, one.isVoid]));
    let blocks: readonly FoldedBlock[] = [];
    for (let read = -1; ;) {
      database.commit();
      const needed = database.blocksToRefold(changed).filter((no) => base?.has(no) !== true);
      // People go on writing, and blocks go on coming, while these are read.
      if (needed.length === read) break;
      await this.#caughtUp();
      blocks = await this.#parts.readBlocks(needed);
      read = needed.length;
    }
    const judged = blocks.map((one) => ({
      ...one,
      isVoid: isVoid.get(one.block.no) ?? one.isVoid,
    }));
    database.refold(changed, judged, base);
    const voided = changed.filter((one) => one.isVoid).length;
    this.voided += voided;
    this.restored += changed.length - voided;
    log.event('info', 'space.judged-again', { voided, restored: changed.length - voided });
    return true;
  }

  async #caughtUp(): Promise<void> {
    this.#parts.database.commit();
    await this.#parts.flush();
    await this.#parts.replica().catchUp();
  }

  /**
   * Blocks of these people that are judged otherwise than they were folded, or may be in parts; with `partsToo`,
   * those of everybody of which the latter is true.
   */
  async #changed(
    touched: 'everybody' | ReadonlySet<IdentityId>,
    base: RefoldBase | undefined,
    partsToo: boolean,
  ): Promise<readonly FoldedBlock[]> {
    const changed: FoldedBlock[] = [];
    const { index } = this.#parts;
    for (let no = 0; no < index.branches.blockCount; no++) {
      if ((index.flagsOf(no) & BLOCK_HAS_DATA) === 0 || base?.has(no) === true) continue;
      const isTheirs = this.#isBy(no, touched);
      if (isTheirs || (partsToo && this.#isBy(no, 'everybody'))) {
        changed.push(...(await this.#changedIn(no, isTheirs)));
      }
    }
    return changed;
  }

  /** Data of a block if it is judged otherwise, or may be in parts. */
  async #changedIn(no: number, isTheirs: boolean): Promise<readonly FoldedBlock[]> {
    const { applier, database } = this.#parts;
    const stored = await this.#parts.readLog(no);
    const parsed = stored === undefined ? undefined : readStored(stored);
    if (parsed === undefined) return [];
    const { isVoid, isWhole } = applier.judgeAgain(no, parsed);
    if (isWhole && (!isTheirs || isVoid === database.fold.blocks.isVoid(no))) return [];
    return applier.readAgain(no, parsed).map((block) => ({ ...block, isVoid }));
  }

  #isBy(no: number, identities: 'everybody' | ReadonlySet<IdentityId>): boolean {
    const author = this.#parts.authority.authorOf(no)?.identity;
    return author !== undefined && (identities === 'everybody' || identities.has(author));
  }
}
