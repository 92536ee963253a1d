/**
 * Reading grants: a space has more of them than of anything else that it says of itself. Their bytes are the one
 * encoding of what they say, so that what is hashed for their name is there already and is not written again.
 */
import { CodecError, type Reader } from '@atoll/codec';
import { hashHex } from '@atoll/crypto';
import {
  fromHex,
  type CredentialId,
  type DeviceKey,
  type IdentityId,
  type SpaceId,
} from '@atoll/kernel';
import type { Level } from './access-level.ts';
import { pathIds, pathKey } from './access-path.ts';
import type { PathKey } from './access/acts.ts';
import { readExercised } from './codec-exercised.ts';
import { readInvitationId } from './codec-invitations.ts';
import { readLevel, readPathKey, readPremise, readSubject } from './codec-rights.ts';
import { HAS, bodyHash, type Unsigned } from './statement-body.ts';
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
const ID_BYTES = 32;
/** For what the name is hashed. */
const TAG = 'credential';

/** Name and path of a grant that was read. */
interface ReadParts {
  readonly name: CredentialId;
  readonly path: PathKey;
}

/**
 * A grant that was read. Its name cannot be handed in, and goes with this object alone. What few ask for is read
 * when somebody does: of ten thousand that are loaded, few are shown to somebody else. So a spread copy lacks it.
 */
class ReadGrant implements Grant {
  readonly kind = 'grant';
  readonly space: SpaceId;
  readonly subject: GrantSubject;
  readonly level: Level;
  readonly parent: CredentialId;
  readonly through: readonly CredentialId[];
  readonly premise: GrantPremise | undefined;
  readonly invitation: InvitationId | undefined;
  readonly withoutHistory: true | undefined;
  readonly isHandover: true | undefined;
  readonly until: number;
  readonly issuer: IdentityId;
  readonly device: DeviceKey;
  readonly #name: CredentialId;
  readonly #path: PathKey;
  readonly #source: Uint8Array;
  readonly #nonceAt: number;

  constructor(reader: Reader, name: CredentialId | undefined) {
    const from = reader.at;
    this.space = reader.id() as SpaceId;
    this.subject = readSubject(reader);
    this.#path = readPathKey(reader);
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
    this.#nonceAt = reader.at;
    reader.skip(NONCE_BYTES);
    this.issuer = reader.id() as IdentityId;
    this.device = reader.id() as DeviceKey;
    this.#name = name ?? nameOf(reader.source, from, reader.at);
    reader.skip(SIGNATURE_BYTES);
    this.#source = reader.source;
  }

  get path(): readonly Bytes[] {
    return pathIds(this.#path).map((id) => fromHex(id) as Bytes);
  }

  get nonce(): Bytes {
    return this.#bytes(0, NONCE_BYTES);
  }

  get signature(): Bytes {
    return this.#bytes(NONCE_BYTES + 2 * ID_BYTES, SIGNATURE_BYTES);
  }

  /** Name and path of a grant that was read; `undefined` for any other one. */
  static partsOf(grant: object): ReadParts | undefined {
    return #name in grant ? { name: grant.#name, path: grant.#path } : undefined;
  }

  #bytes(after: number, count: number): Bytes {
    const at = this.#nonceAt + after;
    return this.#source.slice(at, at + count) as Bytes;
  }
}

/** A grant of its bytes, which must not be changed from then on; `name`: if it is known. @throws CodecError. */
export function readGrant(reader: Reader, name?: string): Grant {
  return new ReadGrant(reader, name as CredentialId | undefined);
}

/** Name of the credential that a grant gives. */
export function credentialIdOf(grant: Unsigned<Grant>): CredentialId {
  return ReadGrant.partsOf(grant)?.name ?? (bodyHash(TAG, grant) as CredentialId);
}

/** Where a grant's right begins, in the form in which paths are compared. */
export function pathOfGrant(grant: Grant): PathKey {
  return ReadGrant.partsOf(grant)?.path ?? pathKey(grant.path);
}

/** Tag and fields, one after the other: on the wire the length is between them. Mostly there is room for them. */
const kept: Bytes = new Uint8Array(1024);
/** Views of its start, by their length. */
const views: (Bytes | undefined)[] = new Array<undefined>(kept.length).fill(undefined);

function nameOf(source: Uint8Array, from: number, to: number): CredentialId {
  const length = 1 + to - from;
  const body = bodyOf(length);
  body[0] = STATEMENT_TAGS.grant;
  for (let at = 1; at < length; at++) body[at] = source[from + at - 1] as number;
  return hashHex(TAG, body) as CredentialId;
}

function bodyOf(length: number): Bytes {
  if (length >= kept.length) return new Uint8Array(length);
  return (views[length] ??= kept.subarray(0, length));
}
