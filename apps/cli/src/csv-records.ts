/**
 * Reads tables of comma-separated values (RFC 4180). An empty cell is no value, a quoted one an empty text,
 * `null` without quotes null where that is a value. What a spreadsheet would take for a formula is written
 * with an apostrophe in front, which reading takes away again.
 */
import type { FieldData } from '@atoll/schema';
import { CSV_NULL, type ColumnField } from '@atoll/text-formats';
import { parse } from 'csv-parse/sync';
import { CliError } from './cli-error.ts';
import type { FileRecord } from './json-lines.ts';

/** Columns of a table; a spreadsheet has no more either. */
const COLUMNS_MAX = 16_384;

/** A cell, and whether it stood in quotes. */
interface Cell {
  readonly text: string;
  readonly quoted: boolean;
}

/** Kinds that are text in a cell, whatever it looks like. */
const TEXT_KINDS: ReadonlySet<string> = new Set([
  'string',
  'text',
  'rich',
  'enum',
  'day',
  'date',
  'bigint',
  'bytes',
  'ref',
  'tree',
]);
const NUMBER_KINDS: ReadonlySet<string> = new Set(['number', 'integer', 'counter']);

/** Records of a table whose first row names the columns. @throws CliError. */
export function parseCsv(text: string, fieldOf: ColumnField): FileRecord[] {
  const [head = [], ...rows] = cellsOf(text);
  if (head.length > COLUMNS_MAX) throw new CliError('CLI_FILE', 'the table has too many columns');
  if (new Set(head.map((cell) => cell.text)).size !== head.length) {
    throw new CliError('CLI_FILE', 'two columns of the table have the same name');
  }
  const columns = head.map(({ text: name }, at) => {
    const field = fieldOf(name);
    const cells = rows.map((row) => row[at]?.text ?? '').filter((cell) => cell !== '');
    const read = field === undefined ? guess(cells) : readerOf(field);
    const isNull = field !== undefined && 'nullable' in field && field.nullable === true;
    return { name, read, isNull };
  });
  return rows.map((row) =>
    Object.fromEntries(
      columns.flatMap(({ isNull, name, read }, at) => {
        const { quoted = false, text: cell = '' } = row[at] ?? {};
        if (name === '' || (cell === '' && (!quoted || read !== plainText))) return [];
        return [[name, isNull && !quoted && cell === CSV_NULL ? null : read(cell)]];
      }),
    ),
  );
}

function cellsOf(text: string): Cell[][] {
  try {
    return parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      cast: (cell, { quoting }) => ({ text: cell, quoted: quoting }),
    }) as unknown as Cell[][];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it is malformed';
    throw new CliError('CLI_FILE', `the table cannot be read: ${why}`, { cause });
  }
}

/** How the cells of a known field are read. What does not fit stays text, and is refused as such later. */
function readerOf({ kind }: FieldData): (cell: string) => unknown {
  if (TEXT_KINDS.has(kind)) return plainText;
  if (NUMBER_KINDS.has(kind)) return (cell) => (cell.trim() === '' ? cell : numberOf(cell));
  if (kind === 'boolean') return (cell) => ({ true: true, false: false })[cell] ?? cell;
  return (cell) => {
    const value = jsonOf(cell);
    return value === undefined ? plainText(cell) : value;
  };
}

/** How the cells of an unknown column are read: as what all of them look like. */
function guess(cells: readonly string[]): (cell: string) => unknown {
  if (cells.every((cell) => /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(cell))) return Number;
  if (cells.every((cell) => cell === 'true' || cell === 'false')) return (cell) => cell === 'true';
  if (cells.every((cell) => /^[[{]/.test(cell) && jsonOf(cell) !== undefined)) return jsonOf;
  return plainText;
}

function numberOf(cell: string): unknown {
  const value = Number(cell);
  return Number.isFinite(value) ? value : cell;
}

function jsonOf(cell: string): unknown {
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return undefined;
  }
}

function plainText(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}
