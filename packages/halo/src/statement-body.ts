/**
 * The part of each statement that is hashed and signed: its tag, then its fields, without signatures.
 * The same writer serves signing, ids and the encoding of sections, so the three cannot differ.
 */
import { Writer } from '@atoll/codec';
import { idBytes } from '@atoll/kernel';
import { levelNumber } from './access-level.ts';
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
  type IdentityGenesis,
  type ReadingKey,
  type Rotation,
  type SpaceGenesis,
  type Statement,
} from './statements.ts';

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
  | Unsigned<EpochReset>;

/** Kind of zone or membership on the wire. */
export const ROTATION_OF = { membership: 0, zone: 1 } as const;
/** Kind of subject on the wire. */
export const SUBJECT = { identity: 0, anyone: 1 } as const;

/** Tag and fields: what is hashed and signed. */
export function bodyBytes(body: Body): Bytes {
  const writer = new Writer(256).u8(STATEMENT_TAGS[body.kind]);
  writeFields(writer, body);
  return writer.finish();
}

/** Fields of a statement, and of the kinds without signatures. */
export function writeFields(
  writer: Writer,
  body: Exclude<Statement, { kind: 'unknown' }> | Body,
): void {
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
      return;
    case 'feed-admission':
      writer.raw(idBytes(body.space)).raw(idBytes(body.feed)).raw(body.incarnation);
      writer.varint(body.slot).raw(idBytes(body.identity)).raw(idBytes(body.device));
      return;
    case 'grant':
      writeGrant(writer, body);
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
    case 'profile':
      writer.text(body.name).u8(body.colour);
      return;
    default:
      writeEpochStatement(writer, body);
  }
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
  writer.raw(idBytes(grant.space));
  if (grant.subject.to === 'anyone') writer.u8(SUBJECT.anyone);
  else writer.u8(SUBJECT.identity).raw(idBytes(grant.subject.identity));
  writer.varint(grant.path.length);
  for (const id of grant.path) writer.raw(id);
  writer.u8(levelNumber(grant.level)).raw(idBytes(grant.parent)).raw(grant.nonce);
  writer.raw(idBytes(grant.issuer)).raw(idBytes(grant.device));
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
