/** Blocks, chains, signatures, branches, causal contexts, and replicas that cannot read. @packageDocumentation */
export {
  openInner,
  openSection,
  parseStored,
  readStored,
  sealBlock,
  sealedSectionsLength,
  splitBlock,
  type BlockInput,
  type ParsedBlock,
  type SealedBlock,
  type SectionInput,
  type SectionRequest,
} from './block.ts';
export { FeedError, type Checked, type FeedErrorCode, type FeedRefusal } from './feed-error.ts';
export {
  BLOCK_BYTES_MAX,
  GENESIS_NONCE_BYTES,
  PAYLOAD_BYTES_MAX,
  SEQ_MAX,
  blockHash,
  contentHash,
  decodeFrame,
  encodeFrame,
  genesisPrev,
  membershipTag,
  paddedLength,
  restHash,
  type Frame,
} from './frame.ts';
export {
  DEPS_MAX,
  LAMPORT_MAX,
  NONCE_BYTES,
  SECTIONS_MAX,
  TIME_MS_MAX,
  decodeInner,
  encodeInner,
  sortDeps,
  type Dep,
  type InnerHeader,
  type SectionEntry,
  type SectionKind,
} from './inner.ts';
export { membershipKey, type MembershipKey } from './membership-key.ts';
export {
  RUN_BLOCKS_MAX,
  RUN_BYTES_MAX,
  RUN_BYTES_TARGET,
  SIGN_EVERY_BLOCKS_MAX,
  SIGN_EVERY_BYTES_MAX,
  runBytes,
  verifyChain,
  verifyRun,
  type KnownBlock,
  type Run,
} from './run.ts';
export { readRun, runSizeMax, writeRun } from './run-codec.ts';
export { SIGNATURE_BYTES, TIPS_MAX, headsRootOf, signTip, verifyTip, type Tip } from './tip.ts';
export {
  BRANCHES_PER_FEED_MAX,
  BranchIndex,
  type BlockColumns,
  type RestoredBranch,
  FEEDS_MAX,
  type Indexed,
  type IndexedBlock,
} from './branch-index.ts';
export { CausalIndex, type CausalContext } from './causal-index.ts';
export { verifyForkProof } from './fork-proof.ts';
export { FORK_PROOFS_MAX, LogReplica } from './log-replica.ts';
export type { LogReplicaOptions, ResumeFrom } from './log-options.ts';
export { type ChainedBlock, type OwnBlocks } from './block-batch.ts';
export {
  type Admission,
  type ForkProof,
  type ForkSide,
  type Origin,
  type Received,
  type Replica,
  type ReplicaHooks,
} from './replica.ts';
