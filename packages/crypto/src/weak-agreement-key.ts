/** Which X25519 public keys may not be agreed with. By their bytes alone: no arithmetic of the curve. */
import { toHex } from '@atoll/kernel';

/** Bytes of an X25519 public key. */
const KEY_BYTES = 32;

/** The u coordinates, little-endian, that give an all-zero result with every secret (RFC 7748, 6.1). */
const WEAK_U: ReadonlySet<string> = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

/**
 * True for a public key of small order, or of a wrong length. Asked before an {@link Agreer} of the
 * platform, since platforms refuse such keys in their own ways: by a throw, or by zeros.
 */
export function isWeakAgreementKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES) return true;
  const masked = Uint8Array.from(publicKey);
  masked[KEY_BYTES - 1] = (masked[KEY_BYTES - 1] as number) & 0x7f;
  return WEAK_U.has(toHex(masked));
}
