/**
 * A causal cut: a set of blocks that holds every cause of what it holds. A frontier names one by its
 * greatest blocks; a moment means the blocks whose writers' clocks say that moment or an earlier one, with
 * all their causes, for a cause cannot have come later than its effect.
 */
import { HistoryError } from './history-error.ts';
import type { HistoryHost } from './history-host.ts';

/** Hashes, in hex and ascending, of the blocks of a cut that are no causes of others in it. */
export type HistoryFrontier = readonly string[];

/** Heads that a frontier may name: one of each chain is enough, and a space has at most so many. */
export const FRONTIER_HEADS_MAX = 4096;

/** A set of blocks with all their causes. */
export class Cut {
  readonly #host: HistoryHost;
  readonly #inside: Uint8Array;

  private constructor(host: HistoryHost, inside: Uint8Array) {
    this.#host = host;
    this.#inside = inside;
  }

  /** Everything that is here now. */
  static now(host: HistoryHost): Cut {
    return new Cut(host, new Uint8Array(host.blockCount()).fill(1));
  }

  /** The blocks of a frontier and all their causes. @throws HistoryError `HISTORY_POINT`. */
  static of(host: HistoryHost, frontier: HistoryFrontier): Cut {
    const inside = new Uint8Array(host.blockCount());
    if (frontier.length > FRONTIER_HEADS_MAX) throw unknownPoint();
    for (const hash of frontier) {
      const block = host.blockOf(hash);
      if (block === undefined) throw unknownPoint();
      inside[block] = 1;
    }
    return Cut.#closed(host, inside);
  }

  /** What was known at a moment, as far as writers' clocks can be believed. */
  static atMoment(host: HistoryHost, timeMs: number): Cut {
    const inside = new Uint8Array(host.blockCount());
    for (let block = 0; block < inside.length; block++) {
      if (host.timeMsOf(block) <= timeMs) inside[block] = 1;
    }
    return Cut.#closed(host, inside);
  }

  static #closed(host: HistoryHost, inside: Uint8Array): Cut {
    for (let block = inside.length - 1; block >= 0; block--) {
      if (inside[block] === 0) continue;
      for (const cause of host.causesOf(block)) inside[cause] = 1;
    }
    return new Cut(host, inside);
  }

  /** True for a block of the cut. */
  has(block: number): boolean {
    return this.#inside[block] === 1;
  }

  /** True if nothing that is here is outside. */
  get isWhole(): boolean {
    return this.#inside.length === this.#host.blockCount() && !this.#inside.includes(0);
  }

  /** Blocks with data, ascending. */
  dataBlocks(): number[] {
    const blocks: number[] = [];
    for (let block = 0; block < this.#inside.length; block++) {
      if (this.has(block) && this.#host.hasData(block)) blocks.push(block);
    }
    return blocks;
  }

  /** Its greatest blocks. */
  frontier(): HistoryFrontier {
    const heads = this.#inside.slice();
    for (let block = heads.length - 1; block >= 0; block--) {
      if (this.#inside[block] === 0) continue;
      for (const cause of this.#host.causesOf(block)) heads[cause] = 0;
    }
    const hashes: string[] = [];
    heads.forEach((isHead, block) => {
      if (isHead === 1) hashes.push(this.#host.hashOf(block));
    });
    return hashes.sort();
  }

  /** The latest moment that a writer's clock says inside; 0 if there is nothing. */
  timeMs(): number {
    let latest = 0;
    for (let block = 0; block < this.#inside.length; block++) {
      if (this.has(block)) latest = Math.max(latest, this.#host.timeMsOf(block));
    }
    return latest;
  }
}

function unknownPoint(): HistoryError {
  return new HistoryError('HISTORY_POINT', 'the point names changes that are not here');
}
