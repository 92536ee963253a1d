/** Own edits of marks and blocks. Marks are merged into the transaction's op on the text. */
import type { Marks, MarkValue } from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import { rangesOf } from '../element-names.ts';
import type { Fold } from '../fold.ts';
import type { FieldRef } from '../mutations.ts';
import type { OpenTransaction } from '../open-transaction.ts';
import type { TextState } from '../sequence-state.ts';
import type { TextChangeBuilder } from '../sequence/text-change-builder.ts';
import type { Sequence } from '../sequence/sequence.ts';
import { unitOfElement } from '../sequence/unit-ranges.ts';
import type { MarkedStretch, NamedPlace } from '../undo-step.ts';
import type { MarkStretch } from './mark-table.ts';
import { CHANGE_MARKS_MAX, growsAtEnd, isMarkKey, isMarkValue } from './marks.ts';
import { markOpOf, placeOf, type MarkOp } from './rich-op.ts';
import { markEdits, type RichPart } from './rich-state.ts';
import { before, behind, END, nextUnit, previousUnit, START, type Point } from './unit-order.ts';

/** Bytes of a mark's op besides its key and value. */
const MARK_BYTES = 64;

/** A text that is being edited in the open transaction. */
export interface RichTurn {
  readonly open: OpenTransaction;
  readonly state: TextState;
  readonly pending: {
    readonly builder: TextChangeBuilder;
    readonly firstCounter: number;
    readonly marks: MarkOp[];
    readonly marked: MarkedStretch[];
  };
}

/** What marks need of the edits of texts. */
export interface RichTurns {
  begin(ref: FieldRef, room: number): RichTurn;
  /** Ends the merging of what was edited so far. */
  flush(open: OpenTransaction): void;
}

/** A mark for a stretch of visible units. */
export interface MarkEdit {
  readonly from: number;
  readonly to: number;
  readonly key: string;
  readonly value: MarkValue | null;
}

/** Own edits of rich texts. */
export class RichEdits {
  readonly #fold: Fold;
  readonly #turns: RichTurns;

  constructor(fold: Fold, turns: RichTurns) {
    this.#fold = fold;
    this.#turns = turns;
  }

  /** Gives or takes a mark. @throws EchoError `ECHO_POSITION`, `ECHO_VALUE`. */
  mark(ref: FieldRef, edit: MarkEdit): void {
    const { key, value, from, to } = edit;
    if (!isMarkKey(key) || (value !== null && !isMarkValue(value))) {
      throw new EchoError('ECHO_VALUE', `there is no mark ${key} with such a value`);
    }
    const length = this.#state(ref)?.text.length ?? 0;
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to > length) {
      throw new EchoError('ECHO_POSITION', `there is no such stretch in a text of ${length}`);
    }
    if (from >= to) return;
    this.#write(ref, (turn) => [stretchBetween(turn.state, edit)]);
  }

  /** Gives units that were just inserted exactly these marks: writes where they inherit others. */
  markExactly(ref: FieldRef, from: number, to: number, marks: Marks): void {
    const state = this.#state(ref);
    if (state?.rich === undefined || from >= to) return;
    const inherited = state.rich.marks.ofUnit(state.text.sequence.unitAt(from));
    const edits: MarkEdit[] = [];
    for (const key of new Set([...Object.keys(inherited), ...Object.keys(marks)])) {
      const value = marks[key] ?? null;
      if (value !== (inherited[key] ?? null)) edits.push({ from, to, key, value });
    }
    for (const edit of edits) this.mark(ref, edit);
  }

  /** Ends the merging of edits, so that an op that follows may name what they insert. */
  settle(ref: FieldRef): void {
    this.#turns.flush(this.#turns.begin(ref, 0).open);
  }

  /**
   * Writes back what marks were before, where what one's own hand wrote still stands. False if it does
   * nowhere. For undo.
   */
  restoreMarks(
    ref: FieldRef,
    back: {
      readonly marked: readonly MarkedStretch[];
      readonly own: (stamp: number) => boolean;
      readonly isDry: boolean;
    },
  ): boolean {
    const state = this.#state(ref);
    if (state === undefined) return false;
    const stretches = [...back.marked]
      .reverse()
      .flatMap((marked) => this.#standing(state, marked, back.own));
    if (stretches.length === 0) return false;
    if (!back.isDry) for (const stretch of stretches) this.#write(ref, () => [stretch]);
    return true;
  }

  /** Where what one's own hand wrote still stands, with what is to stand there again. */
  #standing(
    state: TextState,
    marked: MarkedStretch,
    own: (stamp: number) => boolean,
  ): MarkStretch[] {
    const { key } = marked;
    const start = this.#point(state, marked.start);
    const end = this.#point(state, marked.end);
    if (start === undefined || end === undefined) return [];
    const value = this.#valid(marked);
    const segments = state.rich?.marks.between(key, start, end) ?? [];
    return segments.flatMap(({ start: from, end: to, write }) =>
      write !== undefined && own(write.stamp) ? [{ key, value, start: from, end: to }] : [],
    );
  }

  #write(ref: FieldRef, make: (turn: RichTurn) => readonly MarkStretch[]): void {
    let turn = this.#turns.begin(ref, MARK_BYTES);
    if (turn.pending.marks.length >= CHANGE_MARKS_MAX) {
      this.#turns.flush(turn.open);
      turn = this.#turns.begin(ref, MARK_BYTES);
    }
    const { open, state, pending } = turn;
    const rich = state.rich as RichPart;
    const stretches = make(turn).map((stretch) => ({
      ...stretch,
      start: freePoint(state.text.sequence, stretch.start),
      end: freePoint(state.text.sequence, stretch.end),
    }));
    if (!rich.marks.hasRoom(stretches.length)) {
      throw new EchoError('ECHO_VALUE', 'the text has too many marks');
    }
    for (const stretch of stretches) {
      const { key, value, start, end } = stretch;
      open.pendingBytes += key.length + (typeof value === 'string' ? value.length * 3 : 0);
      if (!this.#isFresh(turn, stretch)) {
        for (const segment of rich.marks.between(key, start, end)) {
          pending.marked.push(this.#marked(state, key, segment));
        }
      }
      rich.marks.write(stretch, open.block.no);
      pending.marks.push(markOpOf(state.text, stretch));
    }
    const field = ref.type.fields[ref.leaf.index] as number;
    this.#fold.observer.fieldChanged(ref.row, field, markEdits(state, stretches));
  }

  /** True for a mark of what this transaction itself inserted: undo hides all of that anyway. */
  #isFresh({ open, state, pending }: RichTurn, { start, end }: MarkStretch): boolean {
    if (start === START) return false;
    const { ids } = state.text.sequence;
    const first = start >> 1;
    const last = end === END ? ids.units - 1 : end % 2 === 1 ? end >> 1 : (end >> 1) - 1;
    const agent = open.block.branch;
    const fresh = (unit: number): boolean =>
      ids.agentOf(unit) === agent && ids.counterOf(unit) >= pending.firstCounter;
    // Of one run, so nothing of somebody else is between.
    return start % 2 === 0 && last >= first && fresh(first) && ids.runOf(first) === ids.runOf(last);
  }

  #marked(
    state: TextState,
    key: string,
    segment: Omit<MarkStretch, 'key' | 'value'> & {
      readonly write: { readonly stamp: number; readonly value: MarkValue | null } | undefined;
    },
  ): MarkedStretch {
    const { blocks } = this.#fold;
    const by = segment.write === undefined ? undefined : blocks.get(segment.write.stamp);
    return {
      key,
      start: this.#named(state, segment.start),
      end: this.#named(state, segment.end),
      value: segment.write?.value ?? null,
      ...(by === undefined ? {} : { block: { feed: blocks.nameOf(by), seq: by.seq } }),
    };
  }

  /** What was there before, unless it has turned out not to count. */
  #valid({ value, block }: MarkedStretch): MarkValue | null {
    if (block === undefined) return value;
    const { blocks } = this.#fold;
    const found = blocks.at(block.feed, block.seq);
    return found.some((no) => !blocks.isVoid(no)) ? value : null;
  }

  #named(state: TextState, point: Point): NamedPlace {
    const { element, side } = placeOf(state.text, point);
    if (element === undefined) return { side };
    const branch = this.#fold.blocks.branches.nameOf(element.agent);
    return { side, branch, counter: element.counter };
  }

  #point(state: TextState, { side, branch, counter }: NamedPlace): Point | undefined {
    if (branch === undefined || counter === undefined) return side === 'after' ? START : END;
    const [range] = rangesOf(this.#fold.blocks, state, { name: branch, counter, count: 1 });
    const unit = range === undefined ? undefined : unitOfElement(state.ids, range);
    if (unit === undefined) return undefined;
    return side === 'before' ? before(unit) : behind(unit);
  }

  #state(ref: FieldRef): TextState | undefined {
    const field = ref.type.fields[ref.leaf.index] as number;
    const state = this.#fold.state(ref.row)?.fields.get(field);
    return state?.kind === 'text' ? state : undefined;
  }
}

/** The same place, said by a unit that will stay: what may be collected soon is passed over. */
function freePoint(sequence: Sequence, point: Point): Point {
  if (point === START || point === END || !sequence.isAvoided(point >> 1)) return point;
  let unit: number | undefined = point >> 1;
  while (unit !== undefined && sequence.isAvoided(unit)) unit = nextUnit(sequence, unit);
  return unit === undefined ? END : before(unit);
}

/**
 * Where a mark begins and ends. One that grows reaches over the gap behind its last unit, so that typing
 * there is inside. Taking away one that does not grow takes both gaps, for what is left of it must not
 * grow into them either.
 */
function stretchBetween(state: TextState, edit: MarkEdit): MarkStretch {
  const { key, value } = edit;
  const { sequence, content } = state.text;
  let first = sequence.unitAt(edit.from);
  let last = sequence.unitAt(edit.to - 1);
  if (content.isSecondHalf(first)) first--;
  if (content.isFirstHalf(last)) last++;
  const grows = growsAtEnd(key);
  const next = grows || value === null ? nextUnit(sequence, last) : undefined;
  const reaching = next === undefined ? END : before(next);
  const end = grows || value === null ? reaching : behind(last);
  if (grows || value !== null) return { key, value, start: before(first), end };
  const previous = previousUnit(sequence, first);
  return { key, value, start: previous === undefined ? START : behind(previous), end };
}
