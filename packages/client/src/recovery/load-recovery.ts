/** The door to what keeps capsules and finds identities. */

import { loadRecovering } from '@atoll/halo';
import type * as Loaded from './recovery-parts.ts';

/** See {@link loadRecovery}. */
export type RecoveryPartsLoaded = typeof Loaded;

/** Loads it, with what it needs of HALO: nothing of it is needed to open a space. */
export async function loadRecovery(): Promise<RecoveryPartsLoaded> {
  const [parts] = await Promise.all([import('./recovery-parts.ts'), loadRecovering()]);
  return parts;
}
