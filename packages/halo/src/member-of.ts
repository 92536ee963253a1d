/** How a member is shown. */
import type { IdentityId } from '@atoll/kernel';
import { roleOfLevel, type Level } from './access-level.ts';
import type { Member } from './authority-answers.ts';
import type { SpaceAuthority } from './space-authority.ts';

/** Somebody of a level over the whole space, as all that is known says. */
export function memberOf(authority: SpaceAuthority, identity: IdentityId, level: Level): Member {
  const given = authority.roleLevelOf(identity) ?? level;
  const { best, until } = authority.credentials.people.behindRole(identity, given);
  return {
    identity,
    level,
    role: roleOfLevel(given),
    profile: authority.profileOf(identity),
    details: authority.detailsOf(identity),
    grantedBy: best?.parent === undefined ? undefined : best.issuer,
    until,
    devices: authority.identities.devicesOf(identity).map(({ device }) => device),
  };
}
