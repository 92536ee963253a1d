/**
 * What a row holds beside its canonical form, in terms that are equal for all who keep the same epoch: by
 * which blocks the units of a text or list came, and units that do not count. Late writers are judged by
 * it, so an epoch names a root over it, too: that of a second tree over the same rows.
 */
import { Writer } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import { fromHex } from '@atoll/kernel';
import type { BlockTable } from '../block-table.ts';
import type { Fold } from '../fold.ts';
import type { FieldState } from '../object-state.ts';
import { RadixTree } from '../radix-tree.ts';
import { writeRichRow } from '../rich-text/rich-row.ts';
import { orderOf } from '../sequence-state.ts';
import { writeListRow } from '../sequence/list-row.ts';
import type { RowContext } from '../sequence/row-codec.ts';
import { writeTextRow } from '../sequence/text-row.ts';
import { rowHash, type StateRoot } from '../state-root.ts';

type SequenceField = Extract<FieldState, { readonly kind: 'text' | 'list' }>;

/** Rows that are entered between two questions whether others should have a turn, and before they are hashed. */
const ROWS_A_TURN = 8;
const ROWS_A_HASH = 32;
const HASH_BYTES = 32;

/** What the trees are over. */
export interface FactsOf {
  readonly fold: Fold;
  readonly tree: StateRoot;
}

/** Hash of a row with its facts; that of the row alone where it has none. */
export function factsHash(fold: Fold, row: number): Uint8Array<ArrayBuffer> {
  const facts = factsOfRow(fold, row);
  const plain = rowHash(fold, row);
  return facts === undefined ? plain : hash('row-facts', plain, facts);
}

/** The tree over rows and their facts, under the key of the zone's state root. */
export function factsTree(of: FactsOf, key: Uint8Array): RadixTree {
  const steps = beginTree(of, key);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  const tree = step.value;
  for (const row of rowsWithFacts(of.fold, tree)) tree.set(row);
  return tree;
}

/** The same, while others get their turns. */
export async function makeFactsTree(
  of: FactsOf,
  key: Uint8Array,
  turn: () => Promise<void>,
): Promise<RadixTree> {
  await of.tree.treeInTurns(key, turn);
  const steps = beginTree(of, key);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) await turn();
  const tree = step.value;
  const rows = [...rowsWithFacts(of.fold, tree)];
  await turn();
  let since = 0;
  for (const row of rows) {
    tree.set(row);
    if (++since % ROWS_A_TURN !== 0) continue;
    await turn();
    if (since % ROWS_A_HASH === 0) tree.root();
  }
  return tree;
}

/** Where no row has facts it is the tree of the rows: all of its hashes are taken over. */
function* beginTree({ fold, tree: rows }: FactsOf, key: Uint8Array): Generator<void, RadixTree> {
  const plain = rows.tree(key);
  const tree = new RadixTree(key, {
    idByte: (row, at) => fold.rows.idByte(row, at),
    idBytes: (row) => fold.rows.idBytes(row),
    hash: (row) => factsHash(fold, row),
  });
  const all = Int32Array.from(plain.rowsAt([]));
  yield;
  yield* tree.filling(all);
  const hashes = plain.hashes();
  yield;
  tree.restoreHashes(hashes);
  yield;
  return tree;
}

function* rowsWithFacts(fold: Fold, tree: RadixTree): Generator<number> {
  const kinds = new Map<number, boolean>();
  for (const row of tree.rowsAt([])) {
    if (!fold.rows.isTouched(row)) continue;
    const type = fold.rows.type(row);
    let has = kinds.get(type);
    if (has === undefined) {
      has = fold.typeOf(row).compiled.leaves.some(({ data: { kind } }) => SEQUENCES.has(kind));
      kinds.set(type, has);
    }
    if (has) yield row;
  }
}

const SEQUENCES: ReadonlySet<string> = new Set(['text', 'rich', 'list']);

function factsOfRow(fold: Fold, row: number): Uint8Array | undefined {
  const state = fold.glance(row);
  const parts: { readonly id: string; readonly field: SequenceField }[] = [];
  for (const [number, field] of state?.fields ?? []) {
    const isSequence = field.kind === 'text' || field.kind === 'list';
    if (isSequence) parts.push({ id: fold.types.fieldId(number), field });
  }
  if (parts.length === 0) return undefined;
  parts.sort((a, b) => (a.id < b.id ? -1 : 1));
  const writer = new Writer();
  for (const { field, id } of parts) {
    writer.text(id);
    writeTimeline(writer, fold.blocks, field);
    writeUnits(writer, fold.blocks, field);
  }
  return writer.finish();
}

function writeTimeline(writer: Writer, blocks: BlockTable, { timeline }: SequenceField): void {
  const lines = timeline.lines().sort((a, b) => compareAgents(blocks, a.agent, b.agent));
  writer.varint(lines.length);
  for (const { agent, base, settled, steps } of lines) {
    writer.bytes(feedOf(blocks, agent)).varint(base).varint(settled).varint(steps.length);
    for (const { block, units } of steps) writer.raw(hashOf(blocks, block)).varint(units);
  }
}

/** All units, those that do not count too. */
function writeUnits(writer: Writer, blocks: BlockTable, field: SequenceField): void {
  const order = orderOf(blocks, field.timeline, () => field.ids);
  const context: RowContext & { readonly keepVoid: boolean } = {
    order: { ...order, compareAgents: (a, b) => compareAgents(blocks, a, b) },
    names: {
      writeAgent: (into, agent) => void into.bytes(feedOf(blocks, agent)),
      writeStamp: (into, stamp) => void into.raw(hashOf(blocks, stamp)),
      readAgent: () => 0,
      readStamp: () => 0,
    },
    keepVoid: true,
  };
  if (field.kind === 'list') writeListRow(writer, field.list, context);
  else if (field.rich === undefined) writeTextRow(writer, field.text, context);
  else writeRichRow(writer, { text: field.text, marks: field.rich.marks }, context);
}

/** Branches of one feed by their numbers: those of an epoch follow from the chain of epochs. */
function compareAgents(blocks: BlockTable, a: number, b: number): number {
  return blocks.branches.compareFeeds(a, b) || a - b;
}

function feedOf(blocks: BlockTable, agent: number): Uint8Array {
  return fromHex(blocks.branches.feedOf(agent)) ?? new Uint8Array(0);
}

function hashOf(blocks: BlockTable, no: number): Uint8Array {
  return blocks.hashOf(no) ?? new Uint8Array(HASH_BYTES);
}
