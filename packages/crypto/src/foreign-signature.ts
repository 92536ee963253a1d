/**
 * Signatures over the bytes of other people's formats, which name no purpose of ours. Only keys that are for
 * nothing else may sign so: never a device key, a feed key or a recovery key.
 */
import type { Ed25519Platform, Signer } from '@atoll/kernel';
import { isCanonicalKey, isCanonicalSignature, isPlainPoint } from './canonical-ed25519.ts';
import type { Proof } from './statement.ts';

/** Signature over bytes of a format of others, by a key of its own: 64 bytes. */
export function signForeign(
  ownSigner: Signer,
  bytes: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  return ownSigner.sign(bytes);
}

/** True only if key and signature are canonical and the platform accepts them. */
export async function verifyForeign(
  platform: Ed25519Platform,
  bytes: Uint8Array,
  { publicKey, signature }: Proof,
): Promise<boolean> {
  if (!isPlainPoint(publicKey) || !isCanonicalSignature(signature)) return false;
  const accepted = await platform.verify(publicKey, bytes, signature);
  return accepted === true && (await isCanonicalKey(publicKey));
}
