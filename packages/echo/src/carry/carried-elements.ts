/**
 * Elements of one text or list, as ops that were written apart name them, in the names that they have where
 * the work goes: those that were there at the fork by their feed, those written apart by the new feed, whose
 * counters begin anew.
 */
import type { Counted, ElementIds } from '../element-ids.ts';
import type { Anchor, ElementId, IdRange } from '../sequence/sequence-types.ts';
import type { Sequence } from '../sequence/sequence.ts';
import { idOfUnit } from '../sequence/unit-ranges.ts';
import type { ApartGroup, ApartMap } from './apart-map.ts';

/** Counters of a chain that go to one place. */
interface Stretch {
  readonly branch: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Absent: they are not apart. */
  readonly group: ApartGroup | undefined;
}

/** The text or list here. */
export interface SequenceHere extends Counted {
  readonly elementIds: ElementIds;
  readonly sequence: Sequence;
}

/** The same one where the work goes. */
export interface SequenceThere {
  /** Whether an element is there, is gone for good, or nothing is known of it. Feeds are keys in hex. */
  look(feed: string, counter: number): 'there' | 'gone' | 'unknown';
}

/** What the elements of an op mean there. */
export interface CarriedElementsParts {
  readonly apart: ApartMap;
  /** The op's block. */
  readonly by: { readonly no: number; readonly branch: number };
  /** Name of a feed by its number in the old section; 0 is the block's own chain. */
  readonly nameOf: (no: number) => string;
  /** Number of a feed, in hex, in the new section. */
  readonly numberOf: (feed: string) => number;
  readonly here: SequenceHere | undefined;
  readonly there: SequenceThere | undefined;
}

interface Meant {
  readonly feed: string;
  readonly counter: number;
  readonly stretch: Stretch | undefined;
}

/** Feed number 0 in the old section. */
const OWN = 0;

/** See {@link CarriedElementsParts}. */
export class CarriedElements {
  readonly #parts: CarriedElementsParts;
  readonly #stretches = new Map<string, readonly Stretch[]>();

  constructor(parts: CarriedElementsParts) {
    this.#parts = parts;
  }

  /** An element. The agent is the number of a feed, here in the old section, there in the new one. */
  element({ agent, counter }: ElementId): ElementId {
    const { feed, counter: at } = this.#meant(agent, counter);
    return { agent: this.#parts.numberOf(feed), counter: at };
  }

  /** The name of an element outside of dictionaries: a name in hex and a counter. */
  named(name: string, counter: number): { readonly name: string; readonly counter: number } {
    const { feed, counter: at } = this.#meant(name, counter);
    return { name: feed, counter: at };
  }

  /**
   * A place beside an element. If that is gone there for good, the place is behind what stands before it and
   * is still there, as nothing can be built upon the other.
   */
  anchor({ element, side }: Anchor): Anchor {
    if (element === undefined) return { element, side };
    const meant = this.#meant(element.agent, element.counter);
    const { stretch, feed } = meant;
    const isGone =
      stretch?.group === undefined && this.#parts.there?.look(feed, meant.counter) === 'gone';
    if (!isGone) {
      return {
        element: { agent: this.#parts.numberOf(feed), counter: meant.counter },
        side,
      };
    }
    return { element: this.#before(stretch, element.counter), side: 'after' };
  }

  /** Ranges, cut where the fork is. */
  ranges(ranges: readonly IdRange[]): IdRange[] {
    return ranges.flatMap(({ agent, counter, count }) => {
      const end = counter + count;
      const cuts = this.#stretchesOf(agent)
        .flatMap(({ from, to }) => [from, to])
        .filter((cut) => cut > counter && cut < end)
        .sort((a, b) => a - b);
      const pieces: IdRange[] = [];
      let at = counter;
      for (const cut of [...cuts, end]) {
        if (cut === at) continue;
        pieces.push({ ...this.element({ agent, counter: at }), count: cut - at });
        at = cut;
      }
      return pieces;
    });
  }

  #meant(named: number | string, counter: number): Meant {
    const { apart } = this.#parts;
    const name = typeof named === 'string' ? named : this.#parts.nameOf(named);
    const fitting = this.#stretchesOf(named).filter(
      ({ from, to }) => from <= counter && counter < to,
    );
    const stretch = fitting.find(({ group }) => group !== undefined) ?? fitting[0];
    const { group } = stretch ?? {};
    if (stretch !== undefined && group !== undefined) {
      return { feed: group.feed, counter: counter - stretch.from, stretch };
    }
    return { feed: apart.outerName(name), counter, stretch };
  }

  #stretchesOf(named: number | string): readonly Stretch[] {
    const key = String(named);
    let known = this.#stretches.get(key);
    if (known === undefined) this.#stretches.set(key, (known = this.#find(named)));
    return known;
  }

  #find(named: number | string): readonly Stretch[] {
    const { apart, by } = this.#parts;
    if (named === OWN) return this.#chain(by.branch);
    const name = typeof named === 'string' ? named : this.#parts.nameOf(named);
    const { branches, causal } = apart.index;
    return apart.branchesNamed(name).flatMap((branch) =>
      this.#chain(branch).filter(({ group, branch: of }) => {
        const first = group?.blocks[0];
        if (first !== undefined) return first === by.no || causal.isInPast(first, by.no);
        const begin = branches.blockAt(of, branches.branchFork(of));
        return begin === undefined || causal.isInPast(begin, by.no);
      }),
    );
  }

  /** What the counters of a chain mean, from its end to its beginning. */
  #chain(branch: number): readonly Stretch[] {
    const { apart, here } = this.#parts;
    const found: Stretch[] = [];
    let to = Number.POSITIVE_INFINITY;
    for (let at: number | undefined = branch; at !== undefined;) {
      const base = here?.elementIds.baseOf(at) ?? 0;
      const group = apart.groupOf(at);
      if (group !== undefined) {
        const units = here?.elementIds.unitsBefore(at, group.firstSeq) ?? 0;
        const from = Math.max(base, units);
        if (from < to) found.push({ branch: at, from, to, group });
        to = Math.min(to, from);
      }
      if (base < to) found.push({ branch: at, from: base, to, group: undefined });
      to = Math.min(to, base);
      at = apart.branches.parentOf(at);
    }
    return found;
  }

  /** The element that is seen before another one and is there too; `undefined` for the start. */
  #before(stretch: Stretch | undefined, counter: number): ElementId | undefined {
    const { apart, by, here, numberOf, there } = this.#parts;
    if (here === undefined || there === undefined || stretch === undefined) return undefined;
    const { ids, sequence } = here;
    const unit = ids.unitOf(stretch.branch, counter);
    if (unit < 0) return undefined;
    // Of its own chain, what the blocks before had made: in the order in which it is written there.
    const made = here.elementIds.unitsBefore(by.branch, apart.index.branches.seqOf(by.no));
    for (let position = sequence.positionOf(unit) - 1; position >= 0; position--) {
      const id = idOfUnit(ids, sequence.unitAt(position));
      const own = this.#chain(id.agent).find(
        ({ from, to }) => from <= id.counter && id.counter < to,
      );
      if (own?.group !== undefined) {
        const isMade = own.branch === by.branch && id.counter < made;
        if (!isMade) continue;
        return { agent: numberOf(own.group.feed), counter: id.counter - own.from };
      }
      const feed = apart.branches.feedOf(id.agent);
      if (there.look(feed, id.counter) !== 'there') continue;
      return { agent: numberOf(feed), counter: id.counter };
    }
    return undefined;
  }
}
