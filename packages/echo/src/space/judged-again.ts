/**
 * What becomes of data when rights change after it was folded: somebody was removed, or let in again, or an epoch
 * ended a right. Blocks of those whose rights may be others are judged again, and objects of which a block counts
 * now or no longer are folded again, whole.
 */
import { readStored, type LogReplica } from '@atoll/feed';
import type { SpaceAuthority } from '@atoll/halo';
import { AtollError, errorCode, type IdentityId, type Log, type StoredBlock } from '@atoll/kernel';
import type { Database } from '../database.ts';
import type { FoldedBlock, RefoldBase } from '../fold.ts';
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
  /** Blocks that counted and do not any more, and the other way round, since the space was opened. */
  voided = 0;
  restored = 0;

  constructor(parts: JudgedAgainParts) {
    this.#parts = parts;
  }

  /** Folds again what rights have changed. True if that was anything. */
  async apply(): Promise<boolean> {
    this.#take();
    if (this.#touched !== 'everybody' && this.#touched.size === 0) return false;
    const touched = this.#touched;
    this.#touched = new Set();
    try {
      return await this.#judge(touched);
    } catch (failure) {
      if (!(failure instanceof AtollError)) throw failure;
      // The next change tries again; opened anew, the space is judged from its log.
      this.#touched = 'everybody';
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
    const changed = await this.#changed(touched, base);
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

  /** Blocks of these people that are judged otherwise than they were folded. */
  async #changed(
    touched: 'everybody' | ReadonlySet<IdentityId>,
    base: RefoldBase | undefined,
  ): Promise<readonly FoldedBlock[]> {
    const { applier, database, index } = this.#parts;
    const changed: FoldedBlock[] = [];
    const { blockCount } = index.branches;
    for (let no = 0; no < blockCount; no++) {
      if ((index.flagsOf(no) & BLOCK_HAS_DATA) === 0 || base?.has(no) === true) continue;
      if (!this.#isBy(no, touched)) continue;
      const stored = await this.#parts.readLog(no);
      const parsed = stored === undefined ? undefined : readStored(stored);
      if (parsed === undefined) continue;
      const isVoid = applier.isVoidNow(no, parsed);
      if (isVoid === database.fold.blocks.isVoid(no)) continue;
      for (const block of applier.readAgain(no, parsed)) changed.push({ ...block, isVoid });
    }
    return changed;
  }

  #isBy(no: number, identities: 'everybody' | ReadonlySet<IdentityId>): boolean {
    const author = this.#parts.authority.authorOf(no)?.identity;
    return author !== undefined && (identities === 'everybody' || identities.has(author));
  }
}
