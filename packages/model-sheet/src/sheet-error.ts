/** Refusals of sheets to their callers. */

/** Why a call was refused. */
export type SheetErrorCode = 'SHEET_PLACE'; // There is no such row or column. Compare the index with the sheet's size.

/** Error of the sheet model. */
export class SheetError extends Error {
  override readonly name = 'SheetError';
  readonly code: SheetErrorCode;

  constructor(code: SheetErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
