/** Formulas: arithmetic, references and a few functions. References are ids, so they follow what moves. */
import type { FormulaPart, LineId } from './sheet-op.ts';
import type { SheetState } from './sheet-state.ts';

/** What a cell shows; texts that begin with `#` are errors. */
export type Shown = null | number | string | boolean;

/** Cells that one value may take into account, however deep: a second's work at most. */
const VISITS_MAX = 100_000;
/** Formulas that lead to each other, one inside another. */
const DEPTH_MAX = 256;

const FUNCTIONS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  MIN: (values) =>
    values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  MAX: (values) => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  COUNT: (values) => values.length,
  AVERAGE: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

/** Thrown inside: the cell shows the message. */
class Unshowable extends RangeError {}

/** Name of a column: A, B, …, Z, AA, … */
function columnName(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : columnName(Math.floor(index / 26) - 1) + last;
}

/** A formula's parts from its text, with names as they are now. Unknown names stay text. */
export function parseFormula(text: string, state: SheetState): FormulaPart[] {
  const rows = state.lines('row');
  const columns = state.lines('column');
  const names = new Map(columns.map((id, at) => [columnName(at), id]));
  const parts: FormulaPart[] = [];
  let end = 0;
  const cell = (column: string, row: string): [LineId, LineId] | undefined => {
    const [r, c] = [rows[Number(row) - 1], names.get(column)];
    return r === undefined || c === undefined ? undefined : [r, c];
  };
  for (const match of text.matchAll(/\b([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?\b/gu)) {
    const [all, column, row, column2, row2] = match;
    const from = cell(column as string, row as string);
    const to = column2 === undefined ? undefined : cell(column2, row2 as string);
    if (from === undefined || (column2 !== undefined && to === undefined)) continue;
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push(to === undefined ? ['cell', ...from] : ['range', ...from, ...to]);
    end = match.index + all.length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

/** A formula's text, with names as they are now. */
export function formulaText(parts: readonly FormulaPart[], state: SheetState): string {
  const name = (row: LineId, column: LineId): string => {
    const [r, c] = [state.lines('row').indexOf(row), state.lines('column').indexOf(column)];
    return r < 0 || c < 0 ? '#REF!' : `${columnName(c)}${r + 1}`;
  };
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      if (part[0] === 'cell') return name(part[1], part[2]);
      const span = rangeOf(state, part);
      const [r1, r2, c1, c2] = [
        span.rows[0],
        span.rows.at(-1),
        span.columns[0],
        span.columns.at(-1),
      ];
      if (r1 === undefined || r2 === undefined || c1 === undefined || c2 === undefined) {
        return '#REF!';
      }
      return `${name(r1, c1)}:${name(r2, c2)}`;
    })
    .join('');
}

/** Values of cells, each worked out once. */
export class Evaluation {
  readonly #state: SheetState;
  readonly #known = new Map<string, Shown>();
  readonly #open = new Set<string>();
  #visits = 0;

  constructor(state: SheetState) {
    this.#state = state;
  }

  /** What a cell shows. */
  value(row: LineId, column: LineId): Shown {
    const key = `${row} ${column}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#open.has(key)) return '#CYCLE!';
    const content = this.#state.content(row, column);
    if (typeof content !== 'object' || content === null) return content;
    if (this.#open.size >= DEPTH_MAX) return '#LIMIT!';
    this.#open.add(key);
    const shown = this.#formula(content.formula);
    this.#open.delete(key);
    this.#known.set(key, shown);
    return shown;
  }

  #formula(parts: readonly FormulaPart[]): Shown {
    try {
      const value = new Parser(tokensOf(parts), {
        cell: (row, column) => this.#cell(row, column),
        range: (part) => this.#range(part),
      }).all();
      return Number.isFinite(value) ? value : '#DIV/0!';
    } catch (failure) {
      if (failure instanceof Unshowable) return failure.message;
      throw failure;
    }
  }

  #cell(row: LineId, column: LineId): number {
    const isThere = this.#state.isShown('row', row) && this.#state.isShown('column', column);
    if (!isThere) throw new Unshowable('#REF!');
    this.#visit();
    const value = this.value(row, column);
    if (typeof value === 'number') return value;
    if (value === null) return 0;
    throw new Unshowable(typeof value === 'string' && value.startsWith('#') ? value : '#VALUE!');
  }

  #range(part: Extract<FormulaPart, readonly ['range', ...unknown[]]>): number[] {
    const { rows, columns } = rangeOf(this.#state, part);
    const values: number[] = [];
    for (const row of rows) {
      for (const column of columns) {
        this.#visit();
        const value = this.value(row, column);
        if (typeof value === 'number') values.push(value);
        else if (typeof value === 'string' && value.startsWith('#')) throw new Unshowable(value);
      }
    }
    return values;
  }

  #visit(): void {
    if (++this.#visits > VISITS_MAX) throw new Unshowable('#LIMIT!');
  }
}

function rangeOf(
  state: SheetState,
  part: Extract<FormulaPart, readonly ['range', ...unknown[]]>,
): { readonly rows: readonly LineId[]; readonly columns: readonly LineId[] } {
  const between = (axis: 'row' | 'column', a: LineId, b: LineId): readonly LineId[] => {
    const anchors = state.anchors(axis);
    const [from, to] = [anchors.indexOf(a), anchors.indexOf(b)].sort((x, y) => x - y);
    if (from === undefined || to === undefined || from < 0) return [];
    return anchors.slice(from, to + 1).filter((id) => state.isShown(axis, id));
  };
  return { rows: between('row', part[1], part[3]), columns: between('column', part[2], part[4]) };
}

type Token = number | string | Exclude<FormulaPart, string>;

function tokensOf(parts: readonly FormulaPart[]): Token[] {
  return parts.flatMap((part): readonly Token[] => {
    if (typeof part !== 'string') return [part];
    return [...part.matchAll(/\d+(?:\.\d+)?|[A-Z]+|\S/gu)].map(([token]) =>
      /^\d/.test(token) ? Number(token) : token,
    );
  });
}

interface Cells {
  cell(row: LineId, column: LineId): number;
  range(part: Extract<FormulaPart, readonly ['range', ...unknown[]]>): readonly number[];
}

/** Sums of products of signed atoms. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #cells: Cells;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], cells: Cells) {
    this.#tokens = tokens;
    this.#cells = cells;
  }

  all(): number {
    const value = this.#sum();
    if (this.#at < this.#tokens.length) throw new Unshowable('#SYNTAX!');
    return value;
  }

  #sum(): number {
    let value = this.#product();
    for (;;) {
      if (this.#take('+')) value += this.#product();
      else if (this.#take('-')) value -= this.#product();
      else return value;
    }
  }

  #product(): number {
    let value = this.#atom();
    for (;;) {
      if (this.#take('*')) value *= this.#atom();
      else if (this.#take('/')) value /= this.#atom();
      else return value;
    }
  }

  #atom(): number {
    if (++this.#depth > DEPTH_MAX) throw new Unshowable('#LIMIT!');
    try {
      return this.#atomInside();
    } finally {
      this.#depth--;
    }
  }

  #atomInside(): number {
    if (this.#take('-')) return -this.#atom();
    if (this.#take('(')) {
      const value = this.#sum();
      this.#need(')');
      return value;
    }
    const token = this.#tokens[this.#at++];
    if (typeof token === 'number') return token;
    if (typeof token === 'object' && token[0] === 'cell')
      return this.#cells.cell(token[1], token[2]);
    const apply =
      typeof token === 'string' && Object.hasOwn(FUNCTIONS, token) ? FUNCTIONS[token] : undefined;
    if (apply === undefined) throw new Unshowable('#SYNTAX!');
    this.#need('(');
    return apply(this.#arguments());
  }

  #arguments(): number[] {
    const values: number[] = [];
    do {
      const token = this.#tokens[this.#at];
      if (typeof token === 'object' && token[0] === 'range') {
        this.#at++;
        for (const value of this.#cells.range(token)) values.push(value);
      } else values.push(this.#sum());
    } while (this.#take(','));
    this.#need(')');
    return values;
  }

  #take(token: string): boolean {
    const isIt = this.#tokens[this.#at] === token;
    if (isIt) this.#at++;
    return isIt;
  }

  #need(token: string): void {
    if (!this.#take(token)) throw new Unshowable('#SYNTAX!');
  }
}
