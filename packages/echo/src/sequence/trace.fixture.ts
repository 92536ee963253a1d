/** Reads the recorded editing of `lab/data` and plays it through texts. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { TextChangeBuilder } from './text-change-builder.ts';
import type { TextChange, TextOp } from './text-op.ts';
import { TextSequence } from './text-sequence.ts';
import type { SequenceOrder } from './sequence-types.ts';

/** [position, deleted, inserted], in characters. */
export type Patch = readonly [number, number, string];

/** One transaction; in a sequential trace the parent is the one before. */
export interface TraceStep {
  readonly agent: number;
  readonly parents: readonly number[];
  readonly patches: readonly Patch[];
}

/** Any trace of josephg/editing-traces, sequential or concurrent. */
export interface Trace {
  readonly agents: number;
  readonly startContent: string;
  readonly endContent: string;
  readonly steps: readonly TraceStep[];
}

interface TraceFile {
  readonly startContent?: string;
  readonly endContent: string;
  readonly numAgents?: number;
  readonly txns: readonly {
    readonly agent?: number;
    readonly parents?: readonly number[];
    readonly patches: readonly Patch[];
  }[];
}

/** Reads a trace that lies in `lab/data`, or at another URL. */
export function readTrace(file: string | URL): Trace {
  const url =
    typeof file === 'string' ? new URL(`../../../../lab/data/${file}`, import.meta.url) : file;
  const packed = readFileSync(url);
  const text = url.pathname.endsWith('.gz') ? gunzipSync(packed).toString() : packed.toString();
  const parsed = JSON.parse(text) as TraceFile;
  const steps = parsed.txns.map(({ agent = 0, parents, patches }, index) => ({
    agent,
    parents: parents ?? (index === 0 ? [] : [index - 1]),
    patches,
  }));
  const { numAgents: agents = 1, startContent = '', endContent } = parsed;
  return { agents, startContent, endContent, steps };
}

/** Order of numbers: agents and stamps are the same on all replicas of these plays. */
export const PLAIN_ORDER: SequenceOrder = {
  compareAgents: (a, b) => a - b,
  compareStamps: (a, b) => a - b,
};

/** Makes the edits of one patch and hands the ops on. */
export function playPatch(
  text: TextSequence,
  patch: Patch,
  by: { readonly agent: number; readonly stamp: number; readonly to: (op: TextOp) => void },
): void {
  const [position, count, inserted] = patch;
  if (count > 0) {
    const { op } = text.delete({ position, count, stamp: by.stamp });
    if (op === undefined) throw new TypeError('the trace deletes what is not there');
    by.to(op);
  }
  if (inserted.length > 0) {
    const { op } = text.insert({ agent: by.agent, position, text: inserted });
    if (op === undefined) throw new TypeError('the trace inserts outside of the text');
    by.to(op);
  }
}

/** The transactions of a trace as changes, each made on a replica that had seen exactly its parents. */
export function changesOf(trace: Trace): TextChange[] {
  const replicas = Array.from({ length: trace.agents }, () => ({
    text: new TextSequence(PLAIN_ORDER),
    seen: new Set<number>(),
  }));
  const changes: TextChange[] = [];
  trace.steps.forEach(({ agent, parents, patches }, index) => {
    const { text, seen } = replicas[agent] as (typeof replicas)[number];
    for (const missing of missingOf(trace, parents, seen)) {
      const step = trace.steps[missing] as TraceStep;
      text.applyChange(changes[missing] as TextChange, { agent: step.agent, stamp: missing });
      seen.add(missing);
    }
    const builder = new TextChangeBuilder(agent, text.nextCounter(agent));
    for (const patch of patches) {
      playPatch(text, patch, { agent, stamp: index, to: (op) => builder.add(op) });
    }
    seen.add(index);
    changes.push(builder.finish());
  });
  return changes;
}

/** What stands before `parents` and was not seen yet, oldest first. */
function missingOf(trace: Trace, parents: readonly number[], seen: Set<number>): number[] {
  const missing = new Set<number>();
  const queue = [...parents];
  for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
    if (seen.has(index) || missing.has(index)) continue;
    missing.add(index);
    queue.push(...(trace.steps[index] as TraceStep).parents);
  }
  return [...missing].sort((a, b) => a - b);
}
