/**
 * What a mailbox is known to have had: the ends of the log when it last agreed with us. A server that was
 * restored from an old backup, or that shows an old state on purpose, asks for blocks again that it has
 * acknowledged; that is noticed, told, and made good by giving them to it again.
 */
import type { Tip } from '@atoll/feed';
import { errorCode, type Clock, type Log } from '@atoll/kernel';
import type { LogCursor } from './session-messages.ts';
import type { Cursors } from './session.ts';

/** Tips that are remembered; a log with more feeds is not watched. */
export const ACKNOWLEDGED_TIPS_MAX = 1024;
/** Tips are written at most so often: every edit makes the mailbox agree anew. */
const SAVE_EVERY_MS = 10_000;

/** The end of a chain that a mailbox had. */
export type AcknowledgedTip = Tip;

/** What may be wrong with a mailbox that is reached and answers. */
export type MailboxWarning =
  /** It had acknowledged blocks that it does not have any more: restored from a backup, or not honest. */
  'MESH_MAILBOX_ROLLED_BACK';

/** What the watch needs. */
export interface AcknowledgedOptions {
  readonly cursors: Cursors;
  readonly space: string;
  /** Names the mailbox's server. */
  readonly peer: string;
  readonly clock: Clock;
  readonly log?: Log | undefined;
  readonly signal: AbortSignal;
  readonly onWarning: () => void;
}

/** Watches one mailbox over one session. */
export class Acknowledged {
  readonly #options: AcknowledgedOptions;
  readonly #known: Promise<readonly Tip[]>;
  #position: Promise<LogCursor | undefined> | undefined;
  #latest: readonly Tip[] | undefined;
  #saving = false;
  #warning: MailboxWarning | undefined;

  constructor(options: AcknowledgedOptions) {
    const { cursors, space, peer } = options;
    this.#options = options;
    this.#known = (cursors.loadTips?.(space, peer) ?? Promise.resolve([])).catch(() => []);
    this.#position = cursors.load(space, peer).catch(() => undefined);
  }

  get warning(): MailboxWarning | undefined {
    return this.#warning;
  }

  /** The mailbox has exactly these. */
  agreed(tips: readonly Tip[]): void {
    if (tips.length > ACKNOWLEDGED_TIPS_MAX) return;
    this.#latest = tips;
    if (!this.#saving) void this.#save();
  }

  /** The mailbox says that it has these, and asks for the rest. */
  async asks(theirs: readonly Tip[]): Promise<void> {
    const lengths = new Map(theirs.map(({ feed, seq }) => [feed, seq] as const));
    for (const { feed, seq } of theirs) {
      lengths.set(feed, Math.max(seq, lengths.get(feed) ?? 0));
    }
    const known = this.#latest ?? (await this.#known);
    const lost = known.filter(({ feed, seq }) => (lengths.get(feed) ?? -1) < seq).length;
    if (lost > 0) this.#warn({ feeds: lost });
  }

  /** The mailbox says how long its log is. Once a session: later it can only have grown. */
  async isAt(cursor: LogCursor): Promise<void> {
    const before = await this.#position;
    this.#position = undefined;
    const isShorter =
      before?.incarnation === cursor.incarnation && cursor.position < before.position;
    if (isShorter) this.#warn({ positions: before.position - cursor.position });
  }

  #warn(lost: Readonly<Record<string, number>>): void {
    if (this.#warning !== undefined) return;
    this.#warning = 'MESH_MAILBOX_ROLLED_BACK';
    this.#options.log?.event('warn', 'mesh.mailbox.rolled-back', { code: this.#warning, ...lost });
    this.#options.onWarning();
  }

  async #save(): Promise<void> {
    const { clock, cursors, log, peer, signal, space } = this.#options;
    this.#saving = true;
    try {
      while (this.#latest !== undefined) {
        const tips = this.#latest;
        await cursors.saveTips?.(space, peer, tips);
        await clock.sleep(SAVE_EVERY_MS, signal);
        if (this.#latest === tips) break;
      }
    } catch (failure) {
      if (!signal.aborted) log?.event('warn', 'mesh.tips.failed', { code: errorCode(failure) });
    }
    this.#saving = false;
  }
}
