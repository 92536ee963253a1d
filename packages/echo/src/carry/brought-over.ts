/**
 * Branches of others that an epoch has no place for, and where their own devices have brought them over: a block that
 * was has the nonce of the one that it stands for. What was written upon them here goes on upon those.
 */
import { idBytes, toHex, type FeedKey } from '@atoll/kernel';
import { BLOCK_HAS_DATA, type SpaceIndex } from '../space/space-index.ts';
import type { ApartGroup } from './apart-map.ts';

/**
 * The branches that these blocks stand on, with their new places; `undefined` if one that has content has none that is
 * known here.
 */
export function broughtOver(
  index: SpaceIndex,
  blocks: readonly number[],
): readonly ApartGroup[] | undefined {
  const { branches } = index;
  const groups: ApartGroup[] = [];
  if (blocks.length === 0) return groups;
  const byNonce = new Map<string, number[]>();
  for (let no = 0; no < branches.blockCount; no++) {
    const nonce = toHex(index.nonceOf(no));
    const same = byNonce.get(nonce);
    if (same === undefined) byNonce.set(nonce, [no]);
    else same.push(no);
  }
  for (const branch of new Set(blocks.map((no) => branches.branchOf(no)))) {
    const group = groupOf(index, branch, byNonce);
    if (group !== undefined) groups.push(group);
  }
  const over = new Set(groups.flatMap((group) => group.blocks));
  const isWhole = blocks.every((no) => over.has(no) || (index.flagsOf(no) & BLOCK_HAS_DATA) === 0);
  return isWhole ? groups : undefined;
}

/** The blocks of a branch that stand elsewhere too, all in one feed and in the same order. */
function groupOf(
  index: SpaceIndex,
  branch: number,
  byNonce: ReadonlyMap<string, readonly number[]>,
): ApartGroup | undefined {
  const { branches } = index;
  const feed = branches.branchFeed(branch);
  const end = branches.seqOf(branches.branchEnd(branch));
  const blocks: number[] = [];
  let goes: { readonly feed: FeedKey; readonly by: number } | undefined;
  for (let seq = branches.branchFork(branch); seq <= end; seq++) {
    const block = branches.blockAt(branch, seq);
    if (block === undefined) continue;
    const over = byNonce
      .get(toHex(index.nonceOf(block)))
      ?.find(
        (no) =>
          branches.feedOf(no) !== feed &&
          (goes?.feed ?? branches.feedOf(no)) === branches.feedOf(no),
      );
    if (over === undefined) {
      if (goes !== undefined) break;
      continue;
    }
    const by = branches.seqOf(over) - seq;
    goes ??= { feed: branches.feedOf(over), by };
    if (goes.by !== by) break;
    blocks.push(block);
  }
  const [first] = blocks;
  if (goes === undefined || first === undefined) return undefined;
  const firstSeq = branches.seqOf(first);
  const feedBytes = idBytes(goes.feed);
  return { branch, blocks, firstSeq, feed: goes.feed, feedBytes, newSeq: firstSeq + goes.by };
}
