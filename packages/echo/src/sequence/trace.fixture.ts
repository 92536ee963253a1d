/**
 * Reads recorded editing, of `lab/data` or of a folder that `ATOLL_TRACES` names, and plays it through
 * texts. Both forms of the public traces: sequential, and concurrent with agents and parents.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { TextChangeBuilder } from './text-change-builder.ts';
import type { TextChange, TextOp } from './text-op.ts';
import { TextSequence } from './text-sequence.ts';
import type { SequenceOrder } from './sequence-types.ts';

/** [position, deleted, inserted]; what a position counts differs, see {@link Trace}. */
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
  /** Has characters of two UTF-16 units, so that it matters whether positions count units or characters. */
  readonly hasPairs: boolean;
}

/** What the positions of a trace count: our own unit, or whole characters as in Rust. */
export type TraceUnit = 'utf-16' | 'characters';

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
  const text = textOfFile(url);
  const parsed = JSON.parse(text) as TraceFile;
  const steps = parsed.txns.map(({ agent = 0, parents, patches }, index) => ({
    agent,
    parents: parents ?? (index === 0 ? [] : [index - 1]),
    patches,
  }));
  const { numAgents: agents = 1, startContent = '', endContent } = parsed;
  const hasPairs = /[\ud800-\udfff]/.test(text) || /\\ud[89ab]/i.test(text);
  return { agents, startContent, endContent, steps, hasPairs };
}

function textOfFile(url: URL): string {
  const packed = readFileSync(url);
  return url.pathname.endsWith('.gz') ? gunzipSync(packed).toString() : packed.toString();
}

/** Traces in the folder that `ATOLL_TRACES` names: `*.json` and `*.json.gz`, at any depth. */
export function foundTraces(): { readonly name: string; readonly url: URL }[] {
  const folder = process.env['ATOLL_TRACES'];
  if (folder === undefined || !existsSync(folder)) return [];
  const base = pathToFileURL(folder.endsWith('/') ? folder : `${folder}/`);
  return globSync('**/*.{json,json.gz}', { cwd: folder })
    .sort()
    .map((name) => ({ name, url: new URL(name, base) }))
    .filter(({ url }) => textOfFile(url).includes('"txns"'));
}

/** A patch in UTF-16 units, for the text before it. */
export function inUnits([position, count, inserted]: Patch, text: string): Patch {
  const from = unitsOf(text, 0, position);
  return [from, unitsOf(text, from, count) - from, inserted];
}

/** The unit that lies so many characters behind another. */
function unitsOf(text: string, from: number, characters: number): number {
  let at = from;
  for (let rest = characters; rest > 0 && at < text.length; rest--) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
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

/** What a text begins with, as an op of nobody who edits later. */
export function startOf(trace: Trace): { readonly agent: number; readonly change: TextChange } {
  const { startContent: text, agents: agent } = trace;
  const insert = { kind: 'insert', element: undefined, side: 'after', text } as const;
  return { agent, change: { inserts: text === '' ? [] : [insert], hidden: [], shown: [] } };
}

/**
 * The transactions of a trace as changes, each made on a replica that had seen exactly its parents. Stamps
 * are the places in the trace plus one; zero is {@link startOf}.
 */
export function changesOf(trace: Trace, unit: TraceUnit = 'utf-16'): TextChange[] {
  const start = startOf(trace);
  const replicas = Array.from({ length: trace.agents }, () => ({
    text: new TextSequence(PLAIN_ORDER),
    seen: new Set<number>(),
  }));
  for (const { text } of replicas) text.applyChange(start.change, { agent: start.agent, stamp: 0 });
  const changes: TextChange[] = [];
  trace.steps.forEach(({ agent, parents, patches }, index) => {
    const { text, seen } = replicas[agent] as (typeof replicas)[number];
    for (const missing of missingOf(trace, parents, seen)) {
      const step = trace.steps[missing] as TraceStep;
      text.applyChange(changes[missing] as TextChange, { agent: step.agent, stamp: missing + 1 });
      seen.add(missing);
    }
    const builder = new TextChangeBuilder(agent, text.nextCounter(agent));
    for (const patch of patches) {
      const known = unit === 'utf-16' ? patch : inUnits(patch, text.toString());
      playPatch(text, known, { agent, stamp: index + 1, to: (op) => builder.add(op) });
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
