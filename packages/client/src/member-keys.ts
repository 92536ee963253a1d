/** Who is in a space, as one text that can be compared. */
import type { Space } from '@atoll/echo';

/** Changes when somebody, or a device of somebody, comes or goes, is stopped or brought back. */
export function memberKeys(space: Space): string {
  return space.authority
    .members()
    .map(({ identity, devices }) => {
      const { identities } = space.authority;
      const acting = devices.filter((device) => !identities.isStopped(identity, device));
      return `${identity}:${acting.join(',')}`;
    })
    .concat(space.authority.links())
    .join(';');
}
