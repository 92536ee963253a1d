/**
 * A program that writes beside others into one profile: its own feed, one block a commit. Arguments:
 * the profile's directory, the feed's byte in hex, the number of blocks.
 */
import { createHash } from 'node:crypto';
import type { BlockHash, FeedKey, SpaceId } from '@atoll/kernel';
import { nodeRng } from '../node-ports.ts';
import { NodeStore } from '../node-store.ts';

/** A thread takes over while the others write, too. */
const COMMITS_BEFORE_THREAD = 10;

const [, , dir = '', byte = '00', count = '0'] = process.argv;
const space = 'ee'.repeat(32) as SpaceId;
const feed = byte.repeat(32) as FeedKey;
await using store = NodeStore.open(dir, nodeRng, { commitsBeforeThread: COMMITS_BEFORE_THREAD });
for (let seq = 0; seq < Number(count); seq++) {
  const bytes = new TextEncoder().encode(`${byte} ${seq}`);
  const hash = createHash('sha256').update(bytes).digest('hex') as BlockHash;
  await store.commit({ blocks: [{ space, feed, seq, hash, bytes, origin: 'own' }] });
}
