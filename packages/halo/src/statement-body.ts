/**
 * The part of each statement that is hashed and signed: its tag, then its fields, without signatures.
 * The same writer serves signing, ids and the encoding of sections, so the three cannot differ.
 */
import { Writer } from '@atoll/codec';
import { hashHex } from '@atoll/crypto';
import { idBytes } from '@atoll/kernel';
import { levelNumber } from './access-level.ts';
import { writeExercised } from './codec-exercised.ts';
import { writeClaimFields } from './codec-claims.ts';
import { writeNeed } from './codec-keys.ts';
import { writePublicFields } from './codec-public.ts';
import { writeZone } from './codec-zones.ts';
import { writeInvitationFields, writeInvitationId } from './codec-invitations.ts';
import type { AttestationRevocation } from './statements-claims.ts';
import type { Invitation } from './statements-invitations.ts';
import type { Zone } from './statements-zones.ts';
import { writeGroupName } from './group-codec.ts';
import { writeProfileDetails } from './profile-details.ts';
import {
  isDeviceStatement,
  writeDeviceFields,
  type UnsignedDeviceStatement,
} from './device-codec.ts';
import {
  STATEMENT_TAGS,
  type Bytes,
  type DeviceAdmission,
  type EpochAcknowledgement,
  type EpochPromise,
  type EpochProposal,
  type EpochReset,
  type EpochRetirement,
  type EpochId,
  type EpochTerms,
  type FeedAdmission,
  type Grant,
  type GrantSubject,
  type IdentityGenesis,
  type ReadingKey,
  type Revocation,
  type RevocationRemark,
  type Rotation,
  type SpaceGenesis,
  type Statement,
} from './statements.ts';

/** Said behind an admission that is a passkey's. */
export const PASSKEY_MARK = 1;

/** Statement without the signatures that cover it. */
export type Unsigned<S> = Omit<
  S,
  'signature' | 'recoverySignature' | 'deviceSignature' | 'feedSignature' | 'admittingSignature'
>;

/** A statement whose body is complete, signed or not. */
export type Body =
  | SpaceGenesis
  | Unsigned<IdentityGenesis>
  | Unsigned<DeviceAdmission>
  | Unsigned<FeedAdmission>
  | Unsigned<Grant>
  | Unsigned<ReadingKey>
  | Rotation
  | Invitation
  | Zone
  | Unsigned<EpochReset>
  | Unsigned<AttestationRevocation>
  | UnsignedDeviceStatement;

/** Kind of zone or membership on the wire. */
export const ROTATION_OF = { membership: 0, zone: 1 } as const;
/** Kind of subject on the wire. */
export const SUBJECT = { identity: 0, anyone: 1, group: 2 } as const;
/** What follows in a grant, as bits. */
export const HAS = { premise: 1, invitation: 2, withoutHistory: 4, handover: 8 } as const;
/** What is said about a revocation on the wire. */
export const SAYS = { withdrawn: 0, agreed: 1 } as const;

/** Tag and fields: what is hashed and signed. */
export function bodyBytes(body: Body): Bytes {
  const writer = new Writer(256).u8(STATEMENT_TAGS[body.kind]);
  writeFields(writer, body);
  return writer.finish();
}

const kept = new Writer(512);

/** Hash of {@link bodyBytes} in hex, without a buffer for each. */
export function bodyHash(tag: string, body: Body): string {
  kept.clear().u8(STATEMENT_TAGS[body.kind]);
  writeFields(kept, body);
  return hashHex(tag, kept.view());
}

/** Fields of a statement, and of the kinds without signatures. */
export function writeFields(
  writer: Writer,
  body: Exclude<Statement, { kind: 'unknown' }> | Body,
): void {
  if (body.kind === 'door' || body.kind === 'moderation') return writePublicFields(writer, body);
  if (isZone(body)) return writeZone(writer, body);
  switch (body.kind) {
    case 'space-genesis':
      writer.raw(idBytes(body.root)).raw(body.nonce);
      return;
    case 'identity-genesis':
      writer.raw(body.recoverySigningKey).raw(body.recoveryAgreementKey);
      writer.raw(idBytes(body.device)).raw(body.deviceAgreementKey).raw(body.nonce);
      return;
    case 'device-admission':
      writer.raw(idBytes(body.identity)).raw(idBytes(body.previous as never));
      writer.raw(idBytes(body.device)).raw(body.deviceAgreementKey).raw(body.admittedBy);
      if (body.isPasskey === true) writer.u8(PASSKEY_MARK);
      return;
    case 'feed-admission':
      writer.raw(idBytes(body.space)).raw(idBytes(body.feed)).raw(body.incarnation);
      writer.varint(body.slot).raw(idBytes(body.identity)).raw(idBytes(body.device));
      return;
    case 'grant':
      writeGrant(writer, body);
      return;
    case 'revocation':
      writeRevocation(writer, body);
      return;
    case 'revocation-remark':
      writeRemark(writer, body);
      return;
    case 'reading-key':
      writer.raw(idBytes(body.space)).raw(idBytes(body.identity)).raw(idBytes(body.device));
      writer.varint(body.counter).raw(body.key);
      return;
    case 'rotation':
      writeRotation(writer, body);
      return;
    case 'key-copy':
      writer.raw(idBytes(body.generation)).raw(idBytes(body.identity)).raw(body.readingKey);
      writer.bytes(body.sealed);
      return;
    case 'key-need':
      writeNeed(writer, body);
      return;
    case 'profile':
      writer.text(body.name).u8(body.colour);
      return;
    case 'profile-details':
      writeProfileDetails(writer, body);
      return;
    case 'invitation':
    case 'invitation-copy':
    case 'invitation-end':
      writeInvitationFields(writer, body);
      return;
    case 'group-name':
      writeGroupName(writer, body);
      return;
    case 'attestation-revocation':
    case 'attestation-withdrawal':
      writeClaimFields(writer, body);
      return;
    default:
      if (isDeviceStatement(body)) writeDeviceFields(writer, body);
      else writeEpochStatement(writer, body);
  }
}

function isZone(body: { readonly kind: string }): body is Zone {
  return body.kind === 'zone' || body.kind === 'open-zone';
}

function writeEpochStatement(
  writer: Writer,
  body:
    EpochPromise | EpochProposal | EpochAcknowledgement | EpochRetirement | Unsigned<EpochReset>,
): void {
  switch (body.kind) {
    case 'epoch-promise':
      writer.raw(idBytes(body.space)).raw(epochBytes(body.previous)).varint(body.ballot);
      return;
    case 'epoch-proposal':
      writeTerms(writer.varint(body.ballot), body.terms);
      return;
    case 'epoch-acknowledgement':
      writer.raw(idBytes(body.space)).raw(epochBytes(body.previous)).varint(body.ballot);
      writer.raw(epochBytes(body.epoch));
      return;
    case 'epoch-retirement':
      writer.raw(idBytes(body.space)).raw(idBytes(body.device));
      return;
    case 'epoch-reset':
      writeTerms(writer, body.terms);
      writer.raw(body.recoveryKey);
  }
}

/** Terms of an epoch: what its name is the hash of. */
export function writeTerms(writer: Writer, terms: EpochTerms): void {
  writer.raw(idBytes(terms.space)).varint(terms.era).varint(terms.number);
  writer.raw(epochBytes(terms.previous)).raw(idBytes(terms.anchor));
  writer.varint(terms.roots.length);
  for (const { zone, root } of terms.roots) writer.raw(idBytes(zone)).raw(root);
  writer.varint(terms.voters.length);
  for (const { identity, device } of terms.voters) {
    writer.raw(idBytes(identity)).raw(idBytes(device));
  }
  writer.varint(terms.retired.length);
  for (const { feed, end } of terms.retired) writer.raw(idBytes(feed)).raw(idBytes(end));
  writer
    .varint(terms.listedIn)
    .u8(terms.collects ? 1 : 0)
    .raw(terms.order);
}

function epochBytes(epoch: EpochId): Uint8Array {
  return idBytes(epoch as never);
}

function writeGrant(writer: Writer, grant: Unsigned<Grant>): void {
  const { invitation, premise } = grant;
  writer.raw(idBytes(grant.space));
  writeSubject(writer, grant.subject);
  writePath(writer, grant.path);
  writer.u8(levelNumber(grant.level));
  writeExercised(writer, grant);
  const has =
    (premise === undefined ? 0 : HAS.premise) +
    (invitation === undefined ? 0 : HAS.invitation) +
    (grant.withoutHistory === true ? HAS.withoutHistory : 0) +
    (grant.isHandover === true ? HAS.handover : 0);
  writer.u8(has);
  if (premise !== undefined) {
    writeSubject(writer, premise.subject);
    writePath(writer, premise.path);
    writer.u8(levelNumber(premise.level));
  }
  if (invitation !== undefined) writeInvitationId(writer, invitation);
  writer.varint(grant.until).raw(grant.nonce);
  writer.raw(idBytes(grant.issuer)).raw(idBytes(grant.device));
}

function writeRevocation(writer: Writer, revocation: Revocation): void {
  const { cut, isPurge, keepsZones, path, space, subject, under } = revocation;
  writer.raw(idBytes(space));
  writeSubject(writer, subject);
  writePath(writer, path);
  writeExercised(writer, revocation);
  writer.u8(under === undefined ? 0 : 1);
  if (under !== undefined) writer.raw(idBytes(under));
  writer.u8(isPurge ? 1 : keepsZones ? 2 : 0).varint(cut.length);
  for (const { end, feed } of cut) writer.raw(idBytes(feed)).raw(idBytes(end));
}

function writeRemark(writer: Writer, remark: RevocationRemark): void {
  writer.raw(idBytes(remark.space)).u8(SAYS[remark.says]);
  writer.raw(idBytes(remark.block)).varint(remark.index);
  writeExercised(writer, remark);
}

function writeSubject(writer: Writer, subject: GrantSubject): void {
  if (subject.to === 'anyone') writer.u8(SUBJECT.anyone);
  else if (subject.to === 'group') writer.u8(SUBJECT.group).raw(idBytes(subject.group as never));
  else writer.u8(SUBJECT.identity).raw(idBytes(subject.identity));
}

function writePath(writer: Writer, path: readonly Uint8Array[]): void {
  writer.varint(path.length);
  for (const id of path) writer.raw(id);
}

function writeRotation(writer: Writer, rotation: Rotation): void {
  writer.raw(idBytes(rotation.space));
  if (rotation.of === 'membership') writer.u8(ROTATION_OF.membership);
  else writer.u8(ROTATION_OF.zone).raw(idBytes(rotation.of));
  for (const commitment of rotation.commitments) writer.raw(commitment);
  writer.varint(rotation.previous.length);
  for (const { generation, sealed } of rotation.previous) {
    writer.raw(idBytes(generation)).bytes(sealed);
  }
  writer.varint(rotation.readers.length);
  for (const { identity, key } of rotation.readers) writer.raw(idBytes(identity)).raw(key);
}
