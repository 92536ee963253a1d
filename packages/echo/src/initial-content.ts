/** What a creation carries in its payload, and what must be written after it: texts and lists. */
import type { Value } from '@atoll/codec';
import { isGiven, isScalar, type Leaf } from '@atoll/schema';
import type { ObjectHost } from './object-host.ts';
import { encodePayload, sortedItems } from './row-payload.ts';
import { storedValue } from './stored-value.ts';
import type { KnownType } from './type-registry.ts';

/** The content of a new object. */
export interface InitialContent {
  readonly payload: Uint8Array;
  readonly later: readonly ((row: number) => void)[];
}

/** Content from checked input. @throws EchoError `ECHO_VALUE` for refs that cannot be stored. */
export function initialContent(
  host: ObjectHost,
  type: KnownType,
  input: Readonly<Record<string, unknown>>,
): InitialContent {
  const later: ((row: number) => void)[] = [];
  const { leaves } = type.compiled;
  const values = new Array<Value | undefined>(leaves.length).fill(undefined);
  for (const leaf of leaves) {
    const given = inputOf(input, leaf.path);
    const { data } = leaf;
    if (!isGiven(given, data)) continue;
    if (data.kind === 'text' || data.kind === 'rich') {
      later.push((row) => host.sequences.insertText({ row, type, leaf }, 0, given as string));
    } else if (data.kind === 'list') {
      const items = [...(given as Iterable<unknown>)];
      const stored = items.map((item) => storedValue(data.of, item, host, leaf.name));
      later.push((row) => host.sequences.insertItems({ row, type, leaf }, 0, stored));
    } else {
      values[leaf.index] = initialValue(host, leaf, given);
    }
  }
  return { payload: encodePayload(values), later };
}

function initialValue(host: ObjectHost, leaf: Leaf, given: unknown): Value {
  const { data } = leaf;
  if (isScalar(data)) return storedValue(data, given, host, leaf.name);
  if (data.kind === 'set') {
    const items = [...(given as Iterable<unknown>)];
    return sortedItems(items.map((item) => storedValue(data.of, item, host, leaf.name)));
  }
  if (data.kind === 'map') {
    const entries = Object.entries(given as Record<string, unknown>);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, storedValue(data.of, item, host, leaf.name)]),
    );
  }
  return given as number;
}

function inputOf(input: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let value: unknown = input;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
