/** Work in the background that is never done twice at once: what fails is told, unless the client has ended. */
import { errorCode, type Clock, type Log } from '@atoll/kernel';

/** See above. */
export class OneRun {
  readonly #log: Log;
  readonly #signal: AbortSignal;
  #isRunning = false;

  constructor({ log, signal }: { readonly log: Log; readonly signal: AbortSignal }) {
    this.#log = log;
    this.#signal = signal;
  }

  /** True while it goes on, or when there is to be none any more. */
  get isBusy(): boolean {
    return this.#isRunning || this.#signal.aborted;
  }

  /** Does it; `event` names its failures, after which `onFailed` is called. Never rejects. */
  async start(
    event: string,
    run: () => Promise<void>,
    onFailed: () => void = () => undefined,
  ): Promise<void> {
    this.#isRunning = true;
    try {
      await run();
    } catch (failure) {
      if (this.#signal.aborted) return;
      this.#log.event('warn', event, { code: errorCode(failure) });
      onFailed();
    } finally {
      this.#isRunning = false;
    }
  }
}

/** Until what has been asked for begins: a thousand changes in one go are looked at once. */
const SOON_MS = 1_000;

/** What `act` does soon after each call, once for however many there were. `event` names its failures. */
export function soonAfter(
  {
    clock,
    log,
    signal,
  }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
  event: string,
  act: () => Promise<void>,
): () => void {
  const run = new OneRun({ log, signal });
  let isNews = false;
  return () => {
    isNews = true;
    if (run.isBusy) return;
    void run.start(event, async () => {
      while (isNews) {
        await clock.sleep(SOON_MS, signal);
        isNews = false; // What changes from here on may not be seen any more this time.
        await act();
      }
    });
  };
}
