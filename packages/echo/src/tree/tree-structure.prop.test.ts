/** The tree against its definition: edges in ascending order, skipping those that would close a cycle. */
import { fc, test } from '@fast-check/vitest';
import { expect, test as plainTest } from 'vitest';
import { ROOT, TreeStructure, type Edge } from './tree-structure.ts';

interface Step {
  readonly node: number;
  readonly parent: number;
  readonly rank: number;
  readonly slot: number;
  readonly gone: boolean;
}

const NODES = 9;
const step: fc.Arbitrary<Step> = fc.record({
  node: fc.nat(NODES - 1),
  parent: fc.integer({ min: ROOT, max: NODES }),
  rank: fc.nat(1000),
  slot: fc.integer({ min: 1, max: 4 }),
  gone: fc.boolean().map((gone) => gone && true),
});

function compareEdges(a: Edge, b: Edge): number {
  return a.block - b.block || a.op - b.op;
}

/** What the tree should be, from all edges at once. */
function parentsOf(edges: ReadonlyMap<number, Edge>): Map<number, number> {
  const parents = new Map<number, number>();
  for (const [node, edge] of [...edges].sort((a, b) => compareEdges(a[1], b[1]))) {
    let above = edge.parent;
    while (above !== ROOT && above !== node) above = parents.get(above) ?? ROOT;
    parents.set(node, above === node ? ROOT : edge.parent);
  }
  return parents;
}

test.prop([fc.array(step, { maxLength: 60 })], { numRuns: 400 })(
  'after any changes the tree is what its definition says, whatever was there before',
  (steps) => {
    const edges = new Map<number, Edge>();
    const structure = new TreeStructure(
      {
        compareEdges,
        compareCreations: (a, b) => a - b,
        idOf: (node) => Uint8Array.of(node),
      },
      () => undefined,
    );
    steps.forEach(({ node, parent, rank, slot, gone }, at) => {
      const edge: Edge = { parent, position: Uint8Array.of(slot), block: rank, op: at };
      structure.set(node, gone && at % 3 === 0 ? undefined : edge);
      if (gone && at % 3 === 0) edges.delete(node);
      else edges.set(node, edge);
      const wanted = parentsOf(edges);
      const listed = new Map<number, number>();
      for (let above = ROOT; above <= NODES; above++) {
        const children = structure.childrenOf(above);
        for (const child of children) {
          expect(listed.has(child)).toBe(false);
          listed.set(child, above);
        }
        const keys = children.map((child) => (edges.get(child)?.position?.[0] ?? 0) * 100 + child);
        expect(keys).toEqual([...keys].sort((a, b) => a - b));
      }
      expect([...listed].sort()).toEqual([...wanted].sort());
      for (const each of edges.keys()) expect(structure.parentOf(each)).toBe(wanted.get(each));
    });
  },
);

plainTest('a move costs the way up and a search among siblings, however great the tree is', () => {
  const cost = (nodes: number): number => {
    let looked = 0;
    const order = {
      compareEdges: (a: Edge, b: Edge) => {
        looked++;
        return compareEdges(a, b);
      },
      compareCreations: (a: number, b: number) => a - b,
      idOf: (node: number) => {
        looked++;
        return Uint8Array.of(node >> 16, (node >> 8) & 255, node & 255);
      },
    };
    const structure = new TreeStructure(order, () => undefined);
    const edge = (parent: number, at: number): Edge => ({
      parent,
      position: Uint8Array.of(7),
      block: at,
      op: 0,
    });
    // Eight below each, so about log8 deep.
    for (let node = 0; node < nodes; node++) {
      structure.set(node, edge(node === 0 ? ROOT : (node - 1) >> 3, node));
    }
    looked = 0;
    for (let move = 0; move < 50; move++) structure.set(40 + move, edge(nodes - 1 - move, nodes));
    return looked / 50;
  };
  expect(cost(80_000)).toBeLessThan(4 * cost(1000));
});
