/** How much of a space others are known to have had, and when that was all of it. Kept among the profile's values. */
import { fromUtf8, utf8, type PlatformBase } from '@atoll/kernel';

/** It is written down so often at most: it changes with every key press of anybody. */
const SAVE_EVERY_MS = 1_000;

/** The count of one space. */
export class SharedBlocks {
  readonly #platform: PlatformBase;
  readonly #space: string;
  readonly #closed = new AbortController();
  #blocks: number;
  #saved: number;
  #inStepMs: number | undefined;
  #saving: Promise<void> | undefined;

  private constructor(platform: PlatformBase, space: string, blocks: number) {
    this.#platform = platform;
    this.#space = space;
    this.#blocks = blocks;
    this.#saved = blocks;
  }

  /** The count as it was last written down. @throws StoreError. */
  static async load(platform: PlatformBase, space: string): Promise<SharedBlocks> {
    const stored = await platform.store.value(nameOf(space));
    const blocks = stored === undefined ? 0 : Number(fromUtf8(stored) ?? 0);
    return new SharedBlocks(platform, space, blocks);
  }

  /** Blocks that somebody else is known to have had. */
  get blocks(): number {
    return this.#blocks;
  }

  /** When somebody else was last known to have exactly what is here; milliseconds since 1970. */
  get inStepMs(): number | undefined {
    return this.#inStepMs;
  }

  /** What is known of an earlier run of the program. */
  remember(inStepMs: number | undefined): void {
    this.#inStepMs ??= inStepMs;
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
