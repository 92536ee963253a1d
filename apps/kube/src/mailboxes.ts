/**
 * The blind mailboxes of a KUBE: one log each in the store, opened when a session asks and kept open for
 * a while after the last has gone. No code here can read a block.
 */
import { LogReplica, type Received } from '@atoll/feed';
import {
  parseId,
  utf8,
  type Clock,
  type Ed25519Platform,
  type Log,
  type Rng,
  type SpaceId,
  type Store,
} from '@atoll/kernel';
import {
  KEPT,
  MailboxRecords,
  MailboxStand,
  keptStand,
  recordBytesByMailbox,
  type StateHolder,
} from '@atoll/mesh';
import type { KubeLimits } from './limits.ts';
import { Mailbox, type StoredBytes } from './mailbox.ts';
import type { Metrics } from './metrics.ts';

/** Blocks that are read at once to measure a log. */
const PAGE_BLOCKS = 1024;

/** Mailboxes kept open without a session, so that a reconnection need not read the log again. */
const IDLE_MAX = 64;

/** What mailboxes are made of. */
export interface MailboxesOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly ed25519: Ed25519Platform;
  readonly rng: Rng;
  readonly log: Log;
  readonly limits: KubeLimits;
  readonly metrics: Metrics;
}

/** All mailboxes of one store. */
export class Mailboxes implements AsyncDisposable {
  readonly #options: MailboxesOptions;
  readonly #open: Map<string, Promise<Mailbox>> = new Map();
  /** Opened by nobody now, the one that was left first in front. */
  readonly #idle: Map<string, Mailbox> = new Map();
  readonly #known: Set<string>;
  /** Sizes that the sum counts each mailbox with while it is not open. */
  readonly #sizeById: Map<string, number>;
  readonly #stored: StoredBytes;
  readonly #countRun: (labels: { readonly result: string }) => void;
  readonly #countRecord: (labels: { readonly result: string }) => void;
  #closed = false;

  private constructor(options: MailboxesOptions, sizeById: Map<string, number>) {
    const { limits, metrics } = options;
    this.#options = options;
    this.#known = new Set(sizeById.keys());
    this.#sizeById = sizeById;
    this.#stored = {
      durable: [...sizeById.values()].reduce((sum, size) => sum + size, 0),
      held: 0,
      totalMax: limits.storedBytesMax,
      mailboxMax: limits.mailboxBytesMax,
    };
    this.#countRun = metrics.counter('kube_mailbox_runs_total', 'Runs received by mailboxes.');
    this.#countRecord = metrics.counter(
      'kube_records_total',
      'Records given to mailboxes, by what became of them.',
    );
    metrics.gauge('kube_mailboxes', 'Mailboxes that were ever opened.', () => this.#known.size);
    metrics.gauge('kube_mailboxes_open', 'Mailboxes in memory.', () => this.#open.size);
    const sealed = 'Durable sealed bytes in all mailboxes.';
    metrics.gauge('kube_mailbox_bytes', sealed, () => this.#stored.durable);
  }

  /**
   * Finds out which mailboxes there are and how large. Only those are read that had something to store
   * when the process before was killed. @throws StoreError.
   */
  static async open(options: MailboxesOptions): Promise<Mailboxes> {
    const sizeById = new Map<string, number>();
    const { store } = options;
    const records = await recordBytesByMailbox(store);
    // One that has only records has no log.
    for (const id of new Set([...(await store.spaces()), ...records.keys()])) {
      const saved = await savedSize(store, id);
      sizeById.set(id, saved ?? (await measuredSize(store, id)) + (records.get(id) ?? 0));
    }
    return new Mailboxes(options, sizeById);
  }

  /** The mailbox of an id, for one more session; `full` when there may be no further one. */
  async acquire(id: string): Promise<Mailbox | 'full' | 'busy'> {
    if (this.#closed) return 'busy';
    if (!this.#known.has(id)) {
      if (this.#known.size >= this.#options.limits.mailboxesMax) return 'full';
      this.#known.add(id);
    }
    let opening = this.#open.get(id);
    if (opening === undefined) {
      opening = this.#load(parseId('space', id));
      this.#open.set(id, opening);
      opening.catch(() => this.#open.delete(id));
    }
    const mailbox = await opening;
    mailbox.users++;
    this.#idle.delete(id);
    return mailbox;
  }

  /** What answers for history that a mailbox has lost, and keeps its records, while it is open. */
  async standOf(id: string): Promise<StateHolder | undefined> {
    return (await this.#open.get(id))?.holder;
  }

  /** Gives back what `acquire` gave, once for each time. */
  async release(id: string): Promise<void> {
    const mailbox = await this.#open.get(id);
    if (mailbox === undefined || --mailbox.users > 0 || this.#closed) return;
    this.#idle.set(id, mailbox);
    await mailbox.saveSize();
    for (const [oldestId, oldest] of this.#idle) {
      if (this.#idle.size <= IDLE_MAX) return;
      this.#idle.delete(oldestId);
      this.#open.delete(oldestId);
      await oldest[Symbol.asyncDispose]();
      this.#sizeById.set(oldestId, oldest.sizeBytes);
    }
  }

  /** Ends every mailbox; what is being stored is stored first. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const open = await Promise.allSettled(this.#open.values());
    for (const each of open) {
      if (each.status === 'fulfilled') await each.value[Symbol.asyncDispose]();
    }
  }

  async #load(space: SpaceId): Promise<Mailbox> {
    const { store, clock, ed25519, rng, log } = this.#options;
    const kept = await keptStand(store, space);
    const count = (bytes: number): Promise<boolean> => mailbox.count(bytes);
    const records = new MailboxRecords({ store, clock, mailbox: space, count });
    let sizeBytes = (kept?.bytes ?? 0) + (await records.bytes());
    const replica = await LogReplica.open({
      store,
      ed25519,
      rng,
      log,
      space,
      ...(kept === undefined ? {} : { grounds: kept.stand.grounds }),
      load: (blocks) => {
        for (const block of blocks) sizeBytes += block.bytes.length;
      },
    });
    // It is in the sum already, unless it is new.
    this.#stored.durable += sizeBytes - (this.#sizeById.get(space) ?? 0);
    const mailbox: Mailbox = new Mailbox({
      replica,
      sizeBytes,
      isSizeSaved: (await savedSize(store, space)) === sizeBytes,
      saveSize: async (size) => {
        await store.commit({ values: new Map([[sizeName(space), sizeValue(size)]]) });
      },
      stored: this.#stored,
      onReceived: (received) => this.#count(received),
    });
    const stand = await MailboxStand.open({ store, mailbox: space, log: replica, count }, kept);
    mailbox.holder = {
      answer: (question) => stand.answer(question),
      give: (tag, name, bytes) => stand.give(tag, name, bytes),
      stand: (asked) => stand.stand(asked),
      keep: async (token, bytes) => {
        const kept = await records.keep(token, bytes);
        const isFull = kept[0] === KEPT.full;
        this.#countRecord({ result: isFull ? 'full' : bytes.length === 0 ? 'dropped' : 'kept' });
        return kept;
      },
      kept: () => records.kept(),
    };
    return mailbox;
  }

  #count(received: Received): void {
    const result = received.at === 'refused' ? received.code : received.at;
    this.#countRun({ result });
  }
}

function sizeName(id: string): string {
  return `mailbox-size/${id}`;
}

/** Decimal digits: for operators, too. */
function sizeValue(sizeBytes: number | undefined): Uint8Array | undefined {
  return sizeBytes === undefined ? undefined : utf8(String(sizeBytes));
}

/** What was written down; `undefined` when the log may have grown since. */
async function savedSize(store: Store, id: string): Promise<number | undefined> {
  const value = await store.value(sizeName(id));
  const size = value === undefined ? Number.NaN : Number(new TextDecoder().decode(value));
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

async function measuredSize(store: Store, id: string): Promise<number> {
  let sizeBytes = (await keptStand(store, id))?.bytes ?? 0;
  let after = 0;
  for (;;) {
    const page = await store.read(parseId('space', id), after, PAGE_BLOCKS);
    const last = page.at(-1);
    if (last === undefined) return sizeBytes;
    for (const { bytes } of page) sizeBytes += bytes.length;
    after = last.position;
  }
}
