/** What hosts of invitations have in common, whatever they invite to. */
import type { HostOptions } from '@atoll/halo';
import type { Engine } from './engine.ts';
import type { OwnIdentity } from './own-identity.ts';

/** What every invitation of this identity is made with. */
export function hostOptions(
  engine: Engine,
  identity: OwnIdentity,
): Omit<HostOptions, 'save' | 'admit' | 'onChange'> {
  const { platform, deviceSigner } = engine;
  const { clock, ed25519, rng } = platform;
  const { displayName: name, log } = identity;
  return { clock, ed25519, rng, deviceSigner, log, name };
}
