/** Documents and deltas of rich texts as plain data: what they look like flat, and how one becomes another. */
import type {
  Block,
  Marks,
  MarkValue,
  RichBlock,
  RichDelta,
  RichDeltaOp,
  RichDocument,
  RichRun,
} from '@atoll/schema';
import { BLOCK_UNIT, PARAGRAPH, sameBlock } from './block-value.ts';
import { NO_MARKS, sameMarks } from './mark-table.ts';

/** A document with nothing in it. */
export const EMPTY_DOCUMENT: RichDocument = Object.freeze([
  Object.freeze({ block: PARAGRAPH, runs: Object.freeze([]) }),
]);

/** The text of a block. */
export function textOfBlock({ runs }: RichBlock): string {
  return runs.map(({ text }) => text).join('');
}

/** The plain text of a document: its blocks as lines. */
export function textOfDocument(document: RichDocument): string {
  return document.map(textOfBlock).join(BLOCK_UNIT);
}

/** A document as inserts. */
export function deltaOfDocument(document: RichDocument): RichDelta {
  const builder = new DeltaBuilder();
  document.forEach(({ block, runs }, at) => {
    if (at === 0) builder.start(PARAGRAPH, block);
    else builder.insertBlock(block);
    for (const { text, marks } of runs) builder.insert(text, marks);
  });
  return builder.finish();
}

/** The document of a delta that only inserts; other steps are passed over. */
export function documentOfDelta(delta: RichDelta): RichDocument {
  const blocks: { block: Block; runs: RichRun[] }[] = [{ block: PARAGRAPH, runs: [] }];
  for (const op of delta) {
    const last = blocks.at(-1) as { block: Block; runs: RichRun[] };
    if ('start' in op) last.block = op.start;
    else if (!('insert' in op)) continue;
    else if (typeof op.insert !== 'string') blocks.push({ block: op.insert.block, runs: [] });
    else {
      const marks = ('attributes' in op ? op.attributes : undefined) ?? NO_MARKS;
      op.insert.split(BLOCK_UNIT).forEach((text, at) => {
        if (at > 0) blocks.push({ block: PARAGRAPH, runs: [] });
        addRun((blocks.at(-1) as { runs: RichRun[] }).runs, text, marks);
      });
    }
  }
  return blocks;
}

/** Adds a run, joining it to the last one where the marks are the same. */
export function addRun(runs: RichRun[], text: string, marks: Marks): void {
  if (text === '') return;
  const last = runs.at(-1);
  if (last !== undefined && sameMarks(last.marks, marks)) {
    runs[runs.length - 1] = { text: last.text + text, marks: last.marks };
  } else runs.push({ text, marks });
}

/** Collects the steps of a delta, joining what belongs together. */
export class DeltaBuilder {
  readonly #ops: RichDeltaOp[] = [];

  /** What the first block becomes. Before all else. */
  start(before: Block, after: Block): void {
    if (!sameBlock(before, after)) this.#ops.push({ start: after });
  }

  /** Inserts text without boundaries. */
  insert(text: string, marks: Marks = NO_MARKS): void {
    if (text === '') return;
    const last = this.#ops.at(-1);
    if (last !== undefined && 'insert' in last && typeof last.insert === 'string') {
      const before = ('attributes' in last ? last.attributes : undefined) ?? NO_MARKS;
      if (sameMarks(before, marks)) {
        this.#ops[this.#ops.length - 1] = { ...last, insert: last.insert + text };
        return;
      }
    }
    this.#ops.push(
      Object.keys(marks).length === 0 ? { insert: text } : { insert: text, attributes: marks },
    );
  }

  /** Inserts a boundary. */
  insertBlock(block: Block): void {
    this.#ops.push({ insert: { block } });
  }

  /** Deletes units. */
  delete(count: number): void {
    if (count === 0) return;
    const last = this.#ops.at(-1);
    if (last !== undefined && 'delete' in last) {
      this.#ops[this.#ops.length - 1] = { delete: last.delete + count };
    } else this.#ops.push({ delete: count });
  }

  /** Passes units whose marks change from `before` to `after`. */
  retain(count: number, before: Marks = NO_MARKS, after: Marks = NO_MARKS): void {
    if (count === 0) return;
    const attributes = markPatch(before, after);
    const last = this.#ops.at(-1);
    if (last !== undefined && 'retain' in last && last.block === undefined) {
      if (samePatch(last.attributes, attributes)) {
        this.#ops[this.#ops.length - 1] = { ...last, retain: last.retain + count };
        return;
      }
    }
    this.#ops.push(attributes === undefined ? { retain: count } : { retain: count, attributes });
  }

  /** Passes a boundary whose block changes from `before` to `after`. */
  retainBlock(before: Block, after: Block): void {
    if (sameBlock(before, after)) this.retain(1);
    else this.#ops.push({ retain: 1, block: after });
  }

  /** The delta, without steps at its end that do nothing. */
  finish(): RichDelta {
    const ops = this.#ops;
    for (let last = ops.at(-1); last !== undefined; last = ops.at(-1)) {
      const isIdle = 'retain' in last && last.attributes === undefined && last.block === undefined;
      if (!isIdle) break;
      ops.pop();
    }
    return ops;
  }
}

type MarkPatch = Readonly<Record<string, MarkValue | null>>;

function markPatch(before: Marks, after: Marks): MarkPatch | undefined {
  if (sameMarks(before, after)) return undefined;
  const patch: Record<string, MarkValue | null> = {};
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) patch[key] = null;
  for (const [key, value] of Object.entries(after)) if (before[key] !== value) patch[key] = value;
  return patch;
}

function samePatch(a: MarkPatch | undefined, b: MarkPatch | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
