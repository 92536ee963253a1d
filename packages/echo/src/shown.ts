/** What a reader sees of a row: winners of registers, elements of sets, sums of counters. */
import { encodeValue, type Value } from '@atoll/codec';
import { isScalar, type Leaf } from '@atoll/schema';
import { createdValue } from './field-state.ts';
import { itemKey, type FieldState, type ObjectState } from './object-state.ts';
import type { FoldView } from './op-place.ts';
import type { Sibling } from './register.ts';
import { compareItems } from './row-payload.ts';

/** The fold as readers see it. */
export interface ReadView extends FoldView {
  /** What is known of a row beyond its creation. */
  state(row: number): ObjectState | undefined;
  /** Only the register of deletion; keeps nothing decoded. */
  deletedOf(row: number): readonly Sibling[];
  /** Only the writes of one register, if it was written apart; keeps nothing decoded. */
  registerOf(row: number, field: number): readonly Sibling[] | undefined;
}

/** The shown value among siblings. */
export function winner(siblings: readonly Sibling[]): Value | undefined {
  return siblings.at(-1)?.value;
}

/** True if the object counts and is not deleted. */
export function isLive(fold: ReadView, row: number): boolean {
  return !fold.rows.isVoid(row) && winner(fold.deletedOf(row)) !== true;
}

/** How many count and are not deleted. */
export function liveCount(fold: ReadView): number {
  let live = 0;
  for (let row = 0; row < fold.rows.count; row++) if (isLive(fold, row)) live++;
  return live;
}

/** Shown value of a register, its default included. */
export function shownRegister(
  fold: ReadView,
  row: number,
  field: number,
  leaf: Leaf,
): Value | undefined {
  const siblings = fold.registerOf(row, field);
  const value = siblings === undefined ? createdValue(fold, row, field) : winner(siblings);
  return value === undefined ? defaultOf(leaf) : value;
}

/** Value that stands where none was written. */
function defaultOf(leaf: Leaf): Value | undefined {
  return isScalar(leaf.data) ? leaf.data.default : undefined;
}

/** Elements of a set in canonical order. */
export function shownSet(fold: ReadView, row: number, field: number): readonly Value[] {
  const state = fold.state(row)?.fields.get(field);
  if (state?.kind === 'set') {
    return [...state.items.values()].map((item) => item.value).sort(compareItems);
  }
  return (createdValue(fold, row, field) as readonly Value[] | undefined) ?? [];
}

/** True if a set has the element. */
export function setHas(fold: ReadView, row: number, field: number, value: Value): boolean {
  const state = fold.state(row)?.fields.get(field);
  const key = itemKey(value, encodeValue);
  if (state?.kind === 'set') return state.items.has(key);
  return shownSet(fold, row, field).some((item) => itemKey(item, encodeValue) === key);
}

/** True if a register shows the value, or a set has it. */
export function hasValue(
  fold: ReadView,
  row: number,
  of: { readonly field: number; readonly leaf: Leaf },
  value: Value,
): boolean {
  const { field, leaf } = of;
  if (leaf.data.kind === 'set') return setHas(fold, row, field, value);
  const shown = shownRegister(fold, row, field, leaf);
  return shown !== undefined && itemKey(shown, encodeValue) === itemKey(value, encodeValue);
}

/** Entries of a map that have a value. */
export function shownMap(fold: ReadView, row: number, field: number): Map<string, Value> {
  const state = fold.state(row)?.fields.get(field);
  const shown = new Map<string, Value>();
  if (state?.kind === 'map') {
    for (const [key, siblings] of state.entries) {
      const value = winner(siblings);
      if (value !== undefined) shown.set(key, value);
    }
    return shown;
  }
  const created = createdValue(fold, row, field) as { readonly [key: string]: Value } | undefined;
  for (const [key, value] of Object.entries(created ?? {})) shown.set(key, value);
  return shown;
}

/** Value of one entry of a map. */
export function shownEntry(
  fold: ReadView,
  row: number,
  field: number,
  key: string,
): Value | undefined {
  const state = fold.state(row)?.fields.get(field);
  if (state?.kind === 'map') return winner(state.entries.get(key) ?? []);
  const created = createdValue(fold, row, field) as { readonly [key: string]: Value } | undefined;
  return created !== undefined && Object.hasOwn(created, key) ? created[key] : undefined;
}

/** Value of a counter. Above 2^53 it is rounded. */
export function shownCount(fold: ReadView, row: number, field: number): number {
  const state = fold.state(row)?.fields.get(field);
  if (state?.kind === 'counter') return countIn(state);
  const created = createdValue(fold, row, field);
  return typeof created === 'number' ? created : 0;
}

function countIn(state: Extract<FieldState, { readonly kind: 'counter' }>): number {
  const key = winner(state.siblings);
  const count = typeof key === 'string' ? state.counts.get(key) : undefined;
  return count === undefined ? 0 : Number(BigInt(count.base) + count.sum);
}
