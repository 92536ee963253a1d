/** Opening what was sealed to a public key, and what a box is made of; `seal-to.ts` makes them. */
import type { Agreer } from '@atoll/kernel';
import { aeadOpen, TAG_BYTES } from './aead.ts';
import { deriveKey } from './hash.ts';
import { isAllZero, wipe } from './secret-bytes.ts';
import { isWeakAgreementKey } from './weak-agreement-key.ts';

/** First byte of a box: X25519, HKDF-SHA256, ChaCha20-Poly1305. */
export const ALGORITHM_X25519 = 1;
/** Bytes of an X25519 public key. */
export const PUBLIC_KEY_BYTES = 32;
const HEADER_BYTES = 1 + PUBLIC_KEY_BYTES;
/** The key is used for one message, so the nonce may be constant. */
export const NONCE: Uint8Array = new Uint8Array(12);

/** Bytes that sealing to a key adds. */
export const SEALED_BOX_OVERHEAD_BYTES: number = HEADER_BYTES + TAG_BYTES;

/** The plaintext, or `undefined` when it was not sealed to this key with this info. */
export async function openSealed(
  agreer: Agreer,
  sealed: Uint8Array,
  info: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (sealed.length < SEALED_BOX_OVERHEAD_BYTES || sealed[0] !== ALGORITHM_X25519) return undefined;
  const ephemeral = sealed.slice(1, HEADER_BYTES);
  if (isWeakAgreementKey(ephemeral)) return undefined;
  const shared = await agreer.agree(ephemeral);
  if (isAllZero(shared)) return undefined;
  const key = boxKey({ shared, ephemeral, recipient: agreer.publicKey, info });
  const plaintext = aeadOpen(
    { key, nonce: NONCE, associated: info },
    sealed.subarray(HEADER_BYTES),
  );
  wipe(shared, key);
  return plaintext;
}

/** The key of one box. */
export function boxKey(input: {
  readonly shared: Uint8Array;
  readonly ephemeral: Uint8Array;
  readonly recipient: Uint8Array;
  readonly info: Uint8Array;
}): Uint8Array<ArrayBuffer> {
  const { shared, ephemeral, recipient, info } = input;
  return deriveKey(shared, 'sealed-box/x25519', ephemeral, recipient, info);
}
