/** Answers a plan once: the rows in order, and what it took to find them. */
import type { Cursor } from './cursor.ts';
import type { IndexedOrder, Placed, Plan } from './plan.ts';
import type { PlanNode } from './plan-node.ts';
import type { QueryHost } from './query-host.ts';

/** An answer. */
export interface Answer {
  readonly placed: readonly Placed[];
  /** Rows that were tested. */
  readonly examined: number;
  readonly node: PlanNode;
  /** How the order came about. */
  readonly order: 'none' | 'sorted' | 'walked';
}

/** Rows kept beyond what is wanted before the least wanted are dropped. */
const SPARE_ROWS = 1024;

/** All rows that match, in no order: for counts and groups. */
export function* matches(plan: Plan): Generator<number> {
  const source = plan.source();
  for (const row of source.rows()) if (plan.acceptsOf(source, row)) yield row;
}

/** The rows that were asked for. @throws EchoError `ECHO_CURSOR`. */
export function answer(host: QueryHost, plan: Plan): Answer {
  const { offset = 0, limit } = plan.form;
  const start = plan.start();
  const source = plan.source();
  const wanted = limit === undefined ? Infinity : offset + limit;
  const walk = plan.indexedOrder();
  if (walk !== undefined && limit !== undefined) {
    const rows = host.indexes.rowsOfType(plan.form.type).length;
    // A walk looks at as many rows as it takes to meet enough that match.
    const share = Math.max(1, source.node.estimate) / Math.max(1, rows);
    if (wanted / share < source.node.estimate) return walked(host, plan, { walk, wanted, start });
  }
  let examined = 0;
  let placed: Placed[] = [];
  for (const row of source.rows()) {
    examined++;
    if (!plan.acceptsOf(source, row)) continue;
    const next = plan.place(row);
    if (start !== undefined && !plan.isBehind(next, start)) continue;
    placed.push(next);
    if (placed.length > wanted * 2 + SPARE_ROWS) placed = sorted(plan, placed).slice(0, wanted);
  }
  return {
    placed: sorted(plan, placed).slice(offset, wanted),
    examined,
    node: source.node,
    order: 'sorted',
  };
}

/** Goes along the index of the first order until there are enough. */
function walked(
  host: QueryHost,
  plan: Plan,
  input: {
    readonly walk: IndexedOrder;
    readonly wanted: number;
    readonly start: Cursor | undefined;
  },
): Answer {
  const { walk, wanted, start } = input;
  const index = host.indexes.ordered(plan.form.type, walk.of);
  const from = start === undefined ? undefined : { key: start.keys[0] };
  const placed: Placed[] = [];
  let examined = 0;
  for (const run of index.runs(walk.direction, from)) {
    examined += run.length;
    placed.push(...sorted(plan, placedOf(plan, run, start)));
    if (placed.length >= wanted) break;
  }
  const { name } = walk.of.leaf;
  const node: PlanNode = {
    kind: 'walk',
    words: `rows in the order of the index of ${name}, until there are enough`,
    estimate: wanted,
    field: name,
  };
  return { placed: placed.slice(plan.form.offset ?? 0, wanted), examined, node, order: 'walked' };
}

/** Those of some rows that belong to the result. */
function placedOf(plan: Plan, rows: readonly number[], start: Cursor | undefined): Placed[] {
  const found: Placed[] = [];
  for (const row of rows) {
    if (!plan.accepts(row)) continue;
    const next = plan.place(row);
    if (start === undefined || plan.isBehind(next, start)) found.push(next);
  }
  return found;
}

function sorted(plan: Plan, placed: Placed[]): Placed[] {
  return placed.sort((a, b) => plan.compare(a, b));
}
