/**
 * Reading grants: a space has more of them than of anything else that it says of itself. Their bytes are the one
 * encoding of what they say, so that what is hashed for their name is there already and is not written again.
 */
import { CodecError, type Reader } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import {
  toHex,
  type CredentialId,
  type DeviceKey,
  type IdentityId,
  type SpaceId,
} from '@atoll/kernel';
import type { Level } from './access-level.ts';
import { readExercised } from './codec-exercised.ts';
import { readInvitationId } from './codec-invitations.ts';
import { readLevel, readPath, readPremise, readSubject } from './codec-rights.ts';
import { HAS, bodyBytes, type Unsigned } from './statement-body.ts';
import type { InvitationId } from './statements-invitations.ts';
import {
  NONCE_BYTES,
  STATEMENT_TAGS,
  type Bytes,
  type Grant,
  type GrantPremise,
  type GrantSubject,
} from './statements.ts';

const SIGNATURE_BYTES = 64;

/** A grant that was read. Its name cannot be handed in, and goes with this object alone: a changed copy has none. */
class ReadGrant implements Grant {
  readonly kind = 'grant';
  readonly space: SpaceId;
  readonly subject: GrantSubject;
  readonly path: readonly Bytes[];
  readonly level: Level;
  readonly parent: CredentialId;
  readonly through: readonly CredentialId[];
  readonly premise: GrantPremise | undefined;
  readonly invitation: InvitationId | undefined;
  readonly withoutHistory: true | undefined;
  readonly isHandover: true | undefined;
  readonly until: number;
  readonly nonce: Bytes;
  readonly issuer: IdentityId;
  readonly device: DeviceKey;
  readonly signature: Bytes;
  readonly #name: CredentialId;

  /** `payload`: what the reader reads, from its first byte on. */
  constructor(reader: Reader, payload: Uint8Array) {
    this.space = reader.id() as SpaceId;
    this.subject = readSubject(reader);
    this.path = readPath(reader);
    this.level = readLevel(reader);
    const { parent, through } = readExercised(reader);
    this.parent = parent;
    this.through = through;
    const has = reader.u8();
    if (has > HAS.premise + HAS.invitation + HAS.withoutHistory + HAS.handover) {
      throw new CodecError('CODEC_MALFORMED', 'a grant with something unknown');
    }
    this.premise = (has & HAS.premise) === 0 ? undefined : readPremise(reader);
    this.invitation = (has & HAS.invitation) === 0 ? undefined : readInvitationId(reader);
    this.withoutHistory = (has & HAS.withoutHistory) === 0 ? undefined : true;
    this.isHandover = (has & HAS.handover) === 0 ? undefined : true;
    this.until = reader.varint();
    this.nonce = reader.take(NONCE_BYTES);
    this.issuer = reader.id() as IdentityId;
    this.device = reader.id() as DeviceKey;
    this.#name = nameOf(payload, reader.at);
    this.signature = reader.take(SIGNATURE_BYTES);
  }

  /** Name of a grant that was read; `undefined` for any other one. */
  static nameOf(grant: object): CredentialId | undefined {
    return #name in grant ? grant.#name : undefined;
  }
}

/** A grant of its bytes. `payload`: what the reader reads, from its first byte on. @throws CodecError. */
export function readGrant(reader: Reader, payload: Uint8Array): Grant {
  return new ReadGrant(reader, payload);
}

/** Name of the credential that a grant gives. */
export function credentialIdOf(grant: Unsigned<Grant>): CredentialId {
  return ReadGrant.nameOf(grant) ?? nameOfBody(bodyBytes(grant));
}

/** Tag and fields, one after the other: on the wire the length is between them. Mostly there is room for them. */
const kept: Bytes = new Uint8Array(1024);

function nameOf(payload: Uint8Array, end: number): CredentialId {
  const body = end < kept.length ? kept : new Uint8Array(1 + end);
  body[0] = STATEMENT_TAGS.grant;
  body.set(payload.subarray(0, end), 1);
  return nameOfBody(body.subarray(0, 1 + end));
}

function nameOfBody(bytes: Uint8Array): CredentialId {
  return toHex(hash('credential', bytes)) as CredentialId;
}
