/**
 * One tree of objects. Every node has one edge, its winning (parent, position); edges are attached in
 * ascending (lamport, hash), and one that would close a cycle is skipped: its node stands under the root.
 * Since a node has one edge, cycles of edges do not touch each other, and what is skipped is exactly the
 * greatest edge of each. So a change costs the way up from the node, not the tree.
 */
import { compareBytes } from '@atoll/kernel';

/** The parent of those that have none. */
export const ROOT = -1;
/** The parent of those whose parent was deleted and collected: they are hidden with it. */
export const COLLECTED = -2;

/** The winning edge of a node. */
export interface Edge {
  /** Number of the parent, or {@link ROOT}. */
  readonly parent: number;
  /** Absent for nodes that were never placed. */
  readonly position: Uint8Array | undefined;
  /** The write that stands: local number of its block, and its op. */
  readonly block: number;
  readonly op: number;
}

/** What a tree must know of its nodes. */
export interface TreeOrder {
  /** Order of edges by (lamport, hash), op. */
  compareEdges(a: Edge, b: Edge): number;
  /** Order of nodes by their creation. */
  compareCreations(a: number, b: number): number;
  /** Id of a node. */
  idOf(node: number): Uint8Array;
}

/** Moves that are remembered for those who ask what moved since; who asks later looks at everything. */
const MOVES_KEPT = 4096;

interface ChildList {
  nodes: number[];
  isSorted: boolean;
}

/** Nodes are numbers. */
export class TreeStructure {
  readonly #order: TreeOrder;
  readonly #edges = new Map<number, Edge>();
  readonly #children = new Map<number, ChildList>();
  readonly #skipped = new Set<number>();
  /** Skipped nodes by the parent that their edge leads to. */
  readonly #wanting = new Map<number, Set<number>>();
  readonly #onChildren: (parent: number) => void;
  /** The last nodes that came below another parent or left one, in a ring. */
  readonly #moved = new Int32Array(MOVES_KEPT);
  #moves = 0;

  /** `onChildren` hears of every parent whose children are others now, or in another order. */
  constructor(order: TreeOrder, onChildren: (parent: number) => void) {
    this.#order = order;
    this.#onChildren = onChildren;
  }

  /** Edge of a node, skipped or not. */
  edge(node: number): Edge | undefined {
    return this.#edges.get(node);
  }

  /** Nodes whose edge is skipped. */
  get skipped(): ReadonlySet<number> {
    return this.#skipped;
  }

  /** The node above; {@link ROOT} for those under the root and for what is no node. */
  parentOf(node: number): number {
    return this.#skipped.has(node) ? ROOT : (this.#edges.get(node)?.parent ?? ROOT);
  }

  /** Children in order, deleted ones included. Not to be kept: the tree goes on writing into it. */
  childrenOf(parent: number): readonly number[] {
    const list = this.#children.get(parent);
    if (list === undefined) return [];
    if (!list.isSorted) {
      list.nodes.sort((a, b) => this.#compare(a, b));
      list.isSorted = true;
    }
    return list.nodes;
  }

  /** Nodes whose edge leads to the parent, skipped ones included. */
  edgesTo(parent: number): number[] {
    const skipped = this.#wanting.get(parent) ?? [];
    const list = this.#children.get(parent)?.nodes ?? [];
    return [...list.filter((node) => this.#edges.get(node)?.parent === parent), ...skipped];
  }

  /** Number of moves so far: a place to begin with {@link movedSince}. */
  get moves(): number {
    return this.#moves;
  }

  /** Nodes that came, went or moved since a number of moves; `undefined` if it is too long ago. */
  movedSince(moves: number): Set<number> | undefined {
    if (this.#moves - moves > MOVES_KEPT) return undefined;
    const nodes = new Set<number>();
    for (let at = moves; at < this.#moves; at++) nodes.add(this.#moved[at % MOVES_KEPT] as number);
    return nodes;
  }

  /** Gives a node another edge, or takes it out of the tree. */
  set(node: number, edge: Edge | undefined): void {
    const before = this.#edges.get(node);
    if (before !== undefined) {
      if (edge !== undefined && sameEdge(before, edge)) return;
      this.#detach(node);
    }
    if (edge !== undefined) this.#attach(node, edge);
  }

  #detach(node: number): void {
    this.#unlist(this.parentOf(node), node);
    const freed = this.#skipped.has(node) ? node : this.#skippedInCycleOf(node);
    if (freed !== undefined && freed !== node) this.#unlist(ROOT, freed);
    if (freed !== undefined) this.#unskip(freed);
    this.#edges.delete(node);
    if (freed !== undefined && freed !== node) this.#list(this.parentOf(freed), freed);
  }

  #attach(node: number, edge: Edge): void {
    this.#edges.set(node, edge);
    const skipped = this.#greatestInCycle(node, edge);
    if (skipped === undefined) {
      this.#list(edge.parent, node);
      return;
    }
    if (skipped !== node) this.#unlist(this.parentOf(skipped), skipped);
    this.#skip(skipped);
    this.#list(ROOT, skipped);
    if (skipped !== node) this.#list(edge.parent, node);
  }

  #skip(node: number): void {
    const parent = this.#edges.get(node)?.parent ?? ROOT;
    this.#skipped.add(node);
    const wanting = this.#wanting.get(parent);
    if (wanting === undefined) this.#wanting.set(parent, new Set([node]));
    else wanting.add(node);
  }

  #unskip(node: number): void {
    const parent = this.#edges.get(node)?.parent ?? ROOT;
    this.#skipped.delete(node);
    const wanting = this.#wanting.get(parent);
    wanting?.delete(node);
    if (wanting?.size === 0) this.#wanting.delete(parent);
  }

  /** The node with the greatest edge of the cycle that the edge closes, if it closes one. */
  #greatestInCycle(node: number, edge: Edge): number | undefined {
    if (edge.parent === ROOT || (edge.parent !== node && !this.#hasBelow(node))) return undefined;
    let greatest = node;
    for (let at = edge.parent; at !== node; at = this.parentOf(at)) {
      if (at === ROOT) return undefined;
      const other = this.#edges.get(at);
      if (other === undefined) return undefined;
      if (this.#order.compareEdges(other, this.#edges.get(greatest) as Edge) > 0) greatest = at;
    }
    return greatest;
  }

  /** The skipped node of the cycle that goes through a node whose own edge is not skipped. */
  #skippedInCycleOf(node: number): number | undefined {
    if (this.#skipped.size === 0 || !this.#hasBelow(node)) return undefined;
    let top = node;
    while (!this.#skipped.has(top)) {
      top = this.parentOf(top);
      if (top === ROOT) return undefined;
    }
    // The node is below the skipped one; it is in the cycle if it is also above what that one hangs on.
    const from = this.#edges.get(top)?.parent ?? ROOT;
    for (let at = from; at !== top; at = this.parentOf(at)) {
      if (at === node) return top;
      if (at === ROOT) return undefined;
    }
    return undefined;
  }

  /** False only if nothing hangs on a node; then no cycle goes through it. */
  #hasBelow(node: number): boolean {
    return this.#children.has(node) || this.#wanting.has(node);
  }

  #list(parent: number, node: number): void {
    this.#moved[this.#moves++ % MOVES_KEPT] = node;
    let list = this.#children.get(parent);
    if (list === undefined) this.#children.set(parent, (list = { nodes: [], isSorted: true }));
    const last = list.nodes.at(-1);
    if (last === undefined || (list.isSorted && this.#compare(last, node) < 0)) {
      list.nodes.push(node);
    } else if (list.isSorted) list.nodes.splice(this.#place(list.nodes, node), 0, node);
    else list.nodes.push(node);
    this.#onChildren(parent);
  }

  #unlist(parent: number, node: number): void {
    this.#moved[this.#moves++ % MOVES_KEPT] = node;
    const list = this.#children.get(parent);
    if (list === undefined) return;
    const at = list.isSorted ? this.#place(list.nodes, node) : list.nodes.indexOf(node);
    if (list.nodes[at] === node) list.nodes.splice(at, 1);
    if (list.nodes.length === 0) this.#children.delete(parent);
    this.#onChildren(parent);
  }

  #place(nodes: readonly number[], node: number): number {
    let low = 0;
    let high = nodes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(nodes[middle] as number, node) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Order of siblings: by position, then id; those without position behind, by creation. */
  #compare(a: number, b: number): number {
    if (a === b) return 0;
    const left = this.#edges.get(a)?.position;
    const right = this.#edges.get(b)?.position;
    if (left === undefined || right === undefined) {
      if (left !== undefined) return -1;
      if (right !== undefined) return 1;
      return this.#order.compareCreations(a, b);
    }
    return compareBytes(left, right) || compareBytes(this.#order.idOf(a), this.#order.idOf(b));
  }
}

function sameEdge(a: Edge, b: Edge): boolean {
  return a.parent === b.parent && a.block === b.block && a.op === b.op;
}
