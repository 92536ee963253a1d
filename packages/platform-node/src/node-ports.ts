/** The small ports of a Node process: clock, randomness, Ed25519 verification, a silent log. */
import { createPublicKey, randomFillSync, verify, type KeyObject } from 'node:crypto';
import { toHex, type Clock, type Ed25519Platform, type Log, type Rng } from '@atoll/kernel';

/** Longest delay of one timer in Node; longer sleeps are made of several. */
const TIMER_MS_MAX = 2 ** 31 - 1;

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

/** The clock of this process. */
export const nodeClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(delayMs, signal) {
    const endMs = performance.now() + delayMs;
    // A timer may fire a little early by the monotonic clock, so look again.
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

/** The operating system's randomness. */
export const nodeRng: Rng = {
  bytes(count) {
    if (count > POOLED_MAX) return randomFillSync(new Uint8Array(count));
    if (poolUsed + count > POOL_BYTES) {
      randomFillSync(pool);
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

/** Public keys kept parsed: parsing costs a third of a verification. */
const PARSED_KEYS_MAX = 512;
const parsedByKey: Map<string, KeyObject> = new Map();
// What precedes the 32 raw bytes of an Ed25519 public key in DER, RFC 8410.
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function parsed(publicKey: Uint8Array): KeyObject {
  const name = toHex(publicKey);
  const known = parsedByKey.get(name);
  if (known !== undefined) return known;
  const der = Buffer.concat([SPKI_PREFIX, publicKey]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  if (parsedByKey.size >= PARSED_KEYS_MAX) parsedByKey.clear();
  parsedByKey.set(name, key);
  return key;
}

/**
 * Verifications done at once in one turn of the event loop: half a millisecond. An edit that arrives alone
 * does not wait for a thread, and many at a time do not hold up everything else.
 */
const AT_ONCE_MAX = 4;
let doneAtOnce = 0;

function mayDoAtOnce(): boolean {
  if (doneAtOnce === 0) {
    setImmediate(() => {
      doneAtOnce = 0;
    });
  }
  return doneAtOnce++ < AT_ONCE_MAX;
}

/** OpenSSL's cofactorless verification through node:crypto: a few at once, more in its thread pool. */
export const nodeEd25519: Ed25519Platform = {
  verify(publicKey, message, signature) {
    return new Promise((resolve) => {
      try {
        const key = parsed(publicKey);
        if (mayDoAtOnce()) resolve(verify(null, message, key, signature));
        else {
          verify(null, message, key, signature, (failure, valid) => {
            resolve(failure === null && valid === true);
          });
        }
      } catch {
        resolve(false); // A key that OpenSSL cannot parse signs nothing.
      }
    });
  },
};
