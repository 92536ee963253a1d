/** Runs: how blocks travel. Consecutive blocks of one feed up to a signed end, and that signature. */
import type { BlockHash, Ed25519Platform, FeedKey } from '@atoll/kernel';
import { splitBlock, type ParsedBlock } from './block.ts';
import { refused, type Checked } from './feed-error.ts';
import { BLOCK_BYTES_MAX, SEQ_MAX } from './frame.ts';
import { SIGNATURE_BYTES, verifyTip } from './tip.ts';

/** A writer signs at least so often: what arrives without its signature is worth nothing. */
export const SIGN_EVERY_BLOCKS_MAX = 64;
/** And at least every so many bytes, so that staging one interval is cheap for a receiver. */
export const SIGN_EVERY_BYTES_MAX: number = 256 * 1024;
/** A sender stops a run at the next signed block once it has so many bytes. */
export const RUN_BYTES_TARGET: number = 512 * 1024;
/** A run above this is refused: one interval whose last block is as large as blocks may be. */
export const RUN_BYTES_MAX: number = SIGN_EVERY_BYTES_MAX + BLOCK_BYTES_MAX;
/** A run with more blocks is refused; so many of the smallest blocks fill RUN_BYTES_MAX. */
export const RUN_BLOCKS_MAX = 8192;

/** Blocks of one feed, ascending, the last of which is signed. */
export interface Run {
  readonly feed: FeedKey;
  readonly endSeq: number;
  readonly endHash: BlockHash;
  /** By the feed key over {feed, endSeq, endHash}. */
  readonly signature: Uint8Array;
  readonly blocks: readonly Uint8Array[];
}

/** Feed and number of a block that the replica has, by hash. */
export type KnownBlock = (
  hash: BlockHash,
) => { readonly feed: FeedKey; readonly seq: number } | undefined;

/** Sum of the blocks' lengths. */
export function runBytes(run: Run): number {
  let sum = 0;
  for (const block of run.blocks) sum += block.length;
  return sum;
}

/**
 * Verifies a run: limits, then the signature before any block is read, then that the blocks are whole,
 * follow one another from a known block or a genesis, and end in the signed one. Never throws for what
 * a peer can send.
 */
export async function verifyRun(
  platform: Ed25519Platform,
  run: Run,
  known: KnownBlock,
): Promise<Checked<readonly ParsedBlock[]>> {
  const chain = await verifyRunAlone(platform, run);
  const first = chain.ok ? chain.value[0] : undefined;
  if (first === undefined || first.frame.seq === 0 || isKnownPrev(first, known)) return chain;
  return refused('FEED_PREV_UNKNOWN');
}

/** {@link verifyRun} without looking at what the run continues. */
export async function verifyRunAlone(
  platform: Ed25519Platform,
  run: Run,
): Promise<Checked<readonly ParsedBlock[]>> {
  const { feed, endSeq, endHash, signature, blocks } = run;
  if (!withinLimits(run)) return refused('FEED_RUN_LIMITS');
  const tip = { feed, seq: endSeq, hash: endHash };
  if (signature.length !== SIGNATURE_BYTES || !(await verifyTip(platform, tip, signature))) {
    return refused('FEED_SIGNATURE_WRONG');
  }
  const chain = verifyChain(feed, endSeq + 1 - blocks.length, blocks);
  if (!chain.ok) return chain;
  return chain.value.at(-1)?.hash === endHash ? chain : refused('FEED_RUN_END');
}

/** Blocks of `feed` from `firstSeq` on that follow one another; whoever starts them is not judged here. */
export function verifyChain(
  feed: FeedKey,
  firstSeq: number,
  blocks: readonly Uint8Array[],
): Checked<readonly ParsedBlock[]> {
  const parsed: ParsedBlock[] = [];
  let before: ParsedBlock | undefined;
  for (const bytes of blocks) {
    const split = splitBlock(bytes);
    if (!split.ok) return split;
    const { frame } = split.value;
    if (frame.feed !== feed) return refused('FEED_RUN_FEED');
    if (frame.seq !== firstSeq + parsed.length) return refused('FEED_RUN_BROKEN');
    if (before !== undefined && frame.prev !== before.hash) return refused('FEED_RUN_BROKEN');
    before = split.value;
    parsed.push(before);
  }
  return { ok: true, value: parsed };
}

function withinLimits(run: Run): boolean {
  const { endSeq, blocks } = run;
  return (
    Number.isSafeInteger(endSeq) &&
    endSeq >= 0 &&
    endSeq <= SEQ_MAX &&
    blocks.length > 0 &&
    blocks.length <= RUN_BLOCKS_MAX &&
    blocks.length <= endSeq + 1 &&
    runBytes(run) <= RUN_BYTES_MAX
  );
}

function isKnownPrev(first: ParsedBlock, known: KnownBlock): boolean {
  const prev = known(first.frame.prev);
  return prev !== undefined && prev.feed === first.frame.feed && prev.seq === first.frame.seq - 1;
}
