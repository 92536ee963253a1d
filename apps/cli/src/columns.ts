/** Aligned columns for terminals. */

/** Widest column that is padded; longer cells just run on. */
const WIDTH_MAX = 48;
const GAP = '  ';

/** Lines in which the cells of a column begin at the same place. Nothing follows the last cell. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const clean = rows.map((row) => row.map(oneLine));
  const widths: number[] = [];
  for (const row of clean) {
    row.forEach((cell, at) => {
      widths[at] = Math.min(WIDTH_MAX, Math.max(widths[at] ?? 0, [...cell].length));
    });
  }
  return clean.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat(Math.max(0, (widths[at] ?? 0) - [...cell].length)))
      .join(GAP)
      .trimEnd(),
  );
}

/** A cell is one line without control characters: what others wrote must neither steer a terminal nor turn
 * the line around. */
function oneLine(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/\p{Bidi_Control}/gu, '');
}

/** A value of a field for people. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return JSON.stringify(value);
}
