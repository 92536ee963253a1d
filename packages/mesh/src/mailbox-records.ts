/**
 * Small sealed records that a mailbox keeps beside its log: one for each token, replaced by whoever knows the
 * token, read by whoever opens the mailbox. Kept under the hash of the token, so that reading gives nobody the
 * means to replace: whoever steals one device of several cannot overwrite what the others keep here.
 */
import { hash } from '@atoll/crypto';
import { toHex, type Clock, type Store, Turns } from '@atoll/kernel';
import { RECORDS_MAX, RECORD_BYTES_MAX, encodeRecords, nameBytes } from './state-messages.ts';

/** What became of a record. */
export const KEPT = { kept: 0, full: 1 } as const;
/**
 * A record that was not renewed for so long gives way when there is no room for a new one: of a device that is
 * gone. Devices renew theirs every month; somebody who was ill for a year finds his all the same.
 */
export const RECORD_OLD_MS: number = 800 * 24 * 60 * 60 * 1000;
const TIME_BYTES = 8;

/** What records are kept with. */
export interface MailboxRecordsOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Name of the mailbox, in hex. */
  readonly mailbox: string;
  /** Counts so many bytes more, or less; false if there is no room for them, and nothing is counted. */
  readonly count: (bytes: number) => Promise<boolean>;
}

/** A record as it lies in the store. */
interface Kept {
  readonly name: string;
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

/** Mailboxes that have records, and how many bytes. Some have no log at all. @throws StoreError. */
export async function recordBytesByMailbox(store: Store): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of await store.names(PREFIX)) {
    const mailbox = name.slice(PREFIX.length).split('/')[0] ?? '';
    const value = await store.value(name);
    const bytes = Math.max(0, (value?.length ?? 0) - TIME_BYTES);
    sizes.set(mailbox, (sizes.get(mailbox) ?? 0) + bytes);
  }
  return sizes;
}

/** The records of one mailbox. */
export class MailboxRecords {
  readonly #options: MailboxRecordsOptions;
  readonly #turns = new Turns();

  constructor(options: MailboxRecordsOptions) {
    this.#options = options;
  }

  /** Bytes of all records. @throws StoreError. */
  async bytes(): Promise<number> {
    return (await this.#all()).reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /**
   * Keeps a record in place of the one with the same token; an empty one is none. Durable when resolved, so
   * that either the old or the new one is there. @throws StoreError.
   */
  keep(token: string, bytes: Uint8Array): Promise<Uint8Array> {
    return this.#turns.take(() => this.#keep(token, bytes));
  }

  /** All records, in an order that tells nothing. @throws StoreError. */
  async kept(): Promise<Uint8Array> {
    const records = await this.#all();
    return encodeRecords(records.slice(0, RECORDS_MAX).map(({ bytes }) => bytes));
  }

  async #keep(token: string, bytes: Uint8Array): Promise<Uint8Array> {
    const { clock, count, mailbox } = this.#options;
    const name = prefixOf(mailbox) + toHex(hash('mailbox-record', nameBytes(token)));
    const nowMs = clock.nowMs();
    const all = await this.#all();
    const before = all.find((record) => record.name === name);
    const gone = before === undefined ? outlived(all, nowMs) : before;
    const isNew = before === undefined && bytes.length > 0;
    if (isNew && all.length >= RECORDS_MAX && gone === undefined) return Uint8Array.of(KEPT.full);
    const more = bytes.length - (gone?.bytes.length ?? 0);
    if (!(await count(more))) return Uint8Array.of(KEPT.full);
    const value = bytes.length === 0 ? undefined : recordValue(nowMs, bytes);
    const values = new Map<string, Uint8Array | undefined>();
    if (gone !== undefined) values.set(gone.name, undefined);
    await this.#commit(values.set(name, value), more);
    return Uint8Array.of(KEPT.kept);
  }

  /** What was counted is not, if it did not become durable. */
  async #commit(values: Map<string, Uint8Array | undefined>, counted: number): Promise<void> {
    const { count, store } = this.#options;
    try {
      await store.commit({ values });
    } catch (failure) {
      await count(-counted);
      throw failure;
    }
  }

  async #all(): Promise<readonly Kept[]> {
    const { mailbox, store } = this.#options;
    const records: Kept[] = [];
    for (const name of await store.names(prefixOf(mailbox))) {
      const value = await store.value(name);
      // One that the disk has damaged is none: devices renew theirs.
      if (value === undefined || value.length <= TIME_BYTES) continue;
      if (value.length > TIME_BYTES + RECORD_BYTES_MAX) continue;
      const atMs = new DataView(value.buffer, value.byteOffset).getFloat64(0);
      records.push({ name, atMs, bytes: value.subarray(TIME_BYTES) });
    }
    return records;
  }
}

const PREFIX = 'record/';

function prefixOf(mailbox: string): string {
  return `${PREFIX}${mailbox}/`;
}

/** The one that makes way for another: the oldest, if it is old and there is no room. */
function outlived(all: readonly Kept[], nowMs: number): Kept | undefined {
  if (all.length < RECORDS_MAX) return undefined;
  const oldest = [...all].sort((a, b) => a.atMs - b.atMs)[0];
  return oldest !== undefined && nowMs - oldest.atMs > RECORD_OLD_MS ? oldest : undefined;
}

function recordValue(nowMs: number, bytes: Uint8Array): Uint8Array {
  const value = new Uint8Array(TIME_BYTES + bytes.length);
  new DataView(value.buffer).setFloat64(0, nowMs);
  value.set(bytes, TIME_BYTES);
  return value;
}
