import { describe, expect, test } from 'vitest';
import { inCharacters, madeTrace } from './made-trace.fixture.ts';
import {
  changesOf,
  foundTraces,
  PLAIN_ORDER,
  playPatch,
  readTrace,
  startOf,
  type Trace,
  type TraceStep,
  type TraceUnit,
} from './trace.fixture.ts';
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

/** Applies changes to a text that has seen nothing. */
function replay(
  trace: Trace,
  changes: readonly TextChange[],
  order: readonly number[],
): TextSequence {
  const text = new TextSequence(PLAIN_ORDER);
  const { agent, change } = startOf(trace);
  text.applyChange(change, { agent, stamp: 0 });
  for (const index of order) {
    const { agent } = trace.steps[index] as TraceStep;
    const context = { agent, stamp: index + 1 };
    expect(text.applyChange(changes[index] as TextChange, context).refused).toBeUndefined();
  }
  return text;
}

describe('friendsforever', () => {
  const trace = readTrace('friendsforever.json.gz');
  const changes = changesOf(trace);

  test('applied as recorded, ends in the recorded text', () => {
    const text = replay(trace, changes, [...changes.keys()]);
    expect(text.toString()).toBe(trace.endContent);
  });

  test.each([1, 2])('applied in causal order number %i, ends in the same text', (seed) => {
    const text = replay(trace, changes, causalOrder(trace.steps, new Dice(seed)));
    expect(text.toString()).toBe(trace.endContent);
  });
});

describe('traces of the folder ATOLL_TRACES', () => {
  test.for(foundTraces())('$name, ends in the recorded text in every order', ({ url }) => {
    const trace = readTrace(url);
    // Some traces count characters; where they are units there is no difference.
    const units: readonly TraceUnit[] = trace.hasPairs ? ['characters', 'utf-16'] : ['utf-16'];
    const ends = units.map((unit) => {
      const changes = changesOf(trace, unit);
      const text = replay(trace, changes, causalOrder(trace.steps, new Dice(1))).toString();
      expect(replay(trace, changes, [...changes.keys()]).toString() === text).toBe(true);
      return text;
    });
    expect(ends.includes(trace.endContent)).toBe(true);
  });
});

describe('traces of text in which characters are not units', () => {
  test.each([1, 2, 3, 4])('number %i ends in the text that a plain string ends in', (seed) => {
    const trace = madeTrace(new Dice(seed), 2000);
    const changes = changesOf(trace);
    expect(replay(trace, changes, [...changes.keys()]).toString()).toBe(trace.endContent);
    expect(trace.endContent.isWellFormed()).toBe(true);
  });

  test('the same edits with positions that count characters end in the same text', () => {
    const trace = madeTrace(new Dice(5), 1000);
    const changes = changesOf(inCharacters(trace), 'characters');
    expect(replay(trace, changes, [...changes.keys()]).toString()).toBe(trace.endContent);
  });

  test('a trace that begins with text is played upon it', () => {
    const trace: Trace = {
      agents: 2,
      startContent: 'שלום 👋',
      endContent: 'שלוםb 👋a',
      hasPairs: true,
      steps: [
        { agent: 0, parents: [], patches: [[7, 0, 'a']] },
        { agent: 1, parents: [], patches: [[4, 0, 'b']] },
      ],
    };
    expect(replay(trace, changesOf(trace), [1, 0]).toString()).toBe(trace.endContent);
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
