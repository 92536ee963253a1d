/**
 * Bytes of a control section: a count, then each statement behind its tag and length. Strict: what is not
 * the one encoding of something is refused. A kind that this version does not know is kept as bytes.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import {
  compareBytes,
  idFromBytes,
  toHex,
  type BlockHash,
  type CredentialId,
  type DeviceKey,
  type FeedKey,
  type IdentityId,
  type KeyId,
  type SpaceId,
} from '@atoll/kernel';
import {
  deviceSignatures,
  isDeviceStatement,
  readCountersignature,
  readDeviceRevocation,
  readRecoveryChange,
  readSuspension,
} from './device-codec.ts';
import {
  readAcknowledgement,
  readPromise,
  readProposal,
  readReset,
  readRetirement,
} from './epoch-decoders.ts';
import { readExercised } from './codec-exercised.ts';
import { readAttestationRevocation, readAttestationWithdrawal } from './codec-claims.ts';
import { readNeed } from './codec-keys.ts';
import { readInvitation, readInvitationCopy, readInvitationEnd } from './codec-invitations.ts';
import { readGrant } from './codec-grants.ts';
import { readIdentityGenesis } from './codec-identities.ts';
import { readPath, readSubject } from './codec-rights.ts';
import { readDoor, readModeration } from './codec-public.ts';
import { readOpenZone, readZone } from './codec-zones.ts';
import { readGroupName } from './group-codec.ts';
import { readProfileDetails } from './profile-details.ts';
import { HaloError } from './halo-error.ts';
import { PASSKEY_MARK, ROTATION_OF, SAYS, writeFields } from './statement-body.ts';
import {
  COLOURS,
  CUT_MAX,
  NAME_BYTES_MAX,
  NONCE_BYTES,
  PREVIOUS_MAX,
  READERS_MAX,
  SEALED_KEYS_BYTES_MAX,
  SLOTS_MAX,
  STATEMENT_BYTES_MAX,
  STATEMENT_TAGS,
  STATEMENTS_MAX,
  type Bytes,
  type IdentityEntry,
  type PreviousGeneration,
  type Reader as KeyReader,
  type Revocation,
  type RevocationRemark,
  type Rotation,
  type Statement,
  type StatementKind,
} from './statements.ts';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Content of a control section. @throws HaloError `HALO_STATEMENT_LIMIT`. */
export function encodeStatements(statements: readonly Statement[]): Bytes {
  if (statements.length > STATEMENTS_MAX) {
    throw new HaloError('HALO_STATEMENT_LIMIT', `a section holds ${STATEMENTS_MAX} statements`);
  }
  const writer = new Writer(1024).varint(statements.length);
  for (const statement of statements) writeStatement(writer, statement);
  return writer.finish();
}

/** One statement behind its tag and length. @throws HaloError `HALO_STATEMENT_LIMIT`. */
export function writeStatement(writer: Writer, statement: Statement): void {
  const { tag, payload } = payloadOf(statement);
  if (payload.length > STATEMENT_BYTES_MAX) {
    throw new HaloError('HALO_STATEMENT_LIMIT', 'a statement is too large');
  }
  writer.u8(tag).bytes(payload);
}

/** Statements of a section. @throws CodecError for anything but the one encoding. */
export function decodeStatements(bytes: Uint8Array): Statement[] {
  return readStatements(new Reader(bytes.slice()));
}

/** As {@link decodeStatements}. What is read stays in use, and must not be changed. @throws CodecError. */
export function readStatements(reader: Reader): Statement[] {
  const count = reader.varint(STATEMENTS_MAX);
  // As many as there are: an array that grows has room for sixteen more.
  const statements = new Array<Statement>(count);
  for (let at = 0; at < count; at++) statements[at] = readStatement(reader);
  reader.end();
  return statements;
}

/** One statement behind its tag and length; `name`: that of what it gives or begins, if it is known. @throws CodecError. */
export function readStatement(reader: Reader, name?: string): Statement {
  const tag = reader.u8();
  const inner = reader.part(STATEMENT_BYTES_MAX);
  const kind = kindByTag.get(tag);
  if (kind === undefined) return { kind: 'unknown', tag, bytes: inner.take(inner.left) };
  const statement = DECODERS[kind](inner, name);
  inner.end();
  return statement;
}

function payloadOf(statement: Statement): { readonly tag: number; readonly payload: Bytes } {
  if (statement.kind === 'unknown') return { tag: statement.tag, payload: statement.bytes };
  const writer = new Writer(512);
  writeFields(writer, statement);
  for (const signature of signaturesOf(statement)) writer.raw(signature);
  return { tag: STATEMENT_TAGS[statement.kind], payload: writer.finish() };
}

/** A byte more before the two signatures says that an admission is a passkey's. @throws CodecError. */
function passkeyMark(reader: Reader): { readonly isPasskey?: true } {
  if (reader.left === 2 * SIGNATURE_BYTES) return {};
  if (reader.u8() !== PASSKEY_MARK) {
    throw new CodecError('CODEC_MALFORMED', 'an admission is marked as what there is not');
  }
  return { isPasskey: true };
}

/** Signatures in their order on the wire. */
function signaturesOf(statement: Statement): readonly Bytes[] {
  switch (statement.kind) {
    case 'identity-genesis':
      return [statement.recoverySignature, statement.deviceSignature];
    case 'device-admission':
      return [statement.admittingSignature, statement.deviceSignature];
    case 'feed-admission':
      return [statement.deviceSignature, statement.feedSignature];
    case 'grant':
    case 'reading-key':
    case 'epoch-reset':
    case 'attestation-revocation':
      return [statement.signature];
    default:
      return isDeviceStatement(statement) ? deviceSignatures(statement) : [];
  }
}

type Decoder = (reader: Reader, name?: string) => Statement;

const DECODERS: Readonly<Record<Exclude<StatementKind, 'unknown'>, Decoder>> = {
  'space-genesis': (reader) => ({
    kind: 'space-genesis',
    root: identity(reader),
    nonce: reader.take(NONCE_BYTES),
  }),
  'identity-genesis': readIdentityGenesis,
  'device-admission': (reader) => ({
    kind: 'device-admission',
    identity: identity(reader),
    previous: toHex(reader.raw(KEY_BYTES)) as IdentityEntry,
    device: device(reader),
    deviceAgreementKey: reader.take(KEY_BYTES),
    admittedBy: reader.take(KEY_BYTES),
    ...passkeyMark(reader),
    admittingSignature: reader.take(SIGNATURE_BYTES),
    deviceSignature: reader.take(SIGNATURE_BYTES),
  }),
  'feed-admission': (reader) => ({
    kind: 'feed-admission',
    space: space(reader),
    feed: feed(reader),
    incarnation: reader.take(NONCE_BYTES),
    slot: reader.varint(SLOTS_MAX - 1),
    identity: identity(reader),
    device: device(reader),
    deviceSignature: reader.take(SIGNATURE_BYTES),
    feedSignature: reader.take(SIGNATURE_BYTES),
  }),
  grant: readGrant,
  revocation: readRevocation,
  'revocation-remark': readRemark,
  'reading-key': (reader) => ({
    kind: 'reading-key',
    space: space(reader),
    identity: identity(reader),
    device: device(reader),
    counter: reader.varint(),
    key: reader.take(KEY_BYTES),
    signature: reader.take(SIGNATURE_BYTES),
  }),
  rotation: readRotation,
  'key-copy': (reader) => ({
    kind: 'key-copy',
    generation: generation(reader),
    identity: identity(reader),
    readingKey: reader.take(KEY_BYTES),
    sealed: reader.take(reader.varint(SEALED_KEYS_BYTES_MAX)),
  }),
  'key-need': readNeed,
  profile: (reader) => {
    const name = reader.text(NAME_BYTES_MAX);
    const colour = reader.u8();
    if (colour < 1 || colour > COLOURS) throw malformed('a colour is outside its range');
    return { kind: 'profile', name, colour };
  },
  'epoch-promise': readPromise,
  'epoch-proposal': readProposal,
  'epoch-acknowledgement': readAcknowledgement,
  'epoch-reset': readReset,
  'epoch-retirement': readRetirement,
  invitation: readInvitation,
  'invitation-copy': readInvitationCopy,
  'invitation-end': readInvitationEnd,
  'group-name': readGroupName,
  'profile-details': readProfileDetails,
  'attestation-revocation': readAttestationRevocation,
  'attestation-withdrawal': readAttestationWithdrawal,
  'device-suspension': readSuspension,
  'device-revocation': readDeviceRevocation,
  'recovery-change': readRecoveryChange,
  'device-countersignature': readCountersignature,
  zone: readZone,
  'open-zone': readOpenZone,
  door: readDoor,
  moderation: readModeration,
};

const kindByTag = new Map<number, Exclude<StatementKind, 'unknown'>>();
for (const [kind, tag] of Object.entries(STATEMENT_TAGS)) {
  // Reserved kinds have a tag and no type yet: they decode as unknown.
  if (!(kind in DECODERS)) continue;
  kindByTag.set(tag, kind as Exclude<StatementKind, 'unknown'>);
}

function readRevocation(reader: Reader): Revocation {
  return {
    kind: 'revocation',
    space: space(reader),
    subject: readSubject(reader),
    path: readPath(reader),
    ...readExercised(reader),
    under: flag(reader) ? credential(reader) : undefined,
    ...readReach(reader),
    cut: readCut(reader),
  };
}

/** How far a revocation goes: both together are neither. */
function readReach(reader: Reader): Pick<Revocation, 'isPurge' | 'keepsZones'> {
  const value = reader.u8();
  if (value > 2) throw malformed('a revocation reaches no further than a purge');
  return { isPurge: value === 1, keepsZones: value === 2 };
}

function readCut(reader: Reader): Revocation['cut'] {
  const cut: { readonly feed: FeedKey; readonly end: BlockHash }[] = [];
  const count = reader.varint(CUT_MAX);
  let before: Uint8Array | undefined;
  for (let at = 0; at < count; at++) {
    // A feed that has forked has several ends: places ascend by both.
    before = ascending(before, reader.raw(2 * KEY_BYTES));
    cut.push({
      feed: idFromBytes('feed', before.subarray(0, KEY_BYTES)),
      end: idFromBytes('block', before.subarray(KEY_BYTES)),
    });
  }
  return cut;
}

function readRemark(reader: Reader): RevocationRemark {
  const ofSpace = space(reader);
  const says = reader.u8();
  if (says !== SAYS.withdrawn && says !== SAYS.agreed) {
    throw malformed('a remark about a revocation says nothing known');
  }
  return {
    kind: 'revocation-remark',
    space: ofSpace,
    says: says === SAYS.withdrawn ? 'withdrawn' : 'agreed',
    block: idFromBytes('block', reader.raw(KEY_BYTES)),
    index: reader.varint(STATEMENTS_MAX),
    ...readExercised(reader),
  };
}

function flag(reader: Reader): boolean {
  const value = reader.u8();
  if (value > 1) throw malformed('yes or no is neither');
  return value === 1;
}

function readRotation(reader: Reader): Rotation {
  const ofSpace = space(reader);
  const kind = reader.u8();
  if (kind !== ROTATION_OF.membership && kind !== ROTATION_OF.zone) {
    throw malformed('a rotation is of nothing known');
  }
  const of = kind === ROTATION_OF.membership ? 'membership' : idFromBytes('zone', reader.raw(16));
  const count = of === 'membership' ? 3 : 2;
  const commitments = Array.from({ length: count }, () => reader.take(KEY_BYTES));
  return {
    kind: 'rotation',
    space: ofSpace,
    of,
    commitments,
    previous: readPrevious(reader),
    readers: readReaders(reader),
  };
}

function readPrevious(reader: Reader): PreviousGeneration[] {
  const count = reader.varint(PREVIOUS_MAX);
  const previous: PreviousGeneration[] = [];
  let before: Uint8Array | undefined;
  for (let at = 0; at < count; at++) {
    before = ascending(before, reader.raw(KEY_BYTES));
    const sealed = reader.take(reader.varint(SEALED_KEYS_BYTES_MAX));
    previous.push({ generation: idFromBytes('key', before), sealed });
  }
  return previous;
}

function readReaders(reader: Reader): KeyReader[] {
  const count = reader.varint(READERS_MAX);
  const readers: KeyReader[] = [];
  let before: Uint8Array | undefined;
  for (let at = 0; at < count; at++) {
    before = ascending(before, reader.raw(KEY_BYTES));
    readers.push({ identity: idFromBytes('identity', before), key: reader.take(KEY_BYTES) });
  }
  return readers;
}

function ascending(before: Uint8Array | undefined, next: Uint8Array): Uint8Array {
  if (before !== undefined && compareBytes(before, next) >= 0) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'entries of a rotation do not ascend');
  }
  return next;
}

function malformed(what: string): CodecError {
  return new CodecError('CODEC_MALFORMED', what);
}

function space(reader: Reader): SpaceId {
  return reader.id() as SpaceId;
}

function identity(reader: Reader): IdentityId {
  return reader.id() as IdentityId;
}

function device(reader: Reader): DeviceKey {
  return reader.id() as DeviceKey;
}

function feed(reader: Reader): FeedKey {
  return reader.id() as FeedKey;
}

function credential(reader: Reader): CredentialId {
  return reader.id() as CredentialId;
}

function generation(reader: Reader): KeyId {
  return reader.id() as KeyId;
}
