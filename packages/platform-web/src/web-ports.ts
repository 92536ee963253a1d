/** The small ports of a browser: clock, randomness, locks, Ed25519 verification. */
import {
  pooledRng,
  timerClock,
  toHex,
  type Clock,
  type Ed25519Platform,
  type Locks,
  type Rng,
} from '@atoll/kernel';

/** Bytes that one call of getRandomValues gives at most. */
const RANDOM_BYTES_MAX = 65_536;

/** The clock of this tab. */
export const webClock: Clock = timerClock({
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  start: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
});

/** The browser's randomness. */
export const webRng: Rng = pooledRng((bytes) => {
  for (let from = 0; from < bytes.length; from += RANDOM_BYTES_MAX) {
    crypto.getRandomValues(bytes.subarray(from, from + RANDOM_BYTES_MAX));
  }
});

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
