/** The log of an identity, and admitting devices to it. Pure of storage: callers keep what is returned. */
import { idFromBytes, type DeviceKey, type Signer } from '@atoll/kernel';
import { identityEntryOf, identityIdOf } from './statement-ids.ts';
import { signBody } from './statement-signing.ts';
import type { Bytes, DeviceAdmission, IdentityEntry, IdentityGenesis } from './statements.ts';

/** Genesis and admissions of one identity, each after the entry it follows. */
export interface IdentityLog {
  readonly genesis: IdentityGenesis;
  readonly admissions: readonly DeviceAdmission[];
}

/** A device as others see it: its signing key and the X25519 key of its sessions. */
export interface DevicePublic {
  readonly device: DeviceKey;
  readonly agreementKey: Bytes;
}

/** What an admitting device decides; the new device must sign the same. */
export type AdmissionBody = Omit<DeviceAdmission, 'admittingSignature' | 'deviceSignature'>;

/** Content of an admission after the last entry of `log`, not signed yet. */
export function admissionBody(
  log: IdentityLog,
  newDevice: DevicePublic,
  admittingKey: Bytes,
): AdmissionBody {
  return {
    kind: 'device-admission',
    identity: identityIdOf(log.genesis),
    previous: lastEntry(log),
    device: newDevice.device,
    deviceAgreementKey: newDevice.agreementKey,
    admittedBy: admittingKey,
  };
}

/** One side's signature of an admission: the admitting device's or the new device's. */
export function signAdmission(signer: Signer, body: AdmissionBody): Promise<Bytes> {
  return signBody(signer, body);
}

/** Admits a device where both signers are at hand. */
export async function admitDevice(input: {
  readonly log: IdentityLog;
  readonly admitting: Signer;
  readonly newSigner: Signer;
  readonly newAgreementKey: Bytes;
}): Promise<DeviceAdmission> {
  const { log, admitting, newSigner, newAgreementKey } = input;
  const device = idFromBytes('device', newSigner.publicKey);
  const publicKey = admitting.publicKey;
  const body = admissionBody(log, { device, agreementKey: newAgreementKey }, publicKey);
  const [admittingSignature, deviceSignature] = await Promise.all([
    signBody(admitting, body),
    signBody(newSigner, body),
  ]);
  return { ...body, admittingSignature, deviceSignature };
}

/** The entry that a further admission follows: the deepest, of equal ones the greatest name. */
export function lastEntry(log: IdentityLog): IdentityEntry {
  const depth = new Map<IdentityEntry, number>([[identityEntryOf(log.genesis), 0]]);
  let last = identityEntryOf(log.genesis);
  for (const admission of log.admissions) {
    const entry = identityEntryOf(admission);
    const own = (depth.get(admission.previous) ?? 0) + 1;
    depth.set(entry, own);
    const deepest = depth.get(last) ?? 0;
    if (own > deepest || (own === deepest && entry > last)) last = entry;
  }
  return last;
}

/** Statements of a log in an order in which each follows what it builds on. */
export function logStatements(log: IdentityLog): readonly (IdentityGenesis | DeviceAdmission)[] {
  return [log.genesis, ...log.admissions];
}
