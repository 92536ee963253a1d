/** How many units of a text or list each writer had inserted by each of its blocks. */
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
