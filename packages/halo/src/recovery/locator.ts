/**
 * Where the capsules of words lie, as their holder has told the devices. Signed by the words themselves: else a device
 * that was stolen could send the others elsewhere, and the words would lead to nothing.
 */
import { signStatement, verifyStatement, type Statement } from '@atoll/crypto';
import { idBytes, type Ed25519Platform, type IdentityId, type Signer } from '@atoll/kernel';
import type { Bytes } from '../statements.ts';

/** See above. */
export interface SignedLocator {
  /** Ed25519 key of the words. */
  readonly signingKey: Uint8Array;
  readonly locatorSecret: Uint8Array;
  readonly signature: Uint8Array;
}

/** Signs where the capsules of these words lie. */
export async function signLocator(
  signer: Signer,
  identity: IdentityId,
  locatorSecret: Uint8Array,
): Promise<{ readonly signature: Bytes }> {
  const signature = await signStatement(signer, said(identity, locatorSecret));
  return { signature };
}

/** True if the words say so themselves. */
export function isLocatorOf(
  platform: Ed25519Platform,
  identity: IdentityId,
  { locatorSecret, signature, signingKey }: SignedLocator,
): Promise<boolean> {
  return verifyStatement(platform, said(identity, locatorSecret), {
    publicKey: signingKey,
    signature,
  });
}

function said(identity: IdentityId, locatorSecret: Uint8Array): Statement {
  return { purpose: 'recovery-locator', audience: idBytes(identity), body: locatorSecret };
}
