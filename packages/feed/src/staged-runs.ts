/** Verified runs that wait for other blocks: bounded by sender and in all, the oldest dropped first. */
import type { BlockHash } from '@atoll/kernel';
import { RUN_BLOCKS_MAX, runBytes, type Run } from './run.ts';

/** Waiting blocks of one sender: the longest run. Above that its oldest are dropped and asked for again. */
export const STAGED_BLOCKS_PER_SENDER_MAX: number = RUN_BLOCKS_MAX;
/** Waiting bytes of one sender. */
export const STAGED_BYTES_PER_SENDER_MAX: number = 4 * 1024 * 1024;
/** Waiting bytes of all senders: eight that use their whole share. */
export const STAGED_BYTES_MAX: number = 32 * 1024 * 1024;

/** A run, its sender and what it waits for. */
export interface StagedRun {
  readonly run: Run;
  readonly from: string;
  readonly missing: readonly BlockHash[];
}

/** The waiting room of one replica. */
export class StagedRuns {
  readonly #entries: Map<BlockHash, StagedRun> = new Map();
  #droppedCount = 0;

  /** Runs that wait. */
  get size(): number {
    return this.#entries.size;
  }

  /** Runs that were dropped for lack of room. */
  get dropped(): number {
    return this.#droppedCount;
  }

  /** Keeps a run; an earlier one with the same end is replaced. */
  add(entry: StagedRun): void {
    this.#entries.delete(entry.run.endHash);
    this.#entries.set(entry.run.endHash, entry);
    this.#trim((other) => other.from === entry.from, {
      blocks: STAGED_BLOCKS_PER_SENDER_MAX,
      bytes: STAGED_BYTES_PER_SENDER_MAX,
    });
    this.#trim(() => true, { blocks: Number.POSITIVE_INFINITY, bytes: STAGED_BYTES_MAX });
  }

  /** Takes out the first run all of whose missing blocks are there by now. */
  takeReady(isThere: (hash: BlockHash) => boolean): StagedRun | undefined {
    for (const entry of this.#entries.values()) {
      if (!entry.missing.every(isThere)) continue;
      this.#entries.delete(entry.run.endHash);
      return entry;
    }
    return undefined;
  }

  /** Drops what a sender that has gone away left behind. */
  forget(from: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.from === from) this.#entries.delete(entry.run.endHash);
    }
  }

  #trim(
    counts: (entry: StagedRun) => boolean,
    max: { readonly blocks: number; readonly bytes: number },
  ): void {
    const entries = [...this.#entries.values()].filter(counts);
    let blocks = 0;
    let bytes = 0;
    for (const { run } of entries) {
      blocks += run.blocks.length;
      bytes += runBytes(run);
    }
    for (const { run } of entries) {
      if (blocks <= max.blocks && bytes <= max.bytes) return;
      this.#entries.delete(run.endHash);
      this.#droppedCount++;
      blocks -= run.blocks.length;
      bytes -= runBytes(run);
    }
  }
}
