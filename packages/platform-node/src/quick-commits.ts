/**
 * Which commits are made on the event loop although there is a thread for them. To wake a sleeping thread and
 * to be woken takes two tenths of a millisecond, half of what a small commit takes on a quick disk; on a slow
 * one the loop must not wait.
 */
import type { StoreBatch } from '@atoll/kernel';

/** Nobody notices that the event loop stands still so long; beyond, the way to the thread does not matter. */
const QUICK_MS = 1;
/** An edit, or a few that came together. */
const BLOCKS_MAX = 8;
const BYTES_MAX = 16 * 1024;
/** What the last commit weighs among those before it: one slow one of ten is not yet a slow disk. */
const WEIGHT = 0.2;
/** One of so many goes to the thread in any case: it copies the write-ahead log back when that is long. */
const THREAD_EVERY = 64;

/** What small commits took lately, wherever they were made, and what follows for the next. */
export class QuickCommits {
  readonly #quickMs: number;
  #tookMs: number;
  #count = 0;

  /** `quickMs`: with 0 none is quick. */
  constructor(quickMs: number = QUICK_MS) {
    this.#quickMs = quickMs;
    // Until some have been measured.
    this.#tookMs = quickMs;
  }

  /** True if these are to be committed on the event loop. */
  isOne(batches: readonly StoreBatch[]): boolean {
    if (this.#tookMs >= this.#quickMs || !isSmall(batches)) return false;
    return ++this.#count % THREAD_EVERY !== 0;
  }

  /** Told of every commit. */
  note(batches: readonly StoreBatch[], tookMs: number): void {
    if (isSmall(batches)) this.#tookMs += (tookMs - this.#tookMs) * WEIGHT;
  }
}

function isSmall(batches: readonly StoreBatch[]): boolean {
  if (batches.some(({ drops, forgets }) => drops !== undefined || forgets !== undefined)) {
    return false;
  }
  const blocks = batches.flatMap((batch) => batch.blocks ?? []);
  if (blocks.length > BLOCKS_MAX) return false;
  let bytes = 0;
  for (const block of blocks) bytes += block.bytes.length;
  for (const { values } of batches) {
    for (const value of values?.values() ?? []) bytes += value?.length ?? 0;
  }
  return bytes <= BYTES_MAX;
}
