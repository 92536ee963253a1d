/**
 * Publications: an attestation shown in a space, by the one whom it is about or the one who made it. The bytes
 * lie in an object of the space; they prove by themselves who shows what, and where.
 */
import { CodecError, Writer, type Reader } from '@atoll/codec';
import { hash, signStatement, verifyStatement, type Statement } from '@atoll/crypto';
import {
  idBytes,
  idFromBytes,
  toHex,
  type Brand,
  type DeviceKey,
  type Ed25519Platform,
  type IdentityId,
  type Signer,
  type SpaceId,
} from '@atoll/kernel';
import type { Bytes } from '../statements.ts';
import {
  ATTESTATION_BYTES_MAX,
  decodeAttestation,
  encodeAttestation,
  readAll,
  type Attestation,
} from './attestation.ts';
import { TIME_MS_MAX } from './iso-time.ts';

/** Name of a publication: hash of what was signed. */
export type PublicationId = Brand<string, 'PublicationId'>;

/** What is signed. */
export interface PublicationBody {
  readonly space: SpaceId;
  readonly publisher: IdentityId;
  readonly device: DeviceKey;
  readonly publishedMs: number;
  readonly attestation: Attestation;
}

/** An attestation shown in a space. */
export interface Publication {
  readonly body: PublicationBody;
  readonly signature: Bytes;
}

const VERSION = 1;
const ID_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Shows an attestation in a space. Fields are hidden before, by `withFields`. */
export async function makePublication(input: {
  readonly space: SpaceId;
  readonly publisher: IdentityId;
  readonly deviceSigner: Signer;
  readonly publishedMs: number;
  readonly attestation: Attestation;
}): Promise<Publication> {
  const { attestation, deviceSigner, publishedMs, publisher, space } = input;
  const device = idFromBytes('device', deviceSigner.publicKey);
  const body = { space, publisher, device, publishedMs: Math.floor(publishedMs), attestation };
  return { body, signature: await signStatement(deviceSigner, signableOf(body)) };
}

/** Name of a publication. */
export function publicationId(body: PublicationBody): PublicationId {
  return toHex(hash('attestation-publication', bodyOf(body))) as PublicationId;
}

/** Bytes of a publication. */
export function encodePublication({ body, signature }: Publication): Bytes {
  return new Writer(1024).raw(bodyOf(body)).raw(signature).finish();
}

/** Reads {@link encodePublication}. @throws HaloError `HALO_CLAIM_MALFORMED`. */
export function decodePublication(bytes: Uint8Array): Publication {
  return readAll(bytes, readPublication, 'a publication');
}

/**
 * Whether somebody who may has shown the attestation in this space, by a device that `isDevice` knows as the
 * publisher's. Whether the attestation holds is asked apart.
 */
export async function isPublished(
  platform: Ed25519Platform,
  { body, signature }: Publication,
  where: {
    readonly space: SpaceId;
    readonly isDevice: (identity: IdentityId, device: DeviceKey) => boolean;
  },
): Promise<boolean> {
  const { attestation, device, publisher, space } = body;
  const { issuer, subject } = attestation.body;
  if (space !== where.space || (publisher !== issuer && publisher !== subject)) return false;
  if (!where.isDevice(publisher, device)) return false;
  const proof = { publicKey: idBytes(device), signature };
  return verifyStatement(platform, signableOf(body), proof);
}

function signableOf(body: PublicationBody): Statement {
  const audience = idBytes(body.space);
  return { purpose: 'attestation-publication', audience, body: bodyOf(body) };
}

function bodyOf(body: PublicationBody): Bytes {
  const writer = new Writer(1024).u8(VERSION).raw(idBytes(body.space));
  writer.raw(idBytes(body.publisher)).raw(idBytes(body.device)).varint(body.publishedMs);
  return writer.bytes(encodeAttestation(body.attestation)).finish();
}

function readPublication(reader: Reader): Publication {
  if (reader.u8() !== VERSION) {
    throw new CodecError('CODEC_UNKNOWN_TAG', 'a publication of an unknown version');
  }
  const space = idFromBytes('space', reader.raw(ID_BYTES));
  const publisher = idFromBytes('identity', reader.raw(ID_BYTES));
  const device = idFromBytes('device', reader.raw(ID_BYTES));
  const publishedMs = reader.varint(TIME_MS_MAX);
  const attestation = decodeAttestation(reader.bytes(ATTESTATION_BYTES_MAX));
  const body = { space, publisher, device, publishedMs, attestation };
  return { body, signature: reader.take(SIGNATURE_BYTES) };
}
