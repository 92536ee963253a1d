/** What a host writes into its space to let somebody in: who it is, the grant, and the keys sealed to it. */
import type { CredentialId, IdentityId, KeyId, Rng, Signer, SpaceId } from '@atoll/kernel';
import type { RoleLevel } from './access-level.ts';
import { credentialIdOf } from './codec-grants.ts';
import { identityIdOf } from './statement-ids.ts';
import { logStatements, type IdentityLog } from './identity.ts';
import { grantAccess } from './issue.ts';
import type { KeyRing } from './key-ring.ts';
import { isLinkGenesis } from './link-nonce.ts';
import { copyKeys } from './generation.ts';
import { rightOfRoleLevel } from './role-level.ts';
import type { InvitationId } from './statements-invitations.ts';
import type { ReadingKey, Statement } from './statements.ts';

/** Somebody who has confirmed the digits and wants to join. */
export interface Guest {
  readonly log: IdentityLog;
  readonly readingKey: ReadingKey;
}

/**
 * Control statements that make a guest a member. They count in a block of the host's own device; the
 * section cites `parent`. The ticket goes out only once that block is durable.
 */
export async function admitGuest(input: {
  readonly rng: Rng;
  readonly space: SpaceId;
  readonly guest: Guest;
  readonly level: RoleLevel;
  /** The host's credential; it must hold more than `level`, or own. */
  readonly parent: CredentialId;
  /** Memberships of teams through which the host holds it. */
  readonly through?: readonly CredentialId[];
  readonly issuer: IdentityId;
  readonly deviceSigner: Signer;
  readonly keys: KeyRing;
  readonly invitation?: InvitationId | undefined;
  /** Generations of zones in use, where the guest is not to read what was written before them. */
  readonly withoutHistory?: readonly KeyId[];
}): Promise<{ readonly statements: readonly Statement[]; readonly credential: CredentialId }> {
  const { rng, space, guest, level, parent, through, issuer, deviceSigner, keys } = input;
  const { invitation, withoutHistory } = input;
  const identity = identityIdOf(guest.log.genesis);
  const grant = await grantAccess({
    rng,
    space,
    subject: { to: 'identity', identity },
    ...rightOfRoleLevel(level),
    parent,
    ...(through === undefined ? {} : { through }),
    issuer,
    deviceSigner,
    invitation,
    withoutHistory: withoutHistory !== undefined,
  });
  const reader = { identity, key: guest.readingKey.key };
  const shared = {
    withHistory: withoutHistory === undefined,
    current: withoutHistory ?? [],
    isMute: isLinkGenesis(guest.log.genesis),
  };
  const copies = keys
    .share(shared)
    .all()
    .map((secret) => copyKeys({ rng, space, secret, reader }));
  const statements = [...logStatements(guest.log), guest.readingKey, grant, ...copies];
  return { statements, credential: credentialIdOf(grant) };
}
