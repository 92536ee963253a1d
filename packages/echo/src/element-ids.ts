/**
 * Ids of a text's or list's elements where feeds have forked. Counters go on along each chain: a branch
 * begins where its chain stood at the fork. An op names an element by a chain and a counter; which local
 * branch that is follows from the causal past of the op's block alone, never from what else is here.
 */
import type { BlockContext, ChainBlock } from './block-context.ts';
import type { BlockTable } from './block-table.ts';
import type { IdTable } from './sequence/id-table.ts';
import type { ElementId, IdRange } from './sequence/sequence-types.ts';
import type { UnitTimeline } from './unit-timeline.ts';

/** Agent of elements that nobody can have made: it has none. */
export const UNKNOWN_AGENT: number = 2 ** 31 - 1;

/** What ids are counted by. */
export interface Counted {
  readonly ids: IdTable;
  readonly timeline: UnitTimeline;
}

/** Counters of one branch that a name can mean. */
export interface Stretch {
  readonly branch: number;
  readonly from: number;
  readonly to: number;
  /** Where it is beyond `to`: up to here the counters are known by an epoch alone, and mean it if nothing else. */
  readonly reach?: number;
}

/** Ids of one text or list. */
export class ElementIds {
  readonly #blocks: BlockTable;
  readonly #counted: Counted;

  constructor(blocks: BlockTable, counted: Counted) {
    this.#blocks = blocks;
    this.#counted = counted;
  }

  /** Units on the chain of a branch before `seq`. */
  unitsBefore(branch: number, seq: number): number {
    const { branches } = this.#blocks;
    let at: number | undefined = branch;
    let end = seq;
    while (at !== undefined) {
      const units = this.#counted.timeline.unitsBefore(this.#blocks, at, end);
      if (units > 0) return units;
      end = Math.min(end, branches.startOf(at));
      at = branches.parentOf(at);
    }
    return 0;
  }

  /** First counter of a branch. */
  baseOf(branch: number): number {
    const { branches } = this.#blocks;
    const parent = branches.parentOf(branch);
    return parent === undefined ? 0 : this.unitsBefore(parent, branches.startOf(branch));
  }

  /** To be called before a branch's first insert. */
  begin(branch: number): void {
    if (this.#blocks.branches.parentOf(branch) === undefined) return;
    const { ids } = this.#counted;
    if (ids.next(branch) === 0) ids.begin(branch, this.baseOf(branch));
  }

  /**
   * Order of elements of two branches of one feed: along the chain that they share, and behind the fork by
   * the hash of the first block in which their chains differ.
   */
  compare(a: ElementId, b: ElementId): number {
    const { branches } = this.#blocks;
    const parting = branches.parting(a.agent, b.agent);
    const shared = this.unitsBefore(a.agent, parting);
    if (a.counter < shared || b.counter < shared) return a.counter - b.counter;
    return branches.hashAt(a.agent, parting) < branches.hashAt(b.agent, parting) ? -1 : 1;
  }

  /** What a chain's own writer means by a counter: the own branch, or what it grew out of. */
  ownStretches(branch: number): Stretch[] {
    const from = this.baseOf(branch);
    return [{ branch, from, to: Number.POSITIVE_INFINITY }, ...this.#above(branch, from)];
  }

  /** What an op in the block `by` means by a name in hex; without `by`, what anybody here could mean. */
  stretchesOf(name: string, by: BlockContext | undefined): Stretch[] {
    const { branches } = this.#blocks;
    const all = branches.of(name);
    if (all.length > 0) return all.flatMap((branch) => this.#inPast(branch, by));
    const start = branches.find(name);
    if (start === undefined) return [];
    if (by !== undefined && !this.#blocks.reaches(start.no, by.no)) return [];
    return this.#through(start, by);
  }

  /** One element of the stretches. */
  element(stretches: readonly Stretch[], counter: number): ElementId {
    const fitting = (end: (stretch: Stretch) => number): ElementId[] =>
      stretches
        .filter((stretch) => stretch.from <= counter && counter < end(stretch))
        .map(({ branch }) => ({ agent: branch, counter }));
    const seen = fitting(({ to }) => to);
    // What an epoch lets everybody name comes second: an honest writer has seen what he names.
    const fits = seen.length > 0 ? seen : fitting(({ reach, to }) => reach ?? to);
    const [first = { agent: UNKNOWN_AGENT, counter }, ...others] = fits;
    // Only who names more than it has seen leaves a doubt; it means the least.
    return others.reduce((least, other) => (this.compare(other, least) < 0 ? other : least), first);
  }

  /** True if exactly one element can be meant. */
  isClear(stretches: readonly Stretch[], counter: number): boolean {
    return stretches.filter(({ from, to }) => from <= counter && counter < to).length === 1;
  }

  /** A range, cut where branches begin and end. */
  ranges(stretches: readonly Stretch[], range: Omit<IdRange, 'agent'>): IdRange[] {
    const end = range.counter + range.count;
    const cuts = stretches
      .flatMap(({ from, reach, to }) => [from, to, reach ?? to])
      .filter((cut) => cut > range.counter && cut < end)
      .sort((a, b) => a - b);
    const found: IdRange[] = [];
    let counter = range.counter;
    for (const cut of [...cuts, end]) {
      if (cut === counter) continue;
      found.push({ ...this.element(stretches, counter), count: cut - counter });
      counter = cut;
    }
    return found;
  }

  #inPast(branch: number, by: BlockContext | undefined): Stretch[] {
    const { ids, timeline } = this.#counted;
    const from = this.baseOf(branch);
    if (by === undefined || branch === by.branch) {
      const to = by === undefined ? ids.next(branch) : Number.POSITIVE_INFINITY;
      return from < to ? [{ branch, from, to }] : [];
    }
    const to = timeline.unitsSeen(this.#blocks, branch, by.no);
    const reach = Math.max(to, timeline.settledOf(branch));
    return from < reach ? [{ branch, from, to, reach }] : [];
  }

  #through(start: ChainBlock, by: BlockContext | undefined): Stretch[] {
    const through = this.#blocks.branches.through(start);
    const behind = through.flatMap((branch) => this.#inPast(branch, by));
    return [...behind, ...this.#above(start.branch, this.baseOf(start.branch))];
  }

  /** Elements that a branch has from those that it grew out of. */
  #above(branch: number, base: number): Stretch[] {
    const { branches } = this.#blocks;
    const found: Stretch[] = [];
    let to = base;
    for (let at = branches.parentOf(branch); at !== undefined; at = branches.parentOf(at)) {
      const from = this.baseOf(at);
      if (from < to) found.push({ branch: at, from, to });
      to = Math.min(to, from);
    }
    return found;
  }
}
