/** Making invitations: their secrets, what the space is told of them, and the private part for who may answer. */
import { CodecError } from '@atoll/codec';
import { openSealed, sealTo } from '@atoll/crypto';
import { concatBytes, equalBytes, idBytes, utf8, type Agreer, type Rng } from '@atoll/kernel';
import { invitationName } from './derive.ts';
import { newDigits } from './digits.ts';
import { HaloError } from './halo-error.ts';
import { DEVICE_INVITATION_MS, INVITATION_SECRET_BYTES } from './invitation-code.ts';
import {
  decodeInvitationRecord,
  encodeInvitationRecord,
  type InvitationRecord,
  type InvitationTerms,
  type SpaceInvitationTerms,
} from './invitation-record.ts';
import { invitationIdOf } from './statement-ids.ts';
import type { Invitation, InvitationCopy, InvitationId } from './statements-invitations.ts';
import type { Bytes, Exercised, Reader } from './statements.ts';

const COPY_INFO: Bytes = utf8('atoll/invitation-copy');
const SECRET_BYTES = 32;

/**
 * A new invitation. Without digits nobody is let in to more than reading: whoever passes the link on decides who
 * comes. @throws HaloError `HALO_INVITATION_TERMS`.
 */
export function newInvitation(
  { kube = '', nowMs, rng }: { readonly nowMs: number; readonly rng: Rng; readonly kube?: string },
  terms: InvitationTerms,
): InvitationRecord {
  const isMuch = terms.kind === 'space' && terms.way === 'link' && terms.level !== 'read';
  if (isMuch) {
    throw new HaloError('HALO_INVITATION_TERMS', 'a link without digits lets in to read only');
  }
  const latestMs = terms.kind === 'device' ? nowMs + DEVICE_INVITATION_MS : Infinity;
  return {
    terms: { ...terms, expiresAtMs: Math.min(terms.expiresAtMs, latestMs) },
    secret: rng.bytes(INVITATION_SECRET_BYTES),
    hostSecret: rng.bytes(SECRET_BYTES),
    kube,
    progress: freshProgress(newDigits(rng)),
  };
}

/** An invitation that the space is to know: what to state there, and the record that names it. */
export function stateInvitation(
  record: InvitationRecord,
  right: Exercised,
): { readonly statement: Invitation; readonly record: InvitationRecord } {
  const { secret, terms } = record;
  if (terms.kind === 'device') {
    throw new HaloError('HALO_INVITATION_TERMS', 'no space knows an invitation for a device');
  }
  const statement = statementOf(terms, secret, right);
  return {
    statement,
    record: { ...record, terms: { ...terms, invitation: invitationIdOf(statement) } },
  };
}

/** The private part, sealed to one who may answer. What is counted is his own: he begins anew. */
export function sealInvitation(input: {
  readonly rng: Rng;
  readonly record: InvitationRecord;
  readonly reader: Reader;
  /** Right that the author exercises. */
  readonly right: Exercised;
}): InvitationCopy {
  const { reader, record, right, rng } = input;
  const { terms } = record;
  if (terms.kind === 'device' || terms.invitation === undefined) {
    throw new HaloError('HALO_INVITATION_TERMS', 'the space does not know the invitation');
  }
  const { invitation, space } = terms;
  const { identity, key: readingKey } = reader;
  const shared = { ...record, progress: freshProgress(record.progress.digits) };
  const sealed = sealTo({
    recipient: readingKey,
    plaintext: encodeInvitationRecord(shared),
    info: infoOf(reader, space, invitation),
    rng,
  });
  const of = { space, invitation, identity, readingKey, sealed };
  return { kind: 'invitation-copy', ...of, ...right };
}

/** The private part in a copy; `undefined` if it cannot be opened, or is not what the space was told of. */
export async function openInvitation(
  agreer: Agreer,
  copy: InvitationCopy,
  statement: Invitation,
): Promise<InvitationRecord | undefined> {
  const { identity, invitation, readingKey: key, sealed, space } = copy;
  const plaintext = await openSealed(agreer, sealed, infoOf({ identity, key }, space, invitation));
  const record = plaintext === undefined ? undefined : decodeOrNothing(plaintext);
  if (record?.terms.kind !== 'space') return undefined;
  const { terms } = record;
  const expected = statementOf(terms, record.secret, statement);
  const isIt =
    terms.invitation === invitation &&
    invitationIdOf(expected) === invitation &&
    equalBytes(expected.name, statement.name);
  return isIt ? { ...record, progress: freshProgress(record.progress.digits) } : undefined;
}

function statementOf(
  terms: SpaceInvitationTerms,
  secret: Uint8Array,
  { parent, through }: Exercised,
): Invitation {
  const { expiresAtMs, level, space, uses, way } = terms;
  const name = invitationName(secret);
  return { kind: 'invitation', space, name, way, level, uses, expiresAtMs, parent, through };
}

function freshProgress(digits: string): InvitationRecord['progress'] {
  return { set: 1, digits, used: false, outcome: 'open', admitted: 0, entering: [] };
}

function infoOf({ identity }: Reader, space: string, invitation: InvitationId): Bytes {
  const ids = [space, invitation, identity].map((id) => idBytes(id as never));
  return concatBytes(COPY_INFO, ...ids);
}

function decodeOrNothing(bytes: Uint8Array): InvitationRecord | undefined {
  try {
    return decodeInvitationRecord(bytes);
  } catch (failure) {
    if (failure instanceof HaloError || failure instanceof CodecError) return undefined;
    throw failure;
  }
}
