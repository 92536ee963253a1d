/** What could not be done at once for an epoch is tried again, on a clock that the test moves. */
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { EpochWish } from './epoch-wish.ts';

const LATE_MS = 60_000;

/** A wish with its surroundings; `wait` lets everything happen that is due within a time. */
class Bed {
  isOpen = true;
  step: string | undefined;
  readonly triedAtMs: number[] = [];
  readonly wish: EpochWish;
  #nowMs = 0;
  #sleeper: { readonly atMs: number; readonly wake: () => void } | undefined;

  constructor(firstMs = 4_000) {
    this.wish = new EpochWish({
      clock: {
        nowMs: () => this.#nowMs,
        monotonicMs: () => this.#nowMs,
        sleep: (delayMs) =>
          new Promise((wake) => (this.#sleeper = { atMs: this.#nowMs + delayMs, wake })),
      },
      rng: new SimRng(1),
      firstMs,
      lateAfterMs: LATE_MS,
      isOpen: () => this.isOpen,
      voteStep: () => this.step,
      again: async () => void this.triedAtMs.push(this.#nowMs),
    });
  }

  async wait(durationMs: number): Promise<void> {
    const end = this.#nowMs + durationMs;
    for (;;) {
      const next = this.#sleeper;
      if (next === undefined || next.atMs > end) break;
      this.#sleeper = undefined;
      this.#nowMs = next.atMs;
      next.wake();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
    this.#nowMs = end;
  }
}

test('it is tried again, ever later, until it is done', async () => {
  const bed = new Bed();
  bed.wish.noted();
  await bed.wait(8_000);
  expect(bed.triedAtMs).toHaveLength(1);
  await bed.wait(32_000);
  expect(bed.triedAtMs.length).toBeGreaterThan(1);
  await bed.wait(600_000);
  const gaps = bed.triedAtMs.map((at, turn) => at - (bed.triedAtMs[turn - 1] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * LATE_MS);
  expect(gaps.at(-1)).toBeGreaterThanOrEqual(LATE_MS);
  const before = bed.triedAtMs.length;
  bed.isOpen = false;
  await bed.wait(600_000);
  expect(bed.triedAtMs).toHaveLength(before);
  bed.isOpen = true;
  bed.wish.noted();
  await bed.wait(8_000);
  expect(bed.triedAtMs).toHaveLength(before + 1);
});

test('while others take steps they are not disturbed; a vote that stands still is', async () => {
  const bed = new Bed();
  bed.wish.noted();
  bed.step = 'begun';
  await bed.wait(8_000);
  expect(bed.triedAtMs).toEqual([]);
  bed.step = 'promised';
  await bed.wait(LATE_MS);
  expect(bed.triedAtMs).toEqual([]);
  await bed.wait(4 * LATE_MS);
  expect(bed.triedAtMs.length).toBeGreaterThan(0);
});

test('a vote that stands still is hurried on, one that moves is left alone, and a vote that is over ends it', async () => {
  const bed = new Bed(LATE_MS);
  bed.step = 'a/1';
  bed.wish.noted();
  await bed.wait(LATE_MS - 1);
  bed.step = 'a/2';
  await bed.wait(LATE_MS);
  expect(bed.triedAtMs).toEqual([]);
  await bed.wait(4 * LATE_MS);
  expect(bed.triedAtMs.length).toBeGreaterThan(0);
  bed.isOpen = false;
  bed.step = undefined;
  const { length } = bed.triedAtMs;
  await bed.wait(10 * LATE_MS);
  expect(bed.triedAtMs).toHaveLength(length);
});
