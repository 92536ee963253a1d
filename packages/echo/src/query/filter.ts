/** Conditions as closures over rows, and the index that answers the most selective one. */
import { encodeValue, type Value } from '@atoll/codec';
import { fromHex } from '@atoll/kernel';
import { isScalar, type Leaf, type Ref, type ScalarData } from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import type { FieldIndexes, IndexedField } from './field-index.ts';
import { itemKey } from '../object-state.ts';
import type { ObjectHost } from '../object-host.ts';
import { COMPARISONS, type Condition, type Where } from './query-form.ts';
import { setHas, shownCount, shownMap, shownRegister } from '../shown.ts';
import { storedValue } from '../stored-value.ts';
import type { KnownType } from '../type-registry.ts';

/** A test of a row, and the rows that pass it where an index knows them. */
export interface Filter {
  readonly test: (row: number) => boolean;
  /** Exactly the rows that pass, void and deleted ones included. Absent: any row may pass. */
  readonly candidates?: (indexes: FieldIndexes) => Iterable<number>;
}

/** Compiles conditions. @throws EchoError `ECHO_QUERY`. */
export function compileWhere(host: ObjectHost, type: KnownType, where: Where): Filter[] {
  return Object.entries(where).flatMap(([name, given]) => {
    const leaf = leafOf(type, name);
    const condition = conditionOf(given);
    return Object.entries(condition)
      .filter(([, value]) => value !== undefined)
      .map(([comparison, value]) =>
        compileOne({ host, type, leaf, comparison: comparison as keyof Condition, value }),
      );
  });
}

/** A leaf by name. @throws EchoError `ECHO_QUERY`. */
export function leafOf(type: KnownType, name: string): Leaf {
  const leaf = type.compiled.leafByName.get(name);
  if (leaf === undefined) {
    throw new EchoError('ECHO_QUERY', `${type.compiled.name} has no field ${name}`);
  }
  return leaf;
}

/** A shown value by which rows can be compared: registers, counters, lengths of texts and lists. */
export function comparable(
  host: ObjectHost,
  type: KnownType,
  leaf: Leaf,
): (row: number) => Value | undefined {
  const { fold, sequences } = host;
  const field = type.fields[leaf.index] as number;
  switch (leaf.data.kind) {
    case 'counter':
      return (row) => shownCount(fold, row, field);
    case 'text':
      return (row) => sequences.text(row, field)?.text.toString() ?? '';
    case 'set':
    case 'list':
    case 'map':
      throw new EchoError('ECHO_QUERY', `${leaf.name} cannot be compared`);
    default:
      return (row) => shownRegister(fold, row, field, leaf);
  }
}

/** Order of values: none, booleans, numbers, texts; others are equal. */
export function compareValues(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  return typeof a === 'boolean' && typeof b === 'boolean' ? Number(a) - Number(b) : 0;
}

function rankOf(value: Value | undefined): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'number') return 2;
  return typeof value === 'string' ? 3 : 4;
}

interface OneCondition {
  readonly host: ObjectHost;
  readonly type: KnownType;
  readonly leaf: Leaf;
  readonly comparison: keyof Condition;
  readonly value: unknown;
}

function compileOne(one: OneCondition): Filter {
  if (one.comparison === 'contains') return compileContains(one);
  if (one.comparison === 'exists') return compileExists(one);
  const { host, type, leaf, comparison } = one;
  const read = comparable(host, type, leaf);
  if (comparison === 'in') return compileIn(one, read);
  if (comparison === 'prefix') {
    const start = String(one.value);
    return { test: (row) => startsWith(read(row), start) };
  }
  const value = one.value === null ? undefined : goal(one, one.value);
  const key = value === undefined ? undefined : itemKey(value, encodeValue);
  const same = (row: number): boolean => {
    const shown = read(row);
    if (shown === undefined || key === undefined) return shown === undefined && key === undefined;
    return shown === value || itemKey(shown, encodeValue) === key;
  };
  const below = (row: number): number => compareValues(read(row), value);
  switch (comparison) {
    case 'eq':
      return { test: same, ...indexed(one, value === undefined ? undefined : [value]) };
    case 'ne':
      return { test: (row) => !same(row) };
    case 'lt':
      return { test: (row) => read(row) !== undefined && below(row) < 0 };
    case 'lte':
      return { test: (row) => read(row) !== undefined && below(row) <= 0 };
    case 'gt':
      return { test: (row) => below(row) > 0 };
    case 'gte':
      return { test: (row) => below(row) >= 0 };
  }
}

function compileIn(one: OneCondition, read: (row: number) => Value | undefined): Filter {
  if (!Array.isArray(one.value)) throw new EchoError('ECHO_QUERY', '"in" takes a list');
  const values = one.value.map((value: unknown) => goal(one, value));
  const keys = new Set(values.map((value) => itemKey(value, encodeValue)));
  const test = (row: number): boolean => {
    const shown = read(row);
    return shown !== undefined && keys.has(itemKey(shown, encodeValue));
  };
  return { test, ...indexed(one, values) };
}

function compileContains(one: OneCondition): Filter {
  const { host, type, leaf } = one;
  const { fold, sequences } = host;
  const field = type.fields[leaf.index] as number;
  const { data } = leaf;
  if (data.kind === 'set') {
    const value = stored(host, data.of, one.value, leaf.name);
    return { test: (row) => setHas(fold, row, field, value), ...indexed(one, [value]) };
  }
  if (data.kind === 'map') {
    return { test: (row) => shownMap(fold, row, field).has(String(one.value)) };
  }
  if (data.kind === 'list') {
    const key = itemKey(stored(host, data.of, one.value, leaf.name), encodeValue);
    return {
      test: (row) => {
        const list = sequences.list(row, field);
        return (list?.list.elements() ?? []).some((element) => {
          const value = list === undefined ? undefined : sequences.itemValue(list, element);
          return value !== undefined && itemKey(value, encodeValue) === key;
        });
      },
    };
  }
  const read = comparable(host, type, leaf);
  const part = String(one.value);
  return {
    test: (row) => {
      const value = read(row);
      return typeof value === 'string' && value.includes(part);
    },
  };
}

function compileExists(one: OneCondition): Filter {
  const { host, type, leaf } = one;
  const read = comparable(host, type, leaf);
  return { test: (row) => (read(row) !== undefined) === (one.value === true) };
}

/** Candidates through the equality index of a register or set. */
function indexed(one: OneCondition, values: readonly Value[] | undefined): Partial<Filter> {
  const { type, leaf } = one;
  if (values === undefined || (!isScalar(leaf.data) && leaf.data.kind !== 'set')) return {};
  const of: IndexedField = { field: type.fields[leaf.index] as number, leaf };
  const { name } = type.compiled;
  return {
    candidates: (indexes) => {
      const [only] = values;
      if (only !== undefined && values.length === 1) return indexes.rowsWith(name, of, only);
      const rows = new Set<number>();
      for (const value of values)
        for (const row of indexes.rowsWith(name, of, value)) rows.add(row);
      return rows;
    },
  };
}

function conditionOf(given: unknown): Condition {
  const isCondition =
    typeof given === 'object' &&
    given !== null &&
    Object.getPrototypeOf(given) === Object.prototype &&
    Object.keys(given).length > 0 &&
    Object.keys(given).every((key) => COMPARISONS.has(key));
  return isCondition ? (given as Condition) : { eq: given };
}

function goal(one: OneCondition, value: unknown): Value {
  const { data } = one.leaf;
  return isScalar(data) ? stored(one.host, data, value, one.leaf.name) : (value as Value);
}

/** A value of a query as it is stored; plain data stands for dates (milliseconds) and refs (id or key). */
function stored(host: ObjectHost, scalar: ScalarData, value: unknown, where: string): Value {
  if (scalar.kind === 'date' && typeof value === 'number') return value;
  if (scalar.kind === 'ref' && scalar.by === undefined) {
    const id = typeof value === 'string' ? value : (value as Ref<unknown> | undefined)?.$id;
    const bytes = id === undefined ? undefined : fromHex(id);
    if (bytes !== undefined) return bytes;
  }
  return storedValue(scalar, value, host, where);
}

function startsWith(value: Value | undefined, start: string): boolean {
  return typeof value === 'string' && value.startsWith(start);
}
