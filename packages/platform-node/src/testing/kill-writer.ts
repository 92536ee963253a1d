/**
 * A program that is made to be killed: writes numbered batches as fast as it can, several at once,
 * and reports each number after its commit has resolved. Arguments: the profile's directory, and the
 * number of transactions before a thread writes.
 */
import { createHash } from 'node:crypto';
import type { BlockHash, FeedKey, NewBlock, SpaceId } from '@atoll/kernel';
import { nodeRng } from '../node-ports.ts';
import { NodeStore } from '../node-store.ts';

/** The space that the program writes. */
export const KILL_SPACE: SpaceId = 'cc'.repeat(32) as SpaceId;
const FEED = 'dd'.repeat(32) as FeedKey;
const AT_ONCE = 3;

/** The one block with this number; its content follows from it. */
export function numberedBlock(seq: number): NewBlock {
  const seed = createHash('sha256').update(`block ${seq}`).digest();
  const bytes = new Uint8Array(100 + ((seq * 7919) % 5000)).map(
    (_, at) => (seed[at % 32] ?? 0) ^ at,
  );
  const hash = createHash('sha256').update(bytes).digest('hex') as BlockHash;
  return { space: KILL_SPACE, feed: FEED, seq, hash, bytes, origin: 'own' };
}

async function write(dir: string, commitsBeforeThread: number): Promise<void> {
  // However slow the disk is: small ones here, the others in the thread, in turns.
  const options = { commitsBeforeThread, quickCommitMs: 60_000 };
  const store = NodeStore.open(dir, nodeRng, options);
  let seq = await store.lastPosition(KILL_SPACE);
  const turn = async (): Promise<void> => {
    for (;;) {
      const from = seq;
      const to = from + 1 + (from % 9);
      seq = to; // Taken before the commit, so that the others write what follows.
      const blocks = Array.from({ length: to - from }, (_, at) => numberedBlock(from + at));
      const values = new Map([['next', new Uint8Array(new Float64Array([to]).buffer)]]);
      await store.commit({ blocks, values });
      process.stdout.write(`${to}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, turn));
}

const [, script, dir, before] = process.argv;
if (dir !== undefined && script?.endsWith('kill-writer.ts') === true) {
  await write(dir, Number(before));
}
