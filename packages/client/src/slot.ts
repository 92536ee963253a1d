/**
 * The slot through which this tab or process writes: a lock while it runs, and a durable mark that says
 * whether the last one that held it ended cleanly. Without a clean end nobody knows what was sent, so
 * the feeds of the slot are not continued.
 */
import { fromUtf8, utf8, type PlatformBase } from '@atoll/kernel';
import { ClientError } from './client-error.ts';

/** Tabs and processes of one profile that can write at once; DESIGN section 4. */
export const SLOTS_MAX = 32;

/** A held slot. */
export class Slot implements AsyncDisposable {
  readonly number: number;
  /** True when feeds of this slot may be continued. */
  readonly mayContinue: boolean;
  readonly #platform: PlatformBase;
  readonly #lock: AsyncDisposable;
  #opened: Promise<void> | undefined;

  private constructor(
    platform: PlatformBase,
    held: { readonly number: number; readonly lock: AsyncDisposable; readonly clean: boolean },
  ) {
    this.#platform = platform;
    this.number = held.number;
    this.mayContinue = held.clean;
    this.#lock = held.lock;
  }

  /** Takes the first free slot. @throws ClientError `CLIENT_SLOTS_MAX`; StoreError. */
  static async take(platform: PlatformBase): Promise<Slot> {
    for (let number = 0; number < SLOTS_MAX; number++) {
      const lock = await platform.locks.tryAcquire(slotLock(number));
      if (lock === undefined) continue;
      const mark = await platform.store.value(markName(number));
      const clean = mark !== undefined && fromUtf8(mark) === cleanMark(platform);
      return new Slot(platform, { number, lock, clean });
    }
    throw new ClientError(
      'CLIENT_SLOTS_MAX',
      `${SLOTS_MAX} windows or programs are writing already`,
    );
  }

  /** Makes durable that this session writes. Cheap after the first time. @throws StoreError. */
  beforeAppend(): Promise<void> {
    this.#opened ??= this.#mark(undefined).catch((failure: unknown) => {
      this.#opened = undefined;
      throw failure;
    });
    return this.#opened;
  }

  /** Marks a clean end; everything written must be durable. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#opened !== undefined || !this.mayContinue)
        await this.#mark(cleanMark(this.#platform));
    } finally {
      await this.#lock[Symbol.asyncDispose]();
    }
  }

  async #mark(value: string | undefined): Promise<void> {
    const bytes = value === undefined ? undefined : utf8(value);
    await this.#platform.store.commit({ values: new Map([[markName(this.number), bytes]]) });
  }
}

/** A copy of the store elsewhere has another fingerprint; a restored one may have another incarnation. */
function cleanMark(platform: PlatformBase): string {
  return `clean ${platform.store.incarnation} ${platform.fingerprint}`;
}

/** Name of the lock that whoever writes through a slot holds. */
export function slotLock(slot: number): string {
  return `slot-${slot}`;
}

function markName(slot: number): string {
  return `slot/${slot}/end`;
}
