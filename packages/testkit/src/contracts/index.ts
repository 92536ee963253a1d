/** The suites that every adapter of a port runs. Needs vitest, unlike the rest of the testkit. */
export { chunkContract, type ChunkBed } from './chunk-contract.ts';
export { busContract, linkContract, type LinkPair } from './link-contract.ts';
export { modelContract, modelLaws, type ModelBed, type ModelLaw } from './model-contract.ts';
export { ModelReplica, type ModelBlock } from './model-world.ts';
export {
  clockContract,
  ed25519Contract,
  keysContract,
  keystoreContract,
  locksContract,
  rngContract,
  type KeystoreBed,
} from './ports-contract.ts';
export { rtcPair } from './rtc-pair.ts';
export { storeContract, type StoreBed } from './store-contract.ts';
export { storeLaw } from './store-law.ts';
