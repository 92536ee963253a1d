/** What a creation carries in its payload, and what must be written after it: texts and lists. */
import type { Value } from '@atoll/codec';
import { isGiven, isScalar, type Leaf, type Ref } from '@atoll/schema';
import type { NewChild, ObjectHost } from './object-host.ts';
import { storedColumns } from './records-view.ts';
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
  { type, zone }: Omit<NewChild, 'tree'>,
  input: Readonly<Record<string, unknown>>,
): InitialContent {
  const later: ((row: number) => void)[] = [];
  const { leaves } = type.compiled;
  const values = new Array<Value | undefined>(leaves.length).fill(undefined);
  for (const leaf of leaves) {
    const { data } = leaf;
    if (leaf.records === 'column') continue;
    const given = inputOf(input, leaf.path);
    if (data.kind === 'tree') {
      const child = { tree: data.tree, type, zone };
      values[leaf.index] = host.lastInTree(child, given as Ref<unknown> | null | undefined);
    } else if (!isGiven(given, data)) continue;
    else if (leaf.records === 'entries') setRecords(host, { type, leaf, values }, given as Entries);
    else if (data.kind === 'text' || data.kind === 'rich') {
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

type Entries = Readonly<Record<string, unknown>>;

/** A map of records: its entries, and a column for each field. */
function setRecords(
  host: ObjectHost,
  into: {
    readonly type: KnownType;
    readonly leaf: Leaf;
    readonly values: (Value | undefined)[];
  },
  given: Entries,
): void {
  const { type, leaf, values } = into;
  const columns = new Map<Leaf, [string, Value][]>();
  const entries: [string, Value][] = [];
  for (const [key, record] of Object.entries(given)) {
    entries.push([key, true]);
    const stored = storedColumns(host, { type, entries: leaf }, key, record);
    for (const [column, value] of stored) {
      const cells = columns.get(column) ?? [];
      cells.push([key, value]);
      columns.set(column, cells);
    }
  }
  values[leaf.index] = Object.fromEntries(entries);
  for (const [column, cells] of columns) values[column.index] = Object.fromEntries(cells);
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
