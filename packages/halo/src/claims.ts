/** What is said about people, and signing in: a part of its own, see `load-claims.ts`. */
export {
  attestationId,
  decodeAttestation,
  encodeAttestation,
  makeAttestation,
  withFields,
} from './claims/attestation.ts';
export { attestationFault, hasCredentials } from './claims/attestation-check.ts';
export { revokeAttestation } from './claims/attestation-revocation.ts';
export { credentialSeed, pairwiseSeed } from './claims/claim-keys.ts';
export { subjectUri } from './claims/credential-form.ts';
export { changesSince, mergedLog, speaksFor } from './claims/device-standing.ts';
export { checkedOrigin } from './claims/origin.ts';
export { formatPresentation, makePresentation, parsePresentation } from './claims/presentation.ts';
export { checkPresentation } from './claims/presentation-check.ts';
export {
  decodePublication,
  encodePublication,
  isPublished,
  makePublication,
  publicationId,
} from './claims/publication.ts';
export {
  compareSafetyScan,
  formatSafetyScan,
  halfOf,
  safetyNumber,
} from './claims/safety-number.ts';
export { checkCredential, credentialOf } from './claims/verifiable-credential.ts';
