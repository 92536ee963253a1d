/**
 * Looking up work that does not count, one look after the other: what is found belongs to the latest question, a
 * failure is told and tried again, and nobody is told anything once it is over.
 */
import { codeOf } from '../app/failure.ts';

/** What is known of it. `found` stays what it was while a look fails. */
export interface Looked<Work> {
  readonly found: readonly Work[];
  /** Why the last look came to nothing, if it did: it is tried again by itself. */
  readonly failed?: string;
}

/** Between a look that failed and the next one, at first; twice as long each time. */
const RETRY_MS = 2_000;
const RETRY_MS_MAX = 60_000;
/** Where history was dropped there is nothing to offer, and where a space is closed nobody who asks. */
const NOTHING: readonly string[] = ['HISTORY_DROPPED'];

/** What it needs. */
export interface LookParts<Work> {
  readonly look: () => Promise<readonly Work[]>;
  readonly tell: (looked: Looked<Work>) => void;
  /** Calls back later; gives what takes that back. */
  readonly later: (run: () => void, ms: number) => () => void;
}

/** See above. */
export class SetAsideLook<Work> {
  readonly #parts: LookParts<Work>;
  #found: readonly Work[] = [];
  #running: Promise<void> | undefined;
  #isAskedAgain = false;
  #isOver = false;
  #failures = 0;
  #stopWaiting: () => void = () => undefined;

  constructor(parts: LookParts<Work>) {
    this.#parts = parts;
  }

  /** Looks, or once more after the look that is going on. Resolves when that is told; never rejects. */
  again(): Promise<void> {
    this.#stopWaiting();
    this.#isAskedAgain = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  /** Nobody wants to know any more. */
  end(): void {
    this.#isOver = true;
    this.#stopWaiting();
  }

  async #run(): Promise<void> {
    while (this.#isAskedAgain && !this.#isOver) {
      this.#isAskedAgain = false;
      const looked = await this.#lookOnce();
      // What was asked meanwhile may have another answer.
      if (!this.#isAskedAgain && !this.#isOver) this.#parts.tell(looked);
    }
    this.#running = undefined;
  }

  async #lookOnce(): Promise<Looked<Work>> {
    this.#stopWaiting();
    try {
      this.#found = await this.#parts.look();
      this.#failures = 0;
      return { found: this.#found };
    } catch (failure) {
      const code = codeOf(failure) ?? '';
      if (NOTHING.includes(code)) return { found: (this.#found = []) };
      const waitMs = Math.min(RETRY_MS * 2 ** this.#failures++, RETRY_MS_MAX);
      if (!this.#isOver) this.#stopWaiting = this.#parts.later(() => void this.again(), waitMs);
      return { found: this.#found, failed: code };
    }
  }
}
