/** Keys in memory behind the port for them, so that the arithmetic is loaded when a key is first made. */
import type { Agreer, KeyPlatform, Rng } from '@atoll/kernel';
import { loadCurves } from './load-curves.ts';
import { wipe } from './secret-bytes.ts';

/** Bytes of an X25519 secret. */
const SECRET_BYTES = 32;

/** An agreer for one session: disposed of, it forgets its secret, where the platform lets it. */
export type EphemeralAgreer = Agreer & Partial<Disposable>;

/** Pairs in memory, for platforms that have none of their own. */
export const softwareKeys: KeyPlatform = {
  signer: async (seed) => (await loadCurves()).softwareSigner(seed),
  agreer: async (secret) => (await loadCurves()).softwareAgreer(secret),
};

/** A fresh agreer whose secret nobody else ever has; the platform's, if it has such. */
export async function freshAgreer(
  rng: Rng,
  keys: KeyPlatform = softwareKeys,
): Promise<EphemeralAgreer> {
  const secret = rng.bytes(SECRET_BYTES);
  const agreer = await keys.agreer(secret);
  wipe(secret);
  return agreer;
}
