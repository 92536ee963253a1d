/** Spreadsheets inside a space. @packageDocumentation */
export { type Shown } from './formula.ts';
export {
  type Axis,
  type Content,
  type FormulaPart,
  type LineId,
  type SheetOp,
} from './sheet-op.ts';
export { SheetError, type SheetErrorCode } from './sheet-error.ts';
export { type SheetState } from './sheet-state.ts';
export { Sheet, sheetModel } from './sheet.ts';
