/** The clock that every platform makes from its own timers. */
import type { Clock } from './ports.ts';

/** Longest delay of one timer in browsers and Node; longer sleeps are made of several. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What a platform has to say about time. */
export interface Timers {
  /** Wall clock, milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  /** Monotonic milliseconds from an arbitrary start. */
  readonly monotonicMs: () => number;
  /** Calls `fire` after `delayMs`, about; returns the way to stop it. */
  readonly start: (delayMs: number, fire: () => void) => () => void;
}

/** A clock of these timers. */
export function timerClock(timers: Timers): Clock {
  const { monotonicMs, nowMs } = timers;
  return {
    nowMs,
    monotonicMs,
    async sleep(delayMs, signal) {
      const endMs = monotonicMs() + delayMs;
      // Timers round to whole milliseconds, and may fire early by the monotonic clock: look again.
      for (;;) {
        const leftMs = endMs - monotonicMs();
        await sleepOnce(timers, Math.min(Math.max(Math.ceil(leftMs), 0), TIMER_MS_MAX), signal);
        if (monotonicMs() >= endMs) return;
      }
    },
  };
}

function sleepOnce(timers: Timers, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const abort = (): void => {
      stop();
      reject(signal.reason);
    };
    const stop = timers.start(delayMs, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}
