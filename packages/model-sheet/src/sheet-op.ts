/** Ops of a sheet: writes of registers that are named by ids of rows and columns. Bytes are JSON in one form. */
import { isPosition } from './position.ts';

/** Rows or columns. */
export type Axis = 'row' | 'column';
/** Id of a row or column. */
export type LineId = string;

/** Text between references, a cell, or a range from corner to corner. */
export type FormulaPart =
  string | readonly ['cell', LineId, LineId] | readonly ['range', LineId, LineId, LineId, LineId];

/** What a cell holds. */
export type Content =
  null | number | string | boolean | { readonly formula: readonly FormulaPart[] };

/** One write. */
export type SheetOp =
  | readonly ['set', LineId, LineId, Content]
  /** Inserts or moves a row or column. */
  | readonly ['place', Axis, LineId, string]
  | readonly ['remove', Axis, LineId, boolean];

/** Bytes of one op: a long formula or a paragraph. */
export const OP_BYTES_MAX: number = 16 * 1024;
/** Parts of one formula. */
const PARTS_MAX = 512;

/** Bytes of an op. */
export function encodeOp(op: SheetOp): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(op));
}

/** The op of exactly the bytes that {@link encodeOp} writes. */
export function decodeOp(bytes: Uint8Array): SheetOp | undefined {
  if (bytes.length > OP_BYTES_MAX) return undefined;
  let value: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isOp(value) && JSON.stringify(value) === text ? value : undefined;
}

function isOp(value: unknown): value is SheetOp {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [kind, first, second, third] = value as readonly unknown[];
  switch (kind) {
    case 'set':
      return isId(first) && isId(second) && isContent(third);
    case 'place':
      return isAxis(first) && isId(second) && isPosition(third);
    case 'remove':
      return isAxis(first) && isId(second) && typeof third === 'boolean';
    default:
      return false;
  }
}

function isAxis(value: unknown): value is Axis {
  return value === 'row' || value === 'column';
}

function isId(value: unknown): value is LineId {
  return typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);
}

function isContent(value: unknown): value is Content {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || Object.keys(value).join() !== 'formula') return false;
  const { formula } = value as { readonly formula: unknown };
  return Array.isArray(formula) && formula.length <= PARTS_MAX && formula.every(isPart);
}

function isPart(value: unknown): value is FormulaPart {
  if (typeof value === 'string') return value.isWellFormed();
  if (!Array.isArray(value)) return false;
  const [kind, ...ids] = value as readonly unknown[];
  const count = kind === 'cell' ? 2 : kind === 'range' ? 4 : -1;
  return ids.length === count && ids.every(isId);
}
