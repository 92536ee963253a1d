/**
 * What objects would be like if blocks counted that do not: the objects are folded twice beside the present,
 * once as they are and once with these blocks. Loaded when somebody first asks.
 */
import type { ObjectId } from '@atoll/kernel';
import type { BlockContext } from '../block-context.ts';
import type { Database } from '../database.ts';
import type { FoldedBlock } from '../fold.ts';
import { countedRow } from './compare.ts';
import { readerIn, wishIn } from './fields.ts';
import type { HistoryHost } from './history-host.ts';
import { baseOf, begunPast, keepOnly, readHere } from './past.ts';
import { rowOf } from './row-of.ts';

/** Objects as they are, and as they were if some blocks counted. */
export interface WhatIf {
  readonly before: Database;
  readonly after: Database;
  /** Objects that are there without these blocks. */
  readonly known: readonly string[];
}

/** What these blocks touch, and what stands elsewhere because of it. @throws HistoryDroppedError, StoreError. */
export async function whatIf(host: HistoryHost, blocks: readonly number[]): Promise<WhatIf> {
  const { database } = host;
  const counted = new Set(blocks);
  const ids = touched(database, await readHere(host, blocks));
  const states = await foldedTwice(host, { counted, ids });
  const above = placesAbove(database, [states.before, states.after], ids);
  if (above.size === 0) return states;
  return foldedTwice(host, { counted, ids: new Set([...ids, ...above]) });
}

async function foldedTwice(
  host: HistoryHost,
  of: { readonly counted: ReadonlySet<number>; readonly ids: ReadonlySet<string> },
): Promise<WhatIf> {
  const { counted, ids } = of;
  const { database } = host;
  const base = await baseOf(host);
  const only = [...ids] as ObjectId[];
  const begun = { base, only };
  const everything = (): boolean => true;
  const before = await begunPast(host, everything, begun);
  const after = await begunPast(host, everything, begun);
  const all = database.fold.blocksOf(only.map((id) => rowOf(database, id)));
  const needed = all.filter((block) => base?.has(block) !== true);
  for (const folded of await readHere(host, needed)) {
    const { block, isVoid, section } = folded;
    before.applySection(block, section, isVoid);
    const isCounted = counted.has(block.no);
    const there = isCounted ? unlimited(block) : block;
    after.applySection(there, section, isVoid && !isCounted);
  }
  for (const db of [before, after]) keepOnly(db, ids);
  return { before, after, known: only.filter((id) => isCounted(before, id)) };
}

/** A block as if its writer might do everything. */
function unlimited({ rights: _, ...block }: BlockContext): BlockContext {
  return block;
}

function touched({ fold }: Database, blocks: readonly FoldedBlock[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { block, section } of blocks) {
    for (const row of fold.rowsOf(block, section)) ids.add(fold.rows.id(row));
  }
  return ids;
}

/**
 * What stands above objects in trees, in either state, beyond these objects: a move puts out another that
 * would close a circle with it, or lets it in again.
 */
function placesAbove(
  { fold, trees }: Database,
  states: readonly Database[],
  ids: ReadonlySet<string>,
): ReadonlySet<string> {
  const above = new Set<string>();
  for (const { tree, parent } of wishes(states, ids)) {
    const structure = trees.structure(tree);
    for (let row = fold.rows.find(parent); row >= 0; row = structure.edge(row)?.parent ?? -1) {
      const id = fold.rows.id(row);
      if (above.has(id)) break;
      above.add(id);
    }
  }
  for (const id of ids) above.delete(id);
  return above;
}

/** Under what the objects were put, granted or not. */
function* wishes(
  states: readonly Database[],
  ids: ReadonlySet<string>,
): Generator<{ readonly tree: string; readonly parent: Uint8Array }> {
  for (const db of states) {
    for (const id of ids) {
      const row = countedRow(db, id);
      if (row < 0) continue;
      const type = readerIn(db, row, db);
      for (const leaf of type.compiled.leaves) {
        if (leaf.data.kind !== 'tree') continue;
        const wish = wishIn(db, { row, type, leaf });
        if (wish !== undefined) yield { tree: leaf.data.tree, parent: wish };
      }
    }
  }
}

function isCounted(db: Database, id: string): boolean {
  return db.getDeleted(id) !== undefined;
}
