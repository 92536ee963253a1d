/**
 * Writes tables as comma-separated values (RFC 4180). An empty cell is no value, a quoted one an empty text,
 * `null` without quotes null. What a spreadsheet would run as a formula has an apostrophe in front: other
 * people's text is in the table. `atoll import` reads all of it back.
 */
import type { FieldData } from '@atoll/schema';
import type { PlainRecord } from './records.ts';

/** The cell that says null; as a text it is quoted. */
export const CSV_NULL = 'null';

/** Kinds whose cells say themselves what they are: JSON, texts too. */
const JSON_KINDS: ReadonlySet<string> = new Set(['json', 'union', 'value', 'literal', 'null']);

/** The field of a type that a column stands for, as far as it is known. */
export type ColumnField = (column: string) => FieldData | undefined;

/** A table with the columns of all records, in the order in which they first appear. */
export function formatCsv(records: readonly PlainRecord[], fieldOf: ColumnField): string {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const isJson = new Set(columns.filter((column) => JSON_KINDS.has(fieldOf(column)?.kind ?? '')));
  const head = columns.map((column) => quotedIfNeeded(column));
  const rows = records.map((record) =>
    columns.map((column) => cellOf(record[column], isJson.has(column))),
  );
  return [head, ...rows].map((row) => `${row.join(',')}\n`).join('');
}

function cellOf(value: unknown, isJson: boolean): string {
  if (value === undefined) return '';
  if (value === null) return CSV_NULL;
  if (typeof value !== 'string' || isJson) return quotedIfNeeded(JSON.stringify(value));
  const text = /^'*[=+\-@\t\r]/u.test(value) ? `'${value}` : value;
  return text === '' || text === CSV_NULL ? quoted(text) : quotedIfNeeded(text);
}

function quotedIfNeeded(text: string): string {
  // A mark at the beginning would be taken for that of the whole table.
  return /[",\r\n]|^\ufeff/u.test(text) ? quoted(text) : text;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
