/**
 * The sending half of sync for one space and one peer: answers pulls from the log, then pushes what
 * becomes durable. The log is the queue: a slow peer costs no memory.
 */
import { runBytes, type Replica, type Run, type Tip } from '@atoll/feed';
import { errorCode, type Clock, type Log } from '@atoll/kernel';
import type { MuxStream } from './mux-stream.ts';
import { PullGate, isPartOf } from './pull-gate.ts';
import { shortRoot, type LogCursor } from './session-messages.ts';
import { encodeSpaceMessage } from './space-messages.ts';

/** Bytes that may wait in the stream before the next run is read from the log. */
const QUEUE_LOW_BYTES: number = 128 * 1024;
/** Live runs that find more than this waiting are sent from the log later. */
const LIVE_QUEUE_BYTES_MAX: number = 512 * 1024;
/** Ends of runs that came from the peer, which need not go back to it. */
const FROM_PEER_MAX = 1024;
/**
 * News of others go on at once only up to this: edits, not transfers, and nothing that we have asked for.
 * Of the rest the mark that follows says that it is there; mostly the peer has it by then.
 */
const PASS_ON_BYTES_MAX: number = 8 * 1024;
/** Runs kept between a greeting and its answer; more are settled by greeting again. */
const SINCE_HELLO_MAX = 64;
/** So long after the last live run the peer is told how far it has got. */
const MARK_AFTER_MS = 500;

/** What a pull asks for. */
export type PullRequest = { readonly after: LogCursor } | { readonly tips: readonly Tip[] };

/** What the sending half needs. */
export interface ServeOptions {
  readonly replica: Replica;
  readonly stream: MuxStream;
  readonly clock: Clock;
  readonly log?: Log | undefined;
  /** The cursor of a pull is not of this store. */
  readonly onCursorUnknown: () => void;
}

/** What is being sent: nothing, the answer to a pull, or news as they come. */
export type ServeState = 'none' | 'serving' | 'live';

/** Sends one log to one peer. */
export class ServeLog {
  readonly #options: ServeOptions;
  readonly #abort = new AbortController();
  readonly #stopListening: () => void;
  readonly #fromPeer = new Set<string>();
  readonly #gate: PullGate;
  #storing: Run | undefined;
  #state: ServeState = 'none';
  #sinceHello: Run[] | undefined;
  #generation = 0;
  #dirty = false;
  #position = 0;
  #lastPushMs = 0;
  #lastNewsMs = 0;
  #marking = false;
  /** We have something large of others that this peer was not sent. */
  #isAhead = false;
  /** Blocks and bytes that were handed to the stream. */
  sentBlocks = 0;

  constructor(options: ServeOptions) {
    this.#options = options;
    this.#gate = PullGate.of(options.replica);
    this.#stopListening = options.replica.onAdvance((runs) => this.#onAdvance(runs));
  }

  get state(): ServeState {
    return this.#state;
  }

  /** When the last run was sent, on the monotonic clock. */
  get lastPushMs(): number {
    return this.#lastPushMs;
  }

  /** A greeting with our root goes out now: news from here on belong to its answer. */
  greeted(): void {
    if (this.#state === 'none') this.#sinceHello = [];
  }

  /** A run came from the peer, and is being stored: neither it nor parts of it need go back. */
  cameFromPeer(run: Run): void {
    this.#storing = run;
    if (this.#fromPeer.size >= FROM_PEER_MAX) {
      for (const oldest of this.#fromPeer) {
        this.#fromPeer.delete(oldest);
        break;
      }
    }
    this.#fromPeer.add(run.endHash);
  }

  /** The last run that came has been dealt with. */
  stored(): void {
    this.#storing = undefined;
  }

  /**
   * The peer has all that the greeting's root stands for: what came since goes out, then news as they
   * come. `false` when too much came since, and the greeting is to be said again.
   */
  goLive(): boolean {
    if (this.#state === 'live') this.#isAhead = false;
    if (this.#state !== 'none') return true;
    const since = this.#sinceHello ?? [];
    this.#sinceHello = undefined;
    this.#isAhead = false;
    if (since.length >= SINCE_HELLO_MAX) return false;
    this.#state = 'live';
    const generation = ++this.#generation;
    void this.#options.replica.position().then(
      (position) => {
        if (generation === this.#generation) this.#position = position;
      },
      () => undefined,
    );
    this.#push(since);
    return true;
  }

  /** Answers a pull, then goes live. A later pull takes the place of an earlier one. */
  async serve(request: PullRequest): Promise<void> {
    const generation = ++this.#generation;
    this.#state = 'serving';
    this.#sinceHello = undefined;
    this.#dirty = false;
    this.#isAhead = false;
    const isCurrent = (): boolean => generation === this.#generation;
    try {
      const after = await this.#firstPass(request, isCurrent);
      if (after === undefined || !isCurrent()) return;
      const had = 'tips' in request ? lengthsOf(request.tips) : undefined;
      await this.#catchUp(after, isCurrent, had);
    } catch (failure) {
      this.#failed(failure, isCurrent);
    }
  }

  /** Sends nothing more, until the next pull or greeting. */
  pause(): void {
    this.#generation++;
    this.#state = 'none';
    this.#sinceHello = undefined;
  }

  /** Ends for good. */
  stop(): void {
    this.pause();
    this.#abort.abort();
    this.#stopListening();
  }

  /** What the pull asks for; gives the position up to which it goes. */
  async #firstPass(request: PullRequest, isCurrent: () => boolean): Promise<number | undefined> {
    const { replica, onCursorUnknown } = this.#options;
    const position = await replica.position();
    if (!isCurrent()) return undefined;
    if ('after' in request) {
      const { incarnation, position: after } = request.after;
      if (incarnation !== replica.incarnation || after > position) {
        this.pause();
        onCursorUnknown();
        return undefined;
      }
      this.#send({ kind: 'begin', blocks: position - after });
      return after;
    }
    this.#send({ kind: 'begin', blocks: countMissing(replica.tips(), request.tips) });
    for await (const run of replica.missingFor(request.tips)) {
      if (!(await this.#sendWhenRoom(run, isCurrent))) return undefined;
    }
    this.#dirty = true; // The pass below sees what came meanwhile.
    return position;
  }

  /**
   * Reads the log to its end, again as long as it grows meanwhile; then goes live. What comes meanwhile
   * from others may be what the peer had from the beginning: `had` tells how long its feeds were. Where a
   * fork makes that wrong, roots differ afterwards, and tips settle it.
   */
  async #catchUp(
    from: number,
    isCurrent: () => boolean,
    had?: ReadonlyMap<string, number>,
  ): Promise<void> {
    const { replica } = this.#options;
    let after = from;
    do {
      this.#dirty = false;
      const position = await replica.position();
      for await (const run of replica.tailAfter(after)) {
        if (this.#isFromPeer(run) || (had?.get(run.feed) ?? 0) > run.endSeq) continue;
        if (!(await this.#sendWhenRoom(run, isCurrent))) return;
      }
      if (!isCurrent()) return;
      after = Math.max(after, position);
    } while (this.#dirty);
    this.#state = 'live';
    this.#position = after;
    this.#mark(true, after);
  }

  async #sendWhenRoom(run: Run, isCurrent: () => boolean): Promise<boolean> {
    await this.#options.stream.drained(QUEUE_LOW_BYTES);
    if (!isCurrent()) return false;
    this.#options.stream.priority = 'bulk';
    this.#sendRun(run);
    return true;
  }

  #onAdvance(runs: readonly Run[]): void {
    if (this.#state === 'serving') this.#dirty = true;
    else if (this.#state === 'live') this.#push(runs);
    else if (this.#sinceHello !== undefined && this.#sinceHello.length < SINCE_HELLO_MAX) {
      this.#sinceHello.push(...runs);
    }
  }

  #push(runs: readonly Run[]): void {
    const { stream } = this.#options;
    if (runs.length === 0) return;
    this.#lastNewsMs = this.#options.clock.monotonicMs();
    // What came from the peer itself moves our position, too; it must not be asked for again.
    if (!this.#marking) void this.#markLater();
    for (const run of runs) {
      if (this.#isFromPeer(run)) continue;
      const origin = this.#gate.originOf(run);
      if (origin === 'transfer' || (origin === 'news' && runBytes(run) > PASS_ON_BYTES_MAX)) {
        this.#isAhead = true;
        continue;
      }
      if (stream.queuedBytes > LIVE_QUEUE_BYTES_MAX) {
        this.#fallBehind();
        return;
      }
      stream.priority = 'live';
      this.#sendRun(run);
    }
  }

  /** The peer itself has sent it, or a run that it is a part of. */
  #isFromPeer(run: Run): boolean {
    if (this.#fromPeer.has(run.endHash)) return true;
    return this.#storing !== undefined && isPartOf(run, this.#storing);
  }

  /** The peer is too slow for live runs: the log is read again from where it surely has everything. */
  #fallBehind(): void {
    const generation = ++this.#generation;
    const isCurrent = (): boolean => generation === this.#generation;
    this.#state = 'serving';
    this.#catchUp(this.#position, isCurrent).catch((failure: unknown) => {
      this.#failed(failure, isCurrent);
    });
  }

  #sendRun(run: Run): void {
    this.#lastPushMs = this.#options.clock.monotonicMs();
    this.sentBlocks += run.blocks.length;
    this.#send({ kind: 'run', run });
  }

  /** One mark for a burst of live runs, once it is over. */
  async #markLater(): Promise<void> {
    const { clock, replica } = this.#options;
    this.#marking = true;
    const generation = this.#generation;
    try {
      let waitMs = MARK_AFTER_MS;
      while (waitMs > 0) {
        await clock.sleep(waitMs, this.#abort.signal);
        waitMs = this.#lastNewsMs + MARK_AFTER_MS - clock.monotonicMs();
      }
      const position = await replica.position();
      if (generation === this.#generation && this.#state === 'live') {
        // What was not passed on counts as not said, until the peer is known to have it.
        if (!this.#isAhead) this.#position = position;
        this.#mark(false, this.#position);
      }
    } catch {
      // Ended, or the store cannot be read: the next mark will do.
    }
    this.#marking = false;
  }

  #mark(final: boolean, position: number): void {
    const { replica } = this.#options;
    this.#send({
      kind: 'mark',
      final,
      root: shortRoot(replica.headsRoot()),
      cursor: { incarnation: replica.incarnation, position },
    });
  }

  #send(message: Parameters<typeof encodeSpaceMessage>[0]): void {
    this.#options.stream.send(encodeSpaceMessage(message));
  }

  /** Our own store cannot be read. The next greeting starts again. */
  #failed(failure: unknown, isCurrent: () => boolean): void {
    if (isCurrent()) this.pause();
    this.#options.log?.event('warn', 'mesh.serve.failed', { code: errorCode(failure) });
  }
}

/** Lengths of feeds by their tips. */
function lengthsOf(tips: readonly Tip[]): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const { feed, seq } of tips) lengths.set(feed, Math.max(lengths.get(feed) ?? 0, seq + 1));
  return lengths;
}

/** Blocks that somebody with `theirs` lacks of `ours`; forks make it an estimate. */
function countMissing(ours: readonly Tip[], theirs: readonly Tip[]): number {
  const lengths = lengthsOf(theirs);
  let missing = 0;
  for (const { feed, seq } of ours) missing += Math.max(0, seq + 1 - (lengths.get(feed) ?? 0));
  return missing;
}
