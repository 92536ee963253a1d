/** Refusals of this package. */

/** Why a text was refused. */
export type TextFormatErrorCode = 'TEXT_FORMAT_TOO_LARGE'; // More than can be read in one turn. Split it.

/** Error of the text-formats package. */
export class TextFormatError extends Error {
  override readonly name = 'TextFormatError';
  readonly code: TextFormatErrorCode;

  constructor(code: TextFormatErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** UTF-16 units of one text: a long book, or what a page on the clipboard may bring. */
const INPUT_UNITS_MAX = 8 * 1024 * 1024;

/** @throws TextFormatError `TEXT_FORMAT_TOO_LARGE`. */
export function requireSize(text: string): void {
  if (text.length <= INPUT_UNITS_MAX) return;
  throw new TextFormatError(
    'TEXT_FORMAT_TOO_LARGE',
    `a text has more than ${INPUT_UNITS_MAX} units`,
  );
}
