/** From the canonical form of conditions to one part that tests rows and knows where to look for them. */
import { fromHex } from '@atoll/kernel';
import { EchoError } from '../echo-error.ts';
import type { KnownType } from '../type-registry.ts';
import { BackwardHop } from './backward-hop.ts';
import { compileComparison, compileSearch, rangeSource, type FieldPart } from './conditions.ts';
import { EntryRows } from './entry-rows.ts';
import { edgeFrom, edgesNamed, type Edge } from './edges.ts';
import { fieldNamed, keyedNamed } from './fields.ts';
import { ForwardHop } from './forward-hop.ts';
import { meetingSources, type KnownSource } from './meeting-sources.ts';
import type { Range } from './ordered-index.ts';
import type { Part, PlanNode, Source } from './plan-node.ts';
import type { Condition, HopFrom, RefGoal, TreeGoal, Where } from './query-form.ts';
import type { QueryHost } from './query-host.ts';
import { compileGoal } from './ref-goal.ts';
import type { QueryField } from './row-source.ts';
import { AboveHop, BelowHop } from './tree-hops.ts';
import { compareValues } from './value-order.ts';

/** Compiles canonical conditions for objects of a type. @throws EchoError `ECHO_QUERY`. */
export function compileWhere(host: QueryHost, type: KnownType, where: Where): Part {
  const parts = Object.entries(where).flatMap(([name, given]) =>
    name.startsWith('$')
      ? [compileExtra(host, type, name, given)]
      : compileField(host, type, name, given as Condition),
  );
  return allOf(host, type, parts);
}

function compileField(
  host: QueryHost,
  type: KnownType,
  name: string,
  condition: Condition,
): FieldPart[] {
  const { some, to, type: toType, depth, ...others } = condition;
  const parts = Object.entries(others).map(([comparison, value]) =>
    compileComparison({ host, type, name, comparison, value }),
  );
  if (some !== undefined) parts.push(compileSome(host, type, name, some));
  if (to !== undefined) parts.push(compileTo(host, type, name, { to, type: toType, depth }));
  return parts;
}

function compileExtra(host: QueryHost, type: KnownType, name: string, given: unknown): Part {
  switch (name) {
    case '$and':
      return allOf(host, type, wheres(host, type, given));
    case '$or':
      return anyOf(wheres(host, type, given));
    case '$not': {
      const { test, words, hops } = compileWhere(host, type, given as Where);
      return { test: (row) => !test(row), words: `not (${words})`, hops };
    }
    case '$id':
      return compileIds(host, given as readonly string[]);
    case '$text':
      return compileSearch(host, type, given as string);
    case '$refTo':
      return compileRefTo(host, type, given as RefGoal);
    case '$under':
    case '$above':
      return compileTree(host, type, name, given as TreeGoal);
    default:
      return compileFrom(host, type, given as HopFrom);
  }
}

function wheres(host: QueryHost, type: KnownType, given: unknown): Part[] {
  return (given as readonly Where[]).map((where) => compileWhere(host, type, where));
}

/** All must hold; those that know of the fewest rows say where to look. */
function allOf(host: QueryHost, type: KnownType, parts: readonly FieldPart[]): Part {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return {
    test: (row) => {
      for (const part of parts) if (!part.test(row)) return false;
      return true;
    },
    words: parts.length === 0 ? 'anything' : parts.map(({ words }) => words).join(' and '),
    hops: parts.flatMap(({ hops }) => hops),
    source: () => {
      const joined = joinRanges(parts).map(({ of, range }): KnownSource => {
        return { source: rangeSource(host, type, of, range), part: undefined };
      });
      const others = parts.flatMap((part): KnownSource[] => {
        const source = part.range === undefined ? part.source?.() : undefined;
        return source === undefined ? [] : [{ source, part }];
      });
      return meetingSources(host, type.compiled.name, { parts, known: [...joined, ...others] });
    },
  };
}

function anyOf(parts: readonly Part[]): Part {
  return {
    test: (row) => parts.some((part) => part.test(row)),
    words: parts.length === 0 ? 'nothing' : parts.map(({ words }) => `(${words})`).join(' or '),
    hops: parts.flatMap(({ hops }) => hops),
    source: () => {
      const sources: Source[] = [];
      for (const part of parts) {
        const source = part.source?.();
        if (source === undefined) return undefined;
        sources.push(source);
      }
      return unionOf(sources);
    },
  };
}

function unionOf(sources: readonly Source[]): Source {
  const of = sources.map(({ node }) => node);
  const node: PlanNode = {
    kind: sources.length === 0 ? 'none' : 'union',
    words: sources.length === 0 ? 'nothing can match' : 'all of these together',
    estimate: of.reduce((sum, { estimate }) => sum + estimate, 0),
    of,
  };
  return {
    node,
    isExact: sources.every(({ isExact }) => isExact === true),
    rows: () => {
      const rows = new Set<number>();
      for (const source of sources) for (const row of source.rows()) rows.add(row);
      return rows;
    },
  };
}

/** Ranges of one field as one range. */
function joinRanges(
  parts: readonly FieldPart[],
): { readonly of: QueryField; readonly range: Range }[] {
  const byField = new Map<number, { readonly of: QueryField; readonly range: Range }>();
  for (const { range: next } of parts) {
    if (next === undefined) continue;
    const known = byField.get(next.of.field);
    const range = known === undefined ? next.range : joinRange(known.range, next.range);
    byField.set(next.of.field, { of: next.of, range });
  }
  return [...byField.values()];
}

/** The narrower bound on either side; of two prefixes the longer one, since a test follows. */
function joinRange(a: Range, b: Range): Range {
  const from =
    a.from === undefined || (b.from !== undefined && compareValues(b.from, a.from) > 0) ? b : a;
  const to = a.to === undefined || (b.to !== undefined && compareValues(b.to, a.to) < 0) ? b : a;
  const prefixes = [a.prefix, b.prefix].filter((prefix) => prefix !== undefined);
  const prefix = prefixes.sort((one, other) => other.length - one.length)[0];
  return {
    ...(from.from === undefined ? {} : { from: from.from, fromOpen: from.fromOpen ?? false }),
    ...(to.to === undefined ? {} : { to: to.to, toOpen: to.toOpen ?? false }),
    ...(prefix === undefined ? {} : { prefix }),
  };
}

/** Some entry of a map of records fulfils all of it. */
function compileSome(host: QueryHost, type: KnownType, name: string, where: Where): Part {
  const entries = new EntryRows(host, type, keyedNamed(type, name));
  const part = compileWhere(entries.host, entries.type, ofEntry(where));
  return {
    test: (row) => entries.some(row, part),
    words: `${name} has an entry with (${part.words})`,
    hops: [],
  };
}

/** Conditions of an entry, which has no identity and no refs that lead on. @throws EchoError. */
function ofEntry(where: Where): Where {
  for (const [key, given] of Object.entries(where)) {
    if (key === '$and' || key === '$or')
      for (const each of given as readonly Where[]) ofEntry(each);
    else if (key === '$not') ofEntry(given as Where);
    else if (key.startsWith('$') || (given as Condition).to !== undefined) {
      throw new EchoError('ECHO_QUERY', `entries of a map cannot be asked for ${key}`);
    }
  }
  return where;
}

function compileTree(host: QueryHost, type: KnownType, name: string, goal: TreeGoal): Part {
  const trees = type.compiled.leaves.flatMap(({ data }) =>
    data.kind === 'tree' && (goal.tree ?? data.tree) === data.tree ? [data.tree] : [],
  );
  const [tree, ...more] = trees;
  if (tree === undefined || more.length > 0) {
    const why =
      tree === undefined ? 'is in no such tree' : `is in several trees: ${trees.join(', ')}`;
    throw new EchoError('ECHO_QUERY', `${type.compiled.name} ${why}`);
  }
  const { depth = Infinity, id } = goal;
  const input = { host, type: type.compiled.name, tree, id, depth };
  return name === '$under' ? new BelowHop(input).part() : new AboveHop(input).part();
}

function compileIds(host: QueryHost, ids: readonly string[]): Part {
  const wanted = new Set(ids);
  return {
    test: (row) => wanted.has(host.source.id(row)),
    words: ids.length === 1 ? `is the object ${ids[0] ?? ''}` : `is one of ${wanted.size} objects`,
    hops: [],
    source: () => ({
      node: { kind: 'ids', words: 'objects by id', estimate: wanted.size },
      rows: () =>
        [...wanted].flatMap((id) => {
          const bytes = fromHex(id);
          const row = bytes?.length === 16 ? host.source.find(bytes) : -1;
          return row < 0 ? [] : [row];
        }),
    }),
  };
}

function compileTo(
  host: QueryHost,
  type: KnownType,
  name: string,
  condition: {
    readonly to: Where;
    readonly type: string | undefined;
    readonly depth: number | undefined;
  },
): Part {
  const edge = requireEdge(host, type, name);
  const { to, depth = 1 } = condition;
  const target = condition.type ?? edge.ref.type;
  if (
    target !== undefined &&
    edge.ref.type !== undefined &&
    target !== edge.ref.type &&
    depth === 1
  ) {
    throw new EchoError('ECHO_QUERY', `${name} leads to ${edge.ref.type}, not to ${target}`);
  }
  if (target === undefined && Object.keys(to).some((key) => key !== '$id')) {
    throw new EchoError('ECHO_QUERY', `${name} may lead to any type: say which one is meant`);
  }
  const types = target === undefined ? host.typeNames() : [target];
  const ends = types.flatMap((each) => {
    const reader = host.readerOf(each);
    return reader === undefined ? [] : [[each, compileWhere(host, reader, to)] as const];
  });
  const edges = depth === 1 ? [edge] : edgesNamed(host, name);
  return new ForwardHop({ host, field: name, depth, edges, ends: new Map(ends) }).part();
}

function compileFrom(host: QueryHost, type: KnownType, from: HopFrom): Part {
  const { field, where = {}, depth = 1 } = from;
  const reader = host.readerOf(from.type);
  if (reader === undefined) {
    return { test: () => false, words: `led to by ${from.type}, which is not known`, hops: [] };
  }
  const edge = requireEdge(host, reader, field);
  const goal = edge.ref.type;
  if (depth === 1 && goal !== undefined && goal !== type.compiled.name) {
    throw new EchoError('ECHO_QUERY', `${field} of ${from.type} leads to ${goal}`);
  }
  const end = compileWhere(host, reader, where);
  const edges = depth === 1 ? [edge] : edgesNamed(host, field);
  const ends = new Map<string, Part>();
  return new BackwardHop({ host, field, depth, edges, ends, type: from.type, end }).part();
}

function compileRefTo(host: QueryHost, type: KnownType, goal: RefGoal): Part {
  const { depth = 1, ...direct } = goal;
  const near = compileGoal(host, type, direct);
  if (depth === 1) return near;
  const names =
    goal.field === undefined
      ? type.compiled.leaves.map(({ name }) => name)
      : [requireEdge(host, type, goal.field).of.leaf.name];
  const far = names.flatMap((name) => {
    if (edgeFrom(host, type, name) === undefined) return [];
    const edges = edgesNamed(host, name);
    const ends = edges.flatMap((edge) => {
      const reader = host.readerOf(edge.type);
      if (reader === undefined) return [];
      return [[edge.type, compileGoal(host, reader, { ...direct, field: name })] as const];
    });
    const hop = { host, field: name, depth: depth - 1, edges, ends: new Map(ends) };
    return [new ForwardHop(hop).part()];
  });
  return anyOf([near, ...far]);
}

/** The edge of a field. @throws EchoError `ECHO_QUERY` if it is no ref. */
function requireEdge(host: QueryHost, type: KnownType, name: string): Edge {
  const edge = edgeFrom(host, type, name);
  if (edge !== undefined) return edge;
  const { data } = fieldNamed(type, name).leaf;
  throw new EchoError('ECHO_QUERY', `${name} is a ${data.kind} and leads to no object`);
}
