/**
 * The one order of values, the same on every platform: no value, null, false, true, numbers and big
 * integers by size, texts by code point, bytes, then lists and records by their canonical bytes.
 */
import { encodeValue, type Value } from '@atoll/codec';
import { compareBytes } from '@atoll/kernel';
import { itemKey } from '../object-state.ts';

/** What a field shows: a value or none. */
export type Shown = Value | undefined;

const RANK_NONE = 0;
const RANK_NULL = 1;
const RANK_BOOLEAN = 2;
const RANK_NUMBER = 3;
const RANK_TEXT = 4;
const RANK_BYTES = 5;
const RANK_OTHER = 6;
/** Code units from here on are surrogates, or characters that sort before what surrogates stand for. */
const SURROGATES_START = 0xd800;
const SURROGATES_END = 0xe000;

/** Equal exactly for values between which {@link compareValues} finds no difference. */
export function valueKey(value: Value): string {
  return itemKey(value, encodeValue);
}

/** True when the value stands for nothing: there is none, or it is null. */
export function isNothing(value: Shown): value is null | undefined {
  return value === undefined || value === null;
}

/** Total order of values. */
export function compareValues(a: Shown, b: Shown): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const rank = rankOf(a);
  const difference = rank - rankOf(b);
  if (difference !== 0 || rank <= RANK_NULL) return difference;
  switch (rank) {
    case RANK_BOOLEAN:
      return Number(a) - Number(b);
    case RANK_NUMBER:
      return compareNumbers(a as number | bigint, b as number | bigint);
    case RANK_BYTES:
      return compareBytes(a as Uint8Array, b as Uint8Array);
    default:
      return compareBytes(encodeValue(a as Value), encodeValue(b as Value));
  }
}

/** True if the values can be told apart by less and more: both are numbers, both are texts… */
export function isSameKind(a: Shown, b: Shown): boolean {
  return rankOf(a) === rankOf(b);
}

/**
 * Order of texts by code point. Code units have another one where pairs of surrogates meet characters
 * from U+E000 on, and locales would give each device its own.
 */
function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right)
      return left < SURROGATES_START || right < SURROGATES_START
        ? left - right
        : scalarRank(left) - scalarRank(right);
  }
  return a.length - b.length;
}

/** Puts surrogates behind all other code units. */
function scalarRank(unit: number): number {
  return unit < SURROGATES_END ? unit + SURROGATES_END : unit - SURROGATES_START;
}

/** By size; a number stands before an equal big integer, so that different values never tie. */
function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(typeof a === 'bigint') - Number(typeof b === 'bigint');
}

function rankOf(value: Shown): number {
  switch (typeof value) {
    case 'undefined':
      return RANK_NONE;
    case 'boolean':
      return RANK_BOOLEAN;
    case 'number':
    case 'bigint':
      return RANK_NUMBER;
    case 'string':
      return RANK_TEXT;
    default:
      if (value === null) return RANK_NULL;
      return value instanceof Uint8Array ? RANK_BYTES : RANK_OTHER;
  }
}
