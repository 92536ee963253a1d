/**
 * Signed statements. No key ever signs raw bytes: what is signed names its purpose, the version of the
 * protocol and the audience it is meant for, so a signature given for one thing is worth nothing as
 * another.
 */
import { Writer } from '@atoll/codec';
import type { Ed25519Platform, Signer } from '@atoll/kernel';
import { isCanonicalKey, isCanonicalSignature, isPlainPoint } from './canonical-ed25519.ts';
import { requireSize } from './crypto-error.ts';

/** What a signature can be for. Grows; a name is never used again for something else. */
export type StatementPurpose =
  | 'feed-tip' // A feed key over the end of its chain; the only thing that feed keys sign but their admission.
  | 'feed-admission' // A device key and a feed key: this feed is this device's, in this space.
  | 'identity-genesis' // The recovery key and the first device: an identity begins.
  | 'device-admission' // A device or recovery key: this device acts for the identity.
  | 'device-suspension' // A device or recovery key: that device is suspended or revoked.
  | 'recovery' // The recovery key: anything it decides after the genesis.
  | 'recovery-locator' // The recovery key: where the capsules of its words lie.
  | 'recovery-capsule' // A device key: what its identity is to be recovered from.
  | 'credential' // A device key: grant, revocation, profile.
  | 'attestation' // A device key: what its identity says about another one.
  | 'attestation-revocation' // A device key: that its identity does not say so any more.
  | 'attestation-publication' // A device key: an attestation is shown in this space.
  | 'presentation' // A device key, or a key of its own for each audience: somebody signs in.
  | 'session-key' // A device key: this X25519 key is the static key of its sessions.
  | 'invitation-guest' // A guest's device key over the handshake of an invitation.
  | 'invitation-host' // A host's device key over the handshake of an invitation.
  | 'public-record' // The key that a public link names: what followers of a space need.
  | 'contribution' // A device key: what somebody who is no member offers to a public space.
  | 'signaling-challenge' // A key of its own for each server, over that server's challenge.
  | 'mailbox-open' // A mailbox's access key over that server's challenge.
  | 'mailbox-control'; // A mailbox's control key over an instruction.

/** What is said, of what kind, and to whom. */
export interface Statement {
  readonly purpose: StatementPurpose;
  /** 32 bytes (a space id, an identity id, a handshake hash), or the name of a server or origin. */
  readonly audience: Uint8Array | string;
  /** Canonical bytes of the content. */
  readonly body: Uint8Array;
}

/** Stands before everything that is signed, so that no other protocol signs the same bytes. */
const STATEMENT_MAGIC = 'atoll/statement';
const STATEMENT_VERSION = 1;
const AUDIENCE_BYTES = 32;
const AUDIENCE_KIND = { id: 0, name: 1 } as const;

/** The bytes that are signed. @throws CryptoError `CRYPTO_SIZE` for an audience not of 32 bytes. */
export function statementBytes(statement: Statement): Uint8Array<ArrayBuffer> {
  const { purpose, audience, body } = statement;
  const writer = new Writer(128 + body.length);
  writer.text(STATEMENT_MAGIC).varint(STATEMENT_VERSION).text(purpose);
  if (typeof audience === 'string') {
    writer.u8(AUDIENCE_KIND.name).text(audience);
  } else {
    requireSize(audience, AUDIENCE_BYTES, 'an audience');
    writer.u8(AUDIENCE_KIND.id).raw(audience);
  }
  return writer.bytes(body).finish();
}

/** Signature of a statement, 64 bytes. */
export function signStatement(
  signer: Signer,
  statement: Statement,
): Promise<Uint8Array<ArrayBuffer>> {
  return signer.sign(statementBytes(statement));
}

/** A signature and the key that is said to have made it. */
export interface Proof {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * True only if key and signature are canonical and the platform accepts them. The expensive look at the
 * key comes last and once a key, so that garbage cannot make us do it.
 */
export async function verifyStatement(
  platform: Ed25519Platform,
  statement: Statement,
  { publicKey, signature }: Proof,
): Promise<boolean> {
  if (!isPlainPoint(publicKey) || !isCanonicalSignature(signature)) return false;
  const accepted = await platform.verify(publicKey, statementBytes(statement), signature);
  return accepted === true && (await isCanonicalKey(publicKey));
}
