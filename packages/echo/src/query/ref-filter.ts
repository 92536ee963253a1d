/** Objects that point to another one: by id, or by the key of an object that need not exist yet. */
import type { Value } from '@atoll/codec';
import { fromHex } from '@atoll/kernel';
import type { Leaf, ScalarData } from '@atoll/schema';
import type { FieldIndexes } from './field-index.ts';
import { leafOf, type Filter } from './filter.ts';
import type { ObjectHost } from '../object-host.ts';
import type { RefGoal } from './query-form.ts';
import { hasValue } from '../shown.ts';
import type { KnownType } from '../type-registry.ts';

/** A field and the value in it that points to the goal. */
interface Pointer {
  readonly leaf: Leaf;
  readonly field: number;
  readonly value: Value;
}

/** Passes rows with a ref to the goal in any (or the named) field. */
export function refFilter(host: ObjectHost, type: KnownType, goal: RefGoal): Filter {
  const leaves = goal.field === undefined ? type.compiled.leaves : [leafOf(type, goal.field)];
  const pointers = leaves.flatMap((leaf) => pointersOf(host, type, leaf, goal));
  return {
    test: (row) => pointers.some((pointer) => hasValue(host.fold, row, pointer, pointer.value)),
    candidates: (indexes: FieldIndexes) => {
      const rows = new Set<number>();
      for (const { leaf, field, value } of pointers) {
        for (const row of indexes.rowsWith(type.compiled.name, { leaf, field }, value)) {
          rows.add(row);
        }
      }
      return rows;
    },
  };
}

function pointersOf(host: ObjectHost, type: KnownType, leaf: Leaf, goal: RefGoal): Pointer[] {
  const scalar = refOf(leaf);
  if (scalar === undefined) return [];
  const field = type.fields[leaf.index] as number;
  const value = scalar.by === undefined ? idValue(goal) : keyValue(host, scalar, goal);
  return value === undefined ? [] : [{ leaf, field, value }];
}

function idValue(goal: RefGoal): Value | undefined {
  const bytes = goal.id === undefined ? undefined : fromHex(goal.id);
  return bytes?.length === 16 ? bytes : undefined;
}

/** The key that stands for the goal in this field: that of the object, if it is of the right type. */
function keyValue(
  host: ObjectHost,
  scalar: Extract<ScalarData, { readonly kind: 'ref' }>,
  goal: RefGoal,
): Value | undefined {
  if (goal.id !== undefined && scalar.by !== undefined) {
    const key = host.keyOfObject(goal.id, scalar.type, scalar.by);
    if (key !== undefined) return key;
  }
  return goal.key;
}

/** The ref that a field holds, itself or in a set. */
export function refOf(leaf: Leaf): Extract<ScalarData, { readonly kind: 'ref' }> | undefined {
  if (leaf.data.kind === 'ref') return leaf.data;
  if (leaf.data.kind === 'set' && leaf.data.of.kind === 'ref') return leaf.data.of;
  return undefined;
}
