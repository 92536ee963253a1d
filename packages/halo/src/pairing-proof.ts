/**
 * What host and guest sign over their line once the digits have matched, and how each judges the other. A
 * signature names the line's handshake hash, so it is worth nothing on another line or another day.
 */
import { signStatement, verifyStatement } from '@atoll/crypto';
import {
  assert,
  idBytes,
  idFromBytes,
  utf8,
  type DeviceKey,
  type Ed25519Platform,
  type IdentityId,
  type Signer,
} from '@atoll/kernel';
import { admissionBody, signAdmission, type IdentityLog } from './identity.ts';
import { checkIdentityLog, hasDevice } from './identity-log-check.ts';
import { publishReadingKey } from './issue.ts';
import {
  acceptanceBytes,
  offerBytes,
  type Acceptance,
  type GuestMessage,
  type HostMessage,
  type Offer,
} from './pairing-messages.ts';
import { identityIdOf } from './statement-ids.ts';
import { signableOf, verifyStatements } from './statement-signing.ts';
import type { Bytes, DeviceAdmission, ReadingKey } from './statements.ts';

/** A guest that proved itself and agreed: what the host's client has to admit. */
export type AdmissionRequest =
  | {
      readonly kind: 'space';
      readonly identity: IdentityId;
      readonly device: DeviceKey;
      readonly log: IdentityLog;
      readonly name: string;
      readonly colour: number;
      readonly readingKey: ReadingKey;
    }
  | {
      readonly kind: 'device';
      readonly device: DeviceKey;
      readonly name: string;
      /** Signed by both devices; it goes into the HALO space and the ticket's log. */
      readonly admission: DeviceAdmission;
    };

/** Who joins, on the guest's side. */
export type GuestSelf =
  | {
      readonly kind: 'space';
      readonly log: IdentityLog;
      readonly deviceSigner: Signer;
      readonly name: string;
      readonly colour: number;
      /** X25519 public key of the identity's reading key in the offered space. */
      readonly readingKey: Bytes;
    }
  | {
      readonly kind: 'device';
      readonly deviceSigner: Signer;
      readonly agreementKey: Bytes;
      readonly name: string;
    };

const RESUME: Bytes = utf8('resume');

/** The host's offer, signed over the line. */
export async function signOffer(
  deviceSigner: Signer,
  offer: Offer,
  handshakeHash: Bytes,
): Promise<HostMessage> {
  const body = offerBytes(offer);
  const statement = { purpose: 'invitation-host', audience: handshakeHash, body } as const;
  return { say: 'offer', offer, signature: await signStatement(deviceSigner, statement) };
}

/** True when an offer comes from a device of the identity that it names, over this line. */
export async function judgeOffer(
  platform: Ed25519Platform,
  { offer, signature }: Extract<HostMessage, { say: 'offer' }>,
  handshakeHash: Bytes,
): Promise<boolean> {
  const devices = await checkIdentityLog(platform, offer.log);
  if (devices === undefined || !hasDevice(devices, offer.device)) return false;
  const body = offerBytes(offer);
  const statement = { purpose: 'invitation-host', audience: handshakeHash, body } as const;
  return verifyStatement(platform, statement, { publicKey: idBytes(offer.device), signature });
}

/** The guest's agreement to an offer, signed over the line. */
export async function signAcceptance(
  self: GuestSelf,
  offer: Offer,
  handshakeHash: Bytes,
): Promise<Extract<GuestMessage, { say: 'accept' }>> {
  const acceptance = await acceptanceOf(self, offer);
  const body = acceptanceBytes(acceptance);
  const statement = { purpose: 'invitation-guest', audience: handshakeHash, body } as const;
  const signature = await signStatement(self.deviceSigner, statement);
  return { say: 'accept', acceptance, signature };
}

async function acceptanceOf(self: GuestSelf, offer: Offer): Promise<Acceptance> {
  const { deviceSigner, name } = self;
  const device = idFromBytes('device', deviceSigner.publicKey);
  if (self.kind === 'device') {
    const { agreementKey } = self;
    const body = admissionBody(offer.log, { device, agreementKey }, idBytes(offer.device));
    const admissionSignature = await signAdmission(deviceSigner, body);
    return { kind: 'device', device, agreementKey, name, admissionSignature };
  }
  const { colour, log, readingKey: key } = self;
  assert(offer.kind === 'space', 'an offer of a space is accepted by a member-to-be');
  const { space } = offer;
  const identity = identityIdOf(log.genesis);
  const readingKey = await publishReadingKey({ space, identity, deviceSigner, counter: 0, key });
  return { kind: 'space', device, log, name, colour, readingKey };
}

/** What the host needs to judge an acceptance. */
export interface AcceptanceCheck {
  readonly platform: Ed25519Platform;
  /** The host's own device: it signs the admission of a new device. */
  readonly deviceSigner: Signer;
  readonly offer: Offer;
  readonly handshakeHash: Bytes;
  readonly acceptance: Acceptance;
  readonly signature: Bytes;
}

/** The request that follows from an acceptance; `undefined` when it does not prove what it says. */
export async function judgeAcceptance(
  check: AcceptanceCheck,
): Promise<AdmissionRequest | undefined> {
  const { acceptance, handshakeHash, platform, signature } = check;
  const body = acceptanceBytes(acceptance);
  const statement = { purpose: 'invitation-guest', audience: handshakeHash, body } as const;
  const publicKey = idBytes(acceptance.device);
  if (!(await verifyStatement(platform, statement, { publicKey, signature }))) return undefined;
  return acceptance.kind === 'space'
    ? judgeMember(check, acceptance)
    : judgeNewDevice(check, acceptance);
}

async function judgeMember(
  { offer, platform }: AcceptanceCheck,
  acceptance: Extract<Acceptance, { kind: 'space' }>,
): Promise<AdmissionRequest | undefined> {
  const { colour, device, log, name, readingKey } = acceptance;
  const identity = identityIdOf(log.genesis);
  const devices = await checkIdentityLog(platform, log);
  const isOwn = devices !== undefined && hasDevice(devices, device);
  const fits =
    offer.kind === 'space' &&
    readingKey.space === offer.space &&
    readingKey.identity === identity &&
    devices !== undefined &&
    hasDevice(devices, readingKey.device);
  if (!isOwn || !fits) return undefined;
  const [checked] = await verifyStatements(platform, [readingKey]);
  if (checked?.signed !== true) return undefined;
  return { kind: 'space', identity, device, log, name, colour, readingKey };
}

async function judgeNewDevice(
  { deviceSigner, offer, platform }: AcceptanceCheck,
  acceptance: Extract<Acceptance, { kind: 'device' }>,
): Promise<AdmissionRequest | undefined> {
  const { admissionSignature: signature, agreementKey, device, name } = acceptance;
  if (offer.kind !== 'device') return undefined;
  const body = admissionBody(offer.log, { device, agreementKey }, idBytes(offer.device));
  const publicKey = idBytes(device);
  const proof = { publicKey, signature };
  if (!(await verifyStatement(platform, signableOf(body), proof))) return undefined;
  const admittingSignature = await signAdmission(deviceSigner, body);
  const admission = { ...body, admittingSignature, deviceSignature: signature };
  return { kind: 'device', device, name, admission };
}

/** The guest's request for its ticket on a new line. */
export async function signResume(
  deviceSigner: Signer,
  handshakeHash: Bytes,
): Promise<GuestMessage> {
  const device = idFromBytes('device', deviceSigner.publicKey);
  const statement = { purpose: 'invitation-guest', audience: handshakeHash, body: RESUME } as const;
  return { say: 'resume', device, signature: await signStatement(deviceSigner, statement) };
}

/** True when the device that is named asks on this line. */
export function judgeResume(
  platform: Ed25519Platform,
  message: Extract<GuestMessage, { say: 'resume' }>,
  handshakeHash: Bytes,
): Promise<boolean> {
  const { device, signature } = message;
  const statement = { purpose: 'invitation-guest', audience: handshakeHash, body: RESUME } as const;
  return verifyStatement(platform, statement, { publicKey: idBytes(device), signature });
}
