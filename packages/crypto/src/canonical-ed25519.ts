/**
 * The filter before every Ed25519 verification. Libraries disagree on crafted keys and signatures, and a
 * disagreement would make replicas differ for ever; behind this filter they agree. Point arithmetic
 * serves the filter alone: whether a signature is right is decided by the platform, never here.
 */
import { compareBytes, fromHex, toHex } from '@atoll/kernel';
import { loadCurves } from './load-curves.ts';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Keys whose verdict is remembered: a torsion check costs about a millisecond. */
const VERDICTS_MAX = 4096;

/** The field's prime 2^255 - 19 and the group's order L, big-endian for comparison. */
const PRIME: Uint8Array = big(`7f${'ff'.repeat(30)}ed`);
const ORDER: Uint8Array = big(`10${'00'.repeat(15)}14def9dea2f79cd65812631a5cf5d3ed`);

/** The y coordinates, little-endian, of the eight points of small order; x's sign does not matter. */
const SMALL_ORDER_Y: readonly string[] = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
];

const verdictByKey = new Map<string, boolean>();

/**
 * True for a key that may sign: 32 bytes, the one encoding of a point, not of small order, torsion-free.
 * The verdict is remembered for the last 4096 keys.
 */
export async function isCanonicalKey(publicKey: Uint8Array): Promise<boolean> {
  if (!isPlainPoint(publicKey)) return false;
  const name = toHex(publicKey);
  const known = verdictByKey.get(name);
  if (known !== undefined) {
    verdictByKey.delete(name);
    verdictByKey.set(name, known);
    return known;
  }
  const { isTorsionFree } = await loadCurves();
  const verdict = isTorsionFree(publicKey);
  if (verdictByKey.size >= VERDICTS_MAX) {
    for (const oldest of verdictByKey.keys()) {
      verdictByKey.delete(oldest);
      break;
    }
  }
  verdictByKey.set(name, verdict);
  return verdict;
}

/** True for 64 bytes whose S is below L and whose R is one encoding, not of small order. */
export function isCanonicalSignature(signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const scalar = signature.slice(KEY_BYTES).reverse();
  return compareBytes(scalar, ORDER) < 0 && isPlainPoint(signature.subarray(0, KEY_BYTES));
}

/** What bytes alone can tell of a point: 32 of them, y below the prime, order not small. Cheap. */
export function isPlainPoint(point: Uint8Array): boolean {
  if (point.length !== KEY_BYTES) return false;
  const y = Uint8Array.from(point);
  y[KEY_BYTES - 1] = (y[KEY_BYTES - 1] as number) & 0x7f;
  return !SMALL_ORDER_Y.includes(toHex(y)) && compareBytes(y.reverse(), PRIME) < 0;
}

function big(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array(0);
}
