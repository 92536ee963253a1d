import { describe, expect, test } from 'vitest';
import { changesOf, PLAIN_ORDER, playPatch, readTrace, type TraceStep } from './trace.fixture.ts';
import { TextSequence } from './text-sequence.ts';
import { Dice } from './text-world.fixture.ts';
import type { TextChange } from './text-op.ts';

describe('automerge-paper', () => {
  const trace = readTrace('automerge-paper.json.gz');

  test('typed locally, op by op, ends in the exact text, and so does a replica of its ops', () => {
    const text = new TextSequence(PLAIN_ORDER);
    const remote = new TextSequence(PLAIN_ORDER);
    trace.steps.forEach(({ patches }, stamp) => {
      for (const patch of patches) {
        const to = (op: Parameters<typeof remote.apply>[0]): void => {
          remote.apply(op, { agent: 0, stamp });
        };
        playPatch(text, patch, { agent: 0, stamp, to });
      }
    });
    expect(text.toString() === trace.endContent).toBe(true);
    expect(remote.toString() === trace.endContent).toBe(true);
  });
});

describe('friendsforever', () => {
  const trace = readTrace('friendsforever.json.gz');
  const changes = changesOf(trace);

  function replay(order: readonly number[]): TextSequence {
    const text = new TextSequence(PLAIN_ORDER);
    for (const index of order) {
      const { agent } = trace.steps[index] as TraceStep;
      const { refused } = text.applyChange(changes[index] as TextChange, { agent, stamp: index });
      expect(refused).toBeUndefined();
    }
    return text;
  }

  test('applied as recorded, ends in the recorded text', () => {
    expect(replay(changes.map((_, index) => index)).toString()).toBe(trace.endContent);
  });

  test.each([1, 2])('applied in causal order number %i, ends in the same text', (seed) => {
    expect(replay(causalOrder(trace.steps, new Dice(seed))).toString()).toBe(trace.endContent);
  });
});

/** Some order in which every step comes after its parents, with long stretches of one writer. */
function causalOrder(steps: readonly TraceStep[], dice: Dice): number[] {
  const children: number[][] = steps.map(() => []);
  const waiting = steps.map(({ parents }) => parents.length);
  steps.forEach(({ parents }, index) => parents.forEach((at) => children[at]?.push(index)));
  const ready = waiting.flatMap((count, index) => (count === 0 ? [index] : []));
  const order: number[] = [];
  while (ready.length > 0) {
    const at = dice.below(8) === 0 ? dice.below(ready.length) : ready.length - 1;
    const [index] = ready.splice(at, 1) as [number];
    order.push(index);
    for (const child of children[index] ?? []) {
      waiting[child] = (waiting[child] as number) - 1;
      if (waiting[child] === 0) ready.push(child);
    }
  }
  return order;
}
