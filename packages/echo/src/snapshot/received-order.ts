/**
 * The order of blocks that a peer sends, looked at before anything is built from it: its root says that it
 * is the one that was meant, not that an honest member made it.
 */
import { NONCE_BYTES } from '@atoll/feed';
import { BLOCK_HAS_CONTROL } from '../space/space-index.ts';
import type { BlockPage } from './block-page.ts';
import type { ControlEntry } from './control-page.ts';
import type { SnapshotHead } from './head.ts';

/**
 * Blocks that were let go, in all: each keeps a place in memory. Sixteen million are a busy space's life;
 * without a limit two blocks that claim to be four thousand million apart would take all memory.
 */
const LET_GO_MAX: number = 2 ** 24;
/** Above this no honest block is. */
const LAMPORT_MAX: number = 2 ** 48;
const HASH_BYTES = 32;

/** What says how blocks follow each other. */
export interface ReceivedOrder {
  readonly head: SnapshotHead;
  readonly pages: readonly BlockPage[];
  readonly control: readonly ControlEntry[];
}

/** The first rule that is broken, or `undefined`. */
export function brokenRule({ control, head, pages }: ReceivedOrder): string | undefined {
  return brokenHead(head) ?? brokenBlocks(head, pages) ?? brokenControl(pages, control);
}

function brokenHead(head: SnapshotHead): string | undefined {
  const { blocks, branches, partlyVoidBlocks, types, voidBlocks } = head;
  for (const [at, { feed, fork, parent }] of branches.entries()) {
    if (parent === undefined ? fork !== 0 : parent >= at)
      return 'a branch has its parent before it';
    if (parent !== undefined && branches[parent]?.feed !== feed) return 'a branch is of one feed';
  }
  const isBlock = (no: number): boolean => no >= 0 && no < blocks;
  if (!types.every(({ publishedIn }) => publishedIn.every(isBlock))) return 'types are of blocks';
  // Only who has the blocks can look for what does not count of them.
  if (partlyVoidBlocks.length > 0) return 'what counts in part is looked for in a log';
  return voidBlocks.every(isBlock) ? undefined : 'what does not count is a block';
}

/** Ends of branches, as blocks come. */
interface Ends {
  readonly seqs: Float64Array;
  readonly feeds: readonly string[];
  letGo: number;
}

function brokenBlocks(head: SnapshotHead, pages: readonly BlockPage[]): string | undefined {
  const { branches } = head;
  const ends: Ends = {
    seqs: Float64Array.from(branches, ({ fork }) => fork - 1),
    feeds: branches.map(({ feed }) => feed),
    letGo: 0,
  };
  const branchOf = new Int32Array(head.blocks);
  let first = 0;
  for (const page of pages) {
    const broken = brokenPage(page, { first, branchOf, ends });
    if (broken !== undefined) return broken;
    first += page.kept.length;
  }
  if (ends.letGo > LET_GO_MAX) return 'blocks that were let go are within limits';
  const isEmpty = ends.seqs.some((seq, branch) => seq < (branches[branch]?.fork ?? 0));
  return isEmpty ? 'a branch has a block' : undefined;
}

function brokenPage(
  { columns, kept }: BlockPage,
  so: { readonly first: number; readonly branchOf: Int32Array; readonly ends: Ends },
): string | undefined {
  const { branchOf, ends, first } = so;
  const count = kept.length;
  const { branches, hashes, lamports, prevs, seqs } = columns;
  const areWhole =
    hashes.length === count * HASH_BYTES &&
    [branches, seqs, prevs].every(({ length }) => length === count * 4) &&
    lamports.length === count * 8 &&
    kept.every(({ nonce }) => nonce.length === NONCE_BYTES);
  if (!areWhole) return 'columns have a row for each block';
  const branch = new Int32Array(branches.slice().buffer);
  const seq = new Uint32Array(seqs.slice().buffer);
  const prev = new Int32Array(prevs.slice().buffer);
  const lamport = new Float64Array(lamports.slice().buffer);
  for (let at = 0; at < count; at++) {
    const { deps, timeMs } = kept[at] as BlockPage['kept'][number];
    const no = first + at;
    branchOf[no] = branch[at] as number;
    if (!isAbove(ends, branch[at] as number, seq[at] as number)) return 'blocks of a branch ascend';
    if (!continues(prev[at] as number, no, { branchOf, ends })) return 'a block continues a chain';
    if (deps.some((dep) => dep >= no)) return 'a block comes after those that it names';
    if (!isWithin(lamport[at] as number, LAMPORT_MAX)) return 'a lamport number is one';
    if (!isWithin(timeMs, Number.MAX_SAFE_INTEGER)) return 'a time is one';
  }
  return undefined;
}

/** Notes where a branch has got to. */
function isAbove(ends: Ends, branch: number, seq: number): boolean {
  const end = ends.seqs[branch];
  if (branch < 0 || end === undefined || seq <= end) return false;
  ends.letGo += seq - end - 1;
  ends.seqs[branch] = seq;
  return true;
}

/** The block before it is an earlier one of the same feed, or there is none. */
function continues(
  before: number,
  no: number,
  { branchOf, ends }: { readonly branchOf: Int32Array; readonly ends: Ends },
): boolean {
  if (before === -1) return true;
  if (before < 0 || before >= no) return false;
  return ends.feeds[branchOf[before] as number] === ends.feeds[branchOf[no] as number];
}

function isWithin(value: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= max;
}

function brokenControl(
  pages: readonly BlockPage[],
  control: readonly ControlEntry[],
): string | undefined {
  const flags = pages.flatMap(({ kept }) => kept.map((block) => block.flags));
  let next = 0;
  for (const [no, flag] of flags.entries()) {
    if ((flag & BLOCK_HAS_CONTROL) === 0) continue;
    if (control[next++]?.no !== no)
      return 'control sections are those of the blocks that have some';
  }
  return next === control.length ? undefined : 'control sections are of blocks';
}
