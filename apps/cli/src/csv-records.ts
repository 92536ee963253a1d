/**
 * Tables as comma-separated values (RFC 4180). An empty cell is no value, a quoted one an empty text, `null`
 * without quotes null where that is a value. What a spreadsheet would take for a formula is written with an
 * apostrophe in front, which reading takes away again.
 */
import type { FieldData } from '@atoll/schema';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { CliError } from './cli-error.ts';
import type { FileRecord } from './json-lines.ts';

/** Columns of a table; a spreadsheet has no more either. */
const COLUMNS_MAX = 16_384;
const NULL = 'null';

/** The field of a type that a column stands for, as far as it is known. */
export type ColumnField = (column: string) => FieldData | undefined;

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
/** Kinds that say themselves what they are: JSON, texts too. */
const JSON_KINDS: ReadonlySet<string> = new Set(['json', 'union', 'value', 'literal', 'null']);
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
        return [[name, isNull && !quoted && cell === NULL ? null : read(cell)]];
      }),
    ),
  );
}

/** A table with the columns of all records, in the order in which they first appear. */
export function formatCsv(records: readonly FileRecord[], fieldOf: ColumnField): string {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const isJson = new Set(columns.filter((column) => JSON_KINDS.has(fieldOf(column)?.kind ?? '')));
  const rows = records.map((record) =>
    columns.map((column) => cellOf(record[column], isJson.has(column))),
  );
  const head = columns.map((text) => ({ text, quoted: false }));
  return stringify([head, ...rows], {
    cast: {
      object: (value) => {
        const { quoted, text } = value as unknown as Cell;
        return { value: text, quoted, quoted_empty: quoted };
      },
    },
  });
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

function cellOf(value: unknown, isJson: boolean): Cell | undefined {
  if (value === undefined) return undefined;
  if (value === null) return { text: NULL, quoted: false };
  if (typeof value === 'string' && !isJson) {
    const text = /^'*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return { text, quoted: text === '' || text === NULL };
  }
  return { text: JSON.stringify(value), quoted: false };
}
