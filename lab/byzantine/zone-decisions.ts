/** What replicas must agree on of zones. */
import { zoneKey, type SpaceAuthority } from '@atoll/halo';
import type { ZoneId } from '@atoll/kernel';

/** By name: who reads a zone, who owns it, and its keys. */
export function decidedOfZones({
  authority,
}: {
  readonly authority: SpaceAuthority;
}): Readonly<Record<ZoneId, unknown>> {
  const { credentials, keys } = authority;
  const owners = (zone: ZoneId): unknown =>
    authority
      .members()
      .map(({ identity }) => authority.credentialFor(identity, 'own', zoneKey(zone)));
  return Object.fromEntries(
    credentials.zones.all.map(([zone, credential]) => [
      zone,
      {
        ...{ credential, owners: owners(zone), readers: authority.readersOfZone(zone) },
        ...{ sealedTo: keys.readers(zone), current: keys.current(zone) },
        generations: keys.generations(zone),
      },
    ]),
  );
}
