/** Bytes of what a space remembers of attestations. Strict, as the rest of a control section. */
import type { Reader, Writer } from '@atoll/codec';
import { idBytes, idFromBytes, toHex } from '@atoll/kernel';
import type { AttestationId } from './claims/attestation.ts';
import type { PublicationId } from './claims/publication.ts';
import type { AttestationRevocation, AttestationWithdrawal } from './statements-claims.ts';

const ID_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Fields of a statement, without its signature. */
export function writeClaimFields(
  writer: Writer,
  body: Omit<AttestationRevocation, 'signature'> | AttestationWithdrawal,
): void {
  if (body.kind === 'attestation-withdrawal') {
    writer.raw(idBytes(body.space)).raw(idBytes(body.publication as never));
    return;
  }
  writer.raw(idBytes(body.issuer)).raw(idBytes(body.device));
  writer.raw(idBytes(body.attestation as never));
}

/** @throws CodecError. */
export function readAttestationRevocation(reader: Reader): AttestationRevocation {
  return {
    kind: 'attestation-revocation',
    issuer: idFromBytes('identity', reader.raw(ID_BYTES)),
    device: idFromBytes('device', reader.raw(ID_BYTES)),
    attestation: toHex(reader.raw(ID_BYTES)) as AttestationId,
    signature: reader.take(SIGNATURE_BYTES),
  };
}

/** @throws CodecError. */
export function readAttestationWithdrawal(reader: Reader): AttestationWithdrawal {
  return {
    kind: 'attestation-withdrawal',
    space: idFromBytes('space', reader.raw(ID_BYTES)),
    publication: toHex(reader.raw(ID_BYTES)) as PublicationId,
  };
}
