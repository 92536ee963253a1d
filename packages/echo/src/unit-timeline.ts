/** How many units of a text or list each writer had inserted by each of its blocks. */
import type { Reader, Writer } from '@atoll/codec';
import type { BlockTable } from './block-table.ts';

/** What an agent had inserted: before the blocks that are remembered, and after each of those. */
interface Line {
  /** Units by blocks that were let go: where the agent's chain stood at one of them is not known any more. */
  base: number;
  /** Units under the frontier of an epoch: whoever writes above it may name them. */
  settled: number;
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
      // What was let go came before all forks that are known.
      const [first] = stretches;
      if (first !== undefined) moved.#lineOf(first.branch).base = line.base;
      for (const { branch, from, to } of stretches) {
        if (line.settled <= from) continue;
        const into = moved.#lineOf(branch);
        into.settled = Math.max(into.settled, Math.min(line.settled, to));
      }
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
    if (line === undefined) {
      this.#byAgent.set(agent, (line = { base: 0, settled: 0, blocks: [], units: [] }));
    }
    return line;
  }

  /** Writes all lines, with these numbers for branches and blocks. */
  write(writer: Writer, names: { branch(agent: number): number; block(no: number): number }): void {
    writer.varint(this.#byAgent.size);
    for (const [agent, { base, blocks, settled, units }] of this.#byAgent) {
      writer
        .varint(names.branch(agent))
        .varint(base)
        .varint(Math.max(settled - base, 0));
      writer.varint(blocks.length);
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
      const base = reader.varint();
      const line: Line = { base, settled: base + reader.varint(), blocks: [], units: [] };
      let block = 0;
      let unit = line.base;
      for (let steps = reader.varint(reader.left); steps > 0; steps--) {
        line.blocks.push((block += reader.zigzag()));
        line.units.push((unit += reader.zigzag()));
      }
      this.#byAgent.set(agent, line);
    }
  }

  /** Units of the agent that a block may name: those in its causal past, and those that an epoch covers. */
  unitsInPast(blocks: BlockTable, agent: number, block: number): number {
    return Math.max(this.#byAgent.get(agent)?.settled ?? 0, this.unitsSeen(blocks, agent, block));
  }

  /** Units of the agent in the causal past of a block: a chain, so what is in it comes first. */
  unitsSeen(blocks: BlockTable, agent: number, block: number): number {
    const line = this.#byAgent.get(agent);
    if (line === undefined) return 0;
    const seen = leading(line, (no) => blocks.reaches(no, block));
    return unitsOf(line, seen);
  }

  /** Units that an epoch covers: whoever writes above it may name them. */
  settledOf(agent: number): number {
    return this.#byAgent.get(agent)?.settled ?? 0;
  }

  /** Units of the agent in its blocks before `seq`. */
  unitsBefore(blocks: BlockTable, agent: number, seq: number): number {
    const line = this.#byAgent.get(agent);
    if (line === undefined) return 0;
    const before = leading(line, (no) => blocks.get(no).seq < seq);
    return unitsOf(line, before);
  }

  /** Units of the agent in the blocks that `isUnder` holds for: some from the beginning of its chain on. */
  unitsUnder(agent: number, isUnder: (block: number) => boolean): number {
    const line = this.#byAgent.get(agent);
    if (line === undefined) return 0;
    return unitsOf(line, leading(line, isUnder));
  }

  /** True if {@link UnitTimeline.settle} has something to do. */
  hasUnder(isUnder: (block: number) => boolean): boolean {
    return [...this.#byAgent.values()].some((line) => {
      return unitsOf(line, leading(line, isUnder)) > Math.max(line.settled, line.base);
    });
  }

  /** From now on all know the units that came by these blocks. True if that is news. */
  settle(isUnder: (block: number) => boolean, settles: (agent: number) => boolean): boolean {
    let isChanged = false;
    for (const [agent, line] of this.#byAgent) {
      if (!settles(agent)) continue;
      const units = unitsOf(line, leading(line, isUnder));
      if (units <= Math.max(line.settled, line.base)) continue;
      line.settled = units;
      isChanged = true;
    }
    return isChanged;
  }

  /** All that is known, agent by agent; of those that have inserted nothing, nothing. */
  lines(): {
    readonly agent: number;
    readonly base: number;
    readonly settled: number;
    readonly steps: readonly { readonly block: number; readonly units: number }[];
  }[] {
    return [...this.#byAgent].flatMap(([agent, { base, blocks, settled, units }]) => {
      if (base === 0 && blocks.length === 0) return [];
      const steps = blocks.map((block, at) => ({ block, units: units[at] as number }));
      return [{ agent, base, settled, steps }];
    });
  }

  /** Forgets by which of these blocks units came: some from the beginning of each chain on. */
  letGo(isLetGo: (block: number) => boolean): void {
    for (const line of this.#byAgent.values()) {
      const gone = leading(line, isLetGo);
      line.base = unitsOf(line, gone);
      line.settled = Math.max(line.settled, line.base);
      line.blocks = line.blocks.slice(gone);
      line.units = line.units.slice(gone);
    }
  }

  /** All agents, and their units. */
  counts(): (readonly [agent: number, units: number])[] {
    return [...this.#byAgent].map(([agent, { base, units }]) => [agent, units.at(-1) ?? base]);
  }
}

/** Units after so many of a line's blocks. */
function unitsOf({ base, units }: Line, blocks: number): number {
  return blocks === 0 ? base : (units[blocks - 1] as number);
}

/** How many of a line's blocks something holds for that holds for some from the beginning on. */
function leading({ blocks }: Line, holds: (block: number) => boolean): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(blocks[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
