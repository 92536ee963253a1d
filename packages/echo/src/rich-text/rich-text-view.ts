/** A rich text field as applications hold it. */
import type {
  Block,
  Marks,
  MarkValue,
  RichBlock,
  RichDelta,
  RichDeltaOp,
  RichDocument,
  RichRun,
  RichTextField,
} from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import { isMarkKey, isMarkValue } from './marks.ts';
import type { TextState } from '../sequence-state.ts';
import { TextView } from '../text-view.ts';
import {
  BLOCK_PARTS,
  BLOCK_UNIT,
  blockOf,
  isBlock,
  PARAGRAPH,
  partsOf,
  sameBlock,
  START_KEY,
  type BlockPart,
} from './block-value.ts';
import { addRun, deltaOfDocument, EMPTY_DOCUMENT } from './delta.ts';
import { deltaBetween } from './diff.ts';
import { NO_MARKS, type MarkRun } from './mark-table.ts';
import { keyAt, partKey, partsAt, shownBlock, type RichPart } from './rich-state.ts';

/** What the parts of a block say where nothing was written. */
const UNWRITTEN = { depth: 0, checked: false } as const;

/** See {@link RichTextField}. */
export class RichTextView extends TextView implements RichTextField {
  /** Gives a stretch a mark. */
  mark(from: number, to: number, key: string, value: MarkValue = true): void {
    this.host.sequences.rich.mark(this.ref, { from, to, key, value });
  }

  /** Takes a mark from a stretch. */
  unmark(from: number, to: number, key: string): void {
    this.host.sequences.rich.mark(this.ref, { from, to, key, value: null });
  }

  /** Marks that typing at a position would have: what the gap there has. */
  marksAt(position: number): Marks {
    return (
      this.#state()?.rich?.marks.ofGap(Math.min(Math.max(position, 0), this.length)) ?? NO_MARKS
    );
  }

  /** The block around a position. */
  blockAt(position: number): Block {
    const state = this.#state();
    return state === undefined ? PARAGRAPH : shownBlock(state.rich, keyAt(state, position));
  }

  /** Makes the block around a position another one. */
  setBlock(position: number, block: Block): void {
    if (!isBlock(block)) throw new EchoError('ECHO_VALUE', 'there is no such block');
    if (sameBlock(this.blockAt(position), block)) return;
    const { sequences, mutations } = this.host;
    sequences.rich.settle(this.ref);
    const state = this.#state() as TextState;
    const local = keyAt(state, position);
    const key = this.#named(local);
    for (const part of state.rich === undefined ? [] : differing(state.rich, local, block)) {
      const value = partsOf(block)[part];
      if (value !== undefined) mutations.set(this.ref, value, { key: partKey({ key, part }) });
    }
  }

  /** Begins a block. */
  split(position: number, block: Block = PARAGRAPH): void {
    if (!isBlock(block)) throw new EchoError('ECHO_VALUE', 'there is no such block');
    this.insert(position, BLOCK_UNIT);
    this.setBlock(position + 1, block);
  }

  /** Blocks and runs. */
  toDocument(from = 0, to: number = this.length): RichDocument {
    const state = this.#state();
    if (state === undefined) return EMPTY_DOCUMENT;
    const text = this.toString();
    const start = from > 0 ? text.lastIndexOf(BLOCK_UNIT, from - 1) + 1 : 0;
    const found = to < text.length ? text.indexOf(BLOCK_UNIT, to) : -1;
    return this.#blocks(state, text, { from: start, to: found < 0 ? text.length : found });
  }

  /** Makes the text this document by the edits that are needed. */
  setDocument(document: RichDocument): void {
    this.applyDelta(deltaBetween(this.toDocument(), document));
  }

  /** The content as inserts. */
  toDelta(): RichDelta {
    return deltaOfDocument(this.toDocument());
  }

  /** Applies a delta. @throws EchoError `ECHO_POSITION`, `ECHO_VALUE`; then nothing was done. */
  applyDelta(delta: RichDelta): void {
    checkDelta(delta, this.length);
    let at = 0;
    for (const op of delta) {
      if ('start' in op) this.setBlock(0, op.start);
      else if ('delete' in op) this.delete(at, op.delete);
      else if ('retain' in op) at = this.#retain(at, op);
      else if (typeof op.insert === 'string') {
        at = this.#insert(
          at,
          op.insert,
          ('attributes' in op ? op.attributes : undefined) ?? NO_MARKS,
        );
      } else {
        this.split(at, op.insert.block);
        at++;
      }
    }
  }

  #insert(at: number, text: string, marks: Marks): number {
    const before = this.length;
    this.insert(at, text);
    const end = at + this.length - before;
    this.host.sequences.rich.markExactly(this.ref, at, end, marks);
    return end;
  }

  #retain(at: number, op: Extract<RichDeltaOp, { readonly retain: number }>): number {
    const end = at + op.retain;
    for (const [key, value] of Object.entries(op.attributes ?? {})) {
      this.host.sequences.rich.mark(this.ref, { from: at, to: end, key, value });
    }
    if (op.block === undefined) return end;
    const text = this.toString();
    for (let unit = text.indexOf(BLOCK_UNIT, at); unit >= 0 && unit < end;) {
      this.setBlock(unit + 1, op.block);
      unit = text.indexOf(BLOCK_UNIT, unit + 1);
    }
    return end;
  }

  #blocks(
    state: TextState,
    text: string,
    { from, to }: { readonly from: number; readonly to: number },
  ): RichDocument {
    const blocks: RichBlock[] = [];
    const marked = state.rich?.marks.runs(from, to) ?? [];
    let run = 0;
    for (let start = from; start <= to;) {
      const found = text.indexOf(BLOCK_UNIT, start);
      const end = found < 0 || found > to ? to : found;
      const runs: RichRun[] = [];
      for (let at = start; at < end;) {
        // Runs cover all of the text, in order; those of boundaries are passed here.
        while ((marked[run] as MarkRun).to <= at) run++;
        const here = marked[run] as MarkRun;
        const stop = Math.min(end, here.to);
        addRun(runs, text.slice(at, stop), here.marks);
        at = stop;
      }
      blocks.push({ block: this.#shownBlock(state, start, runs), runs });
      start = end + 1;
    }
    return blocks;
  }

  /** A divider in which somebody wrote at the same time reads as a paragraph: text is never hidden. */
  #shownBlock(state: TextState, start: number, runs: readonly RichRun[]): Block {
    const block = shownBlock(state.rich, keyAt(state, start));
    return block.kind === 'divider' && runs.length > 0 ? PARAGRAPH : block;
  }

  /** Key of a block as ops name it. */
  #named(key: string): string {
    if (key === START_KEY) return key;
    const [agent, counter] = key.split('.').map(Number) as [number, number];
    return `${this.host.fold.blocks.branches.nameOf(agent)}.${counter}`;
  }

  #state(): TextState | undefined {
    return this.host.sequences.text(this.ref.row, this.field);
  }
}

/** Parts that have to be written to make a block another one: those that say something else. */
function differing(rich: RichPart, key: string, block: Block): BlockPart[] {
  const before = partsAt(rich, key);
  const after = partsOf(block);
  return BLOCK_PARTS.filter((part) => {
    if (part === 'kind')
      return !sameBlock(blockOf({ kind: before.kind }), blockOf({ kind: after.kind }));
    return after[part] !== undefined && after[part] !== (before[part] ?? UNWRITTEN[part]);
  });
}

/** Refuses a delta that cannot be applied as a whole. */
function checkDelta(delta: RichDelta, length: number): void {
  let left = length;
  delta.forEach((op, at) => {
    if ('start' in op) requireValue(at === 0 && isBlock(op.start), 'a start');
    else if ('delete' in op) left -= requireCount(op.delete);
    else if ('retain' in op) {
      left -= requireCount(op.retain);
      requireValue(op.block === undefined || isBlock(op.block), 'a block');
      const patch = Object.entries(op.attributes ?? {});
      const valid = patch.every(
        ([key, value]) => isMarkKey(key) && (value === null || isMarkValue(value)),
      );
      requireValue(valid, 'marks');
    } else if (typeof op.insert !== 'string') requireValue(isBlock(op.insert.block), 'a block');
    else {
      const marks = Object.entries(('attributes' in op ? op.attributes : undefined) ?? {});
      requireValue(op.insert.isWellFormed(), 'text');
      requireValue(
        marks.every(([key, value]) => isMarkKey(key) && isMarkValue(value)),
        'marks',
      );
    }
  });
  if (left < 0)
    throw new EchoError('ECHO_POSITION', `the delta is for a text longer than ${length}`);
}

function requireCount(count: number): number {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new EchoError('ECHO_POSITION', 'a delta passes or deletes a number of units');
  }
  return count;
}

function requireValue(condition: boolean, what: string): void {
  if (!condition) throw new EchoError('ECHO_VALUE', `the delta has ${what} that cannot be stored`);
}
