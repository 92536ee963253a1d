/** Objects, CRDTs, the fold, queries, undo. Knows nothing of connections. @packageDocumentation */
export {
  compareBlocks,
  type BlockContext,
  type Causality,
  type Scheduler,
  type TransactionSink,
} from './block-context.ts';
export { type Conflict, type Resolution } from './conflicts.ts';
export { Database, type AnyObject, type DatabasePorts } from './database.ts';
export { type SpaceDirectory } from './space-directory.ts';
export { type UndoObserver } from './undo-step.ts';
export { EchoError, type EchoErrorCode, type OpVerdict } from './echo-error.ts';
export { type AppliedSection, type FoldedBlock } from './fold.ts';
export {
  mergeBranch,
  startBranch,
  type BranchMerge,
  type BranchStart,
  type MergeChoice,
  type MergeOutcome,
} from './history/branch.ts';
export { branchOrigin, mergedMs, type BranchOrigin } from './history/branch-records.ts';
export { type MergeConflict, type MergeSide } from './history/merge-fields.ts';
export { type HistoryBeginning } from './history/beginning.ts';
export { FRONTIER_HEADS_MAX, type HistoryFrontier } from './history/cut.ts';
export {
  HistoryDroppedError,
  HistoryError,
  type HistoryErrorCode,
} from './history/history-error.ts';
export { asOneBlock, History, type BroughtBack, type HistoryPoint } from './history/history.ts';
export {
  type FieldDiff,
  type LifeDiff,
  type ListPiece,
  type ObjectDiff,
  type TextPiece,
} from './history/object-diff.ts';
export { type PastState } from './history/past.ts';
export { type SetAside, type TakenUp } from './history/set-aside.ts';
export { type TimelineEntry, type TimelineOptions, type TimelinePage } from './history/timeline.ts';
export { type Version, type Versions } from './history/versions.ts';
export { ModelBudget, ModelBudgetError } from './models/model-budget.ts';
export { ModelFields } from './models/model-fields.ts';
export {
  MODEL_OP_BYTES_MAX,
  MODEL_OPS_MAX,
  MODEL_STEPS_MAX,
  compareStamps,
  defineModel,
  type Model,
  type ModelChange,
  type ModelContext,
  type ModelDone,
  type ModelEditor,
  type ModelInverse,
  type ModelLinks,
  type ModelMeter,
  type ModelSpan,
  type ModelStamp,
} from './models/model.ts';
export { ObjectHandle } from './object-handle.ts';
export { ObjectTrees, type TreeConflict, type TreePlace } from './tree/object-trees.ts';
export { type Duplicates, type RelationEnd, type RelationOptions } from './relations.ts';
export { objectIdBytes } from './op-ids.ts';
export { SECTION_BYTES_MAX, SECTION_OPS_MAX, type Dot, type Op, type Section } from './ops.ts';
export { type Explanation } from './query/explain.ts';
export { canonicalForm, parseQuery } from './query/form-check.ts';
export { type Group } from './query/groups.ts';
export { loadTextIndex } from './query/load-text-index.ts';
export { type PlanNode } from './query/plan-node.ts';
export {
  type Aggregate,
  type Condition,
  type HopFrom,
  type Order,
  type QueryForm,
  type RefGoal,
  type TreeGoal,
  type Where,
} from './query/query-form.ts';
export { type FieldName, type WhereFor } from './query/query-types.ts';
export { handOver } from './query/hand-over.ts';
export { QueryAcross, type Found, type SpaceQuery } from './query/query-across.ts';
export { Query, type Hit, type Page } from './query/query.ts';
export { BLOCK_DEPTH_MAX, BLOCK_UNIT, isBlock, sameBlock } from './rich-text/block-value.ts';
export { DeltaBuilder, deltaOfDocument, documentOfDelta } from './rich-text/delta.ts';
export { deltaBetween, type Replaced } from './rich-text/diff.ts';
export { isMarkKey, isMarkValue } from './rich-text/marks.ts';
export { isSafeLink } from './rich-text/safe-link.ts';
export { decodeSection, encodeSection } from './section-codec.ts';
export {
  type GestureOptions,
  type UndoEntry,
  type UndoKind,
  type UndoSelector,
} from './undo-entry.ts';
export { unrecorded } from './unrecorded.ts';
export { UndoLog, type StoredStacks, type UndoOutcome } from './undo-log.ts';
export { type UndoStep } from './undo-step.ts';
export { UndoStore, type UndoStorePorts } from './undo-store.ts';
export { type Epoch } from './epoch/epoch-book.ts';
export { DEFAULT_EPOCH_POLICY, type EpochPolicy } from './epoch/epoch-pace.ts';
export { EpochExchange, type TrialState } from './epoch/epoch-exchange.ts';
export type { ReturningLog } from './epoch/returning-log.ts';
export { type Ask } from './epoch/whole-chunk.ts';
export { type EpochStand } from './epoch/epoch-stand.ts';
export { type EpochOffer } from './epoch/epoch-wire.ts';
export { fetchEpoch, type EpochFetch, type FetchedEpoch } from './epoch/fetch-epoch.ts';
export { RETENTION_MS } from './epoch/retention.ts';
export { type EpochStatus } from './epoch/epoch-status.ts';
export { type KeptSnapshot, type SpaceEpochs } from './epoch/space-epochs.ts';
export { SpaceError, type SpaceErrorCode } from './space/space-error.ts';
export { SpaceRights } from './rights/space-rights.ts';
export { type ReachKind, type ReachingRight } from './rights/rights-at-place.ts';
export { type PlaceOfPath, type RightPlace } from './rights/right-place.ts';
export { Space, type SpaceFigures, type SpacePorts, type SpaceWriter } from './space/space.ts';
export {
  historyMark,
  visitPlainBytes,
  type PlainInput,
  type PlainVisit,
  type PlainVisitor,
} from './space/plain-bytes.ts';
export { type CommitState } from './space/committer.ts';
export { openDetached, type DetachedState } from './snapshot/detached.ts';
export { PageStore } from './snapshot/page-store.ts';
export { findSnapshot, type FoundSnapshot } from './snapshot/restore.ts';
export { SnapshotError, type SnapshotErrorCode } from './snapshot/snapshot-error.ts';
export { SnapshotSink, type SinkOptions } from './snapshot/snapshot-sink.ts';
export type { SnapshotRoots, SnapshotSource } from './snapshot/snapshot-source.ts';
export { decodeRequest, encodeRequest, type SnapshotRequest } from './snapshot/transfer-codec.ts';
export type { SnapshotPolicy } from './space/space-snapshots.ts';
export { loadZoneActs, zoneOfObject, type ZoneActs } from './space/load-zone-acts.ts';
export { type SealedSections } from './space/sealed-sections.ts';
