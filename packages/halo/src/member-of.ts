/** How a member is shown. */
import type { IdentityId } from '@atoll/kernel';
import { roleOfLevel, type Level } from './access-level.ts';
import type { Member } from './authority-answers.ts';
import { roleLevelOfRight } from './role-level.ts';
import type { SpaceAuthority } from './space-authority.ts';

/** Somebody of a level over the whole space, as all that is known says. */
export function memberOf(authority: SpaceAuthority, identity: IdentityId, level: Level): Member {
  const rights = authority.credentials.people.rightsOf({ to: 'identity', identity });
  const given = authority.roleLevelOf(identity) ?? level;
  // By name rather than through a group: of that, somebody else says who is in it.
  const best = rights
    .filter(({ credential }) => roleLevelOfRight(credential.level, credential.path) === given)
    .sort((a, b) => a.through.length - b.through.length)[0]?.credential;
  return {
    identity,
    level,
    role: roleOfLevel(given),
    profile: authority.profileOf(identity),
    details: authority.detailsOf(identity),
    grantedBy: best?.parent === undefined ? undefined : best.issuer,
    devices: authority.identities.devicesOf(identity).map(({ device }) => device),
  };
}
