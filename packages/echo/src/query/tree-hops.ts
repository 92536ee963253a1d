/** "Stands below this object in a tree", "stands above it": `{ $under: { id } }`, `{ $above: { id } }`. */
import { fromHex } from '@atoll/kernel';
import { OBJECT_ID_BYTES } from '../op-ids.ts';
import { ROOT, type TreeStructure } from '../tree/tree-structure.ts';
import type { Batch, Hop, Part, Source } from './plan-node.ts';
import type { QueryHost } from './query-host.ts';

/** What such a condition is made of. */
export interface TreeHopInput {
  readonly host: QueryHost;
  /** Name of the type whose objects are asked for. */
  readonly type: string;
  readonly tree: string;
  /** The object in question; `null`: none, so everything in the tree is below. */
  readonly id: string | null;
  /** So many steps at most. */
  readonly depth: number;
}

/** A field of no type: only an object that came, went or was deleted counts as changed in it. */
const ANY_FIELD = -1;

/** Row of the object in question; `undefined` while it is not here. */
function goalOf({ host, id }: TreeHopInput): number | undefined {
  if (id === null) return ROOT;
  const bytes = fromHex(id);
  const row = bytes?.length === OBJECT_ID_BYTES ? host.source.find(bytes) : -1;
  return row < 0 ? undefined : row;
}

function within(depth: number): string {
  return depth === Infinity ? '' : ` within ${depth} steps`;
}

/** What stands below an object; a deleted parent hides what is below it. */
export class BelowHop implements Hop {
  readonly #input: TreeHopInput;
  /** Moves of the tree that were taken in. */
  #moves = 0;

  constructor(input: TreeHopInput) {
    this.#input = input;
  }

  /** The condition. */
  part(): Part {
    const { depth, id, tree } = this.#input;
    const above = id === null ? 'anything' : id;
    return {
      test: (row) => this.#test(row),
      words: `stands below ${above} in the tree ${tree}${within(depth)}`,
      source: () => this.#source(),
      hops: [this],
    };
  }

  /** See {@link Hop}. */
  keep(): void {
    this.#moves = this.#tree().moves;
  }

  /** See {@link Hop}: whatever is below something that moved, came or went. */
  affected(batch: Batch): Iterable<number> {
    const tree = this.#tree();
    const moved = tree.movedSince(this.#moves);
    this.#moves = tree.moves;
    if (moved === undefined) return this.#input.host.indexes.rowsOfType(this.#input.type);
    for (const row of batch.rows) if (batch.touches(row, ANY_FIELD)) moved.add(row);
    // A set that grows is walked to its end.
    for (const row of moved) for (const child of tree.childrenOf(row)) moved.add(child);
    return moved;
  }

  #tree(): TreeStructure {
    const { host, tree } = this.#input;
    return host.trees.structure(tree);
  }

  #test(row: number): boolean {
    const { depth, host } = this.#input;
    const goal = goalOf(this.#input);
    const tree = this.#tree();
    if (goal === undefined || tree.edge(row) === undefined) return false;
    let at = row;
    for (let step = 0; step < depth; step++) {
      at = tree.parentOf(at);
      if (at === goal) return true;
      if (at === ROOT || !host.source.isLive(at)) return false;
    }
    return false;
  }

  #source(): Source | undefined {
    const { depth, host, tree: name, type } = this.#input;
    const goal = goalOf(this.#input);
    const tree = this.#tree();
    const enough = host.indexes.rowsOfType(type).length;
    const found: number[] = [];
    let level: readonly number[] = goal === undefined ? [] : [goal];
    for (let step = 0; step < depth && level.length > 0; step++) {
      const next: number[] = [];
      for (const parent of level) {
        for (const row of tree.childrenOf(parent)) {
          if (host.source.typeName(row) === type) found.push(row);
          if (host.source.isLive(row)) next.push(row);
        }
        // Then looking at each object of the type is no worse.
        if (found.length + next.length > enough) return undefined;
      }
      level = next;
    }
    const words = `what stands below it in the tree ${name}`;
    return { node: { kind: 'tree', words, estimate: found.length }, rows: () => found };
  }
}

/** What stands above an object. */
export class AboveHop implements Hop {
  readonly #input: TreeHopInput;
  #kept: ReadonlySet<number> | undefined;

  constructor(input: TreeHopInput) {
    this.#input = input;
  }

  /** The condition. */
  part(): Part {
    const { depth, id, tree } = this.#input;
    return {
      test: (row) => (this.#kept ?? this.#chain()).has(row),
      words: `stands above ${String(id)} in the tree ${tree}${within(depth)}`,
      source: () => {
        const { host, type } = this.#input;
        const rows = [...this.#chain()].filter((row) => host.source.typeName(row) === type);
        const words = `the way up from it in the tree ${tree}`;
        return { node: { kind: 'tree', words, estimate: rows.length }, rows: () => rows };
      },
      hops: [this],
    };
  }

  /** See {@link Hop}. */
  keep(): void {
    this.#kept = this.#chain();
  }

  /** See {@link Hop}. */
  affected(): Iterable<number> {
    const before = this.#kept ?? new Set<number>();
    const now = this.#chain();
    this.#kept = now;
    return [...before, ...now].filter((row) => !before.has(row) || !now.has(row));
  }

  #chain(): Set<number> {
    const { depth, host, tree } = this.#input;
    const structure = host.trees.structure(tree);
    const rows = new Set<number>();
    let at = goalOf(this.#input) ?? ROOT;
    for (let step = 0; step < depth && at !== ROOT; step++) {
      at = structure.parentOf(at);
      if (at !== ROOT) rows.add(at);
    }
    return rows;
  }
}
