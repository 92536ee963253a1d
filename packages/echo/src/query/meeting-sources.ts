/**
 * Where to look for rows that fulfil several conditions: the index that gives the fewest, and those rows of it
 * alone that others give too, where marking these costs less than testing each row.
 */
import type { Part, PlanNode, Source } from './plan-node.ts';
import type { QueryHost } from './query-host.ts';

/** So few rows are tested one by one. */
export const MEET_ROWS_MIN = 64;
/**
 * A test reads a field or more out of an encoded row; a row of an index is marked by one write. So a further
 * index is worth it while it gives at most so many times the rows that would be tested.
 */
const MEET_SHARE = 8;
/** Sources whose rows are there already. Others would be worked out for this alone. */
const READY: ReadonlySet<PlanNode['kind']> = new Set(['equality', 'ordered', 'words']);

/** A source of a conjunction, and the condition that its rows fulfil if they all do. */
export interface KnownSource {
  readonly source: Source;
  readonly part: Part | undefined;
}

/** The best source for all of the parts; `undefined` if nothing knows where to look. */
export function meetingSources(
  host: QueryHost,
  type: string,
  of: { readonly parts: readonly Part[]; readonly known: readonly KnownSource[] },
): Source | undefined {
  const ascending = [...of.known].sort((a, b) => estimateOf(a) - estimateOf(b));
  const [first, ...others] = ascending;
  if (first === undefined) return undefined;
  const { length } = host.indexes.rowsOfType(type);
  const used = [first];
  let estimate = estimateOf(first);
  for (const other of others) {
    if (!isWorth(estimate, other.source)) continue;
    used.push(other);
    estimate = Math.ceil((estimate * estimateOf(other)) / Math.max(1, length));
  }
  const exact = new Set(used.map(({ part, source }) => (source.isExact === true ? part : null)));
  const rest = of.parts.filter((part) => !exact.has(part));
  return {
    node: used.length === 1 ? first.source.node : meetingNode(used, estimate),
    rows: () => meet(host, used),
    ...(rest.length === 0 ? { isExact: true } : { rest: testOf(rest) }),
  };
}

function isWorth(rows: number, { isGuessed, node }: Source): boolean {
  if (rows < MEET_ROWS_MIN || isGuessed === true || !READY.has(node.kind)) return false;
  return node.estimate <= rows * MEET_SHARE;
}

function estimateOf({ source }: KnownSource): number {
  return source.node.estimate;
}

function meetingNode(used: readonly KnownSource[], estimate: number): PlanNode {
  const of = used.map(({ source }) => source.node);
  const { field } = of[0] ?? {};
  const words = 'rows that all of these give';
  return { kind: 'meeting', words, estimate, of, ...(field === undefined ? {} : { field }) };
}

function meet(host: QueryHost, [first, ...others]: readonly KnownSource[]): Iterable<number> {
  let rows: Iterable<number> = first?.source.rows() ?? [];
  for (const { source } of others) {
    const marked = new Uint8Array(host.source.count);
    for (const row of source.rows()) marked[row] = 1;
    const met: number[] = [];
    for (const row of rows) if (marked[row] === 1) met.push(row);
    rows = met;
  }
  return rows;
}

function testOf(parts: readonly Part[]): (row: number) => boolean {
  return (row) => {
    for (const part of parts) if (!part.test(row)) return false;
    return true;
  };
}
