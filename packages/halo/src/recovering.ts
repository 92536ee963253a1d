/** What recovery from words or a passkey takes: a part of its own, see `load-recovering.ts`. */
export {
  CAPSULE_BYTES_MAX,
  CAPSULE_RECIPIENTS_MAX,
  capsuleBody,
  type RecoveryCapsule,
  type SignedCapsule,
} from './recovery/capsule-codec.ts';
export {
  capsuleSeed,
  isSignedByItsDevice,
  openCapsule,
  sealCapsule,
} from './recovery/seal-capsule.ts';
export {
  mergeCapsules,
  type RecoveredIdentity,
  type RecoveryTarget,
} from './recovery/merge-capsules.ts';
export {
  newPasskeyDevice,
  openPasskeyRecord,
  passkeyKeys,
  sealPasskeyRecord,
  unwrapPasskeyDevice,
  type PasskeyDevice,
  type PasskeyKeys,
  type PasskeyRecordContent,
} from './recovery/passkey-record.ts';
export { isLocatorOf, signLocator } from './recovery/locator.ts';
export { recoveryKeys, type RecoveryKeys } from './recovery/recovery-key.ts';
export {
  openWipeOrder,
  sealWipeOrder,
  signedWipeOrder,
  wipeOrderIn,
  wipeOrderSeed,
} from './recovery/wipe-order.ts';
