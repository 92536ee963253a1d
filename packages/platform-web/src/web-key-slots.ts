/**
 * What opens the sealing key of a keystore: one passphrase, and passkeys beside it. From each follows an X25519 key
 * to which the sealing key is sealed, so that it can be replaced without asking for any of them again. A part of
 * its own: nothing of it is needed where there is no passphrase.
 */
import {
  PASSPHRASE_SALT_BYTES,
  deriveKey,
  openSealed,
  passphraseKey,
  sealTo,
  wipe,
} from '@atoll/crypto';
import { StoreError, equalBytes, utf8, type Agreer, type PasskeyOutput } from '@atoll/kernel';
import { webKeys } from './web-keys.ts';
import { webRng } from './web-ports.ts';

/** Distinguishes one sealing key from the next. */
const GENERATION_BYTES = 16;
const INFO = utf8('atoll/web-keystore');
/** Passkeys of one keystore: more than anybody has, so that a mistake does not fill it. */
const PASSKEYS_MAX = 16;

/** The key to which a sealing key is sealed. */
interface SlotKey {
  /** X25519, 32 bytes. */
  readonly key: Uint8Array<ArrayBuffer>;
}

interface PassphraseKey extends SlotKey {
  readonly salt: Uint8Array<ArrayBuffer>;
}

interface PasskeyKey extends SlotKey {
  readonly credential: Uint8Array<ArrayBuffer>;
}

interface Sealed {
  readonly sealed: Uint8Array<ArrayBuffer>;
}

/** What lies on the disk in place of a sealing key. */
export interface Locked {
  readonly generation: Uint8Array<ArrayBuffer>;
  readonly passphrase: PassphraseKey & Sealed;
  readonly passkeys: readonly (PasskeyKey & Sealed)[];
}

/** Who may open, without the sealing key. */
export interface Openers {
  readonly passphrase: PassphraseKey;
  readonly passkeys: readonly PasskeyKey[];
}

/** What somebody gives to open the keys: one of the two. */
export interface WebUnlock {
  readonly passphrase?: string;
  /** One output, for `PASSKEY_UNLOCK_SALT`. */
  readonly passkey?: PasskeyOutput;
}

/**
 * The sealing key. @throws StoreError `STORE_LOCKED` where nothing is given, `STORE_PASSPHRASE`, `STORE_PASSKEY`.
 */
export async function openLocked(
  locked: Locked,
  unlock: WebUnlock,
): Promise<Uint8Array<ArrayBuffer>> {
  const { passkey, passphrase } = unlock;
  if (passkey !== undefined) {
    const slot = locked.passkeys.find((one) => equalBytes(one.credential, passkey.credential));
    const agreer = await passkeyAgreer(passkey.credential, passkey.outputs[0]);
    const raw = slot && (await openSealed(agreer, slot.sealed, INFO));
    if (raw !== undefined) return raw;
    throw new StoreError('STORE_PASSKEY', 'the keys do not open with this passkey');
  }
  if (passphrase === undefined) {
    throw new StoreError('STORE_LOCKED', 'the keys of this profile are under a passphrase');
  }
  const { salt, sealed } = locked.passphrase;
  const raw = await openSealed(await passphraseAgreer(passphrase, salt), sealed, INFO);
  if (raw !== undefined) return raw;
  throw new StoreError('STORE_PASSPHRASE', 'the keys do not open with this passphrase');
}

/** A fresh sealing key as it lies on the disk. */
export function lockUnder(raw: Uint8Array, openers: Openers): Locked {
  const sealed = ({ key }: SlotKey): Sealed => ({
    sealed: sealTo({ recipient: key, plaintext: raw, info: INFO, rng: webRng }),
  });
  const { passkeys, passphrase } = openers;
  return {
    generation: webRng.bytes(GENERATION_BYTES),
    passphrase: { ...passphrase, ...sealed(passphrase) },
    passkeys: passkeys.map((one) => ({ ...one, ...sealed(one) })),
  };
}

/** Those of before, with another passphrase. */
export async function withPassphrase(
  passphrase: string,
  before: Locked | undefined,
): Promise<Openers> {
  const salt = webRng.bytes(PASSPHRASE_SALT_BYTES);
  const { publicKey } = await passphraseAgreer(passphrase, salt);
  return { passphrase: { salt, key: publicKey }, passkeys: (before?.passkeys ?? []).map(keyOf) };
}

/** Those of before, without a passkey and, where an output of it is given, with it anew. */
export async function withPasskey(
  before: Locked,
  credential: Uint8Array,
  output: Uint8Array | undefined,
): Promise<Openers> {
  const others = before.passkeys
    .map(keyOf)
    .filter((one) => !equalBytes(one.credential, credential));
  const { key, salt } = before.passphrase;
  const passphrase = { key, salt };
  if (output === undefined) return { passphrase, passkeys: others };
  if (others.length >= PASSKEYS_MAX) {
    throw new StoreError('STORE_FULL', 'the keys of this profile have all the passkeys they can');
  }
  const { publicKey } = await passkeyAgreer(credential, output);
  const own = { credential: new Uint8Array(credential), key: publicKey };
  return { passphrase, passkeys: [...others, own] };
}

function keyOf({ credential, key }: PasskeyKey): PasskeyKey {
  return { credential, key };
}

async function passphraseAgreer(passphrase: string, salt: Uint8Array): Promise<Agreer> {
  const slow = await passphraseKey(passphrase, salt);
  return agreerOf(slow, deriveKey(slow, 'web-keystore/passphrase'));
}

async function passkeyAgreer(
  credential: Uint8Array,
  output: Uint8Array = new Uint8Array(0),
): Promise<Agreer> {
  return agreerOf(undefined, deriveKey(output, 'web-keystore/passkey', credential));
}

async function agreerOf(from: Uint8Array | undefined, secret: Uint8Array): Promise<Agreer> {
  const agreer = await webKeys.agreer(secret);
  wipe(secret, ...(from === undefined ? [] : [from]));
  return agreer;
}
