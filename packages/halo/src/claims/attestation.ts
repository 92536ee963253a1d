/**
 * Attestations: what one identity says about another, signed by a device of the one who says it, with fields
 * that can be shown one by one. Bytes in spec/claims.md. Whether one holds is decided in attestation-check.ts.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { hash, signForeign, signStatement, type Statement } from '@atoll/crypto';
import {
  compareBytes,
  errorCode,
  idBytes,
  idFromBytes,
  toHex,
  utf8,
  type Brand,
  type DeviceKey,
  type IdentityId,
  type Rng,
  type Signer,
} from '@atoll/kernel';
import { HaloError } from '../halo-error.ts';
import type { IdentityLog } from '../identity.ts';
import { identityIdOf } from '../statement-ids.ts';
import type { Bytes } from '../statements.ts';
import { readIdentityLog, writeIdentityLog } from '../ticket.ts';
import { credentialInput } from './credential-form.ts';
import {
  DISCLOSURE_CHARACTERS_MAX,
  FIELDS_MAX,
  digestOf,
  digestsOf,
  makeDisclosure,
  readDisclosure,
  type Disclosure,
  type Json,
} from './disclosure.ts';
import { TIME_MS_MAX } from './iso-time.ts';

/** Name of an attestation: hash of what its device signed. */
export type AttestationId = Brand<string, 'AttestationId'>;

/** What the issuer's device signs. */
export interface AttestationBody {
  readonly issuer: IdentityId;
  readonly device: DeviceKey;
  readonly subject: IdentityId;
  /** What kind of thing is said, such as `org.example.Membership`: names the fields that there are. */
  readonly schema: string;
  readonly issuedMs: number;
  /** 0: it does not expire. */
  readonly expiresMs: number;
  /** SHA-256 of each disclosure, ascending. */
  readonly digests: readonly Bytes[];
  /** Ed25519 key with which the issuer signs what leaves as a W3C Verifiable Credential; for nothing else. */
  readonly credentialKey: Bytes;
  /** That key's signature of the credential with hidden fields; see credential-form.ts. */
  readonly credentialSignature: Bytes;
}

/** An attestation as it is kept and passed on. */
export interface Attestation {
  readonly body: AttestationBody;
  readonly signature: Bytes;
  /** Proof that the device is one of the issuer's. */
  readonly log: IdentityLog;
  /** Fields that are shown, ascending by digest. All of them with its holder. */
  readonly shown: readonly Disclosure[];
  /**
   * The credential key's signature of the credential with all fields in the clear. It says what hidden fields
   * are to whoever guesses them, so it is only there while all fields are.
   */
  readonly clearSignature: Bytes | undefined;
}

const VERSION = 1;
const ID_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Bytes of the name of a kind of attestation. */
export const SCHEMA_BYTES_MAX = 128;
/** Bytes of an attestation: a long identity log and many fields. */
export const ATTESTATION_BYTES_MAX: number = 384 * 1024;

/** What is needed to say something about somebody. */
export interface AttestationInput {
  readonly rng: Rng;
  /** The issuer's log; `deviceSigner` is a device of it. */
  readonly log: IdentityLog;
  readonly deviceSigner: Signer;
  /** From `credentialSeed`. */
  readonly credentialSigner: Signer;
  readonly subject: IdentityId;
  readonly schema: string;
  readonly fields: Readonly<Record<string, Json>>;
  readonly issuedMs: number;
  readonly expiresMs?: number;
}

/** Says something about somebody. @throws HaloError `HALO_CLAIM_LIMIT`. */
export async function makeAttestation(input: AttestationInput): Promise<Attestation> {
  const { credentialSigner, deviceSigner, expiresMs = 0, issuedMs, log, schema, subject } = input;
  const entries = Object.entries(input.fields);
  const size = utf8(schema).length;
  const isTime = Number.isSafeInteger(expiresMs) && expiresMs >= 0 && expiresMs <= TIME_MS_MAX;
  if (size === 0 || size > SCHEMA_BYTES_MAX || !schema.isWellFormed() || !isTime) {
    throw new HaloError('HALO_CLAIM_LIMIT', 'the kind of an attestation, or its end, is none');
  }
  if (entries.length === 0 || entries.length > FIELDS_MAX) {
    throw new HaloError('HALO_CLAIM_LIMIT', `an attestation has 1 to ${FIELDS_MAX} fields`);
  }
  const made = entries.map(([name, value]) => makeDisclosure(input.rng, name, value));
  const shown = inOrder(made);
  const facts = {
    issuer: identityIdOf(log.genesis),
    device: idFromBytes('device', deviceSigner.publicKey),
    subject,
    schema,
    issuedMs: Math.floor(issuedMs),
    expiresMs,
    digests: digestsOf(shown),
    credentialKey: credentialSigner.publicKey.slice(),
  };
  const [credentialSignature, clearSignature] = await Promise.all([
    signForeign(credentialSigner, credentialInput(facts)),
    signForeign(credentialSigner, credentialInput(facts, shown)),
  ]);
  const body: AttestationBody = { ...facts, credentialSignature };
  const signature = await signStatement(deviceSigner, signableOf(body));
  return { body, signature, log, shown, clearSignature };
}

/** Name of an attestation; the same whatever of it is shown. */
export function attestationId(body: AttestationBody): AttestationId {
  return toHex(hash('attestation', bodyOf(body))) as AttestationId;
}

/** The same with no other fields than the named ones; all of them where `names` is absent. */
export function withFields(attestation: Attestation, names?: readonly string[]): Attestation {
  if (names === undefined) return attestation;
  const shown = attestation.shown.filter(({ name }) => names.includes(name));
  const isWhole = shown.length === attestation.body.digests.length;
  return {
    ...attestation,
    shown,
    clearSignature: isWhole ? attestation.clearSignature : undefined,
  };
}

/** Purpose, audience and body of the device's signature. */
export function signableOf(body: AttestationBody): Statement {
  return { purpose: 'attestation', audience: idBytes(body.subject), body: bodyOf(body) };
}

/** The one encoding of an attestation. */
export function encodeAttestation(attestation: Attestation): Bytes {
  const writer = new Writer(1024);
  writeAttestation(writer, attestation);
  return writer.finish();
}

/** Reads {@link encodeAttestation}. @throws HaloError `HALO_CLAIM_MALFORMED`. */
export function decodeAttestation(bytes: Uint8Array): Attestation {
  return readAll(bytes, readAttestation, 'an attestation');
}

/** Writes an attestation after what `writer` has. */
export function writeAttestation(writer: Writer, attestation: Attestation): void {
  const { body, clearSignature, log, shown, signature } = attestation;
  writer.u8(VERSION);
  writeBody(writer, body);
  writer.raw(signature);
  writeIdentityLog(writer, log);
  writer.varint(shown.length);
  for (const { text } of shown) writer.text(text);
  writer.u8(clearSignature === undefined ? 0 : 1);
  if (clearSignature !== undefined) writer.raw(clearSignature);
}

/** Reads {@link writeAttestation}. Signatures are not looked at. @throws CodecError. */
export function readAttestation(reader: Reader): Attestation {
  if (reader.u8() !== VERSION) {
    throw new CodecError('CODEC_UNKNOWN_TAG', 'an attestation of an unknown version');
  }
  const body = readBody(reader);
  const signature = reader.take(SIGNATURE_BYTES);
  const log = readIdentityLog(reader);
  const shown = readShown(reader);
  const flag = reader.u8();
  if (flag > 1 || (flag === 1 && shown.length !== body.digests.length)) {
    throw new CodecError('CODEC_MALFORMED', 'an attestation shows more than its fields do');
  }
  const clearSignature = flag === 1 ? reader.take(SIGNATURE_BYTES) : undefined;
  return { body, signature, log, shown, clearSignature };
}

/** Decodes whole bytes. @throws HaloError `HALO_CLAIM_MALFORMED`. */
export function readAll<T>(bytes: Uint8Array, read: (reader: Reader) => T, what: string): T {
  try {
    if (bytes.length > ATTESTATION_BYTES_MAX) {
      throw new CodecError('CODEC_TOO_LARGE', `${what} is too large`);
    }
    const reader = new Reader(bytes);
    const value = read(reader);
    reader.end();
    return value;
  } catch (cause) {
    if (!(cause instanceof CodecError) && !(cause instanceof HaloError)) throw cause;
    const problem = `the bytes are not ${what} (${errorCode(cause)})`;
    throw new HaloError('HALO_CLAIM_MALFORMED', problem, { cause });
  }
}

function bodyOf(body: AttestationBody): Bytes {
  const writer = new Writer(512);
  writeBody(writer, body);
  return writer.finish();
}

function writeBody(writer: Writer, body: AttestationBody): void {
  writer.raw(idBytes(body.issuer)).raw(idBytes(body.device)).raw(idBytes(body.subject));
  writer.text(body.schema).varint(body.issuedMs).varint(body.expiresMs);
  writer.varint(body.digests.length);
  for (const digest of body.digests) writer.raw(digest);
  writer.raw(body.credentialKey).raw(body.credentialSignature);
}

function readBody(reader: Reader): AttestationBody {
  const issuer = idFromBytes('identity', reader.raw(ID_BYTES));
  const device = idFromBytes('device', reader.raw(ID_BYTES));
  const subject = idFromBytes('identity', reader.raw(ID_BYTES));
  const schema = reader.text(SCHEMA_BYTES_MAX);
  if (schema === '') throw new CodecError('CODEC_MALFORMED', 'an attestation of no kind');
  const issuedMs = reader.varint(TIME_MS_MAX);
  const expiresMs = reader.varint(TIME_MS_MAX);
  const digests: Bytes[] = [];
  const count = reader.varint(FIELDS_MAX);
  for (let at = 0; at < count; at++) {
    const digest = reader.take(ID_BYTES);
    const before = digests.at(-1);
    if (before !== undefined && compareBytes(before, digest) >= 0) throw unordered();
    digests.push(digest);
  }
  if (count === 0) throw new CodecError('CODEC_MALFORMED', 'an attestation that says nothing');
  const credentialKey = reader.take(ID_BYTES);
  const credentialSignature = reader.take(SIGNATURE_BYTES);
  const times = { issuedMs, expiresMs };
  return {
    ...{ issuer, device, subject, schema, digests, credentialKey, credentialSignature },
    ...times,
  };
}

/** Ascending by digest, and no name twice: one encoding of each choice of fields. */
function readShown(reader: Reader): readonly Disclosure[] {
  const count = reader.varint(FIELDS_MAX);
  const shown: Disclosure[] = [];
  const names = new Set<string>();
  let before: Bytes | undefined;
  for (let at = 0; at < count; at++) {
    const disclosure = readDisclosure(reader.text(DISCLOSURE_CHARACTERS_MAX));
    if (disclosure === undefined || names.has(disclosure.name)) {
      throw new CodecError('CODEC_MALFORMED', 'a field of an attestation is none');
    }
    const digest = digestOf(disclosure);
    if (before !== undefined && compareBytes(before, digest) >= 0) throw unordered();
    before = digest;
    names.add(disclosure.name);
    shown.push(disclosure);
  }
  return shown;
}

function inOrder(disclosures: readonly Disclosure[]): readonly Disclosure[] {
  return [...disclosures].sort((a, b) => compareBytes(digestOf(a), digestOf(b)));
}

function unordered(): CodecError {
  return new CodecError('CODEC_NOT_CANONICAL', 'fields of an attestation do not ascend');
}
