/** What a host keeps of an invitation, so that it survives a restart with its tries counted. Secret. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { idBytes, idFromBytes, type SpaceId } from '@atoll/kernel';
import { levelNumber, levelOfNumber, type Level } from './access-level.ts';
import { HaloError } from './halo-error.ts';
import { DIGIT_SETS_MAX, type HostOutcome, type HostProgress } from './host-state.ts';
import { INVITATION_SECRET_BYTES } from './invitation-code.ts';
import { NAME_BYTES_MAX, type Bytes } from './statements.ts';

/** What an invitation gives. The record decides it, never the code. */
export type InvitationTerms =
  | {
      readonly kind: 'space';
      readonly space: SpaceId;
      readonly spaceName: string;
      readonly level: Level;
      /** By the host's clock. */
      readonly expiresAtMs: number;
    }
  | { readonly kind: 'device'; readonly expiresAtMs: number };

/** Everything about an invitation on the host's side. */
export interface InvitationRecord {
  readonly terms: InvitationTerms;
  /** The secret in the code. */
  readonly secret: Bytes;
  /** X25519 secret of the key whose fingerprint is in the code. */
  readonly hostSecret: Bytes;
  readonly progress: HostProgress;
}

const RECORD_VERSION = 1;
const KIND = { space: 0, device: 1 } as const;
const OUTCOMES: readonly HostOutcome[] = ['open', 'joined', 'cancelled', 'closed'];
const SECRET_BYTES = 32;
const DIGITS_BYTES = 6;

/** Bytes for a keystore. */
export function encodeInvitationRecord(record: InvitationRecord): Bytes {
  const { hostSecret, progress, secret, terms } = record;
  const writer = new Writer(256).u8(RECORD_VERSION).u8(KIND[terms.kind]);
  if (terms.kind === 'space') {
    writer.raw(idBytes(terms.space)).text(terms.spaceName).u8(levelNumber(terms.level));
  }
  writer.varint(terms.expiresAtMs).raw(secret).raw(hostSecret).u8(progress.set);
  writer
    .text(progress.digits)
    .u8(progress.used ? 1 : 0)
    .u8(OUTCOMES.indexOf(progress.outcome));
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
  const hostSecret = reader.take(SECRET_BYTES);
  const set = reader.u8();
  const digits = reader.text(DIGITS_BYTES);
  const used = reader.u8();
  const outcome = OUTCOMES[reader.u8()];
  const fits = set >= 1 && set <= DIGIT_SETS_MAX && /^[0-9]{6}$/.test(digits) && used <= 1;
  if (outcome === undefined || !fits) throw malformed('a record of no possible state');
  return { terms, secret, hostSecret, progress: { set, digits, used: used === 1, outcome } };
}

function readTerms(reader: Reader): InvitationTerms {
  const kind = reader.u8();
  if (kind === KIND.device) return { kind: 'device', expiresAtMs: reader.varint() };
  if (kind !== KIND.space) throw malformed('a record of nothing known');
  const space = idFromBytes('space', reader.raw(32));
  const spaceName = reader.text(NAME_BYTES_MAX);
  const level = levelOfNumber(reader.u8());
  if (level === undefined) throw malformed('a record of an unknown level');
  return { kind: 'space', space, spaceName, level, expiresAtMs: reader.varint() };
}

function malformed(what: string): CodecError {
  return new CodecError('CODEC_MALFORMED', what);
}
