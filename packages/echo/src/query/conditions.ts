/** Conditions of one field: tests of rows, and the indexes that know which rows pass. */
import type { Value } from '@atoll/codec';
import { isScalar } from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import type { KnownType } from '../type-registry.ts';
import {
  comparableNamed,
  fieldNamed,
  isIndexed,
  isWritten,
  keyedNamed,
  searchedFields,
} from './fields.ts';
import { storedOperand } from './operand.ts';
import type { Range } from './ordered-index.ts';
import type { Part, PlanNode, Source } from './plan-node.ts';
import type { QueryHost } from './query-host.ts';
import type { QueryField } from './row-source.ts';
import { compareValues, isNothing, isSameKind, valueKey, type Shown } from './value-order.ts';
import { haveWords, wordsOf } from './words.ts';

/** A part with the range of an ordered index that it stands for: ranges of one field are joined. */
export interface FieldPart extends Part {
  readonly range?: { readonly of: QueryField; readonly range: Range };
}

/** One comparison of one field. */
export interface Comparison {
  readonly host: QueryHost;
  readonly type: KnownType;
  readonly name: string;
  readonly comparison: string;
  readonly value: unknown;
}

/** Until an index is made, one in so many rows is taken to have a value. */
const GUESSED_SHARE = 8;

/** Compiles a comparison. @throws EchoError `ECHO_QUERY`. */
export function compileComparison(input: Comparison): FieldPart {
  const { type, name, comparison } = input;
  switch (comparison) {
    case 'exists':
      return compileExists(input, keyedNamed(type, name));
    case 'contains':
      return compileContains(input, keyedNamed(type, name));
    case 'text':
      return compileText(input, fieldNamed(type, name));
    case 'in':
      return compileIn(input, comparableNamed(type, name));
    case 'prefix':
      return compilePrefix(input, comparableNamed(type, name));
    case 'eq':
    case 'ne':
      return compileEqual(input, comparableNamed(type, name));
    default:
      return compileRange(input, comparableNamed(type, name));
  }
}

/** Words in any of the fields that the type declares to be searched. @throws EchoError `ECHO_QUERY`. */
export function compileSearch(host: QueryHost, type: KnownType, text: string): Part {
  const fields = searchedFields(type);
  if (fields.length === 0) {
    throw new EchoError('ECHO_QUERY', `${type.compiled.name} declares no searchable fields`);
  }
  const asked = wordsOf(text);
  const readers = fields.map((field) => textOf(host, field));
  return {
    test: (row) =>
      haveWords(
        readers.flatMap((read) => wordsOf(read(row))),
        asked,
      ),
    words: `some word begins with each of "${asked.join(' ')}"`,
    source: () => wordSource(host, type, asked),
    hops: [],
  };
}

function compileEqual(input: Comparison, of: QueryField): FieldPart {
  const { host, name, comparison } = input;
  const read = host.source.reader(of);
  const goal = storedOperand(host, of.leaf, input.value);
  const same = equals(read, goal);
  if (comparison === 'ne') {
    return { test: (row) => !same(row), words: `${name} is not ${shown(input.value)}`, hops: [] };
  }
  return {
    test: same,
    words: `${name} is ${shown(input.value)}`,
    hops: [],
    ...equalitySource(input, of, goal),
  };
}

/** `null` stands for no value too; an operand that nothing can have equals nothing. */
function equals(read: (row: number) => Shown, goal: Shown): (row: number) => boolean {
  if (goal === undefined) return () => false;
  if (goal === null) return (row) => isNothing(read(row));
  if (typeof goal === 'string' || typeof goal === 'boolean') return (row) => read(row) === goal;
  const key = valueKey(goal);
  return (row) => {
    const value = read(row);
    return value !== undefined && valueKey(value) === key;
  };
}

function compileIn(input: Comparison, of: QueryField): FieldPart {
  const { host, name } = input;
  const read = host.source.reader(of);
  const goals = (input.value as readonly unknown[]).flatMap((each) => {
    const goal = storedOperand(host, of.leaf, each);
    return goal === undefined ? [] : [goal];
  });
  const keys = new Set(goals.filter((goal) => goal !== null).map(valueKey));
  const withNothing = goals.includes(null);
  return {
    test: (row) => {
      const value = read(row);
      return isNothing(value) ? withNothing : keys.has(valueKey(value));
    },
    words: `${name} is one of ${keys.size + Number(withNothing)} values`,
    hops: [],
    ...(withNothing ? {} : { source: () => valuesSource(input, of, goals) }),
  };
}

function compileRange(input: Comparison, of: QueryField): FieldPart {
  const { host, name, comparison } = input;
  const read = host.source.reader(of);
  const goal = storedOperand(host, of.leaf, input.value);
  if (isNothing(goal)) {
    throw new EchoError('ECHO_QUERY', `nothing is less or more than the value given for ${name}`);
  }
  const isBelow = comparison === 'lt' || comparison === 'lte';
  const withEqual = comparison === 'lte' || comparison === 'gte';
  const bound = isBelow
    ? { from: null, fromOpen: true, to: goal, toOpen: !withEqual }
    : { from: goal, fromOpen: !withEqual };
  return {
    test: (row) => {
      const value = read(row);
      if (!isSameKind(value, goal)) return false;
      const order = compareValues(value, goal);
      return order === 0 ? withEqual : order < 0 === isBelow;
    },
    words: `${name} ${WORDS[comparison] ?? comparison} ${shown(input.value)}`,
    hops: [],
    ...ranged(input, of, bound),
  };
}

const WORDS: { readonly [comparison: string]: string } = {
  lt: 'is less than',
  lte: 'is at most',
  gt: 'is more than',
  gte: 'is at least',
};

function compilePrefix(input: Comparison, of: QueryField): FieldPart {
  const read = input.host.source.reader(of);
  const prefix = String(input.value);
  return {
    test: (row) => {
      const value = read(row);
      return typeof value === 'string' && value.startsWith(prefix);
    },
    words: `${input.name} begins with ${shown(prefix)}`,
    hops: [],
    ...ranged(input, of, { prefix }),
  };
}

function compileExists(input: Comparison, of: QueryField): FieldPart {
  const { host, name } = input;
  const { source } = host;
  const wanted = input.value === true;
  const items: (row: number) => readonly unknown[] =
    of.leaf.data.kind === 'map' ? source.keys(of) : source.items(of);
  const has = isWritten(of.leaf)
    ? (row: number): boolean => items(row)[0] !== ''
    : (row: number): boolean => items(row).length > 0;
  return {
    test: (row) => has(row) === wanted,
    words: `${name} has ${wanted ? 'a' : 'no'} value`,
    hops: [],
  };
}

function compileContains(input: Comparison, of: QueryField): FieldPart {
  const { host, name } = input;
  const { source } = host;
  const words = `${name} contains ${shown(input.value)}`;
  const { data } = of.leaf;
  if (data.kind === 'map') {
    const keys = source.keys(of);
    const key = String(input.value);
    return { test: (row) => keys(row).includes(key), words, hops: [] };
  }
  if (data.kind === 'set' || data.kind === 'list') {
    const goal = storedOperand(host, of.leaf, input.value);
    if (goal === undefined) return { test: () => false, words, hops: [] };
    if (data.kind === 'set') {
      return { test: source.has(of, goal), words, hops: [], ...equalitySource(input, of, goal) };
    }
    const items = source.items(of);
    const key = valueKey(goal);
    return { test: (row) => items(row).some((item) => valueKey(item) === key), words, hops: [] };
  }
  const read = source.reader(comparableNamed(input.type, name));
  const part = String(input.value);
  return {
    test: (row) => {
      const value = read(row);
      return typeof value === 'string' && value.includes(part);
    },
    words,
    hops: [],
  };
}

function compileText(input: Comparison, of: QueryField): FieldPart {
  const { host, type, name } = input;
  const asked = wordsOf(String(input.value));
  const read = textOf(host, of);
  const isSearched = searchedFields(type).some(({ field }) => field === of.field);
  return {
    test: (row) => haveWords(wordsOf(read(row)), asked),
    words: `words of ${name} begin with each of "${asked.join(' ')}"`,
    hops: [],
    ...(isSearched ? { source: () => wordSource(host, type, asked, of) } : {}),
  };
}

/** The texts of a field, as one. @throws EchoError `ECHO_QUERY` where there can be none. */
function textOf(host: QueryHost, of: QueryField): (row: number) => string {
  const { data, name } = of.leaf;
  const kind = 'of' in data && !isScalar(data) ? data.of.kind : data.kind;
  if (!isWritten(of.leaf) && !['string', 'enum', 'json', 'union', 'literal'].includes(kind)) {
    throw new EchoError('ECHO_QUERY', `${name} is of the kind ${kind} and has no words`);
  }
  const items = host.source.items(of);
  return (row) =>
    items(row)
      .filter((item) => typeof item === 'string')
      .join('\n');
}

function wordSource(
  host: QueryHost,
  type: KnownType,
  asked: readonly string[],
  of?: QueryField,
): Source | undefined {
  const index = host.indexes.text(type.compiled.name, searchedFields(type));
  if (index === undefined) return undefined;
  const rows = index.search(asked, of?.field).map(({ row }) => row);
  const field = of === undefined ? {} : { field: of.leaf.name };
  const words = `index of words, ${asked.length} asked for`;
  return { node: { kind: 'words', words, estimate: rows.length, ...field }, rows: () => rows };
}

/** Through the ordered index where the type declares one, else through the one of equal values. */
function equalitySource(
  input: Comparison,
  of: QueryField,
  goal: Value | undefined,
): Pick<FieldPart, 'source' | 'range'> {
  if (goal === undefined) {
    const node: PlanNode = { kind: 'none', words: 'nothing can have this value', estimate: 0 };
    return { source: () => ({ node, rows: () => [] }) };
  }
  if (isIndexed(of))
    return ranged(input, of, goal === null ? { to: null } : { from: goal, to: goal });
  const { data } = of.leaf;
  if (goal === null || (!isScalar(data) && data.kind !== 'set')) return {};
  return { source: () => valuesSource(input, of, [goal]) };
}

function valuesSource(
  input: Comparison,
  of: QueryField,
  goals: readonly Value[],
): Source | undefined {
  const { host, type } = input;
  const { name } = type.compiled;
  if (!isScalar(of.leaf.data) && of.leaf.data.kind !== 'set') return undefined;
  const guess = host.indexes.rowsOfType(name).length / GUESSED_SHARE;
  const counts = goals.map((goal) => host.indexes.countWith(name, of, goal));
  const estimate = counts.reduce<number>((sum, count) => sum + (count ?? guess), 0);
  return {
    node: {
      kind: 'equality',
      words: `index of equal values of ${of.leaf.name}`,
      field: of.leaf.name,
      estimate: Math.ceil(estimate),
    },
    isExact: true,
    ...(counts.includes(undefined) ? { isGuessed: true } : {}),
    rows: () => {
      const [only] = goals;
      if (only !== undefined && goals.length === 1) return host.indexes.rowsWith(name, of, only);
      const rows = new Set<number>();
      for (const goal of goals)
        for (const row of host.indexes.rowsWith(name, of, goal)) rows.add(row);
      return rows;
    },
  };
}

function ranged(
  input: Comparison,
  of: QueryField,
  range: Range,
): Pick<FieldPart, 'source' | 'range'> {
  if (!isIndexed(of)) return {};
  return { range: { of, range }, source: () => rangeSource(input.host, input.type, of, range) };
}

/** The rows of a range of an ordered index. */
export function rangeSource(
  host: QueryHost,
  type: KnownType,
  of: QueryField,
  range: Range,
): Source {
  const index = host.indexes.ordered(type.compiled.name, of);
  const node: PlanNode = {
    kind: 'ordered',
    words: `ordered index of ${of.leaf.name}`,
    field: of.leaf.name,
    estimate: index.size(range),
  };
  return { node, rows: () => index.rows(range) };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
