/**
 * The blind mailboxes of a KUBE: one log each in the store, opened when a session asks and kept open for
 * a while after the last has gone. No code here can read a block.
 */
import { LogReplica, type Received } from '@atoll/feed';
import {
  parseId,
  type Ed25519Platform,
  type Log,
  type Rng,
  type SpaceId,
  type Store,
} from '@atoll/kernel';
import type { KubeLimits } from './limits.ts';
import { Mailbox, type StoredBytes } from './mailbox.ts';
import type { Metrics } from './metrics.ts';

/** Mailboxes kept open without a session, so that a reconnection need not read the log again. */
const IDLE_MAX = 64;

/** What mailboxes are made of. */
export interface MailboxesOptions {
  readonly store: Store;
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
  /** Sizes of those that were open before and are counted in the sum. */
  readonly #sizeById: Map<string, number> = new Map();
  readonly #stored: StoredBytes;
  readonly #countRun: (labels: { readonly result: string }) => void;
  #closed = false;

  private constructor(options: MailboxesOptions, known: readonly SpaceId[]) {
    const { limits, metrics } = options;
    this.#options = options;
    this.#known = new Set(known);
    this.#stored = {
      durable: 0,
      held: 0,
      totalMax: limits.storedBytesMax,
      mailboxMax: limits.mailboxBytesMax,
    };
    this.#countRun = metrics.counter('kube_mailbox_runs_total', 'Runs received by mailboxes.');
    metrics.gauge('kube_mailboxes', 'Mailboxes that were ever opened.', () => this.#known.size);
    metrics.gauge('kube_mailboxes_open', 'Mailboxes in memory.', () => this.#open.size);
    const sealed = 'Durable sealed bytes in mailboxes opened since the start.';
    metrics.gauge('kube_mailbox_bytes', sealed, () => this.#stored.durable);
  }

  /** Reads which mailboxes there are. @throws StoreError. */
  static async open(options: MailboxesOptions): Promise<Mailboxes> {
    return new Mailboxes(options, await options.store.spaces());
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

  /** Gives back what `acquire` gave, once for each time. */
  async release(id: string): Promise<void> {
    const mailbox = await this.#open.get(id);
    if (mailbox === undefined || --mailbox.users > 0 || this.#closed) return;
    this.#idle.set(id, mailbox);
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
    const { store, ed25519, rng, log } = this.#options;
    let sizeBytes = 0;
    const replica = await LogReplica.open({
      store,
      ed25519,
      rng,
      log,
      space,
      load: (blocks) => {
        for (const block of blocks) sizeBytes += block.bytes.length;
      },
    });
    // Counted once: a mailbox that is opened again is in the sum already.
    this.#stored.durable += sizeBytes - (this.#sizeById.get(space) ?? 0);
    return new Mailbox({
      replica,
      sizeBytes,
      stored: this.#stored,
      onReceived: (received) => this.#count(received),
    });
  }

  #count(received: Received): void {
    const result = received.at === 'refused' ? received.code : received.at;
    this.#countRun({ result });
  }
}
