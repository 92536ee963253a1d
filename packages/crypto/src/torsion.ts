/** The one question about an Ed25519 key that takes arithmetic. */
import { ed25519 } from '@noble/curves/ed25519.js';

/** True for the bytes of a point in the subgroup of prime order. About a millisecond. */
export function isTorsionFree(publicKey: Uint8Array): boolean {
  try {
    return ed25519.Point.fromBytes(publicKey).isTorsionFree() === true;
  } catch {
    return false; // No point of the curve has these bytes.
  }
}
