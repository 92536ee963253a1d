/** Making identities and admitting devices. Pure of storage: callers keep what is returned. */
import {
  newWords,
  recoverySecrets,
  softwareAgreer,
  softwareSigner,
  wipe,
  wordsToSeed,
} from '@atoll/crypto';
import { idFromBytes, type DeviceKey, type IdentityId, type Rng, type Signer } from '@atoll/kernel';
import { identityEntryOf, identityIdOf } from './statement-ids.ts';
import { signBody } from './statement-signing.ts';
import {
  NONCE_BYTES,
  type Bytes,
  type DeviceAdmission,
  type IdentityEntry,
  type IdentityGenesis,
} from './statements.ts';

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

/** A new identity. The words are in no other place: show them once and let them go. */
export interface NewIdentity {
  readonly identity: IdentityId;
  readonly log: IdentityLog;
  /** 24 words. */
  readonly words: readonly string[];
  /** Finds the recovery capsule at servers; every device of the identity keeps it. 32 bytes. */
  readonly locatorSecret: Bytes;
}

/**
 * Makes an identity with this device as its first. The recovery keys are in the genesis; their secret
 * halves are overwritten before this resolves, as far as the engine lets them be.
 */
export async function createIdentity(input: {
  readonly rng: Rng;
  readonly deviceSigner: Signer;
  /** X25519 public key of the device. */
  readonly deviceAgreementKey: Bytes;
}): Promise<NewIdentity> {
  const { rng, deviceSigner, deviceAgreementKey } = input;
  const words = await newWords(rng);
  const seed = await wordsToSeed(words);
  const secrets = recoverySecrets(seed);
  const recovery = softwareSigner(secrets.signingSeed);
  try {
    const body = {
      kind: 'identity-genesis',
      recoverySigningKey: recovery.publicKey,
      recoveryAgreementKey: softwareAgreer(secrets.agreementSecret).publicKey,
      device: idFromBytes('device', deviceSigner.publicKey),
      deviceAgreementKey,
      nonce: rng.bytes(NONCE_BYTES),
    } as const;
    const [recoverySignature, deviceSignature] = await Promise.all([
      signBody(recovery, body),
      signBody(deviceSigner, body),
    ]);
    const genesis: IdentityGenesis = { ...body, recoverySignature, deviceSignature };
    const { locatorSecret } = secrets;
    return {
      identity: identityIdOf(genesis),
      log: { genesis, admissions: [] },
      words,
      locatorSecret,
    };
  } finally {
    wipe(seed, secrets.signingSeed, secrets.agreementSecret);
  }
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
