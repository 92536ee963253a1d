/** The invitations of a space that are kept on this device, whichever program answers them: listing and ending them. */
import { roleOfLevel, type Invitations, type SpaceInvitationTerms } from '@atoll/halo';
import type { SpaceId } from '@atoll/kernel';
import { ClientError } from './client-error.ts';
import type { InvitationPlace, InvitationStore } from './invitation-store.ts';
import type { IssuedInvitation } from './invitations-api.ts';

/** What is needed of who answers them. */
export interface IssuedParts {
  readonly space: SpaceId;
  readonly halo: Invitations;
  readonly store: InvitationStore;
  readonly nowMs: () => number;
  readonly isShared: (terms: SpaceInvitationTerms) => Promise<boolean>;
  /** Ends one that this program answers or can answer; `false` if another program does. */
  readonly endHere: (place: InvitationPlace) => Promise<boolean>;
  /** Tells whoever answers one that others know of. */
  readonly endForAll: (terms: SpaceInvitationTerms) => Promise<void>;
}

/** What somebody may still use, in the order of their ends. @throws StoreError. */
export async function issuedInvitations(parts: IssuedParts): Promise<readonly IssuedInvitation[]> {
  const found: IssuedInvitation[] = [];
  for (const place of await parts.store.list(parts.space)) {
    const terms = await termsAt(parts, place);
    if (terms === undefined || (await parts.store.isEnded(place))) continue;
    found.push({
      id: place.id,
      way: terms.way,
      role: roleOfLevel(terms.level),
      uses: terms.uses,
      delegated: await parts.isShared(terms),
      withoutHistory: terms.withoutHistory === true,
      expiresAtMs: terms.expiresAtMs,
      ...(terms.for === undefined ? {} : { for: terms.for }),
    });
  }
  return found.sort((a, b) => a.expiresAtMs - b.expiresAtMs);
}

/** Ends one, whichever program answers it. Durable when resolved. @throws ClientError; StoreError. */
export async function endInvitation(parts: IssuedParts, id: string): Promise<void> {
  const places = await parts.store.list(parts.space);
  const place = places.find((one) => one.id === id);
  const terms = place === undefined ? undefined : await termsAt(parts, place);
  if (place === undefined || terms === undefined) {
    throw new ClientError('CLIENT_UNKNOWN_INVITATION', 'no such invitation is open here');
  }
  if (await parts.endHere(place)) return;
  // The program that answers it sees the note in a few seconds, and its user's other devices what the space says.
  await parts.store.noteEnded(place);
  await parts.endForAll(terms);
}

/** What an invitation gives, while it is open. */
async function termsAt(
  { halo, nowMs, store }: IssuedParts,
  place: InvitationPlace,
): Promise<SpaceInvitationTerms | undefined> {
  const bytes = await store.load(place);
  const record = bytes && halo.decodeInvitationRecord(bytes);
  if (record?.terms.kind !== 'space' || record.progress.outcome !== 'open') return undefined;
  return record.terms.expiresAtMs > nowMs() ? record.terms : undefined;
}
