/**
 * What a stranger hands to the moderators of a public space: fields for one object, signed by a device of his identity,
 * sealed to the door. It is no block of the space: a member takes it up, and whoever reads the space can check who
 * wrote what by the contribution alone.
 */
import { CodecError, Reader, Writer, decodeValue, encodeValue, type Value } from '@atoll/codec';
import {
  deriveKey,
  hash,
  openSealed,
  sealTo,
  signStatement,
  softwareAgreer,
  verifyStatement,
} from '@atoll/crypto';
import {
  concatBytes,
  equalBytes,
  idBytes,
  idFromBytes,
  toHex,
  utf8,
  type Agreer,
  type Brand,
  type DeviceKey,
  type Ed25519Platform,
  type IdentityId,
  type KeyPlatform,
  type Rng,
  type Signer,
  type SpaceId,
} from '@atoll/kernel';
import { standingOf } from './claims/device-standing.ts';
import { HaloError } from './halo-error.ts';
import type { IdentityLog } from './identity.ts';
import { LINK_NONCE } from './link-nonce.ts';
import { identityIdOf } from './statement-ids.ts';
import {
  CONTRIBUTION_FIELDS_BYTES_MAX,
  DOOR_COPIES_MAX,
  DOOR_TYPE_BYTES_MAX,
  type Door,
  type DoorCopy,
} from './statements-public.ts';
import { NAME_BYTES_MAX, NONCE_BYTES, type Bytes, type Reader as KeyReader } from './statements.ts';
import { readIdentityLog, writeIdentityLog } from './ticket.ts';

/** Name of a contribution: the hash of what is signed, in hex. */
export type ContributionId = Brand<string, 'ContributionId'>;

/** What a stranger says. */
export interface Contribution {
  readonly space: SpaceId;
  /** Nonce of the door for which it was made. */
  readonly door: Bytes;
  /** 16 random bytes: who writes the same twice has said it twice. */
  readonly nonce: Bytes;
  /** The author's claim. */
  readonly writtenAtMs: number;
  readonly identity: IdentityId;
  readonly device: DeviceKey;
  /** How the author calls himself. */
  readonly name: string;
  /** Type of the object that is to be made, and its fields. */
  readonly type: string;
  readonly fields: { readonly [field: string]: Value };
}

/** A contribution whose signature and log were looked at. */
export interface CheckedContribution extends Contribution {
  readonly id: ContributionId;
}

/** Bytes of a signed contribution: its fields, and the log of somebody with many devices. */
export const CONTRIBUTION_BYTES_MAX: number = 32 * 1024;
/** Mailboxes of one lobby: each keeps a few records, and they are asked one after the other. */
export const LOBBY_ROOMS = 4;
/** Bytes of the token by which a record is taken out of its mailbox. */
export const LOBBY_TOKEN_BYTES = 32;

const VERSION = 1;
const SIGNATURE_BYTES = 64;
const KEY_BYTES = 32;
/** Records are padded to multiples of this, so that their lengths say little. */
const PADDING_BYTES = 1024;
const DOOR_INFO: Bytes = utf8('atoll/door');
const RECORD_INFO: Bytes = utf8('atoll/contribution');

/** Signs a contribution; its bytes, the log included. @throws HaloError `HALO_STATEMENT_LIMIT`. */
export async function signContribution(
  { deviceSigner, log }: { readonly deviceSigner: Signer; readonly log: IdentityLog },
  contribution: Contribution,
): Promise<{ readonly id: ContributionId; readonly bytes: Bytes }> {
  const body = bodyOf(contribution);
  const signature = await signStatement(deviceSigner, signable(contribution.space, body));
  const writer = new Writer(body.length + 1024).bytes(body);
  writeIdentityLog(writer, log);
  const bytes = writer.raw(signature).finish();
  const fieldBytes = encodeValue(contribution.fields).length;
  if (bytes.length > CONTRIBUTION_BYTES_MAX || fieldBytes > CONTRIBUTION_FIELDS_BYTES_MAX) {
    throw new HaloError('HALO_STATEMENT_LIMIT', 'the contribution is too long');
  }
  return { id: idOf(body), bytes };
}

/**
 * A contribution whose signature is that of a device which, by the log beside it, speaks for its author; `undefined`
 * for whatever else these bytes are. Never throws for them.
 */
export async function checkContribution(
  ed25519: Ed25519Platform,
  bytes: Uint8Array,
): Promise<CheckedContribution | undefined> {
  const read = readContribution(bytes);
  if (read === undefined) return undefined;
  const { body, contribution, log, signature } = read;
  const { device, identity, space } = contribution;
  // Many have the keys of a link's reader: nobody is to be taken for another of them.
  if (equalBytes(log.genesis.nonce, LINK_NONCE)) return undefined;
  if (identityIdOf(log.genesis) !== identity) return undefined;
  const proof = { publicKey: idBytes(device), signature };
  if (!(await verifyStatement(ed25519, signable(space, body), proof))) return undefined;
  if ((await standingOf(ed25519, log, device)) !== undefined) return undefined;
  return { ...contribution, id: idOf(body) };
}

/** A record of the lobby: the contribution and the token by which it goes out of its mailbox, sealed to the door. */
export function sealContribution(
  rng: Rng,
  door: Pick<Door, 'key' | 'nonce'>,
  { bytes, space, token }: { bytes: Uint8Array; space: SpaceId; token: Uint8Array },
): Bytes {
  const body = new Writer(bytes.length + 64).raw(token).bytes(bytes).finish();
  const plaintext = new Uint8Array(Math.ceil(body.length / PADDING_BYTES) * PADDING_BYTES);
  plaintext.set(body);
  const info = concatBytes(RECORD_INFO, idBytes(space), door.nonce);
  return sealTo({ rng, recipient: door.key, plaintext, info });
}

/** What is in a record of the lobby; `undefined` for what is none. `agreer`: the door's. */
export async function openContribution(
  agreer: Agreer,
  { nonce, space }: { readonly nonce: Uint8Array; readonly space: SpaceId },
  record: Uint8Array,
): Promise<{ readonly token: Bytes; readonly bytes: Bytes } | undefined> {
  const info = concatBytes(RECORD_INFO, idBytes(space), nonce);
  const plaintext = await openSealed(agreer, record, info);
  if (plaintext === undefined) return undefined;
  return orNothing(() => {
    const reader = new Reader(plaintext);
    const token = reader.take(LOBBY_TOKEN_BYTES);
    const bytes = reader.take(reader.varint(CONTRIBUTION_BYTES_MAX));
    const isPadding = reader.raw(reader.left).every((byte) => byte === 0);
    return isPadding ? { token, bytes } : undefined;
  });
}

/** Seals the secret of a door to those who answer it, ascending by identity. */
export function sealDoor(
  rng: Rng,
  { nonce, secret, space }: { nonce: Uint8Array; secret: Uint8Array; space: SpaceId },
  readers: readonly KeyReader[],
): readonly DoorCopy[] {
  const ascending = [...readers].sort((a, b) => (a.identity < b.identity ? -1 : 1));
  return ascending.slice(0, DOOR_COPIES_MAX).map(({ identity, key }) => ({
    identity,
    sealed: sealTo({
      rng,
      recipient: key,
      plaintext: secret,
      info: doorInfo(space, nonce, identity),
    }),
  }));
}

/** The secret of a door from one's own copy; `undefined` where there is none, or it is not the door's. */
export async function openDoor(
  agreer: Agreer,
  { copies, key, nonce }: Door,
  { identity, space }: { readonly identity: IdentityId; readonly space: SpaceId },
): Promise<Bytes | undefined> {
  const copy = copies.find((one) => one.identity === identity);
  if (copy === undefined) return undefined;
  const secret = await openSealed(agreer, copy.sealed, doorInfo(space, nonce, identity));
  if (secret?.length !== KEY_BYTES) return undefined;
  return equalBytes(doorKey(secret), key) ? secret : undefined;
}

/** X25519 key of a door, from its secret of 32 bytes. */
export function doorKey(secret: Uint8Array): Bytes {
  return softwareAgreer(secret).publicKey as Bytes;
}

/** What opens what is sealed to a door. */
export function doorAgreer(keys: KeyPlatform, secret: Uint8Array): Promise<Agreer> {
  return keys.agreer(secret);
}

/** Ed25519 seed of the access key of one mailbox of a lobby, numbered from 0. */
export function lobbySeed(lobby: Uint8Array, room: number): Bytes {
  return deriveKey(lobby, 'lobby-mailbox', Uint8Array.of(room));
}

function doorInfo(space: SpaceId, nonce: Uint8Array, identity: IdentityId): Bytes {
  return concatBytes(DOOR_INFO, idBytes(space), nonce, idBytes(identity));
}

function bodyOf(contribution: Contribution): Bytes {
  const { device, door, fields, identity, name, nonce, space, type, writtenAtMs } = contribution;
  const writer = new Writer(512).u8(VERSION).raw(idBytes(space)).raw(door).raw(nonce);
  writer.varint(writtenAtMs).raw(idBytes(identity)).raw(idBytes(device)).text(name).text(type);
  return writer.bytes(encodeValue(fields)).finish();
}

interface Read {
  readonly body: Bytes;
  readonly contribution: Contribution;
  readonly log: IdentityLog;
  readonly signature: Bytes;
}

function readContribution(bytes: Uint8Array): Read | undefined {
  if (bytes.length > CONTRIBUTION_BYTES_MAX) return undefined;
  return orNothing(() => {
    const reader = new Reader(bytes);
    const body = reader.take(reader.varint(CONTRIBUTION_BYTES_MAX));
    const log = readIdentityLog(reader);
    const signature = reader.take(SIGNATURE_BYTES);
    reader.end();
    const contribution = readBody(body);
    return contribution && { body, contribution, log, signature };
  });
}

function readBody(bytes: Uint8Array): Contribution | undefined {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) return undefined;
  const head = {
    space: idFromBytes('space', reader.raw(KEY_BYTES)),
    door: reader.take(NONCE_BYTES),
    nonce: reader.take(NONCE_BYTES),
    writtenAtMs: reader.varint(),
    identity: idFromBytes('identity', reader.raw(KEY_BYTES)),
    device: idFromBytes('device', reader.raw(KEY_BYTES)),
    name: reader.text(NAME_BYTES_MAX),
    type: reader.text(DOOR_TYPE_BYTES_MAX),
  };
  const fields = decodeValue(reader.bytes(CONTRIBUTION_FIELDS_BYTES_MAX).slice());
  reader.end();
  return isRecord(fields) ? { ...head, fields } : undefined;
}

function isRecord(value: Value): value is { readonly [key: string]: Value } {
  const isPlain = typeof value === 'object' && value !== null;
  return isPlain && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function signable(space: SpaceId, body: Uint8Array): Parameters<typeof signStatement>[1] {
  return { purpose: 'contribution', audience: idBytes(space), body };
}

function idOf(body: Uint8Array): ContributionId {
  return toHex(hash('contribution', body)) as ContributionId;
}

/** Strangers write these bytes: whatever they are, they are read or not. */
function orNothing<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (failure) {
    if (failure instanceof CodecError || failure instanceof HaloError) return undefined;
    throw failure;
  }
}
