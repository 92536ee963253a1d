/** Puts blocks into an editor's document by the smallest replacements, so that the rest stays as it is. */
import { Slice, type Node } from 'prosemirror-model';
import type { Transaction } from 'prosemirror-state';

/**
 * Replaces what lies between two stretches that stay: `before` units up to the first of the blocks, and
 * `after` units behind the last, the boundary with them.
 */
export function replaceBlocks(
  transaction: Transaction,
  fresh: readonly Node[],
  stays: { readonly before: number; readonly after: number },
): void {
  const { doc } = transaction;
  const first = blocksWithin(doc, stays.before, 1);
  const last = doc.childCount - blocksWithin(doc, stays.after, -1);
  const old: Node[] = [];
  for (let at = first; at < last; at++) old.push(doc.child(at));
  let pos = 0;
  for (let at = 0; at < first; at++) pos += doc.child(at).nodeSize;
  replaceNodes(transaction, { pos, old, fresh });
}

/** How many blocks from one end have so many units, with their boundaries. */
function blocksWithin(doc: Node, units: number, step: 1 | -1): number {
  let rest = units;
  let count = 0;
  while (rest > 0 && count < doc.childCount) {
    const index = step === 1 ? count : doc.childCount - 1 - count;
    rest -= doc.child(index).content.size + 1;
    count++;
  }
  return count;
}

function replaceNodes(
  transaction: Transaction,
  what: { readonly pos: number; readonly old: readonly Node[]; readonly fresh: readonly Node[] },
): void {
  const { old, fresh } = what;
  const shorter = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < shorter && (old[start] as Node).eq(fresh[start] as Node)) start++;
  let end = 0;
  while (end < shorter - start && (old.at(-1 - end) as Node).eq(fresh.at(-1 - end) as Node)) end++;
  let { pos } = what;
  for (let at = 0; at < start; at++) pos += (old[at] as Node).nodeSize;
  const oldNodes = old.slice(start, old.length - end);
  const freshNodes = fresh.slice(start, fresh.length - end);
  if (oldNodes.length === freshNodes.length) {
    oldNodes.forEach((node, at) => {
      const next = freshNodes[at] as Node;
      if (!node.eq(next)) replaceNode(transaction, { pos, node, next });
      pos += next.nodeSize;
    });
    return;
  }
  const to = pos + oldNodes.reduce((sum, { nodeSize }) => sum + nodeSize, 0);
  transaction.replaceWith(pos, to, freshNodes);
}

function replaceNode(
  transaction: Transaction,
  { pos, node, next }: { readonly pos: number; readonly node: Node; readonly next: Node },
): void {
  const isText = node.isTextblock && next.isTextblock;
  if (
    !isText ||
    (node.type !== next.type && (node.type.spec.code ?? next.type.spec.code) === true)
  ) {
    transaction.replaceWith(pos, pos + node.nodeSize, next);
    return;
  }
  const from = node.content.findDiffStart(next.content);
  const ends = node.content.findDiffEnd(next.content);
  if (from !== null && ends !== null) {
    // The two ends may overlap where letters repeat.
    const overlap = Math.max(0, from - Math.min(ends.a, ends.b));
    const slice = next.content.cut(from, ends.b + overlap);
    const start = pos + 1;
    transaction.replace(start + from, start + ends.a + overlap, new Slice(slice, 0, 0));
  }
  if (!node.hasMarkup(next.type, next.attrs, next.marks)) {
    transaction.setNodeMarkup(pos, next.type, next.attrs, next.marks);
  }
}
