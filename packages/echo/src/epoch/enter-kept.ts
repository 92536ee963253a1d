/**
 * Enters the kept state of an epoch into another fold that has the open space's numbers of blocks and
 * branches: what the past is folded from where history was dropped.
 */
import { fromHex } from '@atoll/kernel';
import type { BlockContext } from '../block-context.ts';
import type { Fold } from '../fold.ts';
import type { ObjectState } from '../object-state.ts';
import type { Sibling } from '../register.ts';
import { BLOCK_HAS_DATA } from '../space/space-index.ts';
import type { EpochReplay, ReplayHost } from './epoch-replay.ts';

/** Rows between two questions whether others should have a turn. */
const ROWS_A_TURN = 32;
const NONE: readonly Sibling[] = [];

/** A fold that has seen nothing, and what it is to get. */
export interface KeptEntry {
  readonly fold: Fold;
  /** Context of a block of the open space, by its number there. */
  readonly context: (block: number) => BlockContext;
  /** Ids of objects; all if absent. */
  readonly only?: Iterable<string>;
}

/** Enters all rows of a kept state, or some. */
export async function enterKept(
  replay: EpochReplay,
  host: ReplayHost,
  { context, fold, only }: KeptEntry,
): Promise<void> {
  enterBlocks(replay, host, fold, context);
  const { rows } = replay.fold;
  const states = new Map<number, ObjectState>();
  let entered = 0;
  for (const row of rowsOf(replay, only)) {
    if (row < 0 || replay.fold.isCollected(row)) continue;
    const type = fold.types.published(replay.fold.typeOf(row).compiled.bytes);
    const block = host.index.branches.blockOf(replay.index.branches.hashOf(rows.block(row)));
    if (type === undefined || block === undefined) continue;
    const added = fold.rows.add({
      id: rows.idBytes(row).slice(),
      type: type.no,
      block,
      op: rows.op(row),
      payload: rows.payload(row).slice(),
      isVoid: rows.isVoid(row),
    });
    const state = replay.stateFor(fold, added)?.state;
    if (state !== undefined) {
      states.set(added, state);
      fold.rows.setTouched(added);
    }
    if (++entered % ROWS_A_TURN === 0) await host.turn();
  }
  const read = (row: number): ObjectState | undefined => states.get(row);
  fold.restore({
    read,
    deleted: (row) => read(row)?.deleted ?? NONE,
    register: (row, field) => {
      const known = read(row)?.fields.get(field);
      return known?.kind === 'register' ? known.siblings : undefined;
    },
  });
  for (let row = 0; row < fold.rows.count; row++) fold.observer.objectChanged(row);
}

/** Blocks that something of the kept state names: later ones name them too. */
function enterBlocks(
  replay: EpochReplay,
  host: ReplayHost,
  fold: Fold,
  context: KeptEntry['context'],
): void {
  const { branches } = replay.index;
  for (let no = 0; no < branches.blockCount; no++) {
    if ((replay.index.flagsOf(no) & BLOCK_HAS_DATA) === 0) continue;
    const block = host.index.branches.blockOf(branches.hashOf(no));
    if (block !== undefined) fold.blocks.add(context(block), host.isVoid(block));
  }
}

function* rowsOf({ fold }: EpochReplay, only: Iterable<string> | undefined): Generator<number> {
  if (only === undefined) {
    for (let row = 0; row < fold.rows.count; row++) yield row;
    return;
  }
  for (const id of only) {
    const bytes = fromHex(id);
    if (bytes?.length === 16) yield fold.rows.find(bytes);
  }
}
