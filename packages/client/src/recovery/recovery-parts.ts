/** What keeps capsules and finds identities: a part of its own, see `load-recovery.ts`. */
export { CapsuleKeeper, LOOK_AFTER_MS, RENEW_AFTER_MS } from './capsule-keeper.ts';
export { changeWords } from './change-words.ts';
export { locatorsIn } from './locators.ts';
export { findByPasskey } from './find-by-passkey.ts';
export { findIdentity } from './find-identity.ts';
