/** Who may let others into a zone, and what must not leave it without anybody who may. */
import type { Space } from '@atoll/echo';
import { suffices, zoneKey, type GrantSubject } from '@atoll/halo';
import type { IdentityId, ZoneId } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import { keyOf } from '../rights/rights-terms.ts';

/** Readers who control a zone, in person or through a team; without what was given to one subject, if it is said. */
export function ownersOf(
  { authority }: Space,
  zone: ZoneId,
  without?: GrantSubject,
): readonly IdentityId[] {
  const { credentials } = authority;
  const isMeant = (subject: GrantSubject): boolean =>
    without === undefined || keyOf(subject) !== keyOf(without);
  const readers = credentials.asOf(undefined).zones.of(zone) ?? [];
  return readers.filter((identity) =>
    credentials.people
      .rightsOf({ to: 'identity', identity })
      .some(
        ({ credential: { level, path, subject } }) =>
          path === zoneKey(zone) && suffices(level, 'control') && isMeant(subject),
      ),
  );
}

/**
 * An owner of a zone does not take the last ownership from it, his own or a team's. Whoever puts people out of the
 * space may: the zone is then frozen. @throws ClientError `CLIENT_LAST_OWNER`.
 */
export function refuseLastOwner(space: Space, zone: ZoneId, subject: GrantSubject): void {
  const isOwner = ownersOf(space, zone).includes(space.identity);
  if (!isOwner || ownersOf(space, zone, subject).length > 0) return;
  const what = 'nobody else owns this private zone: make somebody an owner of it first';
  throw new ClientError('CLIENT_LAST_OWNER', what);
}
