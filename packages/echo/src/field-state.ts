/** State of a field when it is first written apart: what the creation's bytes say, as siblings and dots. */
import { encodeValue, type Value } from '@atoll/codec';
import {
  countKey,
  itemKey,
  type FieldState,
  type ObjectState,
  type SetItem,
} from './object-state.ts';
import type { FoldView, NamedField } from './op-place.ts';
import type { Sibling } from './register.ts';

type StateOf<K extends FieldState['kind']> = Extract<FieldState, { readonly kind: K }>;

/** What the creation gave a field. */
export function createdValue(fold: FoldView, row: number, field: number): Value | undefined {
  const leaf = fold.typeOf(row).leafByField.get(field);
  return leaf === undefined ? undefined : fold.rows.value(row, leaf.index);
}

/** State of a register. */
export function registerState(
  fold: FoldView,
  row: number,
  state: ObjectState,
  named: Pick<NamedField, 'field'>,
): StateOf<'register'> {
  return ensure(state, named.field, 'register', () => ({
    kind: 'register',
    siblings: createdSiblings(fold, row, createdValue(fold, row, named.field)),
  }));
}

/** State of a map. */
export function mapState(
  fold: FoldView,
  row: number,
  state: ObjectState,
  named: Pick<NamedField, 'field'>,
): StateOf<'map'> {
  return ensure(state, named.field, 'map', () => {
    const value = createdValue(fold, row, named.field) as { readonly [key: string]: Value };
    const entries = Object.entries(value ?? {}).map(
      ([key, item]) => [key, createdSiblings(fold, row, item)] as const,
    );
    return { kind: 'map', entries: new Map(entries) };
  });
}

/** State of a set. */
export function setState(
  fold: FoldView,
  row: number,
  state: ObjectState,
  named: Pick<NamedField, 'field'>,
): StateOf<'set'> {
  return ensure(state, named.field, 'set', () => {
    const dots = [{ block: fold.rows.block(row), op: fold.rows.op(row) }];
    const items = new Map<string, SetItem>();
    const created = createdValue(fold, row, named.field) as readonly Value[] | undefined;
    for (const value of created ?? []) items.set(itemKey(value, encodeValue), { value, dots });
    return { kind: 'set', items };
  });
}

/** State of a counter; its creation begins a count even where it gives no number. */
export function counterState(
  fold: FoldView,
  row: number,
  state: ObjectState,
  named: Pick<NamedField, 'field'>,
): StateOf<'counter'> {
  return ensure(state, named.field, 'counter', () => {
    const key = countKey(fold.rows.block(row), fold.rows.op(row));
    const base = createdValue(fold, row, named.field);
    return {
      kind: 'counter',
      siblings: createdSiblings(fold, row, key),
      counts: new Map([[key, { base: typeof base === 'number' ? base : 0, sum: 0n }]]),
    };
  });
}

function createdSiblings(
  fold: FoldView,
  row: number,
  value: Value | undefined,
): readonly Sibling[] {
  if (value === undefined) return [];
  return [{ block: fold.rows.block(row), op: fold.rows.op(row), value }];
}

function ensure<K extends FieldState['kind']>(
  state: ObjectState,
  field: number,
  kind: K,
  make: () => StateOf<K>,
): StateOf<K> {
  const known = state.fields.get(field);
  // The kind is part of what a field's id hashes, so it cannot differ.
  if (known !== undefined && known.kind === kind) return known as StateOf<K>;
  const made = make();
  state.fields.set(field, made);
  return made;
}
