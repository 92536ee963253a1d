/**
 * Epochs of an open space: takes the statements of folded blocks, votes when this device is asked to, and
 * proposes when somebody wants an epoch. One step after another; what is judged is in epoch-instance.ts.
 */
import {
  epochIdOf,
  type ControlSection,
  type EpochId,
  type EpochTerms,
  type Statement,
} from '@atoll/halo';
import {
  ROOT_ZONE,
  errorCode,
  idFromBytes,
  type BlockHash,
  type CredentialId,
  type DeviceKey,
  type FeedKey,
} from '@atoll/kernel';
import { SpaceError } from '../space/space-error.ts';
import { EpochBook, isVoter, type Epoch } from './epoch-book.ts';
import type { EpochArchive } from './epoch-archive.ts';
import type { CountedProposal, EpochInstance } from './epoch-instance.ts';
import { EpochPace, type EpochPolicy } from './epoch-pace.ts';
import { blocksAbove, rootOf, sealedAtMs, type EpochStatus } from './epoch-status.ts';
import { EpochWish, type WishParts } from './epoch-wish.ts';
import { collectionAt } from './collection-terms.ts';
import { RETENTION_MS } from './retention.ts';
import { retiredAt } from './retired-feeds.ts';
import type { EpochParts } from './epoch-needs.ts';
import { votersAt } from './epoch-voters.ts';
import { writingDevices, type WritingDevice } from './writing-devices.ts';
import { Frontier } from './frontier.ts';
import { nextVote } from './next-vote.ts';

/** Steps that one call takes at most: a vote of this device in every part of a ballot, twice. */
const STEPS_MAX = 8;
/** Until a wish is tried again, and up to twice that: long enough for others who wish for the same to begin. */
const WISH_AGAIN_MS = 4_000;

/** What became of keeping the snapshot of the current epoch. */
export type KeptSnapshot =
  | 'kept'
  | 'no-epoch'
  | 'too-new'
  /** What was folded is not what was voted for, or cannot be kept without its blocks. */
  | 'not-kept'
  /** There are closed zones under it, whose history is in nobody's snapshot. */
  | 'zones';

/** Epochs of one open space. */
export class SpaceEpochs {
  readonly book: EpochBook;
  readonly archive: EpochArchive;
  readonly #parts: EpochParts;
  readonly #pace: EpochPace | undefined;
  readonly #wish: EpochWish | undefined;
  /** That a vote which has begun goes on. */
  readonly #onward: EpochWish | undefined;
  readonly #refused = new Set<EpochId>();
  readonly #verified = new Set<EpochId>();
  /** The epoch whose successor is wished for. */
  #wanted: EpochId | undefined;
  #isLate = false;
  /** What is voted about, or wished for, could not be worked out for now. */
  #isUnsure = false;
  #running: Promise<void> = Promise.resolve();
  #isBusy = false;
  #isStale = false;
  #closed = false;

  constructor(parts: EpochParts) {
    this.#parts = parts;
    const { authority, index, space } = parts;
    const order = {
      isInPast: (a: number, b: number): boolean => index.causal.isInPast(a, b),
      blockOf: (hash: BlockHash): number | undefined => index.branches.blockOf(hash),
    };
    this.book = new EpochBook(space, order, () => rootOf(authority, index));
    this.archive = parts.archive(this.book);
    // Keys are made and used by what their makers knew, also before rows are behind it.
    authority.credentials.epochs.knowBy((block) =>
      this.book.sealedTo(block).flatMap(({ anchor, number }) => {
        const no = index.branches.blockOf(anchor);
        return no === undefined ? [] : [{ number, anchor: no }];
      }),
    );
    const { mayVote, policy } = parts;
    if (policy === undefined || !mayVote) return;
    const { lateAfterMs } = policy;
    this.#pace = this.#makePace(policy);
    this.#wish = this.#makeWish(() => this.#isUnsure || this.#isWished, {
      firstMs: WISH_AGAIN_MS,
      lateAfterMs,
    });
    this.#onward = this.#makeWish(() => this.book.vote?.stepName !== undefined, {
      firstMs: lateAfterMs,
      lateAfterMs,
    });
  }

  /** Takes what a block's control sections say. Blocks come in causal order. */
  note(block: number, sections: readonly ControlSection[]): void {
    const author = this.#parts.authority.authorOf(block);
    if (author === undefined) return;
    let index = 0;
    for (const { statements } of sections) {
      for (const { statement, signed } of statements) {
        const place = { block, index: index++, device: author.device };
        if (!signed || !statement.kind.startsWith('epoch-')) continue;
        this.book.apply(statement, place);
        this.#isStale = true;
      }
    }
  }

  /** Facts about the current epoch and the vote about the next. */
  status(): EpochStatus {
    const { current, vote } = this.book;
    const [best] = [...(vote?.proposals ?? [])].sort((a, b) => b.ballot - a.ballot);
    const agreed = vote?.acknowledgedBy(best?.epoch);
    const voters = (current?.voters ?? []).map(({ device }) => device);
    return {
      current,
      sealedAtMs: sealedAtMs(this.book, this.#parts.index),
      blocksAbove: blocksAbove(this.#parts.index, current),
      isVoting: vote !== undefined && vote.greatestBallot >= 0,
      missing:
        best === undefined ? voters : voters.filter((device) => agreed?.has(device) !== true),
      isVoter: current !== undefined && isVoter(current, this.#parts.device),
      refused: this.#refused.size,
      carried: this.#parts.carried(),
      isSealedTwice: this.book.isSealedTwice,
    };
  }

  /**
   * Wishes for an epoch, and does what this device can do about it now. The wish is kept until there is one, or this
   * device has no vote any more. False where it has none, or cannot vouch for what it has not all read.
   */
  async propose(): Promise<boolean> {
    if (!this.#mayVote) return false;
    // With the epoch it may be over.
    const hasVote = this.#hasVote;
    this.#wanted = this.book.current?.id;
    await this.#run();
    return hasVote;
  }

  /** Feeds that the current epoch retires. */
  get retired(): readonly FeedKey[] {
    return (this.book.current?.terms?.retired ?? []).map(({ feed }) => feed);
  }

  /** Devices that have written here, the last heard of first. */
  devices(): readonly WritingDevice[] {
    const { authority, index } = this.#parts;
    const times = { branches: index.branches, timeMsOf: (no: number) => index.timeMsOf(no) };
    return writingDevices(times, authority, new Set(this.retired));
  }

  /** True for a block that this device has written. */
  isOwn(block: number): boolean {
    return this.#parts.authority.authorOf(block)?.device === this.#parts.device;
  }

  /**
   * Says that a device is lost, so that the next epoch does not wait for it any more. What it writes should
   * it return still counts, but where it builds on what was collected meanwhile. Durable when resolved.
   * @throws StoreError.
   */
  async retire(device: DeviceKey): Promise<void> {
    const { database, flush, space } = this.#parts;
    database.commit();
    this.#write([{ kind: 'epoch-retirement', space, device }]);
    await flush();
  }

  /** Begins a ballot of its own if nothing else can be done: the others have been silent for long. */
  async hurry(): Promise<void> {
    this.#isLate = true;
    await this.#run();
  }

  /** Blocks were folded: votes if a vote of this device is asked for. Never throws. */
  changed(): void {
    this.#pace?.changed();
    this.#onward?.noted();
    if (!this.#isStale || this.#isBusy || this.#closed) return;
    void this.#run().catch(() => undefined);
  }

  /** Resolves when this device has done all that it could do until now. */
  async settled(): Promise<void> {
    await this.#running.catch(() => undefined);
  }

  /** Votes no more. What is under way ends first. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#pace?.stop();
    this.#wish?.stop();
    this.#onward?.stop();
    await this.settled();
  }

  /**
   * Keeps the snapshot of the current epoch, if the epoch was sealed so long ago: what history is dropped
   * for, and what others who have it not are given. @throws StoreError.
   */
  keepSnapshot(retentionMs: number = RETENTION_MS): Promise<KeptSnapshot> {
    return this.#after(() => this.#keep(retentionMs));
  }

  /**
   * Drops the history under the current epoch from this device, if the epoch was sealed so long ago; the
   * blocks that were dropped. @throws StoreError.
   */
  dropHistory(retentionMs: number = RETENTION_MS): Promise<number> {
    return this.#after(() => this.#drop(retentionMs));
  }

  /** There are further branches: perhaps they part from their feeds under what is kept. Never throws. */
  branched(): void {
    this.#after(() => this.archive.giveUpParted()).catch((failure: unknown) => {
      const { log } = this.#parts.ports;
      log.event('warn', 'space.epoch-not-given-up', { code: errorCode(failure) });
    });
  }

  #after<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#running.catch(() => undefined).then(step);
    // Told to the caller alone: a disk that is full here must not end the process.
    this.#running = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  /** False once blocks were dropped from this device, or were never fetched. @throws StoreError. */
  async isHistoryWhole(): Promise<boolean> {
    await this.settled();
    const { isHistoryWhole } = await import('./drop-history.ts');
    return isHistoryWhole({ ...this.#parts, ...this.#parts.ports });
  }

  async #keep(retentionMs: number): Promise<KeptSnapshot> {
    const terms = this.book.current?.terms;
    if (terms === undefined || !this.#mayVote || this.#closed) return 'no-epoch';
    if (this.archive.isZoned(terms)) return 'zones';
    if (!(await this.#isOld(terms, retentionMs))) return 'too-new';
    await this.#parts.flush();
    return (await this.archive.make(terms)) ? 'kept' : 'not-kept';
  }

  async #drop(retentionMs: number): Promise<number> {
    const { ports } = this.#parts;
    const terms = this.book.current?.terms;
    if (terms === undefined || !this.#mayVote || this.#closed) return 0;
    const { archive } = this;
    const isOld = await this.#isOld(terms, retentionMs);
    if (!isOld) return 0;
    const { dropHistory } = await import('./drop-history.ts');
    return dropHistory({ ...this.#parts, ...ports, archive }, terms);
  }

  async #isOld(terms: EpochTerms, retentionMs: number): Promise<boolean> {
    const { clock } = this.#parts.ports;
    const { seenAtMs } = await import('./drop-history.ts');
    const seenAt = await seenAtMs({ ...this.#parts, ...this.#parts.ports }, epochIdOf(terms));
    return clock.nowMs() - seenAt >= retentionMs;
  }

  /** A reset in the making: terms to be signed by the recovery key, with the voters as they are now. */
  async resetTerms(): Promise<EpochTerms> {
    const { current } = this.book;
    if (current === undefined) throw new SpaceError('SPACE_NOT_READY', 'the space is not here yet');
    const terms = await this.#terms(current);
    if (terms === undefined) throw new SpaceError('SPACE_NOT_READY', 'others are writing');
    return { ...terms, era: current.era + 1 };
  }

  #makePace(policy: EpochPolicy): EpochPace {
    const { database, index, ports, rng } = this.#parts;
    return new EpochPace({
      clock: ports.clock,
      rng,
      policy,
      blocks: () => index.branches.blockCount,
      above: () => blocksAbove(index, this.book.current),
      objects: () => database.count(),
      propose: async () => {
        if (!this.#isWished) await this.propose();
      },
    });
  }

  #makeWish(isOpen: () => boolean, waits: Pick<WishParts, 'firstMs' | 'lateAfterMs'>): EpochWish {
    const { ports, rng } = this.#parts;
    return new EpochWish({
      ...waits,
      clock: ports.clock,
      rng,
      isOpen: () => !this.#closed && isOpen(),
      voteStep: () => this.book.vote?.stepName,
      again: () =>
        this.hurry().catch((failure: unknown) => {
          ports.log.event('warn', 'space.epoch-not-tried', { code: errorCode(failure) });
        }),
    });
  }

  /** A wish for what comes after the current epoch: of an earlier one it has come true. */
  get #isWished(): boolean {
    return this.#hasVote && this.#wanted === this.book.current?.id;
  }

  get #hasVote(): boolean {
    const { current } = this.book;
    return current !== undefined && isVoter(current, this.#parts.device);
  }

  get #mayVote(): boolean {
    return this.#parts.mayVote && this.#parts.readsAll();
  }

  /** False also once something could not be worked out: it is not tried again in the same breath. */
  get #mayAct(): boolean {
    return this.#mayVote && !this.#closed && !this.#isUnsure;
  }

  #run(): Promise<void> {
    const run = this.#running.catch(() => undefined).then(() => this.#steps());
    this.#running = run;
    return run;
  }

  async #steps(): Promise<void> {
    const { device } = this.#parts;
    const { log } = this.#parts.ports;
    this.#isBusy = true;
    this.#isUnsure = false;
    try {
      for (let steps = 0; steps < STEPS_MAX && this.#mayAct; steps++) {
        this.#isStale = false;
        const { current, vote } = this.book;
        if (current === undefined || vote === undefined) return;
        const mood = {
          wants: this.#wanted === current.id,
          isLate: this.#isLate,
          refused: this.#refused,
        };
        const step = nextVote({ vote, device, ...mood });
        if (step.does === 'nothing') return;
        log.event('info', `space.epoch-${step.does}`, { number: current.number + 1 });
        if (step.does === 'acknowledge') await this.#acknowledge(vote, step.proposal);
        else if (step.does === 'propose') await this.#propose(current, step.ballot, step.terms);
        else this.#promise(vote, step.ballot);
      }
    } finally {
      this.#isBusy = false;
      this.#isLate = false;
      this.#wish?.noted();
      await this.#parts.flush();
      await this.#parts.adopt();
    }
  }

  #promise(vote: EpochInstance, ballot: number): void {
    const { space, id: previous } = vote.base;
    this.#write([{ kind: 'epoch-promise', space, previous, ballot }]);
    this.#isLate = false;
  }

  async #propose(current: Epoch, ballot: number, forced: EpochTerms | undefined): Promise<void> {
    const terms = forced ?? (await this.#terms(current));
    if (terms === undefined) {
      this.#isUnsure = true;
      return;
    }
    const epoch = epochIdOf(terms);
    const { previous, space } = terms;
    const statements: Statement[] = [{ kind: 'epoch-proposal', ballot, terms }];
    if (forced === undefined) {
      // What it has just computed itself it need not compute again.
      statements.push({ kind: 'epoch-acknowledgement', space, previous, ballot, epoch });
      this.#verified.add(epoch);
    }
    this.#write(statements);
  }

  async #acknowledge(vote: EpochInstance, proposal: CountedProposal): Promise<void> {
    const { ballot, epoch, terms } = proposal;
    if (!this.#verified.has(epoch)) {
      const isTrue = await this.#verify(terms);
      if (isTrue === undefined) this.#isUnsure = true;
      if (isTrue === undefined) return;
      (isTrue ? this.#verified : this.#refused).add(epoch);
      if (!isTrue) {
        this.#parts.ports.log.event('warn', 'space.epoch-refused', { number: terms.number });
        return;
      }
    }
    // Something else may have been promised while this was recomputed.
    if (!vote.mayAcknowledge(this.#parts.device, ballot)) return;
    const { previous, space } = terms;
    this.#write([{ kind: 'epoch-acknowledgement', space, previous, ballot, epoch }]);
  }

  /** Terms for the epoch after `current`, at all that is known now. */
  async #terms(current: Epoch): Promise<EpochTerms | undefined> {
    const { database } = this.#parts;
    // A block that names the anchor is written only where it is of use.
    if (!this.archive.canFold) return undefined;
    database.commit();
    const anchor = this.#write([]);
    return this.#termsAt(anchor, current);
  }

  /** What every voter must find at an anchor. `undefined` if it could not be found out now. */
  async #termsAt(anchor: BlockHash, current: Epoch): Promise<EpochTerms | undefined> {
    const { authority, flush, index, space } = this.#parts;
    const frontier = Frontier.at(index, anchor);
    if (frontier === undefined) return undefined;
    // What is folded apart is read from the log.
    await flush();
    const { book } = this;
    const { retirements } = book;
    const of = { index, authority, retirements, before: current.terms };
    const retired = retiredAt(frontier, of);
    const feeds = new Set(retired.map(({ feed }) => feed));
    const number = current.number + 1;
    const lineage = book.lineage(current.id);
    const place = { frontier, index, number, lineage, book, authority, retired: feeds };
    const collection = collectionAt(place);
    const { collects } = collection;
    const found = await this.archive.stateAt({ anchor, previous: current.id, number, collects });
    if (found === undefined) return undefined;
    return {
      space,
      era: current.era,
      number,
      previous: current.id,
      anchor,
      roots: [{ zone: ROOT_ZONE, root: found.root as Uint8Array<ArrayBuffer> }],
      voters: votersAt(frontier, { index, authority }, feeds),
      retired,
      ...collection,
      order: found.order,
    };
  }

  /** Whether terms say what this device finds; `undefined` if it could not find out now. */
  async #verify(terms: EpochTerms): Promise<boolean | undefined> {
    const { current } = this.book;
    if (current === undefined || current.id !== terms.previous) return undefined;
    const found = await this.#termsAt(terms.anchor, current);
    return found === undefined ? undefined : epochIdOf(found) === epochIdOf(terms);
  }

  #write(statements: readonly Statement[]): BlockHash {
    const { authority, device, write } = this.#parts;
    const voter = this.book.current?.voters.find((each) => each.device === device);
    const identity = voter?.identity;
    const credential =
      identity === undefined
        ? undefined
        : (authority.credentialFor(identity, 'control') ??
          authority.credentialFor(identity, 'read'));
    return write(statements, credential ?? NO_CREDENTIAL);
  }
}

const NO_CREDENTIAL: CredentialId = idFromBytes('credential', new Uint8Array(32));
