/** Attestations and credentials by themselves, for services that are shown one. */
import {
  HaloError,
  loadClaims,
  type Attestation,
  type AttestationFault,
  type AttestationId,
  type CredentialResult,
  type IdentityLog,
  type Json,
} from '@atoll/halo';
import type { Ed25519Platform, IdentityId } from '@atoll/kernel';
import { machineMs, nodeEd25519 } from './node-world.ts';

/** What an attestation says, as far as it is shown. */
export interface AttestationReport {
  readonly issuer: IdentityId;
  readonly subject: IdentityId;
  readonly kind: string;
  readonly fields: readonly { readonly name: string; readonly value: Json }[];
  readonly issuedMs: number;
  /** Absent: it does not expire. */
  readonly expiresMs?: number;
}

/** What is known besides what is shown. */
export interface VerifyOptions {
  readonly nowMs?: number;
  readonly knownLog?: (identity: IdentityId) => IdentityLog | undefined;
  readonly isRevoked?: (attestation: AttestationId) => boolean;
  readonly ed25519?: Ed25519Platform;
}

/** Looks at the bytes of an attestation. Never throws for them. */
export async function verifyAttestation(
  bytes: Uint8Array,
  options: VerifyOptions = {},
): Promise<
  | { readonly ok: true; readonly attestation: AttestationReport }
  | { readonly ok: false; readonly why: AttestationFault | 'malformed' }
> {
  const { attestationFault, decodeAttestation } = await loadClaims();
  const { ed25519 = nodeEd25519, isRevoked, nowMs = machineMs() } = options;
  let attestation: Attestation;
  try {
    attestation = decodeAttestation(bytes);
  } catch (failure) {
    if (failure instanceof HaloError) return { ok: false, why: 'malformed' };
    throw failure;
  }
  const why = await attestationFault(ed25519, attestation, {
    nowMs,
    known: options.knownLog?.(attestation.body.issuer),
    ...(isRevoked === undefined ? {} : { isRevoked }),
  });
  if (why !== undefined) return { ok: false, why };
  return { ok: true, attestation: reportOf(attestation) };
}

/** Looks at a W3C Verifiable Credential in a JWT (`vc+jwt`, `vc+sd-jwt`). Never throws for it. */
export async function verifyCredential(
  text: string,
  options: Pick<VerifyOptions, 'nowMs' | 'ed25519'> = {},
): Promise<CredentialResult> {
  const { checkCredential } = await loadClaims();
  return checkCredential(options.ed25519 ?? nodeEd25519, text, options.nowMs ?? machineMs());
}

/** What an attestation says. */
export function reportOf({ body, shown }: Attestation): AttestationReport {
  const { expiresMs, issuedMs, issuer, schema, subject } = body;
  const fields = shown.map(({ name, value }) => ({ name, value }));
  const end = expiresMs === 0 ? {} : { expiresMs };
  return { issuer, subject, kind: schema, fields, issuedMs, ...end };
}
