/**
 * Gives a mailbox that has lost history what stands for it, where this device has dropped the history, too:
 * the sealed answers about the kept epoch, and where chains begin. The tail then comes as ever.
 */
import type { EpochStand } from '@atoll/echo';
import { GROUNDS_MAX, type MailboxSource } from '@atoll/mesh';
import { OneRun } from './one-run.ts';
import type { SpaceWork } from './space-work.ts';

/** A mailbox mostly gets what it lacks as blocks; somebody with the whole history may be giving it just now. */
const STUCK_MS = 10_000;
/** Until it is looked again whether it could be helped; doubles up to the last. */
const AGAIN_FIRST_MS = 30_000;
const AGAIN_LAST_MS = 60 * 60_000;
/** Hex digits by which a mailbox says that it has a part. */
const PREFIX_DIGITS = 16;

/** The mailboxes of one space. */
export class MailboxRefill {
  readonly #options: SpaceWork;
  readonly #work: OneRun;
  /** Mailboxes that stand on what this device gave them. */
  refilled = 0;

  constructor(options: SpaceWork) {
    this.#options = options;
    this.#work = new OneRun(options);
  }

  /** Something has changed: goes to work if a mailbox lacks what it cannot get as blocks. Never throws. */
  look(): void {
    if (this.#work.isBusy || !this.#options.isKeeper() || this.#stuck.length === 0) return;
    void this.#work.start('client.mailbox-not-refilled', () => this.#run());
  }

  get #stuck(): readonly MailboxSource[] {
    const { mesh, place } = this.#options;
    if (place.opened === undefined) return [];
    return mesh.mailboxes(place.id).filter(({ isStuck }) => isStuck);
  }

  async #run(): Promise<void> {
    const { clock, isKeeper, signal } = this.#options;
    await clock.sleep(STUCK_MS, signal);
    for (let againMs = AGAIN_FIRST_MS; this.#stuck.length > 0; againMs *= 2) {
      if (!isKeeper()) return;
      for (const mailbox of this.#stuck) await this.#refill(mailbox);
      await clock.sleep(Math.min(againMs, AGAIN_LAST_MS), signal);
    }
  }

  /** Whatever ends it in its middle, what was given so far is still there the next time. */
  async #refill(mailbox: MailboxSource): Promise<void> {
    const { log, place } = this.#options;
    const space = place.opened?.space;
    const stand = await space?.exchange.stand();
    if (space === undefined || stand === undefined || stand.grounds.length > GROUNDS_MAX) return;
    const { grounds, tag } = stand;
    const answer = await mailbox.stand({ tag, grounds, parts: 0 });
    // Who has all blocks gives those.
    if (answer.at !== 'needed' || (await space.epochs.isHistoryWhole())) return;
    const parts = await this.#giveParts(mailbox, stand, answer.has);
    if (parts === undefined) return;
    const end = await mailbox.stand({ tag, grounds, parts });
    log.event('info', 'client.mailbox-refilled', { at: end.at, parts });
    if (end.at === 'stands') this.refilled++;
  }

  /** How many parts there are; `undefined` if the mailbox does not take them now. */
  async #giveParts(
    mailbox: MailboxSource,
    stand: EpochStand,
    has: ReadonlySet<string>,
  ): Promise<number | undefined> {
    let parts = 0;
    for await (const { answer, name } of stand.parts()) {
      parts++;
      if (has.has(name.slice(0, PREFIX_DIGITS))) continue;
      const given = await mailbox.give(stand.tag, name, answer);
      if (given === 'taken') continue;
      // Somebody else was faster.
      if (given === 'refused') break;
      this.#options.log.event('warn', 'client.mailbox-not-refilled', { why: given });
      return undefined;
    }
    return parts;
  }
}
