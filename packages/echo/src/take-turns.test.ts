/** Long work gives others their turn when it has taken long, and now and then where no time passes. */
import type { Clock } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { turnsOf } from './take-turns.ts';

class TestClock implements Clock {
  ms = 0;
  sleeps = 0;

  nowMs(): number {
    return this.ms;
  }

  monotonicMs(): number {
    return this.ms;
  }

  async sleep(): Promise<void> {
    this.sleeps++;
    this.ms += 100;
  }
}

test('parts that take no time have one turn in sixteen, long ones one each', async () => {
  const clock = new TestClock();
  const turn = turnsOf(clock);
  for (let part = 0; part < 160; part++) await turn();
  expect(clock.sleeps).toBe(10);
  for (let part = 0; part < 10; part++) {
    clock.ms += 20;
    await turn();
  }
  expect(clock.sleeps).toBe(20);
});

test('time in which others had their turn does not count', async () => {
  const clock = new TestClock();
  const turn = turnsOf(clock);
  clock.ms += 7;
  await turn();
  clock.ms += 2;
  await turn();
  expect(clock.sleeps).toBe(1);
});
