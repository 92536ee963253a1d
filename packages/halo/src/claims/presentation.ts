/**
 * Presentations: somebody signs in at a web service, by the service's nonce and for its origin alone. By
 * default under a name that only this service knows; as the identity, and with attestations, if its user agrees.
 * Bytes in spec/claims.md.
 */
import { CodecError, Writer, type Reader } from '@atoll/codec';
import { signStatement, type Statement } from '@atoll/crypto';
import { idBytes, idFromBytes, type DeviceKey, type IdentityId, type Signer } from '@atoll/kernel';
import { fromBase64Url, toBase64Url } from '../base64url.ts';
import { HaloError } from '../halo-error.ts';
import type { IdentityLog } from '../identity.ts';
import { identityIdOf } from '../statement-ids.ts';
import type { Bytes } from '../statements.ts';
import { readIdentityLog, writeIdentityLog } from '../ticket.ts';
import { readAll, readAttestation, writeAttestation, type Attestation } from './attestation.ts';
import { TIME_MS_MAX } from './iso-time.ts';
import { ORIGIN_CHARACTERS_MAX, checkedOrigin, isOrigin } from './origin.ts';

/** As whom somebody signs in. */
export type PresentedAs =
  /** A key that is for this audience alone. */
  | { readonly as: 'pairwise'; readonly key: Bytes }
  /** The identity itself, by one of its devices and the log that proves it. */
  | {
      readonly as: 'identity';
      readonly identity: IdentityId;
      readonly device: DeviceKey;
      readonly log: IdentityLog;
    };

/** What is signed. */
export interface PresentationBody {
  /** Origin of the service, as the one who signs sees it. */
  readonly audience: string;
  /** The service's challenge, 16 to 64 bytes. */
  readonly nonce: Bytes;
  readonly issuedMs: number;
  /** At most {@link PRESENTATION_MS_MAX} later. */
  readonly expiresMs: number;
  /** Hash of the connection, 32 bytes, where both sides know one. */
  readonly channel: Bytes | undefined;
  readonly subject: PresentedAs;
  readonly attestations: readonly Attestation[];
}

/** A signed presentation. */
export interface Presentation {
  readonly body: PresentationBody;
  readonly signature: Bytes;
}

const VERSION = 1;
const KIND = { pairwise: 0, identity: 1 } as const;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** A presentation is for one sign-in: so long it may take. */
export const PRESENTATION_MS_MAX: number = 5 * 60 * 1000;
/** Bytes of a nonce. */
export const NONCE_BYTES: { readonly min: number; readonly max: number } = { min: 16, max: 64 };
/** Attestations of one presentation. */
export const PRESENTED_MAX = 8;
/** Characters of a presentation: bytes of the largest one as text. */
export const PRESENTATION_CHARACTERS_MAX: number = 512 * 1024;

/**
 * Signs a presentation. The signer is the pairwise key, or the device of the identity. @throws HaloError
 * `HALO_ORIGIN`, `HALO_CLAIM_LIMIT` for a nonce, a time or attestations outside of the bounds.
 */
export async function makePresentation(
  signer: Signer,
  body: PresentationBody,
): Promise<Presentation> {
  checkedOrigin(body.audience);
  const lifetime = body.expiresMs - body.issuedMs;
  const { length } = body.nonce;
  if (length < NONCE_BYTES.min || length > NONCE_BYTES.max) {
    throw new HaloError('HALO_CLAIM_LIMIT', 'the nonce of a service has 16 to 64 bytes');
  }
  if (lifetime <= 0 || lifetime > PRESENTATION_MS_MAX) {
    throw new HaloError('HALO_CLAIM_LIMIT', 'a presentation is good for at most five minutes');
  }
  const isNamed = body.subject.as === 'identity';
  if (body.attestations.length > PRESENTED_MAX || (body.attestations.length > 0 && !isNamed)) {
    throw new HaloError('HALO_CLAIM_LIMIT', 'attestations name the identity that they are about');
  }
  return { body, signature: await signStatement(signer, presentationSignable(body)) };
}

/** Purpose, audience and body of the signature. */
export function presentationSignable(body: PresentationBody): Statement {
  const writer = new Writer(1024);
  writeBody(writer, body);
  return { purpose: 'presentation', audience: body.audience, body: writer.finish() };
}

/** A presentation as one piece of text, for a header or a form. */
export function formatPresentation({ body, signature }: Presentation): string {
  const writer = new Writer(1024);
  writeBody(writer, body);
  return toBase64Url(writer.raw(signature).finish());
}

/** Reads {@link formatPresentation}. @throws HaloError `HALO_CLAIM_MALFORMED`. */
export function parsePresentation(text: string): Presentation {
  const bytes = text.length > PRESENTATION_CHARACTERS_MAX ? undefined : fromBase64Url(text);
  if (bytes === undefined) {
    throw new HaloError('HALO_CLAIM_MALFORMED', 'the text is not a presentation');
  }
  return readAll(
    bytes,
    (reader) => ({ body: readBody(reader), signature: reader.take(SIGNATURE_BYTES) }),
    'a presentation',
  );
}

function writeBody(writer: Writer, body: PresentationBody): void {
  const { attestations, audience, channel, expiresMs, issuedMs, nonce, subject } = body;
  writer.u8(VERSION).text(audience).bytes(nonce).varint(issuedMs).varint(expiresMs);
  writer.u8(channel === undefined ? 0 : 1);
  if (channel !== undefined) writer.raw(channel);
  writer.u8(KIND[subject.as]);
  if (subject.as === 'pairwise') writer.raw(subject.key);
  else {
    writer.raw(idBytes(subject.device));
    writeIdentityLog(writer, subject.log);
  }
  writer.varint(attestations.length);
  for (const attestation of attestations) writeAttestation(writer, attestation);
}

function readBody(reader: Reader): PresentationBody {
  if (reader.u8() !== VERSION) {
    throw new CodecError('CODEC_UNKNOWN_TAG', 'a presentation of an unknown version');
  }
  const audience = reader.text(ORIGIN_CHARACTERS_MAX);
  if (!isOrigin(audience)) throw new CodecError('CODEC_MALFORMED', 'an audience is no origin');
  const nonce = Uint8Array.from(reader.bytes(NONCE_BYTES.max));
  if (nonce.length < NONCE_BYTES.min) throw new CodecError('CODEC_MALFORMED', 'a nonce too short');
  const issuedMs = reader.varint(TIME_MS_MAX);
  const expiresMs = reader.varint(TIME_MS_MAX);
  const flag = reader.u8();
  if (flag > 1) throw new CodecError('CODEC_MALFORMED', 'yes or no is neither');
  const channel = flag === 1 ? reader.take(KEY_BYTES) : undefined;
  const subject = readSubject(reader);
  const attestations: Attestation[] = [];
  const count = reader.varint(subject.as === 'identity' ? PRESENTED_MAX : 0);
  for (let at = 0; at < count; at++) attestations.push(readAttestation(reader));
  return { audience, nonce, issuedMs, expiresMs, channel, subject, attestations };
}

function readSubject(reader: Reader): PresentedAs {
  const kind = reader.u8();
  if (kind === KIND.pairwise) return { as: 'pairwise', key: reader.take(KEY_BYTES) };
  if (kind !== KIND.identity) throw new CodecError('CODEC_UNKNOWN_TAG', 'a subject of no kind');
  const device = idFromBytes('device', reader.raw(KEY_BYTES));
  const log = readIdentityLog(reader);
  return { as: 'identity', identity: identityIdOf(log.genesis), device, log };
}
