/**
 * Removal of the files of one space that nobody needs any more: when somebody asks for it, and by itself now
 * and then, when there is a reason to look.
 */
import { historyMark, type Space } from '@atoll/echo';
import { equalBytes, errorCode, type PlatformBase, type SpaceId, Turns } from '@atoll/kernel';
import type { SpaceChunks, StoredChunks } from '@atoll/mesh';
import type { BlobUsage, CollectOptions, Collected } from './api.ts';
import { ASKED_MAX } from './asked-windows.ts';
import {
  GRACE_MS,
  bytesOf,
  lookForLoose,
  removeLoose,
  type Look,
  type LookInput,
  type VisitNames,
} from './blob-collector.ts';
import { BlobError } from './blob-error.ts';
import type { BlobIndex } from './blob-index.ts';
import { readCollection, writeCollection, type CollectionRecord } from './collection-record.ts';
import type { Loose } from './loose-chunks.ts';
import type { VisitHow } from './visit-names.ts';

const DAY_MS: number = 24 * 60 * 60 * 1000;
/** Looking reads the whole log: it is done for this much more than stayed the last time, and a quarter of that. */
const GROWN_BYTES: number = 16 * 1024 * 1024;
/** Undo forgets, and pins are taken away: in any case it is looked once a month. */
const AGAIN_MS: number = 30 * DAY_MS;
const NO_MARK: Uint8Array = new Uint8Array(0);

/** What the removal works with. */
export interface CollectionParts {
  readonly platform: PlatformBase;
  readonly space: SpaceId;
  readonly holder: StoredChunks;
  readonly index: BlobIndex;
  readonly network: SpaceChunks;
  /** The space, opened if it was closed. */
  readonly echo: () => Promise<Space>;
  /** Shows all that may name blobs. */
  readonly visit: (echo: Space, how: VisitHow) => ReturnType<VisitNames>;
  /** Files and pieces that are read, written or given to others by this window. */
  readonly inUse: () => ReadonlySet<string>;
  /** What other windows of the profile need of these; `undefined` if one does not say. */
  readonly askWindows: (ids: readonly string[]) => Promise<readonly string[] | undefined>;
  /** Lets spaces that may read files here take over what they name and have not got. */
  readonly letFollowersTake: () => Promise<void>;
  readonly removed: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Removal in one space. */
export class BlobCollection {
  readonly #parts: CollectionParts;
  /** When it was last looked how much there is, on the monotonic clock. */
  #measuredMs = -Infinity;
  readonly #turns = new Turns();

  constructor(parts: CollectionParts) {
    this.#parts = parts;
  }

  /** Looks, and removes unless it is only to look. @throws BlobError; StoreError. */
  collect(options: CollectOptions = {}): Promise<Collected> {
    return this.#turns.take(() => this.#collect(options));
  }

  /** Removes what may go if there is a reason to look. Never rejects. */
  tidy(): Promise<void> {
    return this.#turns.take(async () => {
      const { platform, signal } = this.#parts;
      try {
        if (await this.#isDue()) await this.#collect({});
      } catch (failure) {
        if (signal.aborted) return;
        platform.log.event('info', 'client.files-not-collected', { code: errorCode(failure) });
        await this.#postpone().catch(() => undefined);
      }
    });
  }

  /** What there is, and what was removed. @throws StoreError. */
  async usage(): Promise<BlobUsage> {
    const { holder, platform, space } = this.#parts;
    const { bytes, chunks } = await holder.totals();
    const record = await readCollection(platform.store, space);
    const { freedBytes = 0, freedMs = 0 } = record ?? {};
    return { chunks, bytes, freedBytes, ...(freedMs === 0 ? {} : { freedMs }) };
  }

  async #collect({ dryRun = false, graceMs = GRACE_MS, servers = false }: CollectOptions) {
    const { platform, signal } = this.#parts;
    if (servers && this.#parts.network.mailboxes.length === 0) {
      throw new BlobError('BLOB_AWAY', 'no server is connected that could let files go');
    }
    const echo = await this.#parts.echo();
    await settled(echo);
    const mark = await historyMark(platform.store, this.#parts.space);
    const input = this.#input(echo, graceMs);
    const look = await lookForLoose(input);
    const found = { chunks: look.stored.length, bytes: bytesOf(look.stored) };
    if (dryRun) return { ...found, ...counted(look.loose), removed: false, removedFromServers: 0 };
    const loose =
      look.loose.chunks.length + look.loose.roots.length === 0
        ? look.loose
        : await this.#sureOf(echo, look);
    signal.throwIfAborted();
    // First, for here they can be named once more if this fails.
    const ids = loose.chunks.map(({ id }) => id);
    const removedFromServers = servers ? await this.#dropFromServers(ids) : 0;
    const freed = await removeLoose(input, loose);
    await this.#note({ mark, freed, bytes: found.bytes - freed, isPending: look.spared > 0 });
    if (freed > 0) await this.#parts.removed();
    return { ...found, ...counted(loose), removed: true, removedFromServers };
  }

  /** What is loose once everybody who could need it was asked. @throws BlobError; StoreError. */
  async #sureOf(echo: Space, look: Look): Promise<Loose> {
    const asked = [...new Set([...look.loose.roots, ...look.loose.chunks.map(({ id }) => id)])];
    // Files come first; of more than can be asked for the rest waits for the next time.
    const held = await this.#parts.askWindows(asked.slice(0, ASKED_MAX));
    if (held === undefined) {
      const why = 'another window or program of this profile has not said which files it needs';
      throw new BlobError('BLOB_GC_UNSURE', why);
    }
    await this.#parts.letFollowersTake();
    await settled(echo);
    return look.again([...held, ...asked.slice(ASKED_MAX)]);
  }

  #input(echo: Space, graceMs: number): LookInput {
    const { holder, inUse, index, platform, signal, visit } = this.#parts;
    const turn = async (): Promise<void> => {
      await platform.clock.sleep(0, signal);
    };
    return {
      chunks: platform.chunks,
      bucket: holder.bucket,
      index,
      visit: (see, after) => visit(echo, { see, turn, ...(after === undefined ? {} : { after }) }),
      inUse,
      nowMs: platform.clock.nowMs(),
      graceMs,
      turn,
    };
  }

  async #dropFromServers(ids: readonly string[]): Promise<number> {
    const { network } = this.#parts;
    const gone = new Set<string>();
    for (const mailbox of network.mailboxes) {
      for (const id of await network.drop(mailbox, ids)) gone.add(id);
    }
    return gone.size;
  }

  /** Something has changed by which pieces may have become loose. */
  async #isDue(): Promise<boolean> {
    const { echo, platform, space } = this.#parts;
    const { clock, store } = platform;
    const nowMs = clock.nowMs();
    const record = await readCollection(store, space);
    if (record === undefined) {
      const mark = NO_MARK;
      const dueMs = nowMs + GRACE_MS;
      const first = { lookedMs: nowMs, bytes: 0, dueMs, mark, freedBytes: 0, freedMs: 0 };
      await writeCollection(store, space, first);
      return false;
    }
    if (record.dueMs > nowMs && record.dueMs <= nowMs + AGAIN_MS) return false;
    if (!(await this.#hasReason(record, nowMs))) return false;
    // On trial it is not known yet which of two states stays.
    return (await (await echo()).exchange.trial()) === 'none';
  }

  async #hasReason(record: CollectionRecord, nowMs: number): Promise<boolean> {
    const { holder, platform, space } = this.#parts;
    const { clock, store } = platform;
    if (record.dueMs > 0 || Math.abs(nowMs - record.lookedMs) > AGAIN_MS) return true;
    if (!equalBytes(await historyMark(store, space), record.mark)) return true;
    if (clock.monotonicMs() - this.#measuredMs < DAY_MS) return false;
    this.#measuredMs = clock.monotonicMs();
    const { bytes } = await holder.totals();
    return bytes > record.bytes * 1.25 + GROWN_BYTES;
  }

  async #note(what: {
    readonly mark: Uint8Array;
    readonly freed: number;
    readonly bytes: number;
    readonly isPending: boolean;
  }): Promise<void> {
    const { platform, space } = this.#parts;
    const nowMs = platform.clock.nowMs();
    const before = await readCollection(platform.store, space);
    await writeCollection(platform.store, space, {
      lookedMs: nowMs,
      bytes: what.bytes,
      mark: what.mark,
      dueMs: what.isPending ? nowMs + GRACE_MS : 0,
      freedBytes: (before?.freedBytes ?? 0) + what.freed,
      freedMs: what.freed > 0 ? nowMs : (before?.freedMs ?? 0),
    });
  }

  /** What could not be found out today is not tried again all the time. */
  async #postpone(): Promise<void> {
    const { platform, space } = this.#parts;
    const record = await readCollection(platform.store, space);
    const dueMs = platform.clock.nowMs() + GRACE_MS;
    if (record !== undefined) await writeCollection(platform.store, space, { ...record, dueMs });
  }
}

async function settled(echo: Space): Promise<void> {
  await echo.flush();
  await echo.settled();
}

function counted({ chunks }: Loose): { readonly looseChunks: number; readonly looseBytes: number } {
  return { looseChunks: chunks.length, looseBytes: bytesOf(chunks) };
}
