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
  step: string | undefined;
  readonly did: string[] = [];
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
      voteStep: () => this.step,
      propose: async () => void this.did.push('propose'),
      hurry: async () => void this.did.push('hurry'),
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
  expect(bed.did).toEqual(['propose']);
});

test('nothing is wished for while most of the log has created what is alive', async () => {
  const bed = new Bed();
  bed.objects = 150;
  bed.grow(290);
  await bed.wait(60_000);
  expect(bed.did).toEqual([]);
  bed.grow(70);
  await bed.wait(2000);
  expect(bed.did).toEqual(['propose']);
});

test('nothing is wished for as long as there is little above the frontier', async () => {
  const bed = new Bed();
  bed.blocks = 10_000;
  bed.grow(70);
  await bed.wait(60_000);
  expect(bed.did).toEqual([]);
});

test('when nobody proposes, a ballot of its own is begun after a while', async () => {
  const bed = new Bed();
  bed.grow(200);
  await bed.wait(4000);
  expect(bed.did).toEqual(['propose']);
  await bed.wait(12_000);
  expect(bed.did).toEqual(['propose', 'hurry']);
});

test('a vote that stands still is hurried on, and one that moves is left alone', async () => {
  const bed = new Bed();
  bed.step = 'a/1';
  bed.pace.changed();
  await bed.wait(4000);
  bed.step = 'a/2';
  await bed.wait(5900);
  expect(bed.did).toEqual([]);
  await bed.wait(20_000);
  expect(bed.did.length).toBeGreaterThan(0);
  bed.step = undefined;
  await bed.wait(20_000);
  const { length } = bed.did;
  await bed.wait(60_000);
  expect(bed.did).toHaveLength(length);
});
