/**
 * How the stored row of a text or list names agents: by numbers of branches. Where a feed has forked these
 * ascend within the feed, and may be those of a reader who numbers the stretches of its chains otherwise.
 */
import type { Reader, Writer } from '@atoll/codec';
import type { Counted, Stretch } from '../element-ids.ts';
import { START_KEY } from '../rich-text/block-value.ts';
import type { RowContext } from '../sequence/row-codec.ts';
import { RowSegments, type SegmentPart } from '../sequence/row-segments.ts';
import type { SequenceOrder } from '../sequence/sequence-types.ts';
import { elementKey, orderOf } from '../sequence-state.ts';
import type { StoreNames } from './field-stores.ts';

/** Names of one sequence's agents and elements, as they are written. */
export class StoredNaming {
  readonly #state: Counted;
  readonly #names: StoreNames;
  readonly #stretches = new Map<number, readonly Stretch[]>();

  constructor(state: Counted, names: StoreNames) {
    this.#state = state;
    this.#names = names;
    const agents = new Set(state.ids.agentNumbers());
    for (const [agent] of state.timeline.counts()) agents.add(agent);
    for (const agent of agents) {
      const stretches = names.stretches?.(agent, state);
      if (stretches !== undefined) this.#stretches.set(agent, stretches);
    }
  }

  /** Writes how many units came by which blocks. */
  writeTimeline(writer: Writer): void {
    const names = this.#names;
    const { timeline } = this.#state;
    if (this.#stretches.size === 0) {
      timeline.write(writer, names);
      return;
    }
    const moved = timeline.moved((agent) => this.#stretchesOf(agent));
    moved.write(writer, { block: (no) => names.block(no), branch: (no) => no });
  }

  /** What the row is written with. */
  context(): RowContext {
    const names = this.#names;
    const { ids, timeline } = this.#state;
    const order = orderOf(names.blocks, timeline, () => ids);
    const writeStamp = (writer: Writer, stamp: number): void =>
      void writer.varint(names.block(stamp));
    if (this.#stretches.size === 0) {
      const writeAgent = (writer: Writer, agent: number): void =>
        void writer.varint(names.branch(agent));
      return { order: rowOrder(order), names: { ...NUMBERS, writeAgent, writeStamp } };
    }
    const { branches } = names.blocks;
    const parts = new Map<number, { readonly agent: number; readonly parts: SegmentPart[] }>();
    for (const agent of ids.agentNumbers()) {
      for (const { branch, from, to } of this.#stretchesOf(agent)) {
        const known = parts.get(branch) ?? { agent, parts: [] };
        known.parts.push({ agent, from, to });
        parts.set(branch, known);
      }
    }
    const segments = [...parts].sort(
      ([a, one], [b, other]) => branches.compareFeeds(one.agent, other.agent) || a - b,
    );
    return {
      order,
      segments: new RowSegments(segments.map(([, of]) => of.parts.sort((a, b) => a.from - b.from))),
      names: {
        ...NUMBERS,
        writeAgent: (writer, segment) => writer.varint(segments[segment]?.[0] ?? 0),
        writeStamp,
      },
    };
  }

  /** The key of an element, with the number that is to be written. */
  element(key: string): string {
    if (key === START_KEY) return key;
    const [agent, counter] = key.split('.').map(Number) as [number, number];
    const found = this.#stretchesOf(agent).find(({ from, to }) => from <= counter && counter < to);
    return elementKey({ agent: found?.branch ?? this.#names.branch(agent), counter });
  }

  #stretchesOf(agent: number): readonly Stretch[] {
    const found = this.#stretches.get(agent);
    return found ?? [{ branch: this.#names.branch(agent), from: 0, to: Number.POSITIVE_INFINITY }];
  }
}

/** What a row is read with; `order` is that of the sequence. */
export function readContext(order: SequenceOrder): RowContext {
  return { order: rowOrder(order), names: NUMBERS };
}

/** Branches of one feed stand in the order of their numbers. */
function rowOrder(order: SequenceOrder): SequenceOrder {
  return { ...order, compareAgents: (a, b) => order.compareAgents(a, b) || a - b };
}

const NUMBERS: RowContext['names'] = {
  writeAgent: (writer, agent) => writer.varint(agent),
  writeStamp: (writer, stamp) => writer.varint(stamp),
  readAgent: (reader: Reader) => reader.varint(),
  readStamp: (reader: Reader) => reader.varint(),
};
