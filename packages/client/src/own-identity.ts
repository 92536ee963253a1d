/** What this device keeps of its own identity: the log, the secrets that go with it, and its HALO space. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import {
  KeyRing,
  identityIdOf,
  readIdentityLog,
  writeIdentityLog,
  type IdentityLog,
} from '@atoll/halo';
import { idBytes, idFromBytes, type IdentityId, type Keystore, type SpaceId } from '@atoll/kernel';
import { ClientError } from './client-error.ts';

const SECRET_NAME = 'identity';
const VERSION = 1;
const NAME_BYTES_MAX = 256;

/** An identity as its own device keeps it. Secret as a whole. */
export interface OwnIdentity {
  readonly log: IdentityLog;
  /** 32 bytes. */
  readonly locatorSecret: Uint8Array<ArrayBuffer>;
  /** 32 bytes. */
  readonly haloSecret: Uint8Array<ArrayBuffer>;
  readonly haloSpace: SpaceId;
  readonly haloRing: KeyRing;
  readonly displayName: string;
  /** 1 to 7. */
  readonly colour: number;
  readonly deviceName: string;
}

/** From which the reading keys of an identity follow, beside its first secret. */
export interface IdentitySecrets {
  /** Those that took the place of the first, and any that a device has left there. */
  readonly laterSecrets: () => readonly Uint8Array[];
  /** That of all which no stopped device knows; `undefined` as long as none is known to be that. */
  readonly secretOfNow: () => Uint8Array | undefined;
  /** The same where one has to be named: as long as none is safe, one that nobody has. Another takes its place. */
  readonly toState: () => Uint8Array;
}

/** Secrets of an identity that has only its first. */
export function onlySecret(first: Uint8Array): IdentitySecrets {
  return { laterSecrets: () => [], secretOfNow: () => first, toState: () => first };
}

/** All of them, and the first: any may be the one to whose key something is sealed that is opened here. */
export function allSecrets(of: {
  readonly secretsOf: (first: Uint8Array) => IdentitySecrets;
  requireIdentity(): OwnIdentity;
}): readonly Uint8Array[] {
  const { haloSecret } = of.requireIdentity();
  return [...of.secretsOf(haloSecret).laterSecrets(), haloSecret];
}

/** Id of an own identity. */
export function idOf(identity: OwnIdentity): IdentityId {
  return identityIdOf(identity.log.genesis);
}

/** The identity of this profile, if it has one. @throws ClientError `CLIENT_PROFILE_MALFORMED`. */
export async function loadIdentity(keystore: Keystore): Promise<OwnIdentity | undefined> {
  const bytes = await keystore.getSecret(SECRET_NAME);
  if (bytes === undefined) return undefined;
  try {
    return decode(bytes);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new ClientError('CLIENT_PROFILE_MALFORMED', 'the stored identity cannot be read', {
      cause,
    });
  } finally {
    bytes.fill(0);
  }
}

/** Keeps the identity. Durable when resolved. */
async function saveIdentity(keystore: Keystore, identity: OwnIdentity): Promise<void> {
  const bytes = encode(identity);
  try {
    await keystore.putSecret(SECRET_NAME, bytes);
  } finally {
    bytes.fill(0);
  }
}

/**
 * Overwrites in memory what opens spaces in the name of an identity; it stays where it is kept. What a locked device
 * finds an order to wipe with is the locator secret alone.
 */
export function wipeKeys({ haloRing, haloSecret }: OwnIdentity): void {
  haloSecret.fill(0);
  haloRing.wipe();
}

/** Overwrites all that is secret of an identity in memory, if there is one. */
export function wipeIdentity(identity: OwnIdentity | undefined): void {
  if (identity === undefined) return;
  wipeKeys(identity);
  identity.locatorSecret.fill(0);
}

/** The same; while this device is locked, most of its secrets are not in memory, and stay as they are stored. */
export async function storeIdentity(
  keystore: Keystore,
  identity: OwnIdentity,
  isLocked: boolean,
): Promise<void> {
  if (!isLocked) return saveIdentity(keystore, identity);
  const stored = await loadIdentity(keystore);
  // Nothing is stored any more where it was wiped.
  if (stored === undefined) return;
  const { haloRing, haloSecret } = stored;
  await saveIdentity(keystore, { ...identity, haloRing, haloSecret });
  wipeIdentity(stored);
}

function encode(identity: OwnIdentity): Uint8Array {
  const writer = new Writer(1024).u8(VERSION);
  writeIdentityLog(writer, identity.log);
  writer.raw(identity.locatorSecret).raw(identity.haloSecret).raw(idBytes(identity.haloSpace));
  writer.bytes(identity.haloRing.export()).text(identity.displayName).u8(identity.colour);
  return writer.text(identity.deviceName).finish();
}

function decode(bytes: Uint8Array): OwnIdentity {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) throw new CodecError('CODEC_UNKNOWN_TAG', 'a newer identity');
  const identity: OwnIdentity = {
    log: readIdentityLog(reader),
    locatorSecret: reader.take(32),
    haloSecret: reader.take(32),
    haloSpace: idFromBytes('space', reader.raw(32)),
    haloRing: KeyRing.import(reader.bytes()),
    displayName: reader.text(NAME_BYTES_MAX),
    colour: reader.u8(),
    deviceName: reader.text(NAME_BYTES_MAX),
  };
  reader.end();
  return identity;
}
