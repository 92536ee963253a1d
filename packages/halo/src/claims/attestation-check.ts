/** Whether an attestation holds: its own signatures, its fields, its time, and what is known besides. */
import { verifyForeign, verifyStatement } from '@atoll/crypto';
import { equalBytes, idBytes, type Ed25519Platform } from '@atoll/kernel';
import type { IdentityLog } from '../identity.ts';
import { identityIdOf } from '../statement-ids.ts';
import { attestationId, signableOf, type Attestation, type AttestationId } from './attestation.ts';
import { credentialInput } from './credential-form.ts';
import { mergedLog, standingOf, type StandingFault } from './device-standing.ts';
import { digestOf, digestsOf } from './disclosure.ts';

/** Why an attestation does not hold. */
export type AttestationFault =
  | StandingFault
  | 'signature-wrong' // The issuer's device has not signed this.
  | 'field-not-signed' // A field is shown that is not what was signed.
  | 'not-yet' // It was made later than now, by the issuer's clock.
  | 'expired'
  | 'revoked'; // Its issuer has taken it back.

/** What is known besides the attestation. */
export interface AttestationContext {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** A copy of the issuer's log that may be newer than the attestation's. */
  readonly known?: IdentityLog | undefined;
  /** Whether the issuer's revocation is known. */
  readonly isRevoked?: (attestation: AttestationId) => boolean;
}

/** Clocks differ by so much between honest devices. */
export const CLOCK_SKEW_MS: number = 5 * 60 * 1000;

/** The first reason why an attestation does not hold; `undefined` when it does. Never throws. */
export async function attestationFault(
  platform: Ed25519Platform,
  attestation: Attestation,
  context: AttestationContext,
): Promise<AttestationFault | undefined> {
  const { body, log, shown, signature } = attestation;
  if (identityIdOf(log.genesis) !== body.issuer) return 'log-wrong';
  const whole = context.known === undefined ? log : mergedLog(log, context.known);
  if (whole === undefined) return 'log-wrong';
  const standing = await standingOf(platform, whole, body.device);
  if (standing !== undefined) return standing;
  const proof = { publicKey: idBytes(body.device), signature };
  if (!(await verifyStatement(platform, signableOf(body), proof))) return 'signature-wrong';
  const isSigned = shown.every((field) =>
    body.digests.some((digest) => equalBytes(digest, digestOf(field))),
  );
  if (!isSigned) return 'field-not-signed';
  if (context.isRevoked?.(attestationId(body)) === true) return 'revoked';
  if (body.issuedMs > context.nowMs + CLOCK_SKEW_MS) return 'not-yet';
  return body.expiresMs !== 0 && body.expiresMs <= context.nowMs ? 'expired' : undefined;
}

/**
 * Whether the credentials that an attestation leaves as are signed, too. Nobody who reads attestations needs
 * that; whoever takes one over to pass it on as a credential does.
 */
export async function hasCredentials(
  platform: Ed25519Platform,
  attestation: Attestation,
): Promise<boolean> {
  const { body, clearSignature, shown } = attestation;
  const { credentialKey: publicKey, credentialSignature: signature } = body;
  const proof = { publicKey, signature };
  if (!(await verifyForeign(platform, credentialInput(body), proof))) return false;
  if (clearSignature === undefined) return true;
  if (digestsOf(shown).length !== body.digests.length) return false;
  const clear = { publicKey, signature: clearSignature };
  return verifyForeign(platform, credentialInput(body, shown), clear);
}
