/** The small ports of a Node process: clock, randomness, Ed25519 verification. */
import { createPublicKey, randomFillSync, verify, type KeyObject } from 'node:crypto';
import {
  pooledRng,
  timerClock,
  toHex,
  type Clock,
  type Ed25519Platform,
  type Rng,
} from '@atoll/kernel';

/** The clock of this process. */
export const nodeClock: Clock = timerClock({
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  start: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
});

/** The operating system's randomness. */
export const nodeRng: Rng = pooledRng((bytes) => {
  randomFillSync(bytes);
});

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
