/** What an invitation into a space may be like, and who may give it. */
import {
  INVITATION_USES_MAX,
  levelOfRole,
  suffices,
  type Level,
  type RoleLevel,
  type SpaceInvitationTerms,
} from '@atoll/halo';
import type { IdentityId, SpaceId } from '@atoll/kernel';
import { ClientError } from './client-error.ts';
import type { InvitationWay, InviteOptions } from './invitations-api.ts';

const INVITATION_MS: number = 24 * 60 * 60 * 1000;

/** What an invitation into a space is to be like. @throws ClientError `CLIENT_INVITATION_TERMS`. */
export function termsOf(
  options: InviteOptions,
  about: { readonly space: SpaceId; readonly spaceName: string; readonly nowMs: number },
): SpaceInvitationTerms {
  const usual = { expiresInMs: INVITATION_MS, role: 'writer', uses: 1 } as const;
  const { expiresInMs, role, uses } = { ...usual, ...options };
  const way = options.way ?? (options.for === undefined ? 'digits' : 'known');
  const { nowMs, space, spaceName } = about;
  const isCount = Number.isInteger(uses) && uses >= 1 && uses <= INVITATION_USES_MAX;
  if (!isCount || !isFor(options, way) || (way === 'link' && role !== 'reader')) {
    throw new ClientError('CLIENT_INVITATION_TERMS', 'no invitation can be like that');
  }
  refuseBlindAdmins(options);
  return {
    ...{ kind: 'space', space, spaceName, way, level: levelOfRole(role) },
    uses: way === 'ask' ? 1 : uses,
    expiresAtMs: Math.floor(nowMs + expiresInMs),
    ...(options.for === undefined ? {} : { for: options.for as IdentityId }),
    ...(options.withoutHistory === true ? { withoutHistory: true } : {}),
  };
}

/** @throws ClientError `CLIENT_INVITATION_TERMS`. */
function refuseBlindAdmins({ role = 'writer', withoutHistory = false }: InviteOptions): void {
  if (!withoutHistory || !suffices(levelOfRole(role), 'control')) return;
  const why =
    'admins and owners read all of a space, for they agree on what it has: invite a writer';
  throw new ClientError('CLIENT_INVITATION_TERMS', why);
}

/** One for somebody known names that one, and is for nobody else. */
function isFor({ for: identity, uses = 1 }: InviteOptions, way: InvitationWay): boolean {
  if (way !== 'known') return identity === undefined;
  return uses === 1 && identity !== undefined && /^[0-9a-f]{64}$/.test(identity);
}

/** Who controls a space gives less than that; who owns it, anything. */
export function mayGive(held: Level, given: RoleLevel): boolean {
  return held === 'own' || !suffices(given, held);
}
