/** Ids, bytes, errors, ownership and the ports to the outside world. Imports nothing. @packageDocumentation */
export {
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  fromUtf8,
  hexAt,
  sharedHex,
  toHex,
  utf8,
} from './bytes.ts';
export {
  type ChunkStore,
  type ChunkTotals,
  type NewChunk,
  type StoredChunk,
} from './chunk-store.ts';
export { CommitQueue, type CommitOutcome, type CommitQueueOptions } from './commit-queue.ts';
export { AtollError, KernelError, assert, errorCode, type KernelErrorCode } from './errors.ts';
export {
  ROOT_ZONE,
  ID_BYTES,
  idBytes,
  idFromBytes,
  parseId,
  type BlockHash,
  type Brand,
  type CredentialId,
  type DeviceKey,
  type FeedKey,
  type FieldId,
  type IdByKind,
  type IdentityId,
  type KeyId,
  type ObjectId,
  type SchemaHash,
  type SpaceId,
  type ZoneId,
} from './ids.ts';
export {
  CHANNEL_END,
  CHANNEL_END_MS,
  LINK_MESSAGE_BYTES_MAX,
  type Bus,
  type BusMembership,
  type Link,
  type LinkEnd,
  type Rtc,
  type RtcAttempt,
  type RtcSignal,
  type WebSockets,
} from './link.ts';
export {
  PASSKEY_OUTPUT_BYTES,
  PASSKEY_RECOVERY_SALT,
  PASSKEY_UNLOCK_SALT,
  type PasskeyAnswer,
  type PasskeyOutput,
  type PasskeyRefusal,
  type Passkeys,
} from './passkeys.ts';
export {
  type AeadPlace,
  type AeadPlatform,
  type Platform,
  type PlatformBase,
  type ShortAead,
} from './platform.ts';
export { pooledRng } from './pooled-rng.ts';
export {
  silentLog,
  type Agreer,
  type Clock,
  type Ed25519Platform,
  type KeyPlatform,
  type Keystore,
  type KeystorePasskeys,
  type Locks,
  type Log,
  type Rng,
  type Signer,
} from './ports.ts';
export { Scope, type Releasable } from './scope.ts';
export { Turns } from './turns.ts';
export {
  StoreError,
  type BlockDrop,
  type NewBlock,
  type Store,
  type StoreBatch,
  type StoreErrorCode,
  type StoredBlock,
} from './store.ts';
export { timerClock, type Timers } from './timer-clock.ts';
export { TokenBucket } from './token-bucket.ts';
