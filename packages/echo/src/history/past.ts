/**
 * The past as a database of its own: folded again from the blocks of a cut, beside the present, which
 * notices nothing; where history was dropped, on top of what an epoch kept. Reads and queries work as in the present; every write is refused.
 */
import type { ObjectId } from '@atoll/kernel';
import { defineDynamic } from '@atoll/schema';
import { Database, type AnyObject } from '../database.ts';
import type { FoldedBlock } from '../fold.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import type { Cut, HistoryFrontier } from './cut.ts';
import { HistoryDroppedError, HistoryError } from './history-error.ts';
import type { HistoryBase, HistoryHost } from './history-host.ts';
import { rowOf } from './row-of.ts';

/** Blocks that are read from the log before others get a turn. */
const BLOCKS_A_TURN = 64;

/** A state of the past. */
export interface PastState {
  /** Objects as they were; writing throws `HISTORY_READ_ONLY`. Of one object only if only it was asked for. */
  readonly db: Database;
  readonly frontier: HistoryFrontier;
  /** The latest moment that a writer's clock says in it, milliseconds since 1970. */
  readonly timeMs: number;
  /** Blocks that were folded for it. */
  readonly blocks: number;
}

/** An empty database that shares the host's numbers of blocks and branches, and knows its types. */
function emptyPast(host: HistoryHost, has: (block: number) => boolean): Database {
  const refuse = (): never => {
    throw new HistoryError('HISTORY_READ_ONLY', 'the past cannot be changed');
  };
  const past = new Database({
    causality: host.causality,
    sink: { open: refuse, seal: refuse },
    scheduler: { soon: (task) => void Promise.resolve().then(task) },
    tableSeed: 0,
    isOpenZone: host.database.fold.isOpenZone,
    ...(host.database.space === undefined ? {} : { space: host.database.space }),
  });
  past.directory = host.database.directory;
  past.models.registerAll(host.database.models);
  // A type is data named by its hash: that it was published is known without reading the block again.
  for (const { compiled, publishedIn, publishedInZones } of host.database.fold.types.all()) {
    const type = past.fold.types.published(compiled.bytes);
    type?.publishedIn.push(...publishedIn.filter(has));
    for (const [zone, blocks] of publishedInZones) {
      type?.publishedInZones.set(zone, blocks.filter(has));
    }
  }
  for (const name of host.database.typeNames()) {
    const reader = host.database.readerOf(name);
    if (reader !== undefined) past.register(defineDynamic(reader.compiled.data));
  }
  return past;
}

/** The same with what an epoch kept, where the past begins there. @throws HistoryDroppedError. */
export async function begunPast(
  host: HistoryHost,
  has: (block: number) => boolean,
  begun: { readonly base: HistoryBase | undefined; readonly only?: Iterable<string> },
): Promise<Database> {
  const db = emptyPast(host, has);
  const { base, only } = begun;
  const entry = only === undefined ? { fold: db.fold } : { fold: db.fold, only };
  await orDropped(host, async () => base?.enter(entry));
  return db;
}

/** The whole space at a cut. @throws HistoryDroppedError, StoreError. */
export async function wholePast(
  host: HistoryHost,
  cut: Cut,
  base: HistoryBase | undefined,
): Promise<PastState> {
  const blocks = cut.dataBlocks().filter((block) => base?.has(block) !== true);
  const db = await begunPast(host, (block) => cut.has(block), { base });
  await foldInto(host, db, blocks);
  return { db, frontier: cut.frontier(), timeMs: cut.timeMs(), blocks: blocks.length };
}

/** Some objects alone at a cut, from their own blocks. @throws HistoryDroppedError, StoreError. */
export async function objectsPast(
  host: HistoryHost,
  cut: Cut,
  of: { readonly objects: readonly ObjectId[]; readonly base: HistoryBase | undefined },
): Promise<PastState> {
  const { base, objects } = of;
  const { fold } = host.database;
  const rows = objects.map((id) => rowOf(host.database, id)).filter((row) => row >= 0);
  const blocks = fold.blocksOf(rows).filter((block) => cut.has(block) && base?.has(block) !== true);
  const db = await begunPast(host, (block) => cut.has(block), { base, only: objects });
  await foldInto(host, db, blocks);
  keepOnly(db, new Set<string>(objects));
  return { db, frontier: cut.frontier(), timeMs: cut.timeMs(), blocks: blocks.length };
}

/** True for objects that came later than where history begins: theirs is whole. */
export function isYounger(
  { database: db }: HistoryHost,
  objects: readonly ObjectId[],
  base: HistoryBase | undefined,
): boolean {
  return objects.every((id) => {
    const row = rowOf(db, id);
    return row >= 0 && base?.has(db.fold.rows.block(row)) !== true;
  });
}

/** Where history begins; `undefined` where it is whole. @throws HistoryDroppedError, StoreError. */
export function baseOf(host: HistoryHost): Promise<HistoryBase | undefined> {
  return orDropped(host, () => host.base());
}

/** Folds blocks, ascending, into a database of the past. @throws HistoryDroppedError, StoreError. */
export async function foldInto(
  host: HistoryHost,
  db: Database,
  blocks: readonly number[],
): Promise<void> {
  for (let from = 0; from < blocks.length; from += BLOCKS_A_TURN) {
    const read = await readHere(host, blocks.slice(from, from + BLOCKS_A_TURN));
    for (const { block, section, isVoid } of read) db.applySection(block, section, isVoid);
    await host.turn();
  }
}

/** Data of blocks; says since when history is here if it is not. @throws HistoryDroppedError, StoreError. */
export async function readHere(
  host: HistoryHost,
  blocks: readonly number[],
): Promise<readonly FoldedBlock[]> {
  return orDropped(host, () => host.read(blocks));
}

/** What is not in the log and was not kept either was dropped. */
async function orDropped<T>(host: HistoryHost, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (failure) {
    if (!(failure instanceof SnapshotError)) throw failure;
    throw new HistoryDroppedError(await hereSinceMs(host), { cause: failure });
  }
}

/** Where no epoch is kept that it could begin with: the latest that a dropped block claims; else 0. */
async function hereSinceMs(host: HistoryHost): Promise<number> {
  await host.flush();
  let since = 0;
  for (let block = 0; block < host.blockCount(); block++) {
    if (!host.hasData(block) || host.timeMsOf(block) <= since) continue;
    if (!(await host.isHere(block))) since = host.timeMsOf(block);
  }
  return since;
}

/** An object as it was, deleted ones too. @throws HistoryError `HISTORY_OBJECT`. */
export function objectIn(db: Database, id: string): AnyObject {
  const found = db.getDeleted(id);
  if (found === undefined)
    throw new HistoryError('HISTORY_OBJECT', 'the object was not there then');
  return found;
}

/** Hides what came along in the same blocks: of such objects not everything is known here. */
export function keepOnly(db: Database, ids: ReadonlySet<string>): void {
  const { rows } = db.fold;
  for (let row = 0; row < rows.count; row++) {
    if (!ids.has(rows.id(row))) rows.setVoid(row, true);
  }
}
