/**
 * Drops history from this device once nothing is lost by it: the epoch above it was sealed long ago, its
 * snapshot is kept here, and somebody else has it, too. A clock alone never drops anything.
 */
import { RETENTION_MS } from '@atoll/echo';
import { errorCode } from '@atoll/kernel';
import type { StateSource } from '@atoll/mesh';
import type { HistoryDropped } from './api.ts';
import type { SpaceWork } from './space-work.ts';
import { within } from './within.ts';

/** Who does not answer in this time does not count as a holder. */
const ANSWER_MS = 10_000;

/** What keeping of history needs. */
export interface HistoryKeeperOptions extends Omit<SpaceWork, 'signal'> {
  /** How long history stays at least after its epoch was sealed. */
  readonly historyMs?: number | undefined;
  /** Session key of this device, in hex: its other windows have the same disk. */
  readonly ownRemote: string;
}

/** History of one space on this device. */
export class HistoryKeeper {
  readonly #options: HistoryKeeperOptions;
  /** The epoch under which everything was dropped already. */
  #done: string | undefined;

  constructor(options: HistoryKeeperOptions) {
    this.#options = options;
  }

  /** Drops what may be dropped of an open space. Never throws. */
  async look(): Promise<void> {
    const { log, place } = this.#options;
    const current = place.opened?.space.epochs.status().current?.id;
    if (current === undefined || current === this.#done) return;
    try {
      if ((await this.drop()).at === 'dropped') this.#done = current;
    } catch (failure) {
      log.event('warn', 'client.history-not-dropped', { code: errorCode(failure) });
    }
  }

  /** Drops the history under the current epoch, or says why it stays. @throws StoreError. */
  async drop(olderThanMs?: number): Promise<HistoryDropped> {
    const { historyMs = RETENTION_MS, isKeeper, place } = this.#options;
    const retentionMs = olderThanMs ?? historyMs;
    const space = await place.open();
    const isBusy = !isKeeper() || place.replica.isTakingBack;
    if (isBusy || (await space.exchange.trial()) !== 'none') return { at: 'kept', why: 'busy' };
    const snapshot = await space.epochs.keepSnapshot(retentionMs);
    if (snapshot === 'not-kept') return { at: 'kept', why: 'busy' };
    if (snapshot !== 'kept') return { at: 'kept', why: snapshot };
    if (!(await this.#hasOtherHolder())) return { at: 'kept', why: 'no-other-holder' };
    return { at: 'dropped', blocks: await space.epochs.dropHistory(retentionMs) };
  }

  /** A mailbox with all blocks, or another device that keeps the snapshot of the same epoch. */
  async #hasOtherHolder(): Promise<boolean> {
    const { mesh, ownRemote, place } = this.#options;
    const status = mesh.spaceStatus(place.id);
    // Its log has no gaps, and ends where ours does: so it has every block, or what it was given instead.
    const isSettled = status?.mailboxSettled === true && status.waiting === 0;
    if (isSettled && (await this.#standWell())) return true;
    const others = mesh.stateSources(place.id).filter(({ peer }) => !peer.startsWith(ownRemote));
    for (const source of others) {
      if ((await this.#offerOf(source))?.covers === true) return true;
    }
    return false;
  }

  /** Mailboxes that stand on an epoch, because they have lost what is under it, stand on one of ours. */
  async #standWell(): Promise<boolean> {
    const { mesh, place } = this.#options;
    const exchange = place.opened?.space.exchange;
    if (exchange === undefined) return false;
    for (const mailbox of mesh.mailboxes(place.id)) {
      const ask: StateSource['ask'] = (question) => mailbox.ask(exchange.nameInMailbox(question));
      const stand = await this.#offerOf({ peer: mailbox.peer, ask });
      if (stand?.follows === false) return false;
    }
    return true;
  }

  /** What somebody offers: the current epoch, or one that the current one follows. */
  async #offerOf(
    source: StateSource,
  ): Promise<{ readonly covers: boolean; readonly follows: boolean } | undefined> {
    const { clock, place } = this.#options;
    const exchange = place.opened?.space.exchange;
    if (exchange === undefined) return undefined;
    const answer = await within(clock, ANSWER_MS, source.ask(exchange.offerQuestion));
    if (answer?.at !== 'answer') return undefined;
    try {
      const offer = exchange.readOffer(answer.bytes);
      if (offer === undefined) return { covers: false, follows: false };
      return { covers: exchange.covers(offer.terms), follows: !exchange.isNews(offer.terms) };
    } catch (failure) {
      if (errorCode(failure) !== 'SNAPSHOT_REFUSED') throw failure;
      return { covers: false, follows: false };
    }
  }
}
