/**
 * What has come of an epoch that is being fetched, and was proved: kept in the profile until all is here, so
 * that after a restart only the rest is asked for. It is checked again like what comes from a peer.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import type { EpochId } from '@atoll/halo';
import { PageStore } from '../snapshot/page-store.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import type { SnapshotSink } from '../snapshot/snapshot-sink.ts';
import { decodeRequest, encodeRequest, type SnapshotRequest } from '../snapshot/transfer-codec.ts';
import type { ArchivePlace } from './epoch-archive.ts';
import { fetchFolder } from './sweep-fetches.ts';

/** Bytes after which what has come is made durable: some seconds of a slow line. */
const FLUSH_BYTES: number = 64 * 1024;

interface Entry {
  readonly order: number;
  readonly request: SnapshotRequest;
  readonly answer: Uint8Array;
}

/** The journal of one fetch. */
export class FetchJournal {
  readonly #pages: PageStore;
  readonly #proved: Uint8Array[] = [];
  #order = 0;
  #unflushedBytes = 0;
  #isReplaying = false;

  constructor(place: ArchivePlace, epoch: EpochId) {
    this.#pages = pagesOfFetch(place, epoch);
  }

  /** Notes an answer, to be kept by the next {@link FetchJournal.keep}. */
  note(request: SnapshotRequest, answer: Uint8Array): void {
    if (this.#isReplaying) return;
    const writer = new Writer(answer.length + 64).varint(this.#order++);
    this.#proved.push(writer.bytes(encodeRequest(request)).raw(answer).finish());
  }

  /** Keeps what was noted. @throws StoreError. */
  async keep(): Promise<void> {
    for (const entry of this.#proved.splice(0)) {
      await this.#pages.write(entry);
      this.#unflushedBytes += entry.length;
    }
    if (this.#unflushedBytes >= FLUSH_BYTES) await this.flush();
  }

  /** Makes durable what was kept: the fetch goes on another time. @throws StoreError. */
  async flush(): Promise<void> {
    this.#unflushedBytes = 0;
    await this.#pages.flush();
  }

  /**
   * Gives a fetch what came before; what is damaged will be asked for. False if something does not fit: then
   * the sink is of no use, and all of it is forgotten. @throws StoreError.
   */
  async replay(sink: SnapshotSink, turn: () => Promise<void>): Promise<boolean> {
    const entries: Entry[] = [];
    await this.#pages.visit((page) => {
      const entry = entryOf(page);
      if (entry !== undefined) entries.push(entry);
    });
    entries.sort((a, b) => a.order - b.order);
    this.#isReplaying = true;
    let fits = true;
    for (const { answer, order, request } of entries) {
      this.#order = Math.max(this.#order, order + 1);
      fits &&= tryTake(sink, request, answer);
      await turn();
    }
    this.#isReplaying = false;
    if (!fits) await this.end();
    return fits;
  }

  /** All is here, or is of no use. @throws StoreError. */
  async end(): Promise<void> {
    this.#pages.discard();
    await this.#pages.removeOthers(new Set(), false);
  }
}

function tryTake(sink: SnapshotSink, request: SnapshotRequest, answer: Uint8Array): boolean {
  try {
    sink.take(request, answer);
    return true;
  } catch (failure) {
    if (failure instanceof SnapshotError) return false;
    throw failure;
  }
}

function entryOf(page: Uint8Array): Entry | undefined {
  try {
    const reader = new Reader(page);
    const order = reader.varint();
    const request = decodeRequest(reader.bytes());
    return { order, request, answer: reader.take(reader.left) };
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

function pagesOfFetch(place: ArchivePlace, epoch: EpochId): PageStore {
  return new PageStore({ ...place, folder: fetchFolder(epoch) });
}
