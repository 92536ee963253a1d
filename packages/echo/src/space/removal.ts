/** Taking all rights of somebody away. */
import { revokeAccess } from '@atoll/halo';
import type { IdentityId } from '@atoll/kernel';
import type { OwnControl } from './own-writer.ts';
import { SpaceError } from './space-error.ts';
import type { Space } from './space.ts';

/** What is to be written, as far as one's own rights reach. @throws SpaceError `SPACE_READ_ONLY`. */
export function removalOf(space: Space, identity: IdentityId): OwnControl {
  const parent = space.authority.credentialFor(space.identity, 'control');
  if (parent === undefined) {
    throw new SpaceError('SPACE_READ_ONLY', 'your role in this space does not allow removing');
  }
  const subject = { to: 'identity', identity } as const;
  return {
    statements: [revokeAccess({ space: space.id, subject, parent })],
    credential: parent,
  };
}
