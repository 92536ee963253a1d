/**
 * Tables as comma-separated values (RFC 4180). What a spreadsheet would take for a formula is written with
 * an apostrophe in front, which reading takes away again.
 */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { CliError } from './cli-error.ts';
import type { FileRecord } from './json-lines.ts';

/** Columns of a table; a spreadsheet has no more either. */
const COLUMNS_MAX = 16_384;

/** Records of a table whose first row names the columns. Empty cells are absent. @throws CliError. */
export function parseCsv(text: string, isText: (column: string) => boolean): FileRecord[] {
  const [head = [], ...rows] = cellsOf(text);
  if (head.length > COLUMNS_MAX) throw new CliError('CLI_FILE', 'the table has too many columns');
  if (new Set(head).size !== head.length) {
    throw new CliError('CLI_FILE', 'two columns of the table have the same name');
  }
  const columns = head.map((name, at) => {
    const cells = rows.map((row) => row[at] ?? '').filter((cell) => cell !== '');
    return { name, read: isText(name) ? plainText : readerOf(cells) };
  });
  return rows.map((row) =>
    Object.fromEntries(
      columns.flatMap(({ name, read }, at) => {
        const cell = row[at] ?? '';
        return cell === '' || name === '' ? [] : [[name, read(cell)]];
      }),
    ),
  );
}

/** A table with the columns of all records, in the order in which they first appear. */
export function formatCsv(records: readonly FileRecord[]): string {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const rows = records.map((record) => columns.map((column) => cellOf(record[column])));
  return stringify([columns, ...rows]);
}

function cellsOf(text: string): string[][] {
  try {
    return parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it is malformed';
    throw new CliError('CLI_FILE', `the table cannot be read: ${why}`, { cause });
  }
}

/** How the cells of a column are read: as what all of them look like. */
function readerOf(cells: readonly string[]): (cell: string) => unknown {
  if (cells.every((cell) => /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(cell))) return Number;
  if (cells.every((cell) => cell === 'true' || cell === 'false')) return (cell) => cell === 'true';
  if (cells.every((cell) => /^[[{]/.test(cell) && jsonOf(cell) !== undefined)) return jsonOf;
  return plainText;
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

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return /^'*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}
