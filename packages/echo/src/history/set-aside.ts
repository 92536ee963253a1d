/**
 * Work that does not count: its writer might not write any more, mostly without knowing it yet. It is kept,
 * can be looked at, and whoever may write can take it up: what it would change is written anew, by him. Loaded
 * when somebody first asks.
 */
import type { IdentityId } from '@atoll/kernel';
import { compareAll } from './compare.ts';
import { HistoryError } from './history-error.ts';
import type { HistoryHost } from './history-host.ts';
import { Merge, type MergeStates } from './merge-branch.ts';
import type { ObjectDiff } from './object-diff.ts';
import { readHere } from './past.ts';
import { noteTakenUp, takenUpRecords, type TakenUpRecord } from './taken-up.ts';
import { whatIf } from './what-if.ts';

/** Blocks of one writer that are looked at, the latest: a hostile one could leave any number. */
export const SET_ASIDE_BLOCKS_MAX = 4096;
/**
 * Writers whom nobody with a right has let in that are looked at, the latest: who was removed could go on to let in any
 * number. Those whose right counted once are looked at all.
 */
export const SET_ASIDE_GUESTS_MAX = 64;

/** What one writer's device wrote and what does not count. */
export interface SetAside {
  /** Who wrote it. */
  readonly author: IdentityId;
  /** Device it was written on, in hex, as far as known. */
  readonly device?: string;
  /** When, by its clock; milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What would be otherwise if it counted. */
  readonly changed: readonly ObjectDiff[];
  /** Who has taken it up already, and when. */
  readonly takenUp?: { readonly by: IdentityId; readonly atMs: number };
  /** Its blocks, and those of others that it can only be seen with: names it for {@link takeUp}. */
  readonly blocks: readonly string[];
}

/** What was taken up. */
export interface TakenUp {
  /** Objects that were changed or made. */
  readonly objects: readonly string[];
}

interface Group {
  readonly author: IdentityId;
  readonly device: string | undefined;
  readonly record: TakenUpRecord | undefined;
  blocks: number[];
}

/** Everything of former and present members that does not count, the latest first. @throws HistoryError, StoreError. */
export async function setAside(host: HistoryHost): Promise<readonly SetAside[]> {
  await host.flush();
  const found: SetAside[] = [];
  for (const group of groupsOf(host)) {
    const own = group.blocks.slice(-SET_ASIDE_BLOCKS_MAX);
    const objects = await withObjects(host, own);
    let blocks: readonly number[] = objects;
    let changed = await differs(host, blocks);
    if (changed.length === 0) {
      blocks = await withPast(host, objects);
      if (blocks.length > objects.length) changed = await differs(host, blocks);
    }
    if (changed.length > 0) found.push(shown(host, group, { own, blocks, changed }));
    await host.turn();
  }
  return found.sort((a, b) => b.toMs - a.toMs);
}

/**
 * Writes anew what these blocks would change if they counted, on top of what is here by now.
 * @throws HistoryError `HISTORY_POINT` for what is not here or counts; EchoError if it may not be written.
 */
export async function takeUp(of: {
  readonly host: HistoryHost;
  readonly blocks: readonly string[];
  readonly asOne: (change: () => void) => void;
}): Promise<TakenUp> {
  const { asOne, host } = of;
  await host.flush();
  const { database: origin } = host;
  const blocks = of.blocks.map((hash) => voidBlock(host, hash)).sort((a, b) => a - b);
  const states = await whatIf(host, blocks);
  const copies = new Map(states.known.map((id) => [id, id]));
  const { after: branch, before: base } = states;
  const merge: MergeStates = { origin, branch, base, start: base, copies, choice: 'branch' };
  let objects: readonly string[] = [];
  asOne(() => {
    ({ objects } = new Merge(merge).run(false));
    noteTakenUp(origin, of.blocks, Math.floor(host.nowMs()));
  });
  return { objects };
}

async function differs(
  host: HistoryHost,
  blocks: readonly number[],
): Promise<readonly ObjectDiff[]> {
  const { after, before } = await whatIf(host, blocks);
  return compareAll({ before, after, present: host.database });
}

/** These blocks with those that made the objects which they change, where those do not count either. */
async function withObjects(
  host: HistoryHost,
  blocks: readonly number[],
): Promise<readonly number[]> {
  const { fold } = host.database;
  const all = new Set(blocks);
  for (let next = blocks; next.length > 0;) {
    const makers = new Set<number>();
    for (const { block, section } of await readHere(host, next)) {
      for (const row of fold.rowsOf(block, section)) {
        const maker = fold.rows.block(row);
        if (fold.rows.isVoid(row) && isSetAside(host, maker) && !all.has(maker)) makers.add(maker);
      }
    }
    next = [...makers];
    for (const maker of next) all.add(maker);
  }
  return ascending(all);
}

/** These blocks with what does not count of the objects which they change, as far as their writers knew it. */
async function withPast(host: HistoryHost, blocks: readonly number[]): Promise<readonly number[]> {
  const { causality, database } = host;
  const all = new Set(blocks);
  for (const block of database.blocksToRefold(await readHere(host, blocks))) {
    if (all.has(block) || !isSetAside(host, block)) continue;
    if (blocks.some((later) => causality.isInPast(block, later))) all.add(block);
  }
  return ascending(all);
}

/** Blocks that do not count, or not as a whole, by device and by who has taken them up. */
function groupsOf(host: HistoryHost): readonly Group[] {
  const taken = takenUpRecords(host.database);
  const { blocks } = host.database.fold;
  const groups = new Map<string, Group>();
  for (const block of ascending([...blocks.voids(), ...blocks.partlyVoids()])) {
    const { author } = host.contextOf(block);
    if (!isSetAside(host, block)) continue;
    const device = host.deviceOf(block);
    const record = taken.get(host.hashOf(block));
    const key = [author, device ?? '', record?.id ?? ''].join('/');
    const group = groups.get(key);
    if (group !== undefined) group.blocks.push(block);
    else groups.set(key, { author, device, record, blocks: [block] });
  }
  const all = [...groups.values()];
  const guests = all.filter(({ author }) => !host.wasMember(author));
  const left = new Set(guests.slice(0, -SET_ASIDE_GUESTS_MAX));
  return all.filter((group) => !left.has(group));
}

/** True for a block that does not count, or not as a whole, of somebody who was let in at some time. */
function isSetAside(host: HistoryHost, block: number): boolean {
  if (!host.database.fold.blocks.lacksRight(block) || !host.hasData(block)) return false;
  return host.wasLetIn(host.contextOf(block).author);
}

function ascending(blocks: Iterable<number>): readonly number[] {
  return [...blocks].sort((a, b) => a - b);
}

function shown(
  host: HistoryHost,
  { author, device, record }: Group,
  work: {
    readonly own: readonly number[];
    readonly blocks: readonly number[];
    readonly changed: readonly ObjectDiff[];
  },
): SetAside {
  const { blocks, changed, own } = work;
  const times = own.map((block) => host.timeMsOf(block));
  return {
    author,
    ...(device === undefined ? {} : { device }),
    fromMs: Math.min(...times),
    toMs: Math.max(...times),
    changed,
    ...(record === undefined ? {} : { takenUp: { by: record.by, atMs: record.atMs } }),
    blocks: blocks.map((block) => host.hashOf(block)),
  };
}

function voidBlock(host: HistoryHost, hash: string): number {
  const block = host.blockOf(hash);
  if (block !== undefined && host.database.fold.blocks.lacksRight(block)) return block;
  throw new HistoryError('HISTORY_POINT', 'this work is not here, or counts by now');
}
