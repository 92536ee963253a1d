/** Times from an input to the frame that shows what it did, taken inside the page. */
import type { CDPSession, Page } from 'playwright-core';

/** Times of one kind, milliseconds. */
export interface Times {
  readonly median: number;
  readonly p95: number;
  readonly count: number;
  /** CPU of the page's main thread for each, on average: what a loaded machine does not change. */
  readonly cpu?: number;
}

interface Watch {
  times: number[];
  longTasks: number[];
}

/** Puts the stopwatch into every page of a context. */
export const STOPWATCH: string = `(() => {
  const watch = { times: [], longTasks: [] };
  globalThis.stopwatch = watch;
  const afterFrame = (then) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = then;
    port2.postMessage(0);
  });
  let last = 0;
  const note = (event) => {
    // A click is one input: what precedes it is not measured again.
    if (event.timeStamp - last < 1) return;
    last = event.timeStamp;
    afterFrame(() => watch.times.push(performance.now() - event.timeStamp));
  };
  for (const type of ['keydown', 'click']) addEventListener(type, note, { capture: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watch.longTasks.push(duration);
  }).observe({ type: 'longtask' });
})()`;

/** Does something a number of times, and gives the times from each input to its frame. */
export async function timed(
  page: Page,
  count: number,
  act: (turn: number) => Promise<void>,
): Promise<Times> {
  await reset(page);
  const busy = await Busy.of(page);
  for (let turn = 0; turn < count; turn++) {
    await act(turn);
    // The next input comes after the frame of this one, as a person's would.
    await page.waitForFunction(
      (wanted) => (globalThis as unknown as { stopwatch: Watch }).stopwatch.times.length >= wanted,
      turn + 1,
    );
  }
  const cpu = (await busy.end()) / count;
  return { ...figures(await read(page)), cpu };
}

/** CPU that the main thread of a page takes from now on. */
export class Busy {
  readonly #session: CDPSession;
  #before = 0;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(page: Page): Promise<Busy> {
    const busy = new Busy(await page.context().newCDPSession(page));
    await busy.#session.send('Performance.enable', { timeDomain: 'threadTicks' });
    busy.#before = await busy.#read();
    return busy;
  }

  /** Milliseconds since it began. */
  async end(): Promise<number> {
    const taken = (await this.#read()) - this.#before;
    await this.#session.detach();
    return taken * 1_000;
  }

  async #read(): Promise<number> {
    const { metrics } = await this.#session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  }
}

/** Time from an input until an element shows a text, frame included. */
export async function until(
  page: Page,
  input: () => Promise<void>,
  shows: { readonly selector: string; readonly pattern: string },
): Promise<number> {
  const waiting = page.evaluate(
    ({ selector, pattern }) =>
      new Promise<number>((resolve) => {
        let begun = 0;
        const wanted = new RegExp(pattern, 'u');
        const begin = (event: Event): void => {
          if (begun === 0) begun = event.timeStamp;
        };
        for (const type of ['keydown', 'click', 'input']) {
          addEventListener(type, begin, { capture: true, once: true });
        }
        const look = (): void => {
          const text = document.querySelector(selector)?.textContent ?? '';
          if (begun > 0 && wanted.test(text)) resolve(performance.now() - begun);
          else requestAnimationFrame(look);
        };
        look();
      }),
    shows,
  );
  await input();
  return waiting;
}

/** Tasks of the page that kept others waiting, since the last measurement began. */
export async function longestTask(page: Page): Promise<number> {
  const tasks = await page.evaluate(
    () => (globalThis as unknown as { stopwatch: Watch }).stopwatch.longTasks,
  );
  return Math.max(0, ...tasks);
}

/** Median and 95th percentile. */
export function figures(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95), count: sorted.length };
}

async function reset(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { stopwatch } = globalThis as unknown as { stopwatch: Watch };
    stopwatch.times = [];
    stopwatch.longTasks = [];
  });
}

function read(page: Page): Promise<readonly number[]> {
  return page.evaluate(() => (globalThis as unknown as { stopwatch: Watch }).stopwatch.times);
}
