/** As whom the program writes in a space of its identity. */
import type { SpaceWriter } from '@atoll/echo';
import { identityIdOf } from '@atoll/halo';
import type { Engine, Founder } from './engine.ts';

/** Proposes no epochs. In the private space keys are sealed to devices, too. */
export function writerOf(engine: Engine, identity: Founder, isPrivate: boolean): SpaceWriter {
  const { deviceAgreer, deviceSigner, isKeeper, platform, slot } = engine;
  return {
    identity: identityIdOf(identity.log.genesis),
    identityLog: identity.log,
    deviceSigner,
    haloSecret: identity.haloSecret,
    ...engine.secretsOf(identity.haloSecret),
    ...(isPrivate ? { deviceAgreer } : {}),
    profile: { name: identity.displayName, colour: identity.colour },
    slot: slot.number,
    isKeeper,
    snapshotsAtRest: platform.endsUnasked === true,
    mayContinue: slot.mayContinue,
    beforeAppend: () => slot.beforeAppend(),
  };
}
