/** Branded ids. Text forms are lower-case hex; parsing is the only way to obtain one from untrusted text. */
import { fromHex, toHex } from './bytes.ts';
import { KernelError } from './errors.ts';

declare const brand: unique symbol;
/** A type that only its parser can make. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Hash of a space's genesis, 32 bytes in hex. Public to members; no key derives from it. */
export type SpaceId = Brand<string, 'SpaceId'>;
/** Hash of an identity's genesis, 32 bytes in hex. */
export type IdentityId = Brand<string, 'IdentityId'>;
/** Ed25519 public key of a device, 32 bytes in hex. */
export type DeviceKey = Brand<string, 'DeviceKey'>;
/** Ed25519 public key of a feed, 32 bytes in hex; fresh for each (space, slot, incarnation). */
export type FeedKey = Brand<string, 'FeedKey'>;
/** Hash of a block's outer frame, 32 bytes in hex. */
export type BlockHash = Brand<string, 'BlockHash'>;
/** First 16 bytes of H('object', feed, transaction nonce, index), in hex. */
export type ObjectId = Brand<string, 'ObjectId'>;
/** Hash of the schema step that created a field, first 16 bytes in hex. */
export type FieldId = Brand<string, 'FieldId'>;
/** Hash of a schema version, 32 bytes in hex. */
export type SchemaHash = Brand<string, 'SchemaHash'>;
/** Id of a zone: 16 bytes in hex; the space itself is the zone of sixteen zero bytes. */
export type ZoneId = Brand<string, 'ZoneId'>;
/** Id of a credential: hash of its signed bytes, 32 bytes in hex. */
export type CredentialId = Brand<string, 'CredentialId'>;
/** Name of a key generation: hash of the rotation that made it, 32 bytes in hex. */
export type KeyId = Brand<string, 'KeyId'>;

/** The zone that every space begins with. */
export const ROOT_ZONE: ZoneId = '00'.repeat(16) as ZoneId;

/** Bytes of an id, by its kind. */
export const ID_BYTES = {
  space: 32,
  identity: 32,
  device: 32,
  feed: 32,
  block: 32,
  object: 16,
  field: 16,
  schema: 32,
  zone: 16,
  credential: 32,
  key: 32,
} as const;

/** Kind of id to the brand it parses to. */
export interface IdByKind {
  space: SpaceId;
  identity: IdentityId;
  device: DeviceKey;
  feed: FeedKey;
  block: BlockHash;
  object: ObjectId;
  field: FieldId;
  schema: SchemaHash;
  zone: ZoneId;
  credential: CredentialId;
  key: KeyId;
}

/** Bytes of an id that {@link parseId} or {@link idFromBytes} made. */
export function idBytes(id: IdByKind[keyof IdByKind]): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(id);
  if (bytes === undefined) throw new KernelError('KERNEL_ID_MALFORMED', 'the id is not hex');
  return bytes;
}

/** Id from its bytes. @throws KernelError `KERNEL_ID_MALFORMED` when the length is wrong. */
export function idFromBytes<K extends keyof IdByKind>(kind: K, bytes: Uint8Array): IdByKind[K] {
  if (bytes.length !== ID_BYTES[kind]) {
    throw new KernelError(
      'KERNEL_ID_MALFORMED',
      `a ${kind} id has ${ID_BYTES[kind]} bytes, got ${bytes.length}`,
    );
  }
  return toHex(bytes) as IdByKind[K];
}

/** Id from untrusted text. @throws KernelError `KERNEL_ID_MALFORMED`. */
export function parseId<K extends keyof IdByKind>(kind: K, text: string): IdByKind[K] {
  if (!/^[0-9a-f]+$/.test(text) || text.length !== ID_BYTES[kind] * 2) {
    throw new KernelError(
      'KERNEL_ID_MALFORMED',
      `a ${kind} id is ${ID_BYTES[kind] * 2} lower-case hex digits, got ${text.length} characters`,
    );
  }
  return text as IdByKind[K];
}
