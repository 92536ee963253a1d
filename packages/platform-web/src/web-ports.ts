/** The small ports of a browser: clock, randomness, locks, Ed25519 verification, a silent log. */
import {
  toHex,
  type Clock,
  type Ed25519Platform,
  type Locks,
  type Log,
  type Rng,
} from '@atoll/kernel';

/** Longest delay of one timer; longer sleeps are made of several. */
const TIMER_MS_MAX = 2 ** 31 - 1;
/** Bytes that one call of getRandomValues gives at most. */
const RANDOM_BYTES_MAX = 65_536;

function sleepOnce(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, delayMs);
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** The clock of this tab. */
export const webClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(delayMs, signal) {
    const endMs = performance.now() + delayMs;
    // Timers round to whole milliseconds, and may fire early by the monotonic clock: look again.
    for (;;) {
      const leftMs = endMs - performance.now();
      await sleepOnce(Math.min(Math.max(Math.ceil(leftMs), 0), TIMER_MS_MAX), signal);
      if (performance.now() >= endMs) return;
    }
  },
};

/** Random bytes drawn at once: a call to the system costs as much as 2 KiB of them. */
const POOL_BYTES = 8_192;
/** Requests above this go to the system directly. */
const POOLED_MAX = 256;
const pool = new Uint8Array(POOL_BYTES);
let poolUsed = POOL_BYTES;

function drawn(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let from = 0; from < count; from += RANDOM_BYTES_MAX) {
    crypto.getRandomValues(bytes.subarray(from, from + RANDOM_BYTES_MAX));
  }
  return bytes;
}

/** The browser's randomness. */
export const webRng: Rng = {
  bytes(count) {
    if (count > POOLED_MAX) return drawn(count);
    if (poolUsed + count > POOL_BYTES) {
      crypto.getRandomValues(pool);
      poolUsed = 0;
    }
    const bytes = pool.slice(poolUsed, poolUsed + count);
    pool.fill(0, poolUsed, poolUsed + count); // What was given out is nowhere else.
    poolUsed += count;
    return bytes;
  },
};

/** A log that keeps nothing. */
export const silentLog: Log = { event: () => {} };

/** {@link Locks} between the tabs of an origin, by the Web Locks API: freed when a tab goes. */
export class WebLocks implements Locks {
  readonly #profile: string;

  constructor(profile: string) {
    this.#profile = profile;
  }

  tryAcquire(name: string): Promise<AsyncDisposable | undefined> {
    return new Promise((resolve, reject) => {
      const options = { ifAvailable: true } as const;
      const request = navigator.locks.request(`atoll/${this.#profile}/${name}`, options, (lock) => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        // The lock is held until the promise given back here resolves.
        return new Promise<void>((release) => {
          resolve({
            [Symbol.asyncDispose]: async () => {
              release();
              await request.catch(() => {});
            },
          });
        });
      });
      request.catch(reject);
    });
  }
}

/** Public keys kept imported: an import costs more than a verification. */
const IMPORTED_KEYS_MAX = 512;
const importedByKey: Map<string, Promise<CryptoKey>> = new Map();

function imported(publicKey: Uint8Array): Promise<CryptoKey> {
  const name = toHex(publicKey);
  const known = importedByKey.get(name);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(publicKey);
  const key = crypto.subtle.importKey('raw', bytes, 'Ed25519', false, ['verify']);
  if (importedByKey.size >= IMPORTED_KEYS_MAX) importedByKey.clear();
  importedByKey.set(name, key);
  return key;
}

/** The browser's verification through WebCrypto. */
export const webEd25519: Ed25519Platform = {
  async verify(publicKey, message, signature) {
    try {
      const key = await imported(publicKey);
      const [data, signed] = [new Uint8Array(message), new Uint8Array(signature)];
      return (await crypto.subtle.verify('Ed25519', key, signed, data)) === true;
    } catch {
      return false; // A key that cannot be imported signs nothing.
    }
  },
};
