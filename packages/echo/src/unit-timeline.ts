/** How many units of a text or list each writer had inserted by each of its blocks. */
import type { Reader, Writer } from '@atoll/codec';
import type { BlockTable } from './block-table.ts';

/** What an agent had inserted: by everybody's account, and after each of its later blocks. */
interface Line {
  /** Units under the frontier of an epoch: whoever writes above it may name them. */
  base: number;
  blocks: number[];
  units: number[];
}

/** Counters of one agent that go to another. */
export interface UnitStretch {
  readonly branch: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Growing numbers for each agent. */
export class UnitTimeline {
  readonly #byAgent = new Map<number, Line>();

  /** Notes the agent's units after a block. */
  note(agent: number, block: number, units: number): void {
    const line = this.#lineOf(agent);
    if ((line.units.at(-1) ?? line.base) === units) return;
    if (line.blocks.at(-1) === block) line.units[line.units.length - 1] = units;
    else {
      line.blocks.push(block);
      line.units.push(units);
    }
  }

  /** The same lines where counters of agents go to others; absent: they stay. */
  moved(stretchesOf: (agent: number) => readonly UnitStretch[] | undefined): UnitTimeline {
    const moved = new UnitTimeline();
    for (const [agent, line] of this.#byAgent) {
      const stretches = stretchesOf(agent) ?? [
        { branch: agent, from: 0, to: Number.POSITIVE_INFINITY },
      ];
      // What is settled came before all forks that are known.
      const [first] = stretches;
      if (first !== undefined) moved.#lineOf(first.branch).base = line.base;
      line.units.forEach((units, at) => {
        const place = stretches.find(({ from, to }) => from < units && units <= to) ?? first;
        if (place === undefined) return;
        const into = moved.#lineOf(place.branch);
        into.units.push(units);
        into.blocks.push(line.blocks[at] as number);
      });
    }
    for (const line of moved.#byAgent.values()) {
      const order = [...line.units.keys()].sort(
        (a, b) => (line.units[a] as number) - (line.units[b] as number),
      );
      line.blocks = order.map((at) => line.blocks[at] as number);
      line.units = order.map((at) => line.units[at] as number);
    }
    return moved;
  }

  #lineOf(agent: number): Line {
    let line = this.#byAgent.get(agent);
    if (line === undefined) this.#byAgent.set(agent, (line = { base: 0, blocks: [], units: [] }));
    return line;
  }

  /** Writes all lines, with these numbers for branches and blocks. */
  write(writer: Writer, names: { branch(agent: number): number; block(no: number): number }): void {
    writer.varint(this.#byAgent.size);
    for (const [agent, { base, blocks, units }] of this.#byAgent) {
      writer.varint(names.branch(agent)).varint(base).varint(blocks.length);
      let block = 0;
      let unit = base;
      blocks.forEach((no, at) => {
        const next = names.block(no);
        const after = units[at] as number;
        writer.zigzag(next - block).zigzag(after - unit);
        block = next;
        unit = after;
      });
    }
  }

  /** Reads what {@link UnitTimeline.write} wrote. @throws CodecError. */
  read(reader: Reader): void {
    for (let agents = reader.varint(reader.left); agents > 0; agents--) {
      const agent = reader.varint();
      const line: Line = { base: reader.varint(), blocks: [], units: [] };
      let block = 0;
      let unit = line.base;
      for (let steps = reader.varint(reader.left); steps > 0; steps--) {
        line.blocks.push((block += reader.zigzag()));
        line.units.push((unit += reader.zigzag()));
      }
      this.#byAgent.set(agent, line);
    }
  }

  /** Units of the agent in the causal past of a block: a chain, so what is in it comes first. */
  unitsInPast(blocks: BlockTable, agent: number, block: number): number {
    const line = this.#byAgent.get(agent);
    if (line === undefined) return 0;
    let low = 0;
    let high = line.blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (blocks.reaches(line.blocks[middle] as number, block)) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? line.base : (line.units[low - 1] as number);
  }

  /** Units of the agent in its blocks before `seq`. */
  unitsBefore(blocks: BlockTable, agent: number, seq: number): number {
    const line = this.#byAgent.get(agent);
    if (line === undefined) return 0;
    let low = 0;
    let high = line.blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (blocks.get(line.blocks[middle] as number).seq < seq) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? line.base : (line.units[low - 1] as number);
  }

  /** Units of the agent in the blocks that `isUnder` holds for: some from the beginning of its chain on. */
  unitsUnder(agent: number, isUnder: (block: number) => boolean): number {
    const line = this.#byAgent.get(agent);
    if (line === undefined) return 0;
    const under = underOf(line, isUnder);
    return under === 0 ? line.base : (line.units[under - 1] as number);
  }

  /** True if {@link UnitTimeline.settle} has something to forget. */
  hasUnder(isUnder: (block: number) => boolean): boolean {
    return [...this.#byAgent.values()].some((line) => underOf(line, isUnder) > 0);
  }

  /** Forgets by which of these blocks units came: from now on all know them. True if there were any. */
  settle(isUnder: (block: number) => boolean, settles: (agent: number) => boolean): boolean {
    let isChanged = false;
    for (const [agent, line] of this.#byAgent) {
      const under = settles(agent) ? underOf(line, isUnder) : 0;
      if (under === 0) continue;
      line.base = line.units[under - 1] as number;
      line.blocks = line.blocks.slice(under);
      line.units = line.units.slice(under);
      isChanged = true;
    }
    return isChanged;
  }

  /** All that is known, agent by agent; of those that have inserted nothing, nothing. */
  lines(): {
    readonly agent: number;
    readonly base: number;
    readonly steps: readonly { readonly block: number; readonly units: number }[];
  }[] {
    return [...this.#byAgent].flatMap(([agent, { base, blocks, units }]) => {
      if (base === 0 && blocks.length === 0) return [];
      const steps = blocks.map((block, at) => ({ block, units: units[at] as number }));
      return [{ agent, base, steps }];
    });
  }

  /** All agents, and their units. */
  counts(): (readonly [agent: number, units: number])[] {
    return [...this.#byAgent].map(([agent, { base, units }]) => [agent, units.at(-1) ?? base]);
  }
}

/** How many of a line's blocks are under a frontier. */
function underOf({ blocks }: Line, isUnder: (block: number) => boolean): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isUnder(blocks[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
