/** A spreadsheet as a custom data model: cells, formulas, rows and columns that are inserted, moved, removed. */
import { defineModel, type Model, type ModelEditor } from '@atoll/client';
import { Evaluation, formulaText, parseFormula, type Shown } from './formula.ts';
import { between } from './position.ts';
import {
  decodeOp,
  encodeOp,
  type Axis,
  type Content,
  type LineId,
  type SheetOp,
} from './sheet-op.ts';
import { SheetError } from './sheet-error.ts';
import { SheetState } from './sheet-state.ts';

/** Steps of one op, for each byte. */
const STEPS_A_BYTE = 4;

/** A sheet in one's hands. Indexes are from 0; names in formulas as usual: `=SUM(A1:B3)*2`. */
export class Sheet {
  readonly #editor: ModelEditor<SheetState, SheetOp>;

  constructor(editor: ModelEditor<SheetState, SheetOp>) {
    this.#editor = editor;
  }

  get rows(): number {
    return this.#editor.state().lines('row').length;
  }

  get columns(): number {
    return this.#editor.state().lines('column').length;
  }

  /** Inserts rows or columns so that the first stands at the index. @throws SheetError `SHEET_PLACE`. */
  insert(axis: Axis, index: number, count = 1): void {
    this.#editor.transaction(() => {
      for (let at = index; at < index + count; at++) {
        const unique = this.#editor.unique();
        this.#place(axis, idOf(unique), at, unique);
      }
    });
  }

  /** Moves a row or column so that it stands at `to` afterwards; formulas follow. @throws SheetError `SHEET_PLACE`. */
  move(axis: Axis, from: number, to: number): void {
    this.#place(axis, this.#line(axis, from), to, this.#editor.unique());
  }

  /** Removes a row or column; what others write into it meanwhile is kept, and returns with undo. */
  remove(axis: Axis, index: number): void {
    this.#editor.write(['remove', axis, this.#line(axis, index), true]);
  }

  /** Writes a cell: a value, or a formula where the text begins with `=`. @throws SheetError `SHEET_PLACE`. */
  set(row: number, column: number, input: null | number | string | boolean): void {
    const content: Content =
      typeof input === 'string' && input.startsWith('=')
        ? { formula: parseFormula(input.slice(1), this.#editor.state()) }
        : input;
    this.#editor.write(['set', this.#line('row', row), this.#line('column', column), content]);
  }

  /** What a cell shows. */
  get(row: number, column: number): Shown {
    const state = this.#editor.state();
    return new Evaluation(state).value(this.#line('row', row), this.#line('column', column));
  }

  /** What a cell holds as one would type it. */
  input(row: number, column: number): Shown {
    const state = this.#editor.state();
    const content = state.content(this.#line('row', row), this.#line('column', column));
    if (typeof content !== 'object' || content === null) return content;
    return `=${formulaText(content.formula, state)}`;
  }

  /** What all cells show, row by row. */
  values(): Shown[][] {
    return valuesOf(this.#editor.state());
  }

  /** Calls back after changes. Returns the way to stop. */
  subscribe(listener: () => void): () => void {
    return this.#editor.onChange(() => listener());
  }

  #line(axis: Axis, index: number): LineId {
    const id = this.#editor.state().lines(axis)[index];
    if (id === undefined) throw new SheetError('SHEET_PLACE', `there is no ${axis} ${index}`);
    return id;
  }

  /** Puts a line where it stands at an index among the others. */
  #place(axis: Axis, id: LineId, index: number, unique: Uint8Array): void {
    const state = this.#editor.state();
    // Removed lines keep their places, so new ones are put right behind what is shown before them.
    const others = state.lines(axis).filter((line) => line !== id);
    if (!Number.isInteger(index) || index < 0 || index > others.length) {
      throw new SheetError('SHEET_PLACE', `there is no place ${index} among ${others.length}`);
    }
    const position = (line: LineId | undefined): string | undefined =>
      line === undefined ? undefined : state.positionOf(axis, line);
    const low = position(others[index - 1]) ?? '';
    const high = others
      .slice(index)
      .map(position)
      .find((each) => each === undefined || each > low);
    this.#editor.write(['place', axis, id, between(low, high, unique.subarray(8))]);
  }
}

function idOf(unique: Uint8Array): LineId {
  return [...unique.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function valuesOf(state: SheetState): Shown[][] {
  const evaluation = new Evaluation(state);
  const columns = state.lines('column');
  return state.lines('row').map((row) => columns.map((column) => evaluation.value(row, column)));
}

/** Spreadsheets: register it, and give a type a field `s.model<Sheet>('org.atoll.sheet', 1)`. */
export const sheetModel: Model<SheetState, SheetOp, Sheet> = defineModel<
  SheetState,
  SheetOp,
  Sheet
>({
  id: 'org.atoll.sheet',
  version: 1,
  voidable: true,
  empty: () => new SheetState(),
  encode: encodeOp,
  decode(bytes, meter) {
    meter.step(bytes.length * STEPS_A_BYTE);
    return decodeOp(bytes);
  },
  apply(state, op, { stamp }) {
    state.apply(op, stamp);
    return undefined;
  },
  snapshot: (state) => state.snapshot(),
  view: (editor) => new Sheet(editor),
  toJSON: (state) => valuesOf(state),
  become: (state, wanted) => state.become(wanted),
  remember: (state, op) => state.remember(op),
  invert: (state, { op, stamp, memory }) => state.invert(op, stamp, memory),
});
