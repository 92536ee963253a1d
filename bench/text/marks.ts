/** What marks cost in a text of 100,000 characters: writing them, typing among them, reading them. */
import { MarkTable } from '../../packages/echo/src/rich-text/mark-table.ts';
import { before } from '../../packages/echo/src/rich-text/unit-order.ts';
import { TextSequence } from '../../packages/echo/src/sequence/text-sequence.ts';
import { PLAIN_ORDER } from '../../packages/echo/src/sequence/trace.fixture.ts';

const UNITS = 100_000;

/** Microseconds an op, and bytes a mark. */
export interface MarkCosts {
  readonly writeUs: number;
  readonly typeUs: number;
  readonly gapUs: number;
  readonly lineUs: number;
  readonly runsMs: number;
  readonly bytes: number;
}

/** Measures with so many marks, each of some 20 units, of four keys. */
export function markCosts(count: number): MarkCosts {
  const text = new TextSequence(PLAIN_ORDER);
  text.insert({ agent: 0, position: 0, text: 'word '.repeat(UNITS / 5) });
  const marks = new MarkTable(text.sequence, PLAIN_ORDER);
  const heapBefore = heap();
  const writeUs = perOp(count, (at) => {
    const start = (at * 7919) % (UNITS - 40);
    const key = ['bold', 'italic', 'colour', 'link'][at % 4] as string;
    const end = before(start + 20);
    marks.write({ key, value: key === 'link' ? 'l' : true, start: before(start), end }, at);
  });
  const bytes = (heap() - heapBefore) / count;
  const typeUs = perOp(10_000, (at) => {
    text.insert({ agent: 0, position: (at * 104_729) % text.length, text: 'x' });
  });
  const gapUs = perOp(10_000, (at) => {
    marks.ofGap((at * 104_729) % text.length);
  });
  const lineUs = perOp(10_000, (at) => {
    const from = (at * 104_729) % (text.length - 80);
    marks.runs(from, from + 80);
  });
  let runs = 0;
  const runsMs = perOp(5, () => {
    runs += marks.runs(0, text.length).length;
  });
  if (runs === 0) throw new TypeError('there are no marks');
  return { writeUs, typeUs, gapUs, lineUs, runsMs: runsMs / 1000, bytes };
}

function perOp(count: number, op: (at: number) => void): number {
  const start = process.cpuUsage();
  for (let at = 0; at < count; at++) op(at);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / count;
}

function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}
