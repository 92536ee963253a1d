/** Taking an attestation back: by any device of its issuer, for everybody who gets to know of it. */
import { idFromBytes, type Signer } from '@atoll/kernel';
import { signBody } from '../statement-signing.ts';
import type { AttestationRevocation } from '../statements-claims.ts';
import { attestationId, type Attestation } from './attestation.ts';

/** Says that the issuer does not say so any more. `deviceSigner` is a device of the issuer. */
export async function revokeAttestation(input: {
  readonly attestation: Attestation;
  readonly deviceSigner: Signer;
}): Promise<AttestationRevocation> {
  const { attestation, deviceSigner } = input;
  const body = {
    kind: 'attestation-revocation',
    issuer: attestation.body.issuer,
    device: idFromBytes('device', deviceSigner.publicKey),
    attestation: attestationId(attestation.body),
  } as const;
  return { ...body, signature: await signBody(deviceSigner, body) };
}
