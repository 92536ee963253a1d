/** Ed25519 keys as `did:key` (W3C CCG, version 0.9): the multicodec of the key, in base58 of Bitcoin. */
import { base58 } from '@scure/base';
import { concatBytes } from '@atoll/kernel';
import { requireSize } from './crypto-error.ts';

const PREFIX = 'did:key:z';
/** Multicodec 0xed, `ed25519-pub`, as a varint. */
const ED25519: Uint8Array = Uint8Array.of(0xed, 0x01);
const KEY_BYTES = 32;
/** 34 bytes that begin with 0xed are always so many digits. */
const DIGITS = 47;

/** Name of a key. @throws CryptoError `CRYPTO_SIZE`. */
export function didKeyOf(publicKey: Uint8Array): string {
  requireSize(publicKey, KEY_BYTES, 'an Ed25519 key');
  return PREFIX + base58.encode(concatBytes(ED25519, publicKey));
}

/** The Ed25519 key of a name; `undefined` for anything that is not the one name of one. */
export function keyOfDid(did: string): Uint8Array<ArrayBuffer> | undefined {
  if (!did.startsWith(PREFIX) || did.length !== PREFIX.length + DIGITS) return undefined;
  const digits = did.slice(PREFIX.length);
  if (!/^[1-9A-HJ-NP-Za-km-z]+$/.test(digits)) return undefined;
  const bytes = base58.decode(digits);
  if (bytes.length !== ED25519.length + KEY_BYTES) return undefined;
  if (bytes[0] !== ED25519[0] || bytes[1] !== ED25519[1]) return undefined;
  return bytes.slice(ED25519.length);
}
