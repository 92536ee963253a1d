/** Named elements of the ops of one block: what the numbers of its section's feeds mean in one sequence. */
import { ElementIds, type Counted, type Stretch } from './element-ids.ts';
import type { BlockTable } from './block-table.ts';
import type { OpScope } from './op-place.ts';
import type { FeedTable } from './sequence/change-codec.ts';
import type { ListChange } from './sequence/list-op.ts';
import type { Anchor, ElementId, IdRange } from './sequence/sequence-types.ts';
import type { TextChange } from './sequence/text-op.ts';
import type { MarkOp } from './rich-text/rich-op.ts';

/** Reads the elements that a change names. Where nothing has forked, agents are entered as they are read. */
export class ElementNames implements FeedTable {
  readonly #blocks: BlockTable;
  readonly #scope: OpScope;
  readonly #counted: Counted;
  /** By number of the feed: what its counters mean. Agents that were read are then below zero. */
  #stretches: Map<number, readonly Stretch[]> | undefined;

  constructor(blocks: BlockTable, scope: OpScope, counted: Counted) {
    this.#blocks = blocks;
    this.#scope = scope;
    this.#counted = counted;
  }

  /** Only writers of changes number agents. */
  indexOf(): number {
    return 0;
  }

  /** The agent of a feed; a number below zero if that depends on the counter. */
  agentAt(index: number): number | undefined {
    const { branches } = this.#blocks;
    const own = this.#scope.block.branch;
    if (index === 0) {
      if (branches.parentOf(own) === undefined) return own;
      return this.#named(0, (ids) => ids.ownStretches(own));
    }
    const name = this.#scope.names.feed(index) as string | undefined;
    if (name === undefined) return undefined;
    const known = branches.of(name);
    if (known.length === 1) return known[0];
    return this.#named(index, (ids) => ids.stretchesOf(name, this.#scope.block));
  }

  /** A text's change with the agents that are meant. */
  text(change: TextChange): TextChange {
    if (this.#stretches === undefined) return change;
    return {
      inserts: change.inserts.map((insert) => ({ ...insert, ...this.#anchor(insert) })),
      hidden: this.#ranges(change.hidden),
      shown: this.#ranges(change.shown),
    };
  }

  /** Marks with the agents that are meant. */
  marks(marks: readonly MarkOp[]): readonly MarkOp[] {
    if (this.#stretches === undefined) return marks;
    return marks.map((mark) => ({
      ...mark,
      start: this.#anchor(mark.start),
      end: this.#anchor(mark.end),
    }));
  }

  /** A list's change with the agents that are meant. */
  list(change: ListChange): ListChange {
    if (this.#stretches === undefined) return change;
    return {
      places: change.places.map((place) => {
        const anchored = { ...place, ...this.#anchor(place) };
        return anchored.kind === 'move'
          ? { ...anchored, moved: this.#element(anchored.moved) }
          : anchored;
      }),
      hidden: this.#ranges(change.hidden),
      shown: this.#ranges(change.shown),
    };
  }

  /** Notes what a number's counters mean; the number that stands for it. */
  #named(index: number, stretches: (ids: ElementIds) => readonly Stretch[]): number {
    this.#stretches ??= new Map();
    if (!this.#stretches.has(index)) this.#stretches.set(index, stretches(this.#ids()));
    return -1 - index;
  }

  #ids(): ElementIds {
    return new ElementIds(this.#blocks, this.#counted);
  }

  #anchor({ element, side }: Anchor): Anchor {
    return { element: element === undefined ? undefined : this.#element(element), side };
  }

  #element(element: ElementId): ElementId {
    if (element.agent >= 0) return element;
    return this.#ids().element(this.#stretches?.get(-1 - element.agent) ?? [], element.counter);
  }

  #ranges(ranges: readonly IdRange[]): IdRange[] {
    return ranges.flatMap((range) =>
      range.agent >= 0
        ? [range]
        : this.#ids().ranges(this.#stretches?.get(-1 - range.agent) ?? [], range),
    );
  }
}

/** The element of a name in hex and a counter: as the block `by` means it, or as anybody here could. */
export function elementOf(
  blocks: BlockTable,
  counted: Counted,
  named: { readonly name: string; readonly counter: number; readonly by?: OpScope['block'] },
): ElementId {
  const { name, counter, by } = named;
  const known = blocks.branches.of(name);
  const [only] = known;
  if (only !== undefined && known.length === 1) return { agent: only, counter };
  const ids = new ElementIds(blocks, counted);
  return ids.element(ids.stretchesOf(name, by), counter);
}

/**
 * The ranges of a name in hex that was noted here some time ago. What could be on either side of a fork that
 * was not known then is left out: undo must not take back what somebody else wrote.
 */
export function rangesOf(
  blocks: BlockTable,
  counted: Counted,
  named: { readonly name: string; readonly counter: number; readonly count: number },
): IdRange[] {
  const { name, counter, count } = named;
  const known = blocks.branches.of(name);
  const [only] = known;
  if (only !== undefined && known.length === 1) return [{ agent: only, counter, count }];
  const ids = new ElementIds(blocks, counted);
  const stretches = ids.stretchesOf(name, undefined);
  const ranges = ids.ranges(stretches, { counter, count });
  return ranges.filter((range) => ids.isClear(stretches, range.counter));
}
