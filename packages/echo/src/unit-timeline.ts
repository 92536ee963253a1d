/** How many units of a text or list each writer had inserted by each of its blocks. */
import type { Reader, Writer } from '@atoll/codec';
import type { BlockTable } from './block-table.ts';

/** Growing numbers for each agent. */
export class UnitTimeline {
  readonly #byAgent = new Map<number, { readonly blocks: number[]; readonly units: number[] }>();

  /** Notes the agent's units after a block. */
  note(agent: number, block: number, units: number): void {
    let line = this.#byAgent.get(agent);
    if (line === undefined) this.#byAgent.set(agent, (line = { blocks: [], units: [] }));
    if (line.units.at(-1) === units) return;
    if (line.blocks.at(-1) === block) line.units[line.units.length - 1] = units;
    else {
      line.blocks.push(block);
      line.units.push(units);
    }
  }

  /** Writes all lines, with these numbers for branches and blocks. */
  write(writer: Writer, names: { branch(agent: number): number; block(no: number): number }): void {
    writer.varint(this.#byAgent.size);
    for (const [agent, { blocks, units }] of this.#byAgent) {
      writer.varint(names.branch(agent)).varint(blocks.length);
      let block = 0;
      let unit = 0;
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
      const line = { blocks: [] as number[], units: [] as number[] };
      let block = 0;
      let unit = 0;
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
    return low === 0 ? 0 : (line.units[low - 1] as number);
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
    return low === 0 ? 0 : (line.units[low - 1] as number);
  }
}
