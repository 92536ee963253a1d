/** A QR code for a terminal: two rows of modules in one line of half blocks, dark on white whatever its colours. */
import { encode } from 'uqr';

/** Quiet modules around the code: half of what the standard asks, which cameras read and small windows hold. */
const BORDER = 2;
const DARK_ON_WHITE = '\u001b[30;107m';
const AS_BEFORE = '\u001b[0m';

/** The lines of a text's code, each as wide as {@link qrWidth}. */
export function qrLines(text: string): readonly string[] {
  const { data, size } = encode(text, { ecc: 'L', border: BORDER });
  const isDark = (row: number, column: number): boolean => data[row]?.[column] === true;
  return Array.from({ length: Math.ceil(size / 2) }, (_, line) => {
    const blocks = Array.from({ length: size }, (_cell, column) =>
      halfBlock(isDark(2 * line, column), isDark(2 * line + 1, column)),
    );
    return `${DARK_ON_WHITE}${blocks.join('')}${AS_BEFORE}`;
  });
}

/** Columns that a code takes. */
export function qrWidth(text: string): number {
  return encode(text, { ecc: 'L', border: BORDER }).size;
}

function halfBlock(isUpperDark: boolean, isLowerDark: boolean): string {
  if (isUpperDark) return isLowerDark ? '█' : '▀';
  return isLowerDark ? '▄' : ' ';
}
