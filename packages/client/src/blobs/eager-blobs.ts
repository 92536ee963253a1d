/**
 * Small files come with the objects that name them, before anybody asks: looks at objects when they change,
 * and at all of them once after opening, and fetches what is small or pinned and not here. Other large ones
 * stay where they are until somebody wants them.
 */
import type { Database } from '@atoll/echo';
import { errorCode, toHex, type Clock, type Log } from '@atoll/kernel';
import type { BlobPart, FieldData, FieldsData } from '@atoll/schema';
import { blobFieldsOf, blobsIn } from './named-blobs.ts';

/** Files that are fetched at the same time: what somebody waits for shares the same links. */
const LANES = 4;
/** Whoever has a file has sent some of it by then. */
const ATTEMPT_MS = 20_000;
/** What nobody had is asked for again after so long, or when somebody else comes. */
const AGAIN_MS = 5 * 60 * 1000;
/** Files that wait to be fetched; more of them are fetched when they are asked for, or after a restart. */
const WAITING_MAX = 16_384;
/** Rows looked at in one turn of the event loop, so that opening a large space stays smooth. */
const ROWS_A_TURN = 2048;

/** What this works with. */
export interface EagerOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Larger ones are left alone unless they are pinned; 0: all are. */
  readonly bytesMax: number;
  /** Is to be here whole, by the name of its first chunk. */
  readonly isPinned: (root: string) => boolean;
  /** All of it is here. */
  readonly isHere: (part: BlobPart) => Promise<boolean>;
  /** Fetches all of it. */
  readonly fetch: (
    part: BlobPart,
    how: { readonly signal: AbortSignal; readonly onProgress: () => void },
  ) => Promise<void>;
  readonly hasSources: () => boolean;
  readonly onSources: (listener: () => void) => () => void;
}

/** Fetches the small files of one space. */
export class EagerBlobs {
  readonly #options: EagerOptions;
  readonly #waiting = new Map<string, BlobPart>();
  /** Nobody had them when they were asked for last. */
  readonly #lacking = new Map<string, BlobPart>();
  /** Fields of a type that can hold files, by its name; types without any are not there. */
  readonly #fieldsByType = new Map<string, readonly (readonly [string, FieldData])[]>();
  /** What was looked at of each type: another version of it has other fields. */
  readonly #looked = new Map<string, FieldsData>();
  #isRunning = false;
  #isRetrying = false;

  private constructor(options: EagerOptions) {
    this.#options = options;
  }

  /** Begins, and ends with the signal. What it returns is to be told of changed objects. */
  static start(options: EagerOptions): (ids: readonly string[]) => void {
    const eager = new EagerBlobs(options);
    options.signal.addEventListener(
      'abort',
      options.onSources(() => eager.#again()),
    );
    void eager.#lookAtAll();
    return (ids) => eager.#changed(ids);
  }

  #changed(ids: readonly string[]): void {
    this.#lookAtTypes();
    if (this.#fieldsByType.size === 0) return;
    for (const id of ids) {
      const object = this.#options.db.get(id);
      const fields = object === undefined ? undefined : this.#fieldsByType.get(object.$type);
      if (object !== undefined && fields !== undefined) this.#note(blobsIn(object, fields));
    }
    void this.#run();
  }

  async #lookAtAll(): Promise<void> {
    const { clock, db, signal } = this.#options;
    for (let row = 0; row < db.fold.rows.count; row++) {
      if (row % ROWS_A_TURN === 0) {
        await clock.sleep(0, signal).catch(() => undefined);
        if (signal.aborted) return;
        this.#lookAtTypes();
      }
      const fields = this.#fieldsByType.get(db.fold.typeOf(row).compiled.name) ?? [];
      const object = fields.length === 0 ? undefined : db.get(db.fold.rows.id(row));
      if (object !== undefined) this.#note(blobsIn(object, fields));
    }
    void this.#run();
  }

  #lookAtTypes(): void {
    for (const { name, fields } of this.#options.db.types()) {
      if (this.#looked.get(name) === fields) continue;
      this.#looked.set(name, fields);
      const some = blobFieldsOf(fields);
      if (some.length > 0) this.#fieldsByType.set(name, some);
    }
  }

  #note(parts: readonly BlobPart[]): void {
    for (const part of parts) {
      const { bytesMax, isPinned } = this.#options;
      if (this.#waiting.size >= WAITING_MAX) return;
      const root = toHex(part.id);
      const isWanted = (bytesMax > 0 && part.size <= bytesMax) || isPinned(root);
      if (isWanted && !this.#lacking.has(root)) this.#waiting.set(root, part);
    }
  }

  #again(): void {
    for (const [root, part] of this.#lacking) this.#waiting.set(root, part);
    this.#lacking.clear();
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#isRunning || !this.#options.hasSources()) return;
    this.#isRunning = true;
    await Promise.all(Array.from({ length: LANES }, () => this.#lane()));
    this.#isRunning = false;
    if (this.#lacking.size > 0 && !this.#isRetrying) void this.#retry();
  }

  async #lane(): Promise<void> {
    const { hasSources, signal } = this.#options;
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined || signal.aborted || !hasSources()) return;
      const [root, part] = next;
      this.#waiting.delete(root);
      await this.#fetch(root, part);
    }
  }

  async #fetch(root: string, part: BlobPart): Promise<void> {
    const { fetch, isHere, log, signal } = this.#options;
    const attempt = new AbortController();
    const until = AbortSignal.any([attempt.signal, signal]);
    let parts = 0;
    try {
      if (await isHere(part)) return;
      void this.#endWhenStuck(attempt, () => parts);
      await fetch(part, { signal: until, onProgress: () => parts++ });
    } catch (failure) {
      if (signal.aborted) return;
      if (this.#lacking.size < WAITING_MAX) this.#lacking.set(root, part);
      log.event('debug', 'client.blob.not-fetched', { code: errorCode(failure) });
    } finally {
      attempt.abort();
    }
  }

  /** Nobody has it, or whoever has it has gone. */
  async #endWhenStuck(attempt: AbortController, parts: () => number): Promise<void> {
    const { clock, signal } = this.#options;
    const until = AbortSignal.any([attempt.signal, signal]);
    for (let before = -1; before !== parts() && !until.aborted;) {
      before = parts();
      await clock.sleep(ATTEMPT_MS, until).catch(() => undefined);
    }
    attempt.abort();
  }

  async #retry(): Promise<void> {
    this.#isRetrying = true;
    await this.#options.clock.sleep(AGAIN_MS, this.#options.signal).catch(() => undefined);
    this.#isRetrying = false;
    if (!this.#options.signal.aborted) this.#again();
  }
}
