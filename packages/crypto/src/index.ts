/** Hashing, signing, sealing, deriving, handshakes. Knows nothing of what is hashed or sealed. @packageDocumentation */
export { ready } from './ready.ts';
export { loadCurves, type Curves } from './load-curves.ts';
export { hash, hashHex, keyedHash, hmac, hkdf, deriveKey, sha256, type HkdfInput } from './hash.ts';
export { didKeyOf, keyOfDid } from './did-key.ts';
export {
  signStatement,
  statementBytes,
  verifyStatement,
  type Proof,
  type Statement,
  type StatementPurpose,
} from './statement.ts';
export { signForeign, verifyForeign } from './foreign-signature.ts';
export { isCanonicalKey, isCanonicalSignature } from './canonical-ed25519.ts';
export { agreeNow, newSigner, softwareAgreer, softwareSigner } from './software-keys.ts';
export { freshAgreer, softwareKeys, type EphemeralAgreer } from './software-platform.ts';
export { isWeakAgreementKey } from './weak-agreement-key.ts';
export {
  SEAL_OVERHEAD_BYTES,
  keyCommitment,
  open,
  seal,
  sealInto,
  sealingKey,
  type OpenInput,
  type SealInput,
  type SealingKey,
} from './seal.ts';
export { SEAL_ONCE_OVERHEAD_BYTES, openOnce, sealOnce, type OnceInput } from './seal-once.ts';
export { SEALED_BOX_OVERHEAD_BYTES, openSealed } from './sealed-box.ts';
export { sealTo, sealToBy, type SealToInput } from './seal-to.ts';
export {
  NOISE_PROTOCOL,
  NoiseHandshake,
  type NoiseInput,
  type NoiseRole,
  type NoiseSession,
} from './noise.ts';
export { CipherState } from './noise-symmetric.ts';
export {
  CPACE_CONFIRMATION_BYTES,
  CPACE_SHARE_BYTES,
  cpaceConfirmations,
  cpaceFinish,
  cpaceStart,
  type CpaceConfirmations,
  type CpaceInput,
  type CpaceRun,
  type CpaceTranscript,
} from './cpace.ts';
export {
  RECOVERY_WORD_COUNT,
  newWords,
  parseWords,
  recoverySecrets,
  wordsToSeed,
  type RecoverySecrets,
} from './recovery-words.ts';
export { PASSPHRASE_SALT_BYTES, passphraseKey } from './passphrase.ts';
export { constantTimeEqual, isAllZero, wipe } from './secret-bytes.ts';
export { CryptoError, type CryptoErrorCode } from './crypto-error.ts';
