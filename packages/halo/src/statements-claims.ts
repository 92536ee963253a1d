/**
 * What a space has to remember of attestations, so that nobody who may write can take it away: that one was
 * taken back, and that it is not shown here any more. The bytes are in codec-claims.ts and spec/credentials.md.
 */
import type { DeviceKey, IdentityId, SpaceId } from '@atoll/kernel';
import type { AttestationId } from './claims/attestation.ts';
import type { PublicationId } from './claims/publication.ts';
import type { Bytes } from './statements.ts';

/** Its issuer does not say so any more. May be presented by anyone, in any space and outside of them. */
export interface AttestationRevocation {
  readonly kind: 'attestation-revocation';
  readonly issuer: IdentityId;
  readonly device: DeviceKey;
  readonly attestation: AttestationId;
  readonly signature: Bytes;
}

/** The author of the block shows this attestation no more. It counts for what he has published himself. */
export interface AttestationWithdrawal {
  readonly kind: 'attestation-withdrawal';
  readonly space: SpaceId;
  readonly publication: PublicationId;
}

/** All of this file. */
export type ClaimStatement = AttestationRevocation | AttestationWithdrawal;
