/** Marks beside a naive reading of the rule: of all writes over a place, the greatest holds. */
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { PLAIN_ORDER } from '../sequence/trace.fixture.ts';
import { documentOrder } from '../sequence/text-world.fixture.ts';
import { TextSequence } from '../sequence/text-sequence.ts';
import { MarkTable, type MarkStretch } from './mark-table.ts';
import { before, behind, END, START, type Point } from './unit-order.ts';

const steps = fc.array(
  fc.record({
    kind: fc.nat(3),
    agent: fc.nat(2),
    a: fc.nat(),
    b: fc.nat(),
    stamp: fc.nat(6),
    key: fc.constantFrom('bold', 'colour'),
    value: fc.constantFrom(true as const, 'red', 'blue', null),
  }),
  { maxLength: 40 },
);

interface Written extends MarkStretch {
  readonly stamp: number;
}

test.prop([steps], { numRuns: 300 })('every unit has what a list of all writes says', (list) => {
  const text = new TextSequence(PLAIN_ORDER);
  const marks = new MarkTable(text.sequence, PLAIN_ORDER);
  const written: Written[] = [];
  text.insert({ agent: 0, position: 0, text: 'some text' });
  for (const { kind, agent, a, b, stamp, key, value } of list) {
    const { ids } = text.sequence;
    const point = (n: number): Point => {
      if (n % 11 === 0) return START;
      if (n % 11 === 1) return END;
      return n % 2 === 0 ? before(n % ids.units) : behind(n % ids.units);
    };
    if (kind === 0) text.insert({ agent, position: a % (text.length + 1), text: 'xy' });
    else if (kind === 1 && text.length > 1) {
      text.delete({ position: a % (text.length - 1), count: 1, stamp });
    } else {
      const mark = { key, value, start: point(a), end: point(b) };
      marks.write(mark, stamp);
      written.push({ ...mark, stamp });
    }
  }
  const { ids } = text.sequence;
  const order = documentOrder(text).map((name) => {
    const [agent, counter] = name.split(':').map(Number) as [number, number];
    return ids.unitOf(agent, counter);
  });
  const rank = (point: Point): number => {
    if (point === START) return -1;
    if (point === END) return order.length * 2;
    return order.indexOf(point >> 1) * 2 + (point % 2);
  };
  order.forEach((unit) => {
    const expected: Record<string, true | string> = {};
    for (const key of ['bold', 'colour']) {
      const over = written.filter(
        (mark) =>
          mark.key === key &&
          rank(mark.start) <= rank(before(unit)) &&
          rank(behind(unit)) <= rank(mark.end),
      );
      const greatest = Math.max(-1, ...over.map(({ stamp }) => stamp));
      const value = over.findLast(({ stamp }) => stamp === greatest)?.value ?? null;
      if (value !== null) expected[key] = value;
    }
    expect(marks.ofUnit(unit)).toEqual(expected);
  });
  const seen = marks.runs(0, text.length);
  expect(seen.every(({ from, to }) => from < to)).toBe(true);
  seen.forEach(({ from, to, marks: of }, at) => {
    expect(from).toBe(at === 0 ? 0 : seen[at - 1]?.to);
    for (let position = from; position < to; position++) {
      expect(marks.ofUnit(text.sequence.unitAt(position))).toEqual(of);
      expect(marks.runs(position, position + 1)).toEqual([
        { from: position, to: position + 1, marks: of },
      ]);
    }
  });
});
