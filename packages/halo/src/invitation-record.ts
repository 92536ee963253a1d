/** What a host keeps of an invitation, so that it survives a restart with its tries counted. Secret. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { idBytes, idFromBytes, type IdentityId, type SpaceId } from '@atoll/kernel';
import { roleLevelNumber, roleLevelOfNumber, type RoleLevel } from './access-level.ts';
import { readInvitationId, writeInvitationId } from './codec-invitations.ts';
import { HaloError } from './halo-error.ts';
import { DIGIT_SETS_MAX, type HostOutcome, type HostProgress } from './host-state.ts';
import { INVITATION_SECRET_BYTES } from './invitation-code.ts';
import { readRequest, writeRequest } from './request-codec.ts';
import {
  INVITATION_USES_MAX,
  INVITATION_WAYS,
  type InvitationId,
  type InvitationWay,
} from './statements-invitations.ts';
import { NAME_BYTES_MAX, type Bytes } from './statements.ts';

/** What an invitation into a space gives, and to whom. */
export interface SpaceInvitationTerms {
  readonly kind: 'space';
  readonly space: SpaceId;
  readonly spaceName: string;
  /** At most this; of a link without digits no more than reading. */
  readonly level: RoleLevel;
  /** By the host's clock. */
  readonly expiresAtMs: number;
  readonly way: InvitationWay;
  /** Guests that it lets in. */
  readonly uses: number;
  /** Its name in the space, if that knows it. */
  readonly invitation?: InvitationId | undefined;
  /** The one whom it is for, where that is settled. */
  readonly for?: IdentityId | undefined;
  /** Guests are given keys of now alone: what was written before stays closed to them. */
  readonly withoutHistory?: true | undefined;
}

/** What an invitation gives. The record decides it, never the code. */
export type InvitationTerms =
  SpaceInvitationTerms | { readonly kind: 'device'; readonly expiresAtMs: number };

/** Everything about an invitation on the host's side. */
export interface InvitationRecord {
  readonly terms: InvitationTerms;
  /** The secret in the code. */
  readonly secret: Bytes;
  /** X25519 secret of the key whose fingerprint is in the code. */
  readonly hostSecret: Bytes;
  /** Address of the server at which guests arrive; may be empty where that is known otherwise. */
  readonly kube: string;
  readonly progress: HostProgress;
}

const RECORD_VERSION = 2;
const KIND = { space: 0, device: 1 } as const;
const HAS = { invitation: 1, for: 2, withoutHistory: 4 } as const;
const OUTCOMES: readonly HostOutcome[] = ['open', 'joined', 'cancelled', 'closed'];
const ID_BYTES = 32;
const DIGITS_BYTES = 6;
const KUBE_BYTES_MAX = 512;
/** Guests that are being let in at one moment: as many as there are lines. */
const ENTERING_MAX = 16;

/** What a guest has to do for an invitation. */
export function wayOf(terms: InvitationTerms): InvitationWay {
  return terms.kind === 'device' ? 'digits' : terms.way;
}

/** Guests that an invitation lets in. */
export function usesOf(terms: InvitationTerms): number {
  return terms.kind === 'device' ? 1 : terms.uses;
}

/** Bytes for a keystore. */
export function encodeInvitationRecord(record: InvitationRecord): Bytes {
  const { hostSecret, kube, progress, secret, terms } = record;
  const writer = new Writer(256).u8(RECORD_VERSION).u8(KIND[terms.kind]);
  if (terms.kind === 'space') writeSpaceTerms(writer, terms);
  writer.varint(terms.expiresAtMs).raw(secret).raw(hostSecret).text(kube).u8(progress.set);
  writer
    .text(progress.digits)
    .u8(progress.used ? 1 : 0)
    .u8(OUTCOMES.indexOf(progress.outcome))
    .varint(progress.admitted)
    .varint(progress.entering.length);
  for (const request of progress.entering) writeRequest(writer, request);
  return writer.finish();
}

/** A record from its bytes. @throws HaloError `HALO_KEYS_MALFORMED`. */
export function decodeInvitationRecord(bytes: Uint8Array): InvitationRecord {
  try {
    const reader = new Reader(bytes);
    const record = readRecord(reader);
    reader.end();
    return record;
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new HaloError('HALO_KEYS_MALFORMED', 'the bytes are no record of an invitation', {
      cause,
    });
  }
}

function readRecord(reader: Reader): InvitationRecord {
  if (reader.u8() !== RECORD_VERSION) throw malformed('a record of an unknown version');
  const terms = readTerms(reader);
  const secret = reader.take(INVITATION_SECRET_BYTES);
  const hostSecret = reader.take(ID_BYTES);
  const kube = reader.text(KUBE_BYTES_MAX);
  const set = reader.u8();
  const digits = reader.text(DIGITS_BYTES);
  const used = reader.u8();
  const outcome = OUTCOMES[reader.u8()];
  const admitted = reader.varint(INVITATION_USES_MAX);
  const count = reader.varint(ENTERING_MAX);
  const entering = Array.from({ length: count }, () => readRequest(reader));
  const fits = set >= 1 && set <= DIGIT_SETS_MAX && /^[0-9]{6}$/.test(digits) && used <= 1;
  if (outcome === undefined || !fits) throw malformed('a record of no possible state');
  const progress = { set, digits, used: used === 1, outcome, admitted, entering };
  return { terms, secret, hostSecret, kube, progress };
}

function writeSpaceTerms(writer: Writer, terms: SpaceInvitationTerms): void {
  const { invitation, level, space, spaceName, uses, way } = terms;
  writer.raw(idBytes(space)).text(spaceName).u8(roleLevelNumber(level));
  writer.u8(INVITATION_WAYS.indexOf(way)).varint(uses);
  const isFor = terms.for === undefined ? 0 : HAS.for;
  const later = terms.withoutHistory === true ? HAS.withoutHistory : 0;
  writer.u8((invitation === undefined ? 0 : HAS.invitation) + isFor + later);
  if (invitation !== undefined) writeInvitationId(writer, invitation);
  if (terms.for !== undefined) writer.raw(idBytes(terms.for));
}

function readTerms(reader: Reader): InvitationTerms {
  const kind = reader.u8();
  if (kind === KIND.device) return { kind: 'device', expiresAtMs: reader.varint() };
  if (kind !== KIND.space) throw malformed('a record of nothing known');
  const space = idFromBytes('space', reader.raw(ID_BYTES));
  const spaceName = reader.text(NAME_BYTES_MAX);
  const level = roleLevelOfNumber(reader.u8());
  const way = INVITATION_WAYS[reader.u8()];
  const uses = reader.varint(INVITATION_USES_MAX);
  const has = readHas(reader);
  if (level === undefined || way === undefined || uses === 0) {
    throw malformed('a record of unknown terms');
  }
  const invitation = (has & HAS.invitation) === 0 ? undefined : readInvitationId(reader);
  const isFor = (has & HAS.for) === 0 ? undefined : idFromBytes('identity', reader.raw(ID_BYTES));
  if ((way === 'known') !== (isFor !== undefined)) throw malformed('a record for nobody');
  return {
    kind: 'space',
    ...{ space, spaceName, level, way, uses },
    ...(invitation === undefined ? {} : { invitation }),
    ...(isFor === undefined ? {} : { for: isFor }),
    ...((has & HAS.withoutHistory) === 0 ? {} : { withoutHistory: true as const }),
    expiresAtMs: reader.varint(),
  };
}

function readHas(reader: Reader): number {
  const has = reader.u8();
  if (has > HAS.invitation + HAS.for + HAS.withoutHistory) throw malformed('unknown terms');
  return has;
}

function malformed(what: string): CodecError {
  return new CodecError('CODEC_MALFORMED', what);
}
