/**
 * How a canonical row names the elements of a text or list: by the feed's key, and where a feed's writers
 * have inserted on both sides of a fork, behind it by the first block of the side. Only what was inserted
 * here counts: so that a row stays what it is when a fork becomes known that has nothing to do with it.
 */
import { compareBytes, fromHex } from '@atoll/kernel';
import type { BlockTable } from './block-table.ts';
import { ElementIds, type Counted } from './element-ids.ts';
import { RowSegments, type SegmentPart } from './sequence/row-segments.ts';

/** Names of one sequence's elements. */
export class RowNaming {
  /** Absent when no feed has written on two branches. */
  readonly segments: RowSegments | undefined;
  readonly #blocks: BlockTable;
  readonly #names: readonly string[] = [];

  constructor(blocks: BlockTable, counted: Counted) {
    this.#blocks = blocks;
    const byFeed = new Map<string, number[]>();
    for (const agent of counted.ids.agentNumbers()) {
      const feed = blocks.branches.feedOf(agent);
      const known = byFeed.get(feed);
      if (known === undefined) byFeed.set(feed, [agent]);
      else known.push(agent);
    }
    if (![...byFeed.values()].some((agents) => agents.length > 1)) return;
    const byName = new Map<string, SegmentPart[]>();
    for (const [feed, agents] of byFeed) {
      for (const { name, part } of namedParts({ blocks, counted, feed }, agents)) {
        const known = byName.get(name);
        if (known === undefined) byName.set(name, [part]);
        else known.push(part);
      }
    }
    this.#names = [...byName.keys()].sort();
    this.segments = new RowSegments(
      this.#names.map((name) => (byName.get(name) ?? []).sort((a, b) => a.from - b.from)),
    );
  }

  /** Bytes of an agent's name; of a segment's where there are any. */
  bytes(agent: number): Uint8Array {
    const name =
      this.segments === undefined ? this.#blocks.branches.feedOf(agent) : this.#names[agent];
    return fromHex(name ?? '') ?? new Uint8Array(32);
  }

  /** Bytes of the name that goes with an element's counter. */
  ofElement(agent: number, counter: number): Uint8Array {
    return this.bytes(this.segments?.of(agent, counter) ?? agent);
  }

  /** Order of agents, or segments, by name. */
  compare(a: number, b: number): number {
    return a === b ? 0 : compareBytes(this.bytes(a), this.bytes(b));
  }
}

interface FeedOfRow {
  readonly blocks: BlockTable;
  readonly counted: Counted;
  readonly feed: string;
}

/** The stretches of a feed's agents between the forks on both sides of which something was inserted. */
function namedParts(
  row: FeedOfRow,
  agents: readonly number[],
): { readonly name: string; readonly part: SegmentPart }[] {
  const { blocks, counted, feed } = row;
  const { branches } = blocks;
  const elements = new ElementIds(blocks, counted);
  return agents.flatMap((agent) => {
    const cuts = agents.flatMap((other) => {
      if (other === agent) return [];
      const seq = branches.parting(agent, other);
      const counter = elements.unitsBefore(agent, seq);
      return counted.ids.next(other) > counter ? [{ seq, counter }] : [];
    });
    cuts.sort((a, b) => a.seq - b.seq);
    const first = elements.baseOf(agent);
    const end = counted.ids.next(agent);
    const bounds = [first, ...cuts.map(({ counter }) => counter), end]
      .filter((bound) => bound >= first && bound <= end)
      .sort((a, b) => a - b);
    return bounds.slice(1).flatMap((to, at) => {
      const from = bounds[at] as number;
      if (from === to) return [];
      const cut = cuts.findLast(({ counter }) => counter <= from);
      const name = cut === undefined ? feed : branches.hashAt(agent, cut.seq);
      return [{ name, part: { agent, from, to } }];
    });
  });
}
