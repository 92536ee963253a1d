/**
 * Tables as comma-separated values (RFC 4180). What a spreadsheet would run as a formula has an apostrophe in
 * front: other people's text is in the table. `atoll import` takes it away again.
 */

/** Fields of an object as plain data. */
export type PlainRecord = Readonly<Record<string, unknown>>;

/** A table with the columns of all records, in the order in which they first appear. */
export function formatCsv(records: readonly PlainRecord[]): string {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const rows = records.map((record) => columns.map((column) => cellText(record[column])));
  return [columns, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return /^'*[=+\-@\t\r]/u.test(value) ? `'${value}` : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}

function quoted(cell: string): string {
  return /[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
