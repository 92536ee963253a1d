/** Objects, CRDTs, the fold, queries, undo. Knows nothing of connections. @packageDocumentation */
export {
  compareBlocks,
  type BlockContext,
  type Causality,
  type Scheduler,
  type TransactionSink,
} from './block-context.ts';
export { EchoError, type EchoErrorCode, type OpVerdict } from './echo-error.ts';
export { decodeSection, encodeSection } from './section-codec.ts';
export { objectIdBytes } from './op-ids.ts';
export { SECTION_BYTES_MAX, SECTION_OPS_MAX, type Dot, type Op, type Section } from './ops.ts';
