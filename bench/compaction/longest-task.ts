/**
 * The longest stretch that the main thread worked without a turn for others, in milliseconds of its own CPU:
 * on a machine where others work, too, time would say how long it had to wait.
 */

const TICK_MS = 1;
/** What a stretch must have taken for its end to be told of, where that is asked for. */
const SHOWN_MS = 40;

/** Watches by a timer that is due all the time. */
export class LongestTask {
  #timer: NodeJS.Timeout | undefined;
  #since = 0;
  #longest = 0;

  /** Begins to watch. */
  begin(): void {
    this.#longest = 0;
    this.#since = threadMs();
    this.#timer = setInterval(() => this.#note(), TICK_MS);
  }

  /** Ends; the longest stretch, milliseconds of CPU. */
  async end(): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 2 * TICK_MS));
    clearInterval(this.#timer);
    this.#note();
    return this.#longest;
  }

  #note(): void {
    const now = threadMs();
    const took = now - this.#since;
    if (took > SHOWN_MS && process.env['BENCH_GAPS'] !== undefined) {
      console.error(`${took.toFixed(0)} ms until ${performance.now().toFixed(0)}`);
    }
    this.#longest = Math.max(this.#longest, took);
    this.#since = now;
  }
}

/** CPU of this thread alone, milliseconds: collecting garbage in others is not in it. */
function threadMs(): number {
  const { system, user } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
