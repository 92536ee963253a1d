/** Refusals of sheets to their callers. */
import { AtollError } from '@atoll/kernel';

/** Why a call was refused. */
export type SheetErrorCode = 'SHEET_PLACE'; // There is no such row or column. Compare the index with the sheet's size.

/** Error of the sheet model. */
export class SheetError extends AtollError<SheetErrorCode> {
  override readonly name = 'SheetError';
}
