/** Objects that point to another one: by id, or by the key of an object that need not exist yet. */
import type { Value } from '@atoll/codec';
import { fromHex } from '@atoll/kernel';
import { OBJECT_ID_BYTES } from '../op-ids.ts';
import { fieldNamed, refOf } from './fields.ts';
import type { KnownType } from '../type-registry.ts';
import type { Batch, Hop, Part, Source } from './plan-node.ts';
import type { RefGoal } from './query-form.ts';
import type { QueryHost } from './query-host.ts';
import type { QueryField } from './row-source.ts';

/** A field that may point to the goal. */
interface Pointer {
  readonly of: QueryField;
  /** What it holds if it does, now. */
  value: Value | undefined;
  /** Asks for that again: the key of an object can change, and the object can come later. */
  readonly ask: () => Value | undefined;
  test: (row: number) => boolean;
}

/** Passes rows with a ref to the goal in any (or the named) field. @throws EchoError `ECHO_QUERY`. */
export function compileGoal(host: QueryHost, type: KnownType, goal: RefGoal): Part {
  const names =
    goal.field === undefined
      ? type.compiled.leaves.map(({ name }) => name)
      : [fieldNamed(type, goal.field).leaf.name];
  const pointers = names.flatMap((name) => pointersOf(host, type, name, goal));
  const hop: Hop = {
    keep: () => undefined,
    affected: (batch) => affectedBy(host, { type, pointers, batch }),
  };
  const to = goal.key ?? goal.id ?? '';
  return {
    test: (row) => pointers.some((pointer) => pointer.test(row)),
    words: `has a ref to ${to}${goal.field === undefined ? '' : ` in ${goal.field}`}`,
    hops: [hop],
    source: () => sourceOf(host, type, pointers),
  };
}

function affectedBy(
  host: QueryHost,
  input: {
    readonly type: KnownType;
    readonly pointers: readonly Pointer[];
    readonly batch: Batch;
  },
): Iterable<number> {
  const rows = new Set<number>();
  for (const pointer of input.pointers) {
    const before = pointer.value;
    const after = pointer.ask();
    if (after instanceof Uint8Array || before === after) continue;
    aim(host, pointer, after);
    for (const value of [before, after]) {
      if (value === undefined) continue;
      const { name } = input.type.compiled;
      for (const row of host.indexes.rowsWith(name, pointer.of, value)) rows.add(row);
    }
  }
  return rows;
}

function sourceOf(host: QueryHost, type: KnownType, pointers: readonly Pointer[]): Source {
  const { name } = type.compiled;
  let estimate = 0;
  for (const { of, value } of pointers) {
    if (value === undefined) continue;
    // An index of refs is worth making: whoever asks once who points here asks again.
    estimate += host.indexes.countWith(name, of, value) ?? 1;
  }
  return {
    isExact: true,
    node: { kind: 'refs', words: `index of refs, ${pointers.length} fields`, estimate },
    rows: () => {
      const rows = new Set<number>();
      for (const { of, value } of pointers) {
        if (value === undefined) continue;
        for (const row of host.indexes.rowsWith(name, of, value)) rows.add(row);
      }
      return rows;
    },
  };
}

function pointersOf(host: QueryHost, type: KnownType, name: string, goal: RefGoal): Pointer[] {
  const leaf = type.compiled.leafByName.get(name);
  const ref = leaf === undefined ? undefined : refOf(leaf);
  if (leaf === undefined || ref === undefined) return [];
  const of = { leaf, field: type.fields[leaf.index] as number };
  const { by } = ref;
  const id = goal.id === undefined ? undefined : fromHex(goal.id);
  const idValue = id?.length === OBJECT_ID_BYTES ? id : undefined;
  const ask =
    by === undefined
      ? (): Value | undefined => idValue
      : (): Value | undefined =>
          (goal.id === undefined ? undefined : host.keyOfObject(goal.id, ref.type, by)) ?? goal.key;
  const pointer: Pointer = { of, value: undefined, ask, test: () => false };
  aim(host, pointer, ask());
  return [pointer];
}

function aim(host: QueryHost, pointer: Pointer, value: Value | undefined): void {
  pointer.value = value;
  pointer.test = value === undefined ? () => false : host.source.has(pointer.of, value);
}
