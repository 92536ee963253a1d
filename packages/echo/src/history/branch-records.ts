/** What a branch and its origin keep of each other: ordinary objects of the two spaces. */
import type { SpaceId } from '@atoll/kernel';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import type { Database } from '../database.ts';
import type { HistoryFrontier } from './cut.ts';
import { frontierBytes, frontierOf } from './versions.ts';

/** What a branch knows of its origin; the oldest one counts. */
const BranchType = defineType('org.atoll.Branch', {
  /** The space that it grew out of. */
  origin: s.string(),
  /** Where the origin stood. */
  fork: s.bytes(),
  /** Where the branch stood when everything was copied. */
  start: s.bytes(),
  /** Ids of the copies by the ids of what they are copies of. */
  copies: s.map(s.string()),
});

/** Kept by an origin of each merge, in the same block or step of undo as what was merged. */
const MergeType = defineType('org.atoll.Merge', {
  /** The branch's space. */
  branch: s.string(),
  at: s.date(),
});

/** A branch and where it grew from. */
export interface BranchOrigin {
  readonly origin: string;
  /** Where the origin stood. */
  readonly fork: HistoryFrontier;
  /** Where the branch stood when everything was copied: what differs from it was changed in the branch. */
  readonly start: HistoryFrontier;
  /** Objects that were copied. */
  readonly objects: number;
}

/** What a space knows of its origin; `undefined` if it is no branch. */
export function branchOrigin(db: Database): BranchOrigin | undefined {
  const record = recordOf(db);
  return record === undefined ? undefined : told(record);
}

/** When a branch was merged into an origin, milliseconds since 1970; `undefined` while it is open. */
export function mergedMs(origin: Database, branch: SpaceId | undefined): number | undefined {
  const [first] = origin
    .query(MergeType)
    .where({ branch: branch ?? '' })
    .run();
  return first?.at.getTime();
}

/** What a branch keeps of itself. */
export interface BranchRecord {
  readonly origin: string;
  readonly fork: HistoryFrontier;
  /** Where the branch stood when everything was copied. */
  readonly start: HistoryFrontier;
  /** Ids of the copies by the ids of what they are copies of. */
  readonly copies: ReadonlyMap<string, string>;
}

/** What a space keeps of itself as a branch; `undefined` if it is none. */
export function branchRecord(db: Database): BranchRecord | undefined {
  const record = recordOf(db);
  if (record === undefined) return undefined;
  const { copies, fork, origin, start } = record;
  return {
    origin,
    fork: frontierOf(fork),
    start: frontierOf(start),
    copies: new Map(copies),
  };
}

/** Makes a space a branch. @throws EchoError. */
export function noteBranch(db: Database, branch: BranchRecord): void {
  const { copies, fork, origin, start } = branch;
  const record = db.add(BranchType, {
    origin,
    fork: frontierBytes(fork),
    start: frontierBytes(start),
  });
  for (const [original, copy] of copies) record.copies.set(original, copy);
}

/** Notes in an origin that a branch was merged. @throws EchoError. */
export function noteMerge(origin: Database, branch: SpaceId | undefined, atMs: number): void {
  origin.add(MergeType, { branch: branch ?? '', at: dateOf(atMs) });
}

function recordOf(db: Database): InstanceOf<typeof BranchType> | undefined {
  return db.query(BranchType).run()[0];
}

function told(record: InstanceOf<typeof BranchType>): BranchOrigin {
  return {
    origin: record.origin as SpaceId,
    fork: frontierOf(record.fork),
    start: frontierOf(record.start),
    objects: record.copies.size,
  };
}

function dateOf(timeMs: number): Date {
  // eslint-disable-next-line no-restricted-globals -- Given a time, it reads no clock.
  return new Date(timeMs);
}
