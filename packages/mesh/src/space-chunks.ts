/**
 * Chunks of one space over all sessions in which it is in sync: fetched from whoever has them, several at
 * a time and from several peers, and given to the mailboxes that keep them for those who are away.
 */
import type { Clock } from '@atoll/kernel';
import { ASK_IDS_MAX } from './chunk.ts';
import type { ChunkHolder, ChunkSync, ChunkTaken } from './chunk-sync.ts';

/** A peer that had none is asked again after so long: it may be fetching itself. */
const ASK_AGAIN_MS = 5_000;
/** A chunk that has not come after so long is asked of another peer, too. */
const SLOW_MS = 30_000;

/** A session in which the space is in sync. */
export interface ChunkSource {
  readonly sync: ChunkSync;
  /** The other side stores without keys. */
  readonly isBlind: boolean;
  /** No server is between. */
  readonly isDirect: boolean;
  /** It takes no pieces from here. */
  readonly isGivingOnly: boolean;
}

/** How an upload ended; `missing`: a chunk is not here either. */
export type UploadEnd = ChunkTaken | 'gone' | 'missing';

interface Wanted {
  readonly id: string;
  readonly waiters: Set<(bytes: Uint8Array) => void>;
  /** Who said that he has none, since we last asked everybody. */
  readonly lackedBy: Set<ChunkSync>;
  /** Who was asked and has not answered, and when the last of them was asked. */
  readonly askedOf: Set<ChunkSync>;
  askedMs: number;
}

/** The chunks of one space. */
export class SpaceChunks {
  readonly holder: ChunkHolder;
  readonly #clock: Clock;
  readonly #sources = new Map<ChunkSync, ChunkSource>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #listeners = new Set<() => void>();
  readonly #abort = new AbortController();
  #watching = false;

  constructor(options: { readonly clock: Clock; readonly holder: ChunkHolder }) {
    this.#clock = options.clock;
    this.holder = options.holder;
  }

  /** Sessions with holders without keys, in the order in which they began. */
  get mailboxes(): readonly ChunkSync[] {
    const taking = [...this.#sources.values()].filter((one) => one.isBlind && !one.isGivingOnly);
    return taking.map(({ sync }) => sync);
  }

  /** Somebody could be asked now. */
  get hasSources(): boolean {
    return this.#sources.size > 0;
  }

  /** Calls back when sessions have come or gone. Returns the way to stop. */
  onSources(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A session has come. */
  add(source: ChunkSource): void {
    this.#sources.set(source.sync, source);
    this.#pump();
    this.#tell();
  }

  /** A session has gone. */
  remove(sync: ChunkSync): void {
    if (!this.#sources.delete(sync)) return;
    for (const wanted of this.#wanted.values()) {
      wanted.askedOf.delete(sync);
      wanted.lackedBy.delete(sync);
    }
    this.#pump();
    this.#tell();
  }

  /**
   * The chunk, from whoever gives it first; its bytes fit its name. Waits as long as nobody has it: rejects
   * with the signal's reason when it aborts.
   */
  fetch(id: string, signal?: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const ends = [this.#abort.signal, ...(signal === undefined ? [] : [signal])];
      const aborted = ends.find((end) => end.aborted);
      if (aborted !== undefined) {
        reject(aborted.reason);
        return;
      }
      const wanted = this.#wanted.get(id) ?? newWanted(id);
      this.#wanted.set(id, wanted);
      const stop = (): void => {
        wanted.waiters.delete(taken);
        for (const end of ends) end.removeEventListener('abort', onAbort);
      };
      const taken = (bytes: Uint8Array): void => {
        stop();
        resolve(bytes);
      };
      const onAbort = (): void => {
        stop();
        if (wanted.waiters.size === 0) this.#wanted.delete(id);
        reject(ends.find((end) => end.aborted)?.reason);
      };
      wanted.waiters.add(taken);
      for (const end of ends) end.addEventListener('abort', onAbort);
      this.#pump();
    });
  }

  /**
   * Gives chunks to one mailbox, which is asked first what it has. `gone` when its session ended before:
   * what it took it has.
   */
  async upload(
    mailbox: ChunkSync,
    ids: readonly string[],
    options: {
      readonly signal: AbortSignal;
      /** How many of them it has, as that grows. */
      readonly onStored?: (chunks: number) => void;
    },
  ): Promise<UploadEnd> {
    let stored = 0;
    const onStored = (chunks: number): void => {
      stored += chunks;
      options.onStored?.(stored);
    };
    for (let at = 0; at < ids.length; at += ASK_IDS_MAX) {
      const asked = ids.slice(at, at + ASK_IDS_MAX);
      const have = await mailbox.ask(asked);
      if (have === undefined) return 'gone';
      const lacking = asked.filter((_, place) => have[place] !== true);
      onStored(asked.length - lacking.length);
      const end = await this.#putAll(mailbox, lacking, { signal: options.signal, onStored });
      if (end !== 'stored') return end;
    }
    return 'stored';
  }

  /** Tells a mailbox that nothing names these chunks any more; those that it has let go. */
  async drop(mailbox: ChunkSync, ids: readonly string[]): Promise<readonly string[]> {
    const gone: string[] = [];
    for (let at = 0; at < ids.length; at += ASK_IDS_MAX) {
      const told = ids.slice(at, at + ASK_IDS_MAX);
      const kept = await mailbox.drop(told);
      if (kept === undefined) break;
      gone.push(...told.filter((_, place) => kept[place] !== true));
    }
    return gone;
  }

  /** Ends: whoever waits is told so. */
  stop(reason: unknown): void {
    this.#abort.abort(reason);
    this.#wanted.clear();
    this.#listeners.clear();
  }

  /** Few at a time: their bytes are in memory, and sync goes first on the link. */
  async #putAll(
    mailbox: ChunkSync,
    ids: readonly string[],
    {
      signal,
      onStored,
    }: { readonly signal: AbortSignal; readonly onStored: (chunks: number) => void },
  ): Promise<UploadEnd> {
    let end: UploadEnd = 'stored';
    let next = 0;
    const lane = async (): Promise<void> => {
      while (end === 'stored' && next < ids.length && !signal.aborted) {
        const bytes = await this.holder.read(ids[next++] as string);
        const answer = bytes === undefined ? 'missing' : ((await mailbox.put(bytes)) ?? 'gone');
        if (answer === 'stored') onStored(1);
        else end = answer;
      }
    };
    await Promise.all([lane(), lane(), lane()]);
    return signal.aborted ? 'gone' : end;
  }

  /** Asks everybody who has room for what he was not asked yet. */
  #pump(): void {
    if (this.#wanted.size === 0) return;
    const nowMs = this.#clock.monotonicMs();
    // Members first: what a server does not have to send costs nobody.
    const sources = [...this.#sources.values()].sort((a, b) => costOf(a) - costOf(b));
    for (const wanted of this.#wanted.values()) {
      const isSlow = nowMs - wanted.askedMs > SLOW_MS;
      if (wanted.askedOf.size > 0 && !isSlow) continue;
      const source = sources.find(
        ({ sync }) => sync.room > 0 && !wanted.lackedBy.has(sync) && !wanted.askedOf.has(sync),
      );
      if (source !== undefined) void this.#ask(wanted, source.sync);
      if (sources.every(({ sync }) => sync.room === 0)) break;
      // The next chunk is asked of the next peer.
      sources.push(...sources.splice(0, sources.length > 1 && source !== undefined ? 1 : 0));
    }
    if (!this.#watching) void this.#watch();
  }

  async #ask(wanted: Wanted, sync: ChunkSync): Promise<void> {
    wanted.askedOf.add(sync);
    wanted.askedMs = this.#clock.monotonicMs();
    const got = await sync.get(wanted.id);
    wanted.askedOf.delete(sync);
    if (got === 'lack') wanted.lackedBy.add(sync);
    else if (got !== undefined) {
      this.#wanted.delete(wanted.id);
      for (const waiter of [...wanted.waiters]) waiter(got);
    }
    this.#pump();
  }

  /** As long as something is wanted that nobody has: everybody is asked again now and then. */
  async #watch(): Promise<void> {
    this.#watching = true;
    while (this.#wanted.size > 0 && !this.#abort.signal.aborted) {
      await this.#clock.sleep(ASK_AGAIN_MS, this.#abort.signal).catch(() => undefined);
      for (const wanted of this.#wanted.values()) wanted.lackedBy.clear();
      this.#pump();
    }
    this.#watching = false;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function costOf({ isBlind, isDirect }: ChunkSource): number {
  return isBlind ? 2 : isDirect ? 0 : 1;
}

function newWanted(id: string): Wanted {
  return { id, waiters: new Set(), lackedBy: new Set(), askedOf: new Set(), askedMs: 0 };
}
