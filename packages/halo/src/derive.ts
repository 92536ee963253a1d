/**
 * Keys and names that follow from a membership key, a HALO secret or an invitation's secret. Other
 * packages get the results: what moves blocks never holds the keys themselves.
 */
import { deriveKey, hash } from '@atoll/crypto';
import { Writer } from '@atoll/codec';
import { idBytes, utf8, type SpaceId } from '@atoll/kernel';
import { HaloError } from './halo-error.ts';
import type { Bytes } from './statements.ts';

/** Longest name of a server: that of the DNS. */
const KUBE_NAME_BYTES_MAX = 253;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Pre-shared key of sessions between members: 32 bytes. */
export function sessionPsk(membershipKey: Uint8Array): Bytes {
  return deriveKey(membershipKey, 'session-psk');
}

/** Key of the tags by which two devices find, inside a session, that they share a space: 32 bytes. */
export function sessionTagKey(membershipKey: Uint8Array): Bytes {
  return deriveKey(membershipKey, 'session-tag');
}

/**
 * Ed25519 seed of the key that reads a mailbox at one server: whoever reads the space can open it. @throws HaloError `HALO_DERIVATION`.
 */
export function mailboxSeed(membershipKey: Uint8Array, kubeName: string): Bytes {
  return deriveKey(membershipKey, 'mailbox-access', kubeBytes(kubeName));
}

/**
 * Ed25519 seed of the key that writes a mailbox. It follows from what members alone have: who reads the space by a
 * public link opens the mailbox by {@link mailboxSeed}, and changes nothing in it.
 */
export function postingSeed(posting: Uint8Array): Bytes {
  return deriveKey(posting, 'mailbox-posting');
}

/** Days since the Unix epoch, by UTC. */
export function utcDay(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS);
}

/**
 * Name of the room in which members of a space find each other at one server on one day: 32 bytes that
 * tell the server nothing and cannot be linked to yesterday's. @throws HaloError `HALO_DERIVATION`.
 */
export function roomTag(membershipKey: Uint8Array, kubeName: string, day: number): Bytes {
  if (!Number.isSafeInteger(day) || day < 0) {
    throw new HaloError('HALO_DERIVATION', 'a day is a number of days since 1970');
  }
  const dayBytes = new Writer(8).varint(day).finish();
  return deriveKey(membershipKey, 'room', kubeBytes(kubeName), dayBytes);
}

/** X25519 secret of an identity's first reading key in a space, from the secret in its HALO space. */
export function readingSecret(haloSecret: Uint8Array, space: SpaceId): Bytes {
  return deriveKey(haloSecret, 'reading-key', idBytes(space));
}

/** Pre-shared key of an invitation's channel, from the secret in its code. */
export function invitationPsk(secret: Uint8Array): Bytes {
  return deriveKey(secret, 'invitation-psk');
}

/** Public name of an invitation: 32 bytes, for records and bindings. */
export function invitationId(secret: Uint8Array): Bytes {
  return hash('invitation', secret);
}

/**
 * Under this name a space knows an invitation: 32 bytes from which nobody can find the room, so that members
 * without its private part cannot even meet its guests.
 */
export function invitationName(secret: Uint8Array): Bytes {
  return hash('invitation-name', secret);
}

/** Room in which guest and host of an invitation meet; only a holder of the code can name it. */
export function invitationRoom(secret: Uint8Array, kubeName: string): Bytes {
  return deriveKey(invitationId(secret), 'invitation-room', kubeBytes(kubeName));
}

/** Host names compare without case; the empty name stands for no server at all. */
function kubeBytes(kubeName: string): Bytes {
  const bytes = utf8(kubeName.toLowerCase());
  if (bytes.length > KUBE_NAME_BYTES_MAX) {
    throw new HaloError('HALO_DERIVATION', 'the name of a server is too long');
  }
  return bytes;
}
