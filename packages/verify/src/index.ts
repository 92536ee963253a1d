/** Whether somebody who signs in is who they say: for web services, without a store or a network. @packageDocumentation */
export { SignInVerifier, type SignIn, type SignInOptions, type SignInRefusal } from './sign-in.ts';
export { Challenges, type ChallengeOptions } from './challenges.ts';
export { VerifyError, type VerifyErrorCode } from './verify-error.ts';
export {
  verifyAttestation,
  verifyCredential,
  type AttestationReport,
  type VerifyOptions,
} from './claims.ts';
export { decodeLog, encodeLog, type IdentityLog } from './logs.ts';
