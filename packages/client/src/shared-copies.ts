/** The private part of an invitation that members share: opened from a copy, and sealed to those who have none. */
import { softwareKeys } from '@atoll/crypto';
import type { Space } from '@atoll/echo';
import {
  readingSecret,
  type InvitationRecord,
  type Invitations,
  type StandingInvitation,
} from '@atoll/halo';
import type { IdentityId } from '@atoll/kernel';
import type { Engine } from './engine.ts';
import { allSecrets } from './own-identity.ts';

/** What it takes. */
export interface CopyParts {
  readonly engine: Engine;
  readonly halo: Invitations;
  readonly echo: Space;
}

/** The private part, from a copy that was sealed to any of the reading keys of this identity. */
export async function openCopy(
  { echo, engine, halo }: CopyParts,
  one: StandingInvitation,
): Promise<InvitationRecord | undefined> {
  for (const secret of allSecrets(engine)) {
    const agreer = await softwareKeys.agreer(readingSecret(secret, echo.id));
    for (const copy of halo.copyFor(one, echo.identity, agreer.publicKey)) {
      const record = await halo.openInvitation(agreer, copy, one.invitation);
      if (record !== undefined) return record;
    }
  }
  return undefined;
}

/** Copies for holders of control beside those that are `known`; none from somebody who is none himself. */
export function copiesFor(
  { echo, engine, halo }: CopyParts,
  record: InvitationRecord,
  known: ReadonlySet<string>,
): ReturnType<Invitations['sealInvitation']>[] {
  const { authority, identity } = echo;
  const right = authority.credentials.people.rightFor(identity, 'control')?.exercised;
  if (right === undefined) return [];
  const { rng } = engine.platform;
  return halo
    .controlReaders(authority)
    .filter((reader) => !known.has(nameOfReader(reader.identity, reader.key)))
    .map((reader) => halo.sealInvitation({ rng, record, reader, right }));
}

/** To whom copies of an invitation are sealed. */
export function sealedTo({ copies }: StandingInvitation): ReadonlySet<string> {
  return new Set(copies.map(({ identity, readingKey }) => nameOfReader(identity, readingKey)));
}

function nameOfReader(identity: IdentityId, key: Uint8Array): string {
  return `${identity}/${key.join(',')}`;
}
