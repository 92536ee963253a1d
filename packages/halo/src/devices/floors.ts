/**
 * What a device had acknowledged in blocks that do not know of some other block. A cut cannot take that away: else
 * a thief would date his cut back and void years of honest work.
 */
import type { DeviceBlocks, DeviceOf } from './device-facts.ts';

/** See above. */
export class Floors {
  readonly #blocks: DeviceBlocks;
  readonly #at: number | undefined;
  readonly #last = new Map<string, number | undefined>();
  /** Blocks that were such a last one when it was asked. */
  readonly met: Set<number> = new Set();

  /** As far as `at` knows. */
  constructor(blocks: DeviceBlocks, at: number | undefined) {
    this.#blocks = blocks;
    this.#at = at;
  }

  /** True if a device has acknowledged a block without knowing of `cut`. */
  reaches(cut: number, of: DeviceOf, block: number): boolean {
    return this.some(cut, of, (tip) => tip === block || this.#blocks.isInPast(block, tip));
  }

  /** True if something holds of one of the last blocks of a device that do not know of `cut`. */
  some(cut: number, of: DeviceOf, holds: (block: number) => boolean): boolean {
    for (const head of this.#blocks.headsOf(of)) {
      const last = this.#lastBefore(cut, head);
      if (last === undefined) continue;
      this.met.add(last);
      if (holds(last)) return true;
    }
    return false;
  }

  #lastBefore(cut: number, head: number): number | undefined {
    const name = `${String(cut)}/${String(head)}`;
    let block: number | undefined = head;
    while (block !== undefined) {
      const at = `${String(cut)}/${String(block)}`;
      if (this.#last.has(at)) {
        block = this.#last.get(at);
        break;
      }
      if (this.#isBefore(cut, block)) break;
      block = this.#blocks.prevOf(block);
    }
    this.#last.set(name, block);
    return block;
  }

  #isBefore(cut: number, block: number): boolean {
    if (block === cut || this.#blocks.isInPast(cut, block)) return false;
    return this.#at === undefined || block === this.#at || this.#blocks.isInPast(block, this.#at);
  }
}
