/** Bytes of what a space says of invitations. Strict, as the rest of a control section. */
import { CodecError, type Reader, type Writer } from '@atoll/codec';
import { idBytes, idFromBytes, toHex } from '@atoll/kernel';
import { roleLevelNumber, roleLevelOfNumber } from './access-level.ts';
import { readExercised, writeExercised } from './codec-exercised.ts';
import {
  INVITATION_USES_MAX,
  INVITATION_WAYS,
  SEALED_INVITATION_BYTES_MAX,
  type Invitation,
  type InvitationCopy,
  type InvitationEnd,
  type InvitationId,
  type InvitationStatement,
} from './statements-invitations.ts';

const ID_BYTES = 32;

/** Fields of a statement. */
export function writeInvitationFields(writer: Writer, body: InvitationStatement): void {
  writer.raw(idBytes(body.space));
  switch (body.kind) {
    case 'invitation':
      writer.raw(body.name).u8(INVITATION_WAYS.indexOf(body.way)).u8(roleLevelNumber(body.level));
      writer.varint(body.uses).varint(body.expiresAtMs);
      writeExercised(writer, body);
      return;
    case 'invitation-copy':
      writeInvitationId(writer, body.invitation);
      writer.raw(idBytes(body.identity)).raw(body.readingKey).bytes(body.sealed);
      writeExercised(writer, body);
      return;
    case 'invitation-end':
      writeInvitationId(writer, body.invitation);
      writeExercised(writer, body);
  }
}

/** @throws CodecError. */
export function readInvitation(reader: Reader): Invitation {
  const space = idFromBytes('space', reader.raw(ID_BYTES));
  const name = reader.take(ID_BYTES);
  const way = INVITATION_WAYS[reader.u8()];
  const level = roleLevelOfNumber(reader.u8());
  const uses = reader.varint(INVITATION_USES_MAX);
  const expiresAtMs = reader.varint();
  if (way === undefined || level === undefined || uses === 0) {
    throw new CodecError('CODEC_MALFORMED', 'an invitation to nothing known');
  }
  const terms = { space, name, way, level, uses, expiresAtMs };
  return { kind: 'invitation', ...terms, ...readExercised(reader) };
}

/** @throws CodecError. */
export function readInvitationCopy(reader: Reader): InvitationCopy {
  return {
    kind: 'invitation-copy',
    space: idFromBytes('space', reader.raw(ID_BYTES)),
    invitation: readInvitationId(reader),
    identity: idFromBytes('identity', reader.raw(ID_BYTES)),
    readingKey: reader.take(ID_BYTES),
    sealed: reader.take(reader.varint(SEALED_INVITATION_BYTES_MAX)),
    ...readExercised(reader),
  };
}

/** @throws CodecError. */
export function readInvitationEnd(reader: Reader): InvitationEnd {
  return {
    kind: 'invitation-end',
    space: idFromBytes('space', reader.raw(ID_BYTES)),
    invitation: readInvitationId(reader),
    ...readExercised(reader),
  };
}

/** Name of an invitation, 32 bytes. */
export function writeInvitationId(writer: Writer, invitation: InvitationId): void {
  writer.raw(idBytes(invitation as never));
}

/** Reads {@link writeInvitationId}. @throws CodecError. */
export function readInvitationId(reader: Reader): InvitationId {
  return toHex(reader.raw(ID_BYTES)) as InvitationId;
}
