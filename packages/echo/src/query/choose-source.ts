/** Chooses where to look: the source with the fewest rows by its own estimate, or all rows of the type. */
import type { Part, Source } from './plan-node.ts';
import type { QueryHost } from './query-host.ts';

/** The best source for a condition on objects of a type. */
export function bestSource(host: QueryHost, type: string, part: Part): Source {
  const rows = host.indexes.rowsOfType(type);
  const known = part.source?.();
  if (known !== undefined && known.node.estimate < rows.length) return known;
  const words = `all ${rows.length} objects of ${type}`;
  return { node: { kind: 'type', words, estimate: rows.length }, rows: () => rows };
}

/** Its rows: all that fulfil the condition are among them. */
export function rowsOf(host: QueryHost, type: string, part: Part): Iterable<number> {
  return bestSource(host, type, part).rows();
}
