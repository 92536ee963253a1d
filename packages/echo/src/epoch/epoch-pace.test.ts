/** When epochs are wished for, on a clock that the test moves. */
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { EpochPace } from './epoch-pace.ts';

const POLICY = { blocks: 100, proposeWithinMs: 1000, lateAfterMs: 5000 };

/** A pace with its surroundings; `wait` lets everything happen that is due within a time. */
class Bed {
  blocks = 0;
  above = 0;
  objects = 0;
  proposals = 0;
  readonly pace: EpochPace;
  #nowMs = 0;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  constructor() {
    this.pace = new EpochPace({
      clock: {
        nowMs: () => this.#nowMs,
        monotonicMs: () => this.#nowMs,
        sleep: (delayMs) =>
          new Promise((wake) => this.#sleepers.push({ atMs: this.#nowMs + delayMs, wake })),
      },
      rng: new SimRng(1),
      policy: POLICY,
      blocks: () => this.blocks,
      above: () => this.above,
      objects: () => this.objects,
      propose: async () => void this.proposals++,
    });
  }

  grow(blocks: number): void {
    this.blocks += blocks;
    this.above += blocks;
    this.pace.changed();
  }

  async wait(durationMs: number): Promise<void> {
    const end = this.#nowMs + durationMs;
    for (;;) {
      const next = this.#sleepers.sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > end) break;
      this.#sleepers.shift();
      this.#nowMs = next.atMs;
      next.wake();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
    this.#nowMs = end;
  }
}

test('an epoch is wished for when the log has grown by more than is alive', async () => {
  const bed = new Bed();
  bed.objects = 80;
  bed.grow(99);
  await bed.wait(2000);
  bed.grow(64);
  await bed.wait(2000);
  expect(bed.proposals).toBe(1);
});

test('nothing is wished for while most of the log has created what is alive', async () => {
  const bed = new Bed();
  bed.objects = 150;
  bed.grow(290);
  await bed.wait(60_000);
  expect(bed.proposals).toBe(0);
  bed.grow(70);
  await bed.wait(2000);
  expect(bed.proposals).toBe(1);
});

test('nothing is wished for as long as there is little above the frontier', async () => {
  const bed = new Bed();
  bed.blocks = 10_000;
  bed.grow(70);
  await bed.wait(60_000);
  expect(bed.proposals).toBe(0);
});
