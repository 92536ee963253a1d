/**
 * A replica over the store's log of one space. Without hooks it is blind: it verifies chains and
 * signatures and keeps what it cannot read. Everything that changes the log takes its turn here.
 */
import { errorCode, type BlockHash, type FeedKey, type StoredBlock, Turns } from '@atoll/kernel';
import { readStored, type ParsedBlock } from './block.ts';
import {
  bytesOf,
  indexed,
  isAmong,
  newBlock,
  newBlocks,
  owedBefore,
  type Batch,
  type BesideBlocks,
  type OwnBlocks,
  type ReceivedBatch,
} from './block-batch.ts';
import { BranchIndex } from './branch-index.ts';
import { FeedError } from './feed-error.ts';
import { makeForkProofs } from './fork-proof.ts';
import { lackingGrounds } from './grounds.ts';
import type { LogReplicaOptions } from './log-options.ts';
import type { Admission, ForkProof, Origin, Received, Replica } from './replica.ts';
import { RunBuilder } from './run-builder.ts';
import { verifyRunAlone, type Run } from './run.ts';
import { StagedRuns } from './staged-runs.ts';
import type { Entered, Unplaced } from './stored-entry.ts';
import { endOf, readMissing, readTail } from './stored-runs.ts';
import { TIPS_MAX, headsRootOf, type Tip } from './tip.ts';

/** Codes of refusals that are counted one by one; a space could invent more. */
const REFUSAL_CODES_MAX = 64;
/** Blocks that one read of the store asks for. */
const PAGE_BLOCKS = 512;

/** Fork proofs that are made at once; what a thief multiplies need not be shown entirely. */
export const FORK_PROOFS_MAX = 64;

/** {@link Replica} of a stored log. */
export class LogReplica implements Replica, AsyncDisposable {
  readonly id: string;
  readonly incarnation: string;
  /** Refusals since the start, by code. */
  readonly refusals: Map<string, number> = new Map();
  readonly #options: LogReplicaOptions;
  readonly #turns: Turns = new Turns();
  readonly #salt: number;
  #index: BranchIndex;
  readonly #staged: StagedRuns = new StagedRuns();
  readonly #listeners: Set<(runs: readonly Run[]) => void> = new Set();
  #stopListening: () => void = () => undefined;
  /**
   * What the owner was shown before it was durable: one batch at most. If it could not be stored, it goes
   * before whatever is stored next, for that may build on it.
   */
  #shown: readonly ReceivedBatch[] = [];
  /** Whole blocks in the store that cannot be entered, as what they continue is not here. */
  readonly #unplaced = new Map<BlockHash, Unplaced>();
  /** Feeds of which a branch was refused that has no place here. */
  readonly #parted = new Set<FeedKey>();
  /** Position up to which the store has been read. */
  #seen = 0;
  #root: { readonly tips: readonly Tip[]; readonly root: Uint8Array } | undefined;
  /** Chains may begin in their middle. */
  #hasGrounds = false;
  #closed = false;

  private constructor(options: LogReplicaOptions) {
    this.#options = options;
    this.id = options.space;
    this.incarnation = options.store.incarnation;
    const [a, b, c, d] = options.rng.bytes(4) as unknown as [number, number, number, number];
    this.#salt = a | (b << 8) | (c << 16) | (d << 24);
    this.#index = options.resume?.index ?? new BranchIndex(this.#salt);
    this.#seen = options.resume?.position ?? 0;
  }

  /** Reads the log's frames, then follows what others commit. @throws StoreError. */
  static async open(options: LogReplicaOptions): Promise<LogReplica> {
    const replica = new LogReplica(options);
    if (options.grounds !== undefined) await replica.#beginAt(options.grounds);
    await replica.#enterOthers();
    await replica.#catchUp(async (page) => options.load?.(page.map(({ stored }) => stored)));
    await replica.#placeRest();
    replica.#stopListening = options.store.onForeignCommit(() => {
      replica.#followForeign();
    });
    // What was committed while the listener was not yet set.
    await replica.#turns.take(() => replica.#takeForeign());
    return replica;
  }

  /** Blocks, branches and tips; for reading only. Another one after {@link LogReplica.reground}. */
  get index(): BranchIndex {
    return this.#index;
  }

  /** Those of some ends of chains that the log does not reach: nobody can build on them here. */
  lacks(grounds: readonly Tip[]): readonly Tip[] {
    return lackingGrounds(this.index, grounds);
  }

  /**
   * Lets chains begin at these ends where the log does not reach them, instead of any such beginnings before:
   * somebody has said that what lies below is nowhere any more. Of a feed that begins so, what lies below is
   * neither served nor taken; it stays in the store. Only for replicas without hooks. @throws StoreError.
   */
  async reground(grounds: readonly Tip[]): Promise<void> {
    await this.#turns.take(async () => {
      if (this.#closed) return;
      await this.#beginAt(grounds);
      await this.#catchUp();
      await this.#placeRest();
      await this.#settleStaged();
    });
  }

  /** Reads what has been committed since, own blocks included; the position up to which all is known. */
  async catchUp(): Promise<number> {
    await this.#turns.take(() => this.#takeForeign());
    return this.#seen;
  }

  /**
   * Places what lies in the store and could not be placed before, as what it continues had not come. For logs
   * without an owner that folds them. @throws StoreError.
   */
  async placeAgain(): Promise<void> {
    await this.#turns.take(() => this.#placeRest());
  }

  /** Runs that wait for other blocks. */
  get waiting(): number {
    return this.#staged.size;
  }

  /** True while the owner has been shown blocks that are not durable: its state is not to be kept then. */
  get isAheadOfStore(): boolean {
    return this.#shown.length > 0;
  }

  tips(): readonly Tip[] {
    return this.index.tips();
  }

  headsRoot(): Uint8Array {
    const tips = this.index.tips();
    if (this.#root?.tips !== tips) this.#root = { tips, root: headsRootOf(tips) };
    return this.#root.root;
  }

  position(): Promise<number> {
    return this.#options.store.lastPosition(this.#options.space);
  }

  async *tailAfter(position: number): AsyncGenerator<Run> {
    this.#requireOpen();
    yield* readTail({ ...this.#options, damaged: this.#damaged }, position);
  }

  async *missingFor(theirs: readonly Tip[]): AsyncGenerator<Run> {
    this.#requireOpen();
    await this.#turns.take(() => this.#takeForeign());
    const { index } = this;
    const log = { ...this.#options, index, parted: this.#parted, damaged: this.#damaged };
    yield* readMissing(log, theirs.slice(0, TIPS_MAX));
  }

  onAdvance(listener: (runs: readonly Run[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async receive(run: Run, from: string): Promise<Received> {
    if (this.#closed) return { at: 'refused', code: 'FEED_CLOSED' };
    const end = this.index.blockOf(run.endHash);
    if (end !== undefined && this.index.isSigned(end)) return { at: 'known' };
    // The predecessor is judged in turn: an earlier run may still be on its way into the store.
    const verified = await verifyRunAlone(this.#options.ed25519, run);
    if (!verified.ok) return this.#refuse(verified.code);
    return this.#turns.take(() => this.#takeRun(run, verified.value, from));
  }

  /**
   * Commits blocks of this profile's own feed in one go, each part with its signature, with values that speak of
   * them, and tells the others only then. @throws StoreError `STORE_CONFLICT` when another writer was first;
   * FeedError `FEED_NOT_OWN` when the blocks do not continue a chain; nothing is written then.
   */
  async appendOwn(parts: readonly OwnBlocks[], values?: BesideBlocks['values']): Promise<void> {
    this.#requireOpen();
    await this.#turns.take(async () => {
      const first = parts[0]?.blocks[0];
      const code = first === undefined ? 'FEED_RUN_LIMITS' : this.index.refusal(indexed(first));
      if (code !== undefined) throw new FeedError('FEED_NOT_OWN', `cannot append: ${code}`);
      const own = parts.map((each): Batch => ({ ...each, origin: 'own' }));
      await this.#commit(own, { values });
    });
  }

  /** Proofs of the forks in the log, {@link FORK_PROOFS_MAX} at most. @throws StoreError. */
  async forkProofs(): Promise<readonly ForkProof[]> {
    const { index } = this;
    return makeForkProofs({ ...this.#options, index }, index.forks().slice(0, FORK_PROOFS_MAX));
  }

  /** Drops the waiting runs of a sender that has gone away. */
  forget(from: string): void {
    this.#staged.forget(from);
  }

  /** Stops following the store. What is under way ends first. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    this.#listeners.clear();
    await this.#turns.idle();
  }

  async #takeRun(run: Run, blocks: readonly ParsedBlock[], from: string): Promise<Received> {
    if (this.#closed) return { at: 'refused', code: 'FEED_CLOSED' };
    const received = await this.#settle(run, blocks, from);
    if (received.at === 'stored' || received.at === 'kept') await this.#settleStaged();
    return received;
  }

  /** One verified run: refused, staged, or stored. */
  async #settle(run: Run, blocks: readonly ParsedBlock[], from: string): Promise<Received> {
    const fresh = blocks.filter((block) => this.index.blockOf(block.hash) === undefined);
    const [first] = fresh;
    if (first === undefined) return this.#settleSignature(run, blocks);
    const code = this.index.refusal(indexed(first));
    if (code === 'FEED_PREV_UNKNOWN') return this.#stage(run, from, [first.frame.prev]);
    if (code === 'FEED_FORGOTTEN') this.#parted.add(first.frame.feed);
    if (code !== undefined) return this.#refuse(code);
    const admission = await this.#admit(fresh, run);
    if (admission !== 'store') {
      if ('refuse' in admission) return this.#refuse(admission.refuse);
      if ('wait' in admission) return this.#stage(run, from, admission.wait);
    }
    const batch = { blocks: fresh, signature: run.signature, origin: 'received' } as const;
    await this.#commit([batch], { mayShow: admission === 'store' });
    const taken = fresh.length;
    if (admission === 'store') return { at: 'stored', blocks: taken };
    this.#options.log?.event('info', 'feed.kept-unused', { code: admission.keep });
    return { at: 'kept', blocks: taken, code: admission.keep };
  }

  /** All blocks are here; a signature that was not is kept, because runs can end there now. */
  async #settleSignature(run: Run, blocks: readonly ParsedBlock[]): Promise<Received> {
    const end = this.index.blockOf(run.endHash);
    const last = blocks.at(-1);
    if (end === undefined || last === undefined) return { at: 'known' };
    if (!this.index.isSigned(end)) {
      const { store, space } = this.#options;
      const block = newBlock(space, last, 'received');
      await store.commit({ blocks: [{ ...block, signature: run.signature }] });
      this.index.markSigned(end);
    }
    return { at: 'known' };
  }

  async #settleStaged(): Promise<void> {
    for (;;) {
      const ready = this.#staged.takeReady((hash) => this.index.blockOf(hash) !== undefined);
      if (ready === undefined) return;
      const { run, from } = ready;
      const blocks = await verifyRunAlone(this.#options.ed25519, run);
      if (blocks.ok) await this.#settle(run, blocks.value, from);
    }
  }

  async #admit(blocks: readonly ParsedBlock[], run: Run): Promise<Admission> {
    const { admit } = this.#options.hooks ?? {};
    return admit === undefined ? 'store' : admit(blocks, run);
  }

  #stage(run: Run, from: string, missing: readonly BlockHash[]): Received {
    // A space that waits for what is there would wait for ever.
    const waits = missing.some((hash) => this.index.blockOf(hash) === undefined);
    if (!waits) return this.#refuse('FEED_NOT_ADMITTED');
    this.#staged.add({ run, from, missing });
    return { at: 'waiting', missing };
  }

  #refuse(code: string): Received {
    const name = this.refusals.size < REFUSAL_CODES_MAX || this.refusals.has(code) ? code : 'other';
    this.refusals.set(name, (this.refusals.get(name) ?? 0) + 1);
    return { at: 'refused', code };
  }

  async #commit(news: readonly Batch[], { mayShow, values }: BesideBlocks): Promise<void> {
    const { store, space, hooks } = this.#options;
    const batches: readonly Batch[] = [...owedBefore(news, this.#shown), ...news];
    const isShown = mayShow === true && hooks?.arrived !== undefined && this.#shown.length === 0;
    const blocks = batches.flatMap((each) => newBlocks(space, each));
    const done = store.commit({ blocks, ...(values && { values }) });
    if (isShown) {
      this.#shown = news.filter((each) => each.origin === 'received');
      for (const { blocks } of this.#shown) hooks.arrived(blocks);
    }
    const first = await done;
    const wereShown = this.#shown;
    this.#shown = [];
    const entered: (number | undefined)[] = [];
    for (const each of batches) {
      const isNews = !wereShown.some((shown) => isAmong(each.blocks, shown.blocks));
      entered.push(...(await this.#enterDurable(each, isNews)));
    }
    this.#place(entered, first);
  }

  /** Notes where blocks lie that the store has placed one behind the other, so that they need not be read. */
  #place(placed: readonly (number | undefined)[], first: number | undefined): void {
    if (first === undefined) return;
    for (const [at, block] of placed.entries()) {
      if (block !== undefined) this.index.setPosition(block, first + at);
    }
    const isNext = first === this.#seen + 1 && !placed.includes(undefined);
    if (isNext) this.#seen += placed.length;
  }

  /** Their numbers, as far as they are in the index now. */
  async #enterDurable(batch: Batch, isNews: boolean): Promise<readonly (number | undefined)[]> {
    const { blocks, signature } = batch;
    const forks: number[] = [];
    const entered: (number | undefined)[] = [];
    for (const block of blocks) {
      const added = this.index.add(indexed(block));
      entered.push(added.at === 'refused' ? undefined : added.block);
      if (added.at !== 'added') continue;
      if (added.fork) forks.push(added.block);
      const unplaced = this.#unplaced.get(block.hash);
      if (unplaced !== undefined) this.index.setPosition(added.block, unplaced.position);
      this.#unplaced.delete(block.hash);
    }
    const last = blocks.at(-1);
    if (last === undefined) return entered;
    const end = entered.at(-1);
    if (end !== undefined) this.index.markSigned(end);
    const { feed, seq: endSeq } = last.frame;
    const run = { feed, endSeq, endHash: last.hash, signature, blocks: blocks.map(bytesOf) };
    this.#deliver(isNews && batch.origin === 'received' ? batch.blocks : [], 'received', [run]);
    await this.#proveForks(forks);
    return entered;
  }

  #deliver(blocks: readonly ParsedBlock[], origin: Origin, runs: readonly Run[]): void {
    if (blocks.length > 0) this.#options.hooks?.stored?.(blocks, origin);
    if (runs.length === 0) return;
    for (const listener of [...this.#listeners]) listener(runs);
  }

  async #proveForks(blocks: readonly number[]): Promise<void> {
    const { hooks } = this.#options;
    if (hooks?.forked === undefined || blocks.length === 0) return;
    const proofs = await makeForkProofs({ ...this.#options, index: this.index }, blocks);
    for (const proof of proofs) hooks.forked(proof);
  }

  /** Another tab or process has committed; failures wait for the next time. */
  #followForeign(): void {
    this.#turns
      .take(() => this.#takeForeign())
      .catch((failure: unknown) => {
        this.#options.log?.event('warn', 'feed.follow-failed', { code: errorCode(failure) });
      });
  }

  async #takeForeign(): Promise<void> {
    if (this.#closed) return;
    const builder = new RunBuilder();
    const forks: number[] = [];
    let found = false;
    await this.#catchUp(async (page) => {
      const foreign = page.filter(({ fresh }) => fresh);
      if (foreign.length === 0) return;
      found = true;
      const runs: Run[] = [];
      for (const { stored, parsed, number, fork } of foreign) {
        runs.push(...builder.push({ ...stored, prev: parsed.frame.prev }));
        if (fork) forks.push(number);
      }
      const blocks = foreign.map(({ parsed }) => parsed);
      this.#deliver(blocks, 'foreign', runs);
    });
    if (!found) return;
    this.#deliver([], 'foreign', builder.finish());
    await this.#proveForks(forks);
    await this.#settleStaged();
  }

  /** Brings the index up to the store, page by page. What does not fit is left out: peers have it. */
  async #catchUp(each?: (page: readonly Entered[]) => Promise<void>): Promise<void> {
    const { store, space } = this.#options;
    for (;;) {
      const page = await store.read(space, this.#seen, PAGE_BLOCKS);
      const end = endOf(page, this.#seen);
      if (end === undefined) return;
      // Mostly our own, which were entered when they were committed: all but their position is known.
      const unknown = page.filter((stored) => !this.#placeKnown(stored));
      const entered = unknown.flatMap((stored) => this.#enter(stored) ?? []);
      this.#seen = end;
      await this.#noteDamage(unknown);
      await each?.(entered);
    }
  }

  /**
   * Lets go of stored blocks that are not what was written, so that those that peers send lie in their
   * place. Others may only have lost what they continue: their place is known when that comes back.
   */
  async #noteDamage(unknown: readonly StoredBlock[]): Promise<void> {
    const { log, space, store } = this.#options;
    const lost = unknown.filter((stored) => {
      if (this.index.blockOf(stored.hash) !== undefined) return false;
      // An epoch that was taken over has let it go: that is no damage, and it stays until that is sure.
      const parsed = readStored(stored);
      return parsed === undefined || this.index.refusal(indexed(parsed)) !== 'FEED_FORGOTTEN';
    });
    if (lost.length === 0) return;
    for (const stored of lost) {
      const frame = readStored(stored)?.frame;
      const { hash, position } = stored;
      if (frame !== undefined) this.#unplaced.set(hash, { ...frame, position });
    }
    const positions = lost.flatMap((each) => (readStored(each) ? [] : [each.position]));
    // Where chains begin in their middle is known only when all has been read.
    if (positions.length === 0 && this.#hasGrounds) return;
    log?.event('error', 'feed.log-damaged', { code: 'FEED_LOG_CORRUPT', blocks: lost.length });
    if (positions.length > 0) await store.commit({ drops: [{ space, positions }] });
  }

  /** What was given again lies behind what continues it: that has its place now. */
  async #placeRest(): Promise<void> {
    const { load, space, store } = this.#options;
    for (let rest = [...this.#unplaced.keys()], before = -1; rest.length !== before;) {
      before = rest.length;
      for (const hash of rest) {
        const { prev, seq } = this.#unplaced.get(hash) as Unplaced;
        if (seq > 0 && this.index.blockOf(prev) === undefined) continue;
        const stored = await store.get(space, hash);
        if (stored === undefined || this.#enter(stored) === undefined) continue;
        this.#unplaced.delete(hash);
        await load?.([stored]);
      }
      rest = [...this.#unplaced.keys()];
    }
  }

  /** A block that the index has is not what was written: found when it was to be given away. */
  readonly #damaged = (): void => {
    const { hooks, log } = this.#options;
    log?.event('error', 'feed.log-damaged', { code: 'FEED_LOG_CORRUPT', blocks: 1 });
    hooks?.damaged?.();
  };

  /** An index of nothing but those of these beginnings that the stored chains do not reach by themselves. */
  async #beginAt(grounds: readonly Tip[]): Promise<void> {
    this.#hasGrounds = true;
    this.#startOver();
    await this.#catchUp();
    const lacking = this.lacks(grounds);
    this.#startOver();
    for (const ground of lacking) this.index.begin(ground);
  }

  #startOver(): void {
    this.#index = new BranchIndex(this.#salt);
    this.#seen = 0;
    this.#unplaced.clear();
  }

  async #enterOthers(): Promise<void> {
    const { load, resume, space, store } = this.#options;
    for (const hash of resume?.others ?? []) {
      const stored = await store.get(space, hash);
      if (stored === undefined) continue;
      if (this.#enter(stored) !== undefined) await load?.([stored]);
      else await this.#noteDamage([stored]);
    }
  }

  /** Notes where a block lies that the index has. False if it has not. */
  #placeKnown({ hash, position, signature }: StoredBlock): boolean {
    const block = this.index.blockOf(hash);
    if (block === undefined) return false;
    this.index.setPosition(block, position);
    if (signature !== undefined) this.index.markSigned(block);
    return true;
  }

  #enter(stored: StoredBlock): Entered | undefined {
    const parsed = readStored(stored);
    const added = parsed === undefined ? undefined : this.index.add(indexed(parsed));
    if (parsed === undefined || added === undefined || added.at === 'refused') return undefined;
    this.index.setPosition(added.block, stored.position);
    if (stored.signature !== undefined) this.index.markSigned(added.block);
    const fork = added.at === 'added' && added.fork;
    return { stored, parsed, number: added.block, fresh: added.at === 'added', fork };
  }

  #requireOpen(): void {
    if (this.#closed) throw new FeedError('FEED_CLOSED', 'the replica was closed before');
  }
}
