/**
 * What happened to one object, newest first: changes by one person without a longer pause are one entry.
 * The order is the one that all replicas share, so an entry says what it made of what stood before it.
 */
import type { ObjectId } from '@atoll/kernel';
import { CodecError } from '@atoll/codec';
import type { FoldedBlock } from '../fold.ts';
import type { Database } from '../database.ts';
import { firstOpOf } from '../block-context.ts';
import { objectIdBytes } from '../op-ids.ts';
import { decodeSection } from '../section-codec.ts';
import type { Op, Section } from '../ops.ts';
import { beginningOf, type HistoryBeginning } from './beginning.ts';
import type { Clocks } from './clocks.ts';
import { compareObject, type States } from './compare.ts';
import type { HistoryFrontier } from './cut.ts';
import { HistoryError } from './history-error.ts';
import type { HistoryBase, HistoryHost } from './history-host.ts';
import type { LifeDiff, FieldDiff, TextPiece } from './object-diff.ts';
import { begunPast, foldInto, readHere } from './past.ts';
import { rowOf } from './row-of.ts';

/** Work without a pause of this length is one entry unless another is asked for, milliseconds. */
const PAUSE_MS: number = 5 * 60_000;
/** Entries of a page unless another number is asked for. */
const ENTRIES_A_PAGE = 20;
/** Units that a piece of kept text shows at either end. */
const CONTEXT_UNITS = 24;

/** One step in an object's history. */
export interface TimelineEntry {
  /** Name of the entry for everyone: hash of its last block. */
  readonly id: string;
  /** Identity. */
  readonly author: string;
  /** Device, in hex, as far as known. */
  readonly device?: string;
  /** Feed, in hex. */
  readonly feed: string;
  /** What the writer's clock said at its first and last block, milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The writer's clock contradicts the order of things. */
  readonly clockOff: boolean;
  /** Its blocks do not count, for the writer had no right to write them. */
  readonly isVoid: boolean;
  /** Ops on the object, and those of them that do not count. */
  readonly ops: number;
  readonly rejected: number;
  /** Fields that its ops name, void ones too. */
  readonly touched: readonly string[];
  readonly life: LifeDiff;
  /** What is different after it. Kept text is shortened to what stands beside a change. */
  readonly changes: readonly FieldDiff[];
  /** The state of the object after it. */
  readonly frontier: HistoryFrontier;
  readonly blocks: readonly string[];
}

/** Part of a timeline. */
export interface TimelinePage {
  readonly entries: readonly TimelineEntry[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
  /**
   * On the last page, if the object is older than that: where history begins. What happened to it before was
   * dropped.
   */
  readonly begins?: HistoryBeginning;
}

/** Which part of a timeline is wanted. */
export interface TimelineOptions {
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
  /** Work without a pause of this length is one entry; five minutes unless given. The same on all pages. */
  readonly pauseMs?: number;
}

interface Group {
  readonly blocks: number[];
  frontier: readonly number[];
}

/** A page of the timeline of an object. What came before an epoch that history begins with is left out. @throws HistoryError, StoreError. */
export async function timelineOf(
  from: {
    readonly host: HistoryHost;
    readonly clocks: Clocks;
    readonly base: HistoryBase | undefined;
  },
  object: ObjectId,
  options: TimelineOptions,
): Promise<TimelinePage> {
  const { clocks, host } = from;
  const { fold } = host.database;
  const row = rowOf(host.database, object);
  if (row < 0) throw new HistoryError('HISTORY_OBJECT', 'there is no such object');
  // An object that came later has its whole history.
  const base = from.base?.has(fold.rows.block(row)) === true ? from.base : undefined;
  const blocks = fold.blocksOf([row]).filter((block) => base?.has(block) !== true);
  const groups = groupsOf(host, { blocks, pauseMs: options.pauseMs ?? PAUSE_MS, base });
  const { end, start } = pageOf(host, groups, options);
  const everything = (): boolean => true;
  const begun = { base, only: [object] };
  const states: States = {
    before: await begunPast(host, everything, begun),
    after: await begunPast(host, everything, begun),
    present: host.database,
  };
  const earlier = groups.slice(0, start).flatMap((group) => group.blocks);
  await foldInto(host, states.before, earlier);
  await foldInto(host, states.after, earlier);
  const entries: TimelineEntry[] = [];
  for (const group of groups.slice(start, end)) {
    const read = await readHere(host, group.blocks);
    entries.push(entryOf({ host, clocks, states, object, group, read }));
    for (const { block, section, isVoid } of read)
      states.before.applySection(block, section, isVoid);
    await host.turn();
  }
  const first = entries[0];
  return {
    entries: entries.reverse(),
    ...(start === 0 || first === undefined ? {} : { next: first.id }),
    ...(start > 0 || base === undefined ? {} : { begins: beginningOf(host, base) }),
  };
}

/** Blocks by writer and pause, in the order that all replicas share. */
function groupsOf(
  host: HistoryHost,
  of: {
    readonly blocks: readonly number[];
    readonly pauseMs: number;
    readonly base: HistoryBase | undefined;
  },
): Group[] {
  const { base, blocks, pauseMs } = of;
  const groups: Group[] = [];
  // Somebody who wrote beside the epoch wrote on what it kept, as far as it is known here.
  let heads: number[] = base === undefined ? [] : [base.anchor];
  const { fold } = host.database;
  for (const block of [...blocks].sort((a, b) => host.compare(a, b))) {
    heads = [...heads.filter((head) => !fold.blocks.reaches(head, block)), block];
    const group = groups.at(-1);
    const last = group?.blocks.at(-1);
    if (group !== undefined && last !== undefined && belongs(host, [last, block], pauseMs)) {
      group.blocks.push(block);
      group.frontier = heads;
    } else groups.push({ blocks: [block], frontier: heads });
  }
  return groups;
}

function belongs(
  host: HistoryHost,
  [last, block]: readonly [number, number],
  pauseMs: number,
): boolean {
  const { blocks } = host.database.fold;
  const [a, b] = [host.contextOf(last), host.contextOf(block)];
  return (
    a.branch === b.branch &&
    a.author === b.author &&
    blocks.isVoid(last) === blocks.isVoid(block) &&
    Math.abs(b.timeMs - a.timeMs) <= pauseMs
  );
}

/** Which groups a page has. */
function pageOf(
  host: HistoryHost,
  groups: readonly Group[],
  { after, limit = ENTRIES_A_PAGE }: TimelineOptions,
): { readonly start: number; readonly end: number } {
  const end = after === undefined ? groups.length : endOf(host, groups, after);
  return { start: Math.max(0, end - Math.max(1, limit)), end };
}

function endOf(host: HistoryHost, groups: readonly Group[], after: string): number {
  const block = host.blockOf(after);
  const at = groups.findIndex(({ blocks }) => block !== undefined && blocks.includes(block));
  if (at < 0) throw new HistoryError('HISTORY_CURSOR', 'the timeline has no such entry');
  return at;
}

function entryOf(of: {
  readonly host: HistoryHost;
  readonly clocks: Clocks;
  readonly states: States;
  readonly object: ObjectId;
  readonly group: Group;
  readonly read: readonly FoldedBlock[];
}): TimelineEntry {
  const { host, clocks, states, object, group, read } = of;
  const counted = { ops: 0, rejected: 0, touched: new Set<string>() };
  for (const folded of read) applyCounting(states.after, object, folded, counted);
  const diff = compareObject(states, object);
  const [first, last] = [group.blocks[0] as number, group.blocks.at(-1) as number];
  const context = host.contextOf(last);
  const device = host.deviceOf(last);
  const { blocks } = host.database.fold;
  return {
    id: host.hashOf(last),
    author: context.author,
    ...(device === undefined ? {} : { device }),
    feed: blocks.feedName(context.feed),
    fromMs: host.timeMsOf(first),
    toMs: context.timeMs,
    clockOff: group.blocks.some((block) => clocks.wasOff(block)),
    isVoid: blocks.isVoid(last),
    ops: counted.ops,
    rejected: counted.rejected,
    touched: [...counted.touched].sort(),
    life: diff?.life ?? 'kept',
    changes: (diff?.fields ?? []).map(shortened),
    frontier: group.frontier.map((block) => host.hashOf(block)).sort(),
    blocks: group.blocks.map((block) => host.hashOf(block)),
  };
}

/** Applies a block and counts what it holds for the object. */
function applyCounting(
  db: Database,
  object: ObjectId,
  { block, section, isVoid }: FoldedBlock,
  counted: { ops: number; rejected: number; readonly touched: Set<string> },
): void {
  const applied = db.applySection(block, section, isVoid);
  const decoded = tryDecode(section);
  if (decoded === undefined) return;
  const row = rowOf(db, object);
  const rejected = new Set(applied.rejected.map(({ op }) => op));
  const names = db.fold.namesOf(decoded, block);
  let creations = firstOpOf(block);
  decoded.ops.forEach((op, at) => {
    const isOn =
      op.kind === 'create'
        ? db.fold.rows.find(objectIdBytes(block, creations++)) === row
        : op.kind !== 'type' && names.row(op.object) === row;
    if (!isOn || row < 0) return;
    counted.ops++;
    if (rejected.has(at)) counted.rejected++;
    const field = fieldName(db, row, op, (no) => names.type(no)?.compiled.leaves);
    if (field !== undefined) counted.touched.add(field);
  });
}

function fieldName(
  db: Database,
  row: number,
  op: Op,
  leavesOf: (type: number) => readonly { readonly name: string }[] | undefined,
): string | undefined {
  if (!('field' in op)) return undefined;
  const { leaf, type } = op.field;
  const leaves = type === undefined ? db.fold.typeOf(row).compiled.leaves : leavesOf(type);
  return leaves?.[leaf]?.name;
}

function tryDecode(bytes: Uint8Array): Section | undefined {
  try {
    return decodeSection(bytes);
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

/** Kept text far from any change is left out. */
function shortened(diff: FieldDiff): FieldDiff {
  if (diff.kind !== 'text') return diff;
  const joined: TextPiece[] = [];
  for (const piece of diff.pieces) {
    const last = joined.at(-1);
    if (piece.change === 'kept' && last?.change === 'kept') {
      joined[joined.length - 1] = { change: 'kept', text: last.text + piece.text };
    } else joined.push(piece.change === 'kept' ? { change: 'kept', text: piece.text } : piece);
  }
  const pieces = joined.map((piece, at): TextPiece => {
    if (piece.change !== 'kept') return piece;
    return { ...piece, text: ends(piece.text, at > 0, at < joined.length - 1) };
  });
  return { ...diff, pieces };
}

/** What of a kept stretch stands beside the changes before and behind it. */
function ends(text: string, afterChange: boolean, beforeChange: boolean): string {
  const head = afterChange ? CONTEXT_UNITS : 0;
  const tail = beforeChange ? CONTEXT_UNITS : 0;
  if (text.length <= head + tail + 1) return text;
  return `${text.slice(0, head)}…${tail === 0 ? '' : text.slice(-tail)}`.toWellFormed();
}
