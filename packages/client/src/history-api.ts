/** The history of a space as applications see it. */
import type {
  BranchOrigin,
  BroughtBack,
  HistoryBeginning,
  HistoryFrontier,
  HistoryPoint,
  ObjectDiff,
  PastState,
  SetAside as WorkSetAside,
  TakenUp,
  TimelineOptions,
  TimelinePage,
  Version,
} from '@atoll/echo';

export type {
  BranchOrigin,
  BroughtBack,
  FieldDiff,
  HistoryBeginning,
  HistoryFrontier,
  HistoryPoint,
  LifeDiff,
  ListPiece,
  MergeChoice,
  MergeConflict,
  MergeOutcome,
  MergeSide,
  ObjectDiff,
  PastState,
  TakenUp,
  TextPiece,
  TimelineEntry,
  TimelineOptions,
  TimelinePage,
  Version,
} from '@atoll/echo';

/** What one writer's device wrote and what does not count. */
export interface SetAside extends WorkSetAside {
  /** How its writer calls himself in this space. */
  readonly displayName: string;
}

/** What a step of undo that history makes is called. */
export interface RestoreOptions {
  readonly label?: string;
}

/**
 * What was, what differs from it, and the way back. A point is `'now'`, a frontier (what
 * {@link SpaceHistory.frontier} tells), a moment by writers' clocks, or a version. Refusals are errors with
 * a code that begins with `HISTORY_`.
 */
export interface SpaceHistory {
  readonly versions: SpaceVersions;
  /** The greatest blocks of a point: the same state for everyone who has them. */
  frontier(point?: HistoryPoint): HistoryFrontier;
  /**
   * Where history begins, if not with the space: with the state of an epoch whose history was dropped on this
   * device, or never was here. Earlier points are refused with `HISTORY_DROPPED`.
   */
  begins(): Promise<HistoryBeginning | undefined>;
  /** Since when history is here, milliseconds since 1970; 0: since the beginning. */
  sinceMs(): Promise<number>;
  /** Objects as they were, read-only: all, or these alone, which costs no more than they do. */
  at(point: HistoryPoint, objects?: readonly string[]): Promise<PastState>;
  /** What happened to an object, newest first, in pages. The last one says where history `begins`, if it does. */
  timeline(object: string, options?: TimelineOptions): Promise<TimelinePage>;
  /** How an object differs between two points, by default up to now; `undefined` if it does not. */
  diff(object: string, from: HistoryPoint, to?: HistoryPoint): Promise<ObjectDiff | undefined>;
  /** How all objects differ between two points. */
  compare(from: HistoryPoint, to?: HistoryPoint): Promise<readonly ObjectDiff[]>;
  /** Where the space grew from, if it is a branch. */
  branchOrigin(): BranchOrigin | undefined;
  /** When a branch was merged into this space, milliseconds since 1970; `undefined` while it is open. */
  mergedMs(branch: string): number | undefined;
  /** Makes an object what it was: one step of undo. */
  restore(object: string, point: HistoryPoint, options?: RestoreOptions): Promise<BroughtBack>;
  /** Makes everything what it was; what came later is deleted. One step of undo. */
  restoreSpace(point: HistoryPoint, options?: RestoreOptions): Promise<BroughtBack>;
  /**
   * What present and former members wrote and what does not count, as their writers might not write any more:
   * mostly before they knew of it. Kept, shown to nobody else than who asks, the latest first.
   */
  setAside(): Promise<readonly SetAside[]>;
  /** How many blocks do not count: cheap, to know whether it is worth asking {@link SpaceHistory.setAside} again. */
  uncountedBlocks(): number;
  /** Writes anew what it would change if it counted, on top of what is there now: one step of undo. Durable when resolved. */
  takeUp(work: Pick<SetAside, 'blocks'>, options?: RestoreOptions): Promise<TakenUp>;
}

/** What a branch is made from. */
export interface BranchOptions {
  readonly name: string;
  /** By default the present. */
  readonly at?: HistoryPoint;
  /** Ids of objects that are copied; all if absent. */
  readonly objects?: readonly string[];
}

/** States of a space that have a name. */
export interface SpaceVersions {
  /** The latest first. */
  list(): readonly Version[];
  get(name: string): Version | undefined;
  /** Names a point, by default the present. */
  create(name: string, point?: HistoryPoint): Version;
  /** Takes the name away; the state stays. */
  delete(name: string): void;
}
