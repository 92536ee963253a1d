/** Names of statements: hashes of their bodies. Signatures are not covered, so a name has one meaning. */
import { Writer } from '@atoll/codec';
import { hash, hashHex } from '@atoll/crypto';
import {
  idBytes,
  idFromBytes,
  type CredentialId,
  type IdentityId,
  type KeyId,
  type SpaceId,
} from '@atoll/kernel';
import { knownNameOf } from './codec-identities.ts';
import type { UnsignedDeviceStatement } from './device-codec.ts';
import { bodyHash, writeTerms, type Unsigned } from './statement-body.ts';
import type { Invitation, InvitationId } from './statements-invitations.ts';
import type {
  DeviceAdmission,
  EpochId,
  EpochTerms,
  IdentityEntry,
  IdentityGenesis,
  Rotation,
  SpaceGenesis,
} from './statements.ts';

/** The space that a genesis begins. */
export function spaceIdOf(genesis: SpaceGenesis): SpaceId {
  return bodyHash('space', genesis) as SpaceId;
}

/** The identity that a genesis begins. */
export function identityIdOf(genesis: Unsigned<IdentityGenesis>): IdentityId {
  return knownNameOf(genesis) ?? (bodyHash('identity', genesis) as IdentityId);
}

/** Name of an entry of an identity's log. That of the genesis is the identity id. */
export function identityEntryOf(
  statement: Unsigned<IdentityGenesis> | Unsigned<DeviceAdmission> | UnsignedDeviceStatement,
): IdentityEntry {
  if (statement.kind === 'identity-genesis') return asEntry(identityIdOf(statement));
  return bodyHash(statement.kind, statement) as IdentityEntry;
}

/** The genesis as the first entry of its identity's log. */
export function asEntry(identity: IdentityId): IdentityEntry {
  return identity as string as IdentityEntry;
}

/** Name of the credential that a space's genesis implies: own, to the root identity. */
export function rootCredential(space: SpaceId): CredentialId {
  return idFromBytes('credential', hash('root-credential', idBytes(space)));
}

/** Name of the generation that a rotation makes. */
export function rotationId(rotation: Rotation): KeyId {
  return bodyHash('rotation', rotation) as KeyId;
}

/** Name of an invitation: it says what it offers, so that nobody can say it offers something else. */
export function invitationIdOf(invitation: Invitation): InvitationId {
  return bodyHash('space-invitation', invitation) as InvitationId;
}

/** Stands for the epoch before the first. */
export const NO_EPOCH: EpochId = '00'.repeat(32) as EpochId;

/** Name of an epoch: whoever proposes the same terms proposes the same epoch. */
export function epochIdOf(terms: EpochTerms): EpochId {
  const writer = new Writer(512);
  writeTerms(writer, terms);
  return hashHex('epoch', writer.view()) as EpochId;
}
