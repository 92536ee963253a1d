/** How much of a space others are known to have had, and when that was all of it. Kept among the profile's values. */
import { fromUtf8, utf8, type PlatformBase } from '@atoll/kernel';

/** It is written down so often at most: it changes with every key press of anybody. */
const SAVE_EVERY_MS = 1_000;

/** The count of one space. */
export class SharedBlocks {
  readonly #platform: PlatformBase;
  readonly #space: string;
  readonly #closed = new AbortController();
  #isKnown = false;
  #blocks = 0;
  #saved = 0;
  #inStepMs: number | undefined;
  #saving: Promise<void> | undefined;

  constructor(platform: PlatformBase, space: string) {
    this.#platform = platform;
    this.#space = space;
  }

  /** Reads the count as it was last written down, unless it is known. @throws StoreError. */
  async load(): Promise<void> {
    if (this.#isKnown) return;
    const stored = await this.#platform.store.value(nameOf(this.#space));
    this.remember(stored === undefined ? 0 : Number(fromUtf8(stored) ?? 0), undefined);
  }

  /** What is known of an earlier run of the program. */
  remember(blocks: number, inStepMs: number | undefined): void {
    this.#isKnown = true;
    this.#blocks = blocks;
    this.#saved = blocks;
    this.#inStepMs ??= inStepMs;
  }

  /** Blocks that somebody else is known to have had. */
  get blocks(): number {
    return this.#blocks;
  }

  /** When somebody else was last known to have exactly what is here; milliseconds since 1970. */
  get inStepMs(): number | undefined {
    return this.#inStepMs;
  }

  /** Somebody else has all of these blocks now. */
  note(blocks: number): void {
    this.#inStepMs = Math.floor(this.#platform.clock.nowMs());
    if (blocks === this.#blocks) return;
    this.#blocks = blocks;
    this.#saving ??= this.#saveSoon();
  }

  /** Writes the count down. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#saving;
    await this.save();
  }

  /** Losing the last of it costs nothing but a wrong count. */
  async save(): Promise<void> {
    if (this.#saved === this.#blocks) return;
    this.#saved = this.#blocks;
    const values = new Map([[nameOf(this.#space), utf8(String(this.#blocks))]]);
    await this.#platform.store.commit({ values }).catch(() => undefined);
  }

  async #saveSoon(): Promise<void> {
    const { clock } = this.#platform;
    await clock.sleep(SAVE_EVERY_MS, this.#closed.signal).catch(() => undefined);
    this.#saving = undefined;
    await this.save();
  }
}

function nameOf(space: string): string {
  return `shared/${space}`;
}
