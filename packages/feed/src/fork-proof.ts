/** Fork proofs: two signed continuations of one block. They void nothing; they are shown. */
import { Reader } from '@atoll/codec';
import type { BlockHash, Ed25519Platform, SpaceId, Store } from '@atoll/kernel';
import type { BranchIndex } from './branch-index.ts';
import { blockHash, decodeFrame, readFrame, type Frame } from './frame.ts';
import type { ForkProof, ForkSide } from './replica.ts';
import { RUN_BLOCKS_MAX } from './run.ts';
import { verifyTip } from './tip.ts';

/** Where proofs are made from. */
export interface ForkSource {
  readonly store: Store;
  readonly space: SpaceId;
  readonly index: BranchIndex;
}

/**
 * The proof that `block`, the first of its branch, and another block continue the same one; `undefined`
 * while one side has no signature yet. @throws StoreError.
 */
async function makeForkProof(source: ForkSource, block: number): Promise<ForkProof | undefined> {
  const { index } = source;
  const seq = index.seqOf(block);
  const feed = index.feedOf(block);
  const parent = index.branchParent(index.branchOf(block));
  const siblings = parent === undefined ? index.branchesOf(feed) : [parent];
  const other = siblings
    .map((branch) => index.blockAt(branch, seq))
    .find((sibling) => sibling !== undefined && sibling !== block);
  if (other === undefined) return undefined;
  const left = await sideFrom(source, other);
  const right = await sideFrom(source, block);
  return left === undefined || right === undefined ? undefined : { feed, seq, left, right };
}

/** Those that there are for the first blocks of some branches. @throws StoreError. */
export async function makeForkProofs(
  source: ForkSource,
  blocks: readonly number[],
): Promise<readonly ForkProof[]> {
  const proofs: ForkProof[] = [];
  for (const block of blocks) {
    const proof = await makeForkProof(source, block);
    if (proof !== undefined) proofs.push(proof);
  }
  return proofs;
}

/** True only if the feed key has signed both sides and they differ in their first block. Never throws. */
export async function verifyForkProof(
  platform: Ed25519Platform,
  proof: ForkProof,
): Promise<boolean> {
  const left = await sideStart(platform, proof, proof.left);
  const right = await sideStart(platform, proof, proof.right);
  if (left === undefined || right === undefined || left.hash === right.hash) return false;
  return proof.seq === 0 || left.frame.prev === right.frame.prev;
}

async function sideFrom(source: ForkSource, block: number): Promise<ForkSide | undefined> {
  const { index, store, space } = source;
  const branch = index.branchOf(block);
  const first = index.seqOf(block);
  const frames: Uint8Array[] = [];
  for (let seq = first; seq < first + RUN_BLOCKS_MAX; seq++) {
    const at = index.blockAt(branch, seq);
    if (at === undefined) return undefined;
    const stored = await store.get(space, index.hashOf(at));
    if (stored === undefined) return undefined;
    const reader = new Reader(stored.bytes);
    readFrame(reader);
    frames.push(stored.bytes.slice(0, reader.at));
    if (stored.signature !== undefined) return { frames, signature: stored.signature };
  }
  return undefined;
}

async function sideStart(
  platform: Ed25519Platform,
  proof: ForkProof,
  side: ForkSide,
): Promise<{ readonly frame: Frame; readonly hash: BlockHash } | undefined> {
  if (side.frames.length === 0 || side.frames.length > RUN_BLOCKS_MAX) return undefined;
  let start: { frame: Frame; hash: BlockHash } | undefined;
  let end: { frame: Frame; hash: BlockHash } | undefined;
  try {
    for (const [at, bytes] of side.frames.entries()) {
      const frame = decodeFrame(bytes);
      if (frame.feed !== proof.feed || frame.seq !== proof.seq + at) return undefined;
      if (end !== undefined && frame.prev !== end.hash) return undefined;
      end = { frame, hash: blockHash(bytes) };
      start ??= end;
    }
  } catch {
    return undefined; // No frame: no proof.
  }
  if (end === undefined) return undefined;
  const tip = { feed: proof.feed, seq: end.frame.seq, hash: end.hash };
  return (await verifyTip(platform, tip, side.signature)) ? start : undefined;
}
