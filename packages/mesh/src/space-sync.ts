/**
 * Sync of one space with one peer over one session. Each side asks the other for what it lacks, by a
 * remembered position or by its tips, and is then told the news. Roots decide whether the logs agree;
 * positions only save work.
 */
import { CodecError } from '@atoll/codec';
import type { Replica, Run } from '@atoll/feed';
import { TokenBucket, errorCode, type Clock, type Log } from '@atoll/kernel';
import { Acknowledged, type MailboxWarning } from './acknowledged.ts';
import type { MuxStream } from './mux-stream.ts';
import { PullGate } from './pull-gate.ts';
import { ServeLog, type ServeState } from './serve-log.ts';
import {
  ROOT_PREFIX_BYTES,
  TIPS_MAX,
  shortRoot,
  type LogCursor,
  type SpaceItem,
} from './session-messages.ts';
import type { Cursors } from './session.ts';
import { decodeSpaceMessage, type SpaceMessage } from './space-messages.ts';

/** A log is at rest when nothing came or went for so long; until then a difference says nothing. */
const QUIET_MS = 1_500;
/** Shortest time between two exchanges of tips; doubles while they do not help. */
const TIPS_AGAIN_FIRST_MS = 5_000;
const TIPS_AGAIN_LAST_MS = 600_000;
/** A peer that has not answered a pull for so long will not: its store may have failed. */
const PULL_FORGOTTEN_MS = 45_000;
/** With so few tips it costs less to name them than to get back what we have sent ourselves. */
const TIPS_CHEAP_MAX = 64;
/** Pulls of one peer at once and a second: each can make us read the whole log. */
const PULLS_BURST = 16;
const PULLS_PER_SECOND = 0.2;
/** Runs that a space refuses for reasons of its own, before the peer counts as hostile. */
const REFUSED_RUNS_MAX = 256;
/**
 * The same for a peer without keys, which passes on whatever a member gave it and cannot know better. Were
 * it the same limit, any member could keep all others from the mailbox with a few hundred small blocks.
 */
const REFUSED_RUNS_BLIND_MAX = 16_384;

/** Refusals that no honest peer can cause, because it would have refused the run itself. */
const HOSTILE_CODES: ReadonlySet<string> = new Set([
  'FEED_BLOCK_MALFORMED',
  'FEED_BLOCK_TOO_LARGE',
  'FEED_CONTENT_DAMAGED',
  'FEED_RUN_LIMITS',
  'FEED_RUN_FEED',
  'FEED_RUN_BROKEN',
  'FEED_RUN_END',
  'FEED_SIGNATURE_WRONG',
]);

/** How far the answer to a pull has come, for whoever watches. */
export interface SyncProgress {
  /** Blocks and bytes that came over this session so far. */
  readonly receivedBlocks: number;
  readonly receivedBytes: number;
  /** Blocks that the peer announced for the current pull, and those of them that have come. */
  readonly expectedBlocks: number;
  readonly pulledBlocks: number;
  /** `pulling` until everything has come that the peer had. */
  readonly state: 'idle' | 'pulling' | 'live';
  /** Code of the last refused run, if any. */
  readonly refused?: string;
  /** What is wrong with the mailbox on the other side, if anything. */
  readonly warning?: MailboxWarning;
}

/** What sync of one space needs. */
export interface SpaceSyncOptions {
  readonly replica: Replica;
  /** Names the peer to the replica. */
  readonly peer: string;
  /** The peer stores without keys: what a space refuses is not its doing. */
  readonly isPeerBlind?: boolean;
  /** The peer reads and writes nothing: it is served, and nothing is asked of it or taken from it. */
  readonly takesNothing?: boolean;
  /** The peer sends all the same. Absent: that is dropped unread. */
  readonly onUnasked?: (() => void) | undefined;
  /** What is offered to the peer, if that is not the replica. */
  readonly offered?: Replica;
  /** Where it is kept what a mailbox has acknowledged, and the names of space and mailbox there. */
  readonly acknowledgedIn?: Cursors;
  readonly space?: string;
  readonly keptAs?: string;
  readonly clock: Clock;
  readonly log?: Log | undefined;
  readonly say: (...items: readonly SpaceItem[]) => void;
  readonly ref: number;
  readonly loadCursor: () => Promise<LogCursor | undefined>;
  readonly saveCursor: (cursor: LogCursor) => Promise<void>;
  readonly onProgress: (progress: SyncProgress) => void;
  readonly onHostile: (end: 'SESSION_HOSTILE' | 'SESSION_MALFORMED' | 'SESSION_FLOOD') => void;
}

/** An item that belongs to sync. */
export type SyncItem = Extract<
  SpaceItem,
  { say: 'hello' | 'equal' | 'enough' | 'pull-after' | 'pull-missing' | 'cursor-unknown' }
>;

/** One space, one session. */
export class SpaceSync {
  readonly #options: SpaceSyncOptions;
  readonly #serve: ServeLog;
  readonly #stream: MuxStream;
  readonly #abort = new AbortController();
  readonly #pulls: TokenBucket;
  readonly #gate: PullGate;
  readonly #acknowledged: Acknowledged | undefined;
  #inbound: SyncProgress['state'] = 'idle';
  #receivedBlocks = 0;
  #receivedBytes = 0;
  #expectedBlocks = 0;
  #pulledBlocks = 0;
  #refusedRuns = 0;
  #refused: string | undefined;
  /** Something did not become durable since the last agreement: positions must not be kept. */
  #isClean = true;
  #lastReceiveMs = Number.NEGATIVE_INFINITY;
  /** When we last asked, or got something. */
  #askedMs = 0;
  #tipsNotBeforeMs = Number.NEGATIVE_INFINITY;
  #tipsWaitMs = TIPS_AGAIN_FIRST_MS;
  #helloPending = false;
  #pullPending = false;
  /** This is the session on which we ask for the peer's news. */
  #isAsking = true;
  #agreedRoot: string | undefined;
  /** What the peer last said of its log. */
  #theirRoot: string | undefined;

  constructor(options: SpaceSyncOptions, stream: MuxStream) {
    this.#options = options;
    this.#stream = stream;
    this.#gate = PullGate.of(options.replica);
    this.#isAsking = options.takesNothing !== true;
    const { acknowledgedIn: cursors, replica, clock, keptAs, log, peer, ref, space } = options;
    if (cursors !== undefined && space !== undefined) {
      const onWarning = (): void => this.#report();
      const { signal } = this.#abort;
      const watch = { cursors, space, peer: keptAs ?? peer, clock, log, signal, onWarning };
      this.#acknowledged = new Acknowledged(watch);
    }
    this.#pulls = new TokenBucket({
      burst: PULLS_BURST,
      perSecond: PULLS_PER_SECOND,
      nowMs: clock.monotonicMs(),
    });
    this.#serve = new ServeLog({
      replica: options.offered ?? replica,
      stream,
      clock,
      log,
      onCursorUnknown: () => options.say({ say: 'cursor-unknown', ref }),
    });
  }

  /** How far we have got. */
  get progress(): SyncProgress {
    const warning = this.#acknowledged?.warning;
    return {
      receivedBlocks: this.#receivedBlocks,
      receivedBytes: this.#receivedBytes,
      expectedBlocks: this.#expectedBlocks,
      pulledBlocks: this.#pulledBlocks,
      state: this.#inbound,
      ...(this.#refused === undefined ? {} : { refused: this.#refused }),
      ...(warning === undefined ? {} : { warning }),
    };
  }

  /** The peer is known to have exactly what we have now. */
  get isAgreed(): boolean {
    return this.#agreedRoot === this.#ourRoot();
  }

  /** The peer reads only: see {@link SpaceSyncOptions.takesNothing}. */
  get isOneWay(): boolean {
    return this.#options.takesNothing === true;
  }

  /** The peer has said that its log is another than ours. */
  get isOther(): boolean {
    return this.#theirRoot !== undefined && this.#theirRoot !== this.#ourRoot();
  }

  /** How far the peer has got with what is ours, and how much waits for it. */
  get sending(): { readonly state: ServeState; readonly queuedBytes: number } {
    return { state: this.#serve.state, queuedBytes: this.#stream.queuedBytes };
  }

  /** Greets: the answer says whether there is anything to do. */
  hello(): void {
    const { replica, say, ref, takesNothing } = this.#options;
    if (takesNothing === true) return this.#answerOnly();
    this.#isAsking = true;
    this.#serve.greeted();
    say({ say: 'hello', ref, root: shortRoot(replica.headsRoot()) });
  }

  /** Another session of this peer brings its news from now on; here we only answer. */
  standDown(): void {
    if (!this.#isAsking) return;
    this.#isAsking = false;
    this.#setInbound('idle');
    this.#options.say({ say: 'enough', ref: this.#options.ref });
  }

  /** Asks by tips, however little that has helped before: this log lacks something else than it did. */
  askAnew(): void {
    const sinceMs = this.#options.clock.monotonicMs() - this.#askedMs;
    if (this.#inbound === 'pulling' && sinceMs > PULL_FORGOTTEN_MS) this.#setInbound('idle');
    if (this.#inbound === 'pulling' || !this.#isAsking) return;
    this.#tipsNotBeforeMs = Number.NEGATIVE_INFINITY;
    this.#tipsWaitMs = TIPS_AGAIN_FIRST_MS;
    void this.#pull('tips');
  }

  /** Greets once more; a pull that has brought nothing for long counts as forgotten. */
  helloAgain(): void {
    const sinceMs = this.#options.clock.monotonicMs() - this.#askedMs;
    if (this.#inbound === 'pulling' && sinceMs > PULL_FORGOTTEN_MS) this.#setInbound('idle');
    this.hello();
  }

  /** Our log or the peer’s stands on other ground than before: what did not help until now may help. */
  helloAnew(): void {
    this.#tipsWaitMs = TIPS_AGAIN_FIRST_MS;
    this.#tipsNotBeforeMs = Number.NEGATIVE_INFINITY;
    this.helloAgain();
  }

  /** What the peer says of this space. */
  take(item: SyncItem): void {
    switch (item.say) {
      case 'hello':
        return this.#onHello(item.root);
      case 'enough':
        return this.#serve.pause();
      case 'equal':
        if (item.prefix === prefixOf(this.#ourRoot())) this.#confirmed(this.#ourRoot());
        if (!this.#agreed()) this.hello();
        return;
      case 'cursor-unknown':
        return void this.#pull('tips');
      case 'pull-after':
      case 'pull-missing':
        return this.#onPull(item);
    }
  }

  /** A message of the space's stream. Resolves when it has been dealt with. */
  async receive(bytes: Uint8Array): Promise<void> {
    let message: SpaceMessage;
    try {
      message = decodeSpaceMessage(bytes);
    } catch (failure) {
      if (!(failure instanceof CodecError)) throw failure;
      this.#options.onHostile('SESSION_MALFORMED');
      return;
    }
    if (message.kind === 'run') await this.#onRun(message.run, bytes.length);
    else if (message.kind === 'mark') await this.#onMark(message);
    else {
      this.#expectedBlocks = message.blocks;
      this.#pulledBlocks = 0;
      this.#report();
    }
  }

  /** Ends for good. */
  stop(): void {
    this.#abort.abort();
    this.#serve.stop();
    this.#inbound = 'idle';
    this.#gate.leave(this);
  }

  #ourRoot(): string {
    return shortRoot(this.#options.replica.headsRoot());
  }

  #onHello(root: string): void {
    const { say, ref } = this.#options;
    this.#theirRoot = root;
    if (root === this.#ourRoot()) {
      say({ say: 'equal', ref, prefix: prefixOf(root) });
      if (!this.#isAsking) say({ say: 'enough', ref });
      this.#confirmed(root);
      this.#agreed();
      return;
    }
    // A transfer under way ends with roots being compared; nothing is to be decided before.
    if (this.#inbound === 'pulling' || this.#serve.state === 'serving') return;
    if (!this.#isAsking) return this.#answerOnly();
    if (this.#inbound === 'idle') return void this.#pull('cursor');
    if (this.#isQuiet()) return void this.#pull('tips');
    void this.#helloLater();
  }

  /** Our root tells the peer that it lacks something; what we lack comes over another session. */
  #answerOnly(): void {
    this.#serve.greeted();
    const root = this.#ourRoot();
    this.#options.say({ say: 'hello', ref: this.#options.ref, root });
    this.#options.say({ say: 'enough', ref: this.#options.ref });
  }

  /** Both logs are the same. `false` when ours has grown too much since we said so. */
  #agreed(): boolean {
    this.#isClean = true;
    this.#tipsWaitMs = TIPS_AGAIN_FIRST_MS;
    this.#tipsNotBeforeMs = Number.NEGATIVE_INFINITY;
    if (this.#inbound !== 'pulling' && this.#isAsking) this.#setInbound('live');
    return this.#serve.goLive();
  }

  #onPull(item: SyncItem & { say: 'pull-after' | 'pull-missing' }): void {
    if (!this.#pulls.take(this.#options.clock.monotonicMs())) {
      this.#options.onHostile('SESSION_FLOOD');
      return;
    }
    if (item.say === 'pull-missing') void this.#acknowledged?.asks(item.tips);
    void this.#serve.serve(
      item.say === 'pull-after' ? { after: item.cursor } : { tips: item.tips },
    );
    this.#theirRoot = item.root;
    if (this.#inbound !== 'idle' || !this.#isAsking) return;
    // The same root as ours means that the peer asks for nothing, and we need not ask either.
    if (item.root === this.#ourRoot()) this.#setInbound('live');
    else void this.#pull('cursor');
  }

  /**
   * Asks for what we lack: by our tips where they are few or positions have not helped, else by the
   * position up to which we remember to have this peer's log.
   */
  async #pull(by: 'cursor' | 'tips'): Promise<void> {
    const { replica, say, ref, loadCursor, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    if (by === 'tips') {
      if (nowMs < this.#tipsNotBeforeMs) return;
      this.#tipsNotBeforeMs = nowMs + this.#tipsWaitMs;
      this.#tipsWaitMs = Math.min(TIPS_AGAIN_LAST_MS, this.#tipsWaitMs * 2);
    }
    this.#setInbound('pulling');
    await this.#gate.enter(this, clock, this.#abort.signal);
    if (this.#inbound !== 'pulling') {
      this.#gate.leave(this); // Another session has taken over meanwhile, or this one has ended.
      return;
    }
    if (this.#theirRoot === this.#ourRoot()) {
      this.#alreadyHere(this.#theirRoot);
      return;
    }
    const areFew = replica.tips().length <= TIPS_CHEAP_MAX;
    const cursor =
      by === 'cursor' && !areFew ? await loadCursor().catch(() => undefined) : undefined;
    if (this.#abort.signal.aborted) return;
    this.#askedMs = clock.monotonicMs();
    const root = this.#ourRoot();
    if (cursor !== undefined) say({ say: 'pull-after', ref, root, cursor });
    else say({ say: 'pull-missing', ref, root, tips: replica.tips().slice(0, TIPS_MAX) });
  }

  /** While we waited, somebody else has brought all that this peer has. */
  #alreadyHere(root: string): void {
    const { say, ref } = this.#options;
    this.#setInbound('live');
    say({ say: 'equal', ref, prefix: prefixOf(root) });
    this.#confirmed(root);
    this.#agreed();
  }

  async #onRun(run: Run, bytes: number): Promise<void> {
    const { replica, peer, clock, log, onUnasked, takesNothing } = this.#options;
    if (takesNothing === true) {
      onUnasked?.();
      return this.#onRefused('MESH_READS_ONLY');
    }
    this.#serve.cameFromPeer(run);
    this.#receivedBytes += bytes;
    this.#receivedBlocks += run.blocks.length;
    this.#pulledBlocks += run.blocks.length;
    this.#gate.storing(run, this.#inbound === 'pulling');
    try {
      const received = await replica.receive(run, peer);
      if (received.at === 'refused') this.#onRefused(received.code);
      else if (received.at === 'waiting') this.#isClean = false;
      else if (received.at === 'kept') this.#refused = received.code;
    } catch (failure) {
      // Our own store failed. Nothing is lost: the position is not kept, and a later greeting asks again.
      this.#isClean = false;
      this.#refused = errorCode(failure);
      log?.event('warn', 'mesh.receive.failed', { code: errorCode(failure) });
    }
    this.#gate.stored(run);
    this.#serve.stored();
    this.#gate.progressed(this, clock);
    this.#lastReceiveMs = clock.monotonicMs();
    this.#askedMs = this.#lastReceiveMs;
    this.#report();
  }

  #onRefused(code: string): void {
    this.#isClean = false;
    this.#refused = code;
    this.#refusedRuns++;
    if (HOSTILE_CODES.has(code)) this.#options.onHostile('SESSION_HOSTILE');
    const max = this.#options.isPeerBlind === true ? REFUSED_RUNS_BLIND_MAX : REFUSED_RUNS_MAX;
    if (this.#refusedRuns > max) this.#options.onHostile('SESSION_FLOOD');
  }

  async #onMark(mark: SpaceMessage & { kind: 'mark' }): Promise<void> {
    const { saveCursor, log } = this.#options;
    this.#theirRoot = mark.root;
    void this.#acknowledged?.isAt(mark.cursor);
    const isEqual = mark.root === this.#ourRoot();
    if (isEqual) {
      this.#isClean = true;
      this.#confirmed(mark.root);
      this.#options.say({
        say: 'equal',
        ref: this.#options.ref,
        prefix: prefixOf(mark.root),
      });
    }
    if (this.#isClean) {
      await saveCursor(mark.cursor).catch((failure: unknown) => {
        log?.event('warn', 'mesh.cursor.failed', { code: errorCode(failure) });
      });
    }
    if (mark.final && this.#inbound === 'pulling') this.#setInbound('live');
    if (!this.#isAsking) return;
    if (!isEqual && mark.final && this.#serve.state !== 'serving') this.hello();
    else if (!isEqual && !mark.final) void this.#pullLater();
  }

  #confirmed(root: string): void {
    if (this.#isAsking) this.#setInbound('live');
    if (this.#agreedRoot === root) return;
    this.#agreedRoot = root;
    if (root === this.#ourRoot()) this.#acknowledged?.agreed(this.#options.replica.tips());
    this.#report();
  }

  #isQuiet(): boolean {
    const lastMs = Math.max(this.#lastReceiveMs, this.#serve.lastPushMs);
    return this.#options.clock.monotonicMs() - lastMs >= QUIET_MS;
  }

  /** Compares roots again once everything that was on its way has arrived. */
  async #helloLater(): Promise<void> {
    if (this.#helloPending) return;
    this.#helloPending = true;
    try {
      do await this.#options.clock.sleep(QUIET_MS, this.#abort.signal);
      while (!this.#isQuiet());
      if (this.#isAsking) this.hello();
    } catch {
      // Ended meanwhile.
    }
    this.#helloPending = false;
  }

  /** The peer has something that did not come live: asks for it, unless it has come another way. */
  async #pullLater(): Promise<void> {
    if (this.#pullPending) return;
    this.#pullPending = true;
    const { clock } = this.#options;
    try {
      do await clock.sleep(QUIET_MS, this.#abort.signal);
      while (!this.#isQuiet());
      const isMissing = this.#isAsking && this.#theirRoot !== this.#ourRoot();
      if (isMissing && this.#inbound === 'live') void this.#pull('tips');
    } catch {
      // Ended meanwhile.
    }
    this.#pullPending = false;
  }

  #setInbound(state: SyncProgress['state']): void {
    if (state !== 'pulling') this.#gate.leave(this);
    if (this.#inbound === state) return;
    this.#inbound = state;
    this.#report();
  }

  #report(): void {
    this.#options.onProgress(this.progress);
  }
}

/** The first digits of a root. */
function prefixOf(root: string): string {
  return root.slice(0, ROOT_PREFIX_BYTES * 2);
}
