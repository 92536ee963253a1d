/**
 * What the devices and the words of an identity say about its devices: entries of the identity's log beside the
 * admissions. Each is signed for the identity and for no space, so that it can be presented in every one.
 */
import type { DeviceKey, IdentityId } from '@atoll/kernel';
import type { Bytes, IdentityEntry } from './statements.ts';

interface LogEntry {
  readonly identity: IdentityId;
  /** Entry of the identity's log that this one follows. */
  readonly previous: IdentityEntry;
  /** When it was signed, as its signer says: Unix time in milliseconds. Shown, and decides nothing. */
  readonly atMs: number;
}

/** One device stops another one, at once and until the words or a majority have spoken. */
export interface DeviceSuspension extends LogEntry {
  readonly kind: 'device-suspension';
  /** The device that is to stop. */
  readonly device: DeviceKey;
  /** The device that says so. */
  readonly by: DeviceKey;
  readonly signature: Bytes;
}

/**
 * What is to become of a device by the words. `goes-and-wipes`: its own client, should it ever be honest and hear of
 * this, hands over what it has not sent and deletes the rest.
 */
export type DeviceFate = 'stays' | 'goes' | 'goes-and-wipes';

/** The words decide about a device. Of several, the greatest counter counts; of equal ones, that it goes. */
export interface DeviceRevocation extends LogEntry {
  readonly kind: 'device-revocation';
  readonly device: DeviceKey;
  readonly fate: DeviceFate;
  readonly counter: number;
  /** Ed25519 key of the words that were used. */
  readonly recoveryKey: Bytes;
  readonly signature: Bytes;
}

/**
 * Other words from now on. Signed by the words that were, by a device, and by the new words, which so prove that
 * somebody has them.
 */
export interface RecoveryChange extends LogEntry {
  readonly kind: 'recovery-change';
  /** Ed25519 key of the words that were. */
  readonly oldKey: Bytes;
  readonly device: DeviceKey;
  /** Ed25519 and X25519 keys of the new words. */
  readonly signingKey: Bytes;
  readonly agreementKey: Bytes;
  /** All entries of the log that the old words have signed: others of theirs do not count. Ascending. */
  readonly spoken: readonly IdentityEntry[];
  readonly oldSignature: Bytes;
  readonly deviceSignature: Bytes;
  readonly newSignature: Bytes;
}

/** A second device agrees with an admission: the admitted one has a vote from then on. */
export interface DeviceCountersignature extends LogEntry {
  readonly kind: 'device-countersignature';
  /** The admission. */
  readonly entry: IdentityEntry;
  /** The device that agrees. */
  readonly by: DeviceKey;
  readonly signature: Bytes;
}

/** Entries of an identity's log that are about its devices, beside admissions. */
export type DeviceStatement =
  DeviceSuspension | DeviceRevocation | RecoveryChange | DeviceCountersignature;

/** Numbers of {@link DeviceFate} on the wire, the mildest first. */
export const FATES: readonly DeviceFate[] = ['stays', 'goes', 'goes-and-wipes'];

/** True for what the words have said later of a device; of what has equal counters, for the harsher. */
export function isLater(a: DeviceRevocation, b: DeviceRevocation): boolean {
  if (a.counter !== b.counter) return a.counter > b.counter;
  return FATES.indexOf(a.fate) > FATES.indexOf(b.fate);
}

/** Entries that a change of words names: whoever admits a device a day by words has them for years. */
export const SPOKEN_MAX = 1024;

/** True for a statement by which a device may be stopped, or words end: keys that were made before do not cover it. */
export function mayStopDevices({ kind }: { readonly kind: string }): boolean {
  return kind === 'device-suspension' || kind === 'device-revocation' || kind === 'recovery-change';
}
