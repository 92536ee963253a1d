/**
 * Cuts blocks in order of arrival into runs. Neighbours of one chain share a run and thus a signature;
 * blocks of other feeds are never overtaken, because a receiver needs what they built on first.
 */
import type { BlockHash, FeedKey } from '@atoll/kernel';
import { RUN_BYTES_MAX, RUN_BYTES_TARGET, type Run } from './run.ts';

/** A sender ends a run after so many blocks, long before a receiver would refuse it. */
export const RUN_BLOCKS_TARGET = 4096;

/** A stored block on its way into a run. */
export interface RunBlock {
  readonly feed: FeedKey;
  readonly seq: number;
  readonly hash: BlockHash;
  readonly prev: BlockHash;
  readonly bytes: Uint8Array;
  /** Present where the replica holds a signature over exactly this block. */
  readonly signature?: Uint8Array;
}

/** Collects blocks and gives runs that end at signed ones. */
export class RunBuilder {
  #blocks: RunBlock[] = [];
  #sizeBytes = 0;
  /** Blocks up to and with the last signed one. */
  #signed = 0;

  /** Takes the next block and gives the runs that are complete by that. */
  push(block: RunBlock): Run[] {
    const runs: Run[] = [];
    const last = this.#blocks.at(-1);
    const follows = last === undefined || last.hash === block.prev;
    const fits =
      this.#sizeBytes + block.bytes.length <= RUN_BYTES_TARGET &&
      this.#blocks.length < RUN_BLOCKS_TARGET;
    if (!follows) runs.push(...this.finish());
    else if (!fits && this.#signed > 0) runs.push(...this.#cut());
    if (this.#sizeBytes + block.bytes.length > RUN_BYTES_MAX) this.#forget();
    this.#blocks.push(block);
    this.#sizeBytes += block.bytes.length;
    if (block.signature !== undefined) this.#signed = this.#blocks.length;
    return runs;
  }

  /** Gives what is left; blocks without a signature behind them are dropped. */
  finish(): Run[] {
    const runs = this.#cut();
    this.#forget();
    return runs;
  }

  #cut(): Run[] {
    const end = this.#blocks[this.#signed - 1];
    if (end?.signature === undefined) return [];
    const blocks = this.#blocks.slice(0, this.#signed).map((block) => block.bytes);
    this.#blocks = this.#blocks.slice(this.#signed);
    this.#sizeBytes = this.#blocks.reduce((sum, block) => sum + block.bytes.length, 0);
    this.#signed = 0;
    const { feed, seq, hash, signature } = end;
    return [{ feed, endSeq: seq, endHash: hash, signature, blocks }];
  }

  #forget(): void {
    this.#blocks = [];
    this.#sizeBytes = 0;
    this.#signed = 0;
  }
}
