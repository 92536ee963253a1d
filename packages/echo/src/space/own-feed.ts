/**
 * The feed through which this device writes a space: one for each slot, until an unclean end, a restored
 * store or news from a peer makes it start a further one. A feed is reserved durably before anything is
 * written under its key.
 */
import { Reader, Writer } from '@atoll/codec';
import { genesisPrev } from '@atoll/feed';
import {
  concatBytes,
  idFromBytes,
  toHex,
  type BlockHash,
  type FeedKey,
  type Keystore,
  type Rng,
  type Signer,
  type SpaceId,
  type Store,
} from '@atoll/kernel';
import type { SpaceIndex } from './space-index.ts';

/** Bytes of what tells the feeds of one slot apart. */
export const INCARNATION_BYTES = 16;
const FEED_BYTES = 32;
const RECORD_VERSION = 1;
const RECORD_BYTES: number = 1 + FEED_BYTES + INCARNATION_BYTES;

/** What a feed needs from its profile. */
export interface OwnFeedPorts {
  readonly store: Store;
  readonly keystore: Keystore;
  readonly rng: Rng;
}

/** A feed of this device, and where its next block goes. */
export interface OwnFeed {
  readonly feed: FeedKey;
  readonly signer: Signer;
  readonly slot: number;
  readonly incarnation: Uint8Array<ArrayBuffer>;
  /** Number of the next block. */
  seq: number;
  /** Hash of the last block, or the feed's genesis hash. */
  prev: BlockHash;
}

/** Feed to go on with, or a new one. `mayContinue` is false after an unclean end or a restore. */
export async function openOwnFeed(
  ports: OwnFeedPorts,
  place: {
    readonly space: SpaceId;
    readonly slot: number;
    readonly mayContinue: boolean;
    /** Feeds that an epoch has retired: who returns begins a new one. */
    readonly retired: readonly FeedKey[];
  },
  index: SpaceIndex,
): Promise<OwnFeed> {
  const { space, slot, mayContinue, retired } = place;
  const record = await ports.store.value(recordName(space, slot));
  const reserved = record === undefined ? undefined : readRecord(record);
  // Without blocks here, too, a feed may have some elsewhere: the store can be older than they are.
  if (reserved !== undefined && mayContinue) {
    const { feed, incarnation } = reserved;
    const signer = await ports.keystore.signer(signerName(space, slot, incarnation));
    if (toHex(signer.publicKey) !== feed) return reserveFeed(ports, space, slot);
    const branches = index.branches.branchesOf(feed);
    const base = { feed, signer, slot, incarnation };
    const [only] = branches;
    if (only === undefined) return { ...base, seq: 0, prev: genesisOf(space, feed, incarnation) };
    if (branches.length === 1 && !retired.includes(feed)) {
      const end = index.branches.branchEnd(only);
      return { ...base, seq: index.branches.seqOf(end) + 1, prev: index.branches.hashOf(end) };
    }
  }
  return reserveFeed(ports, space, slot);
}

/** Makes a new incarnation of a slot. Durable when resolved. */
export async function reserveFeed(
  ports: OwnFeedPorts,
  space: SpaceId,
  slot: number,
): Promise<OwnFeed> {
  const incarnation = ports.rng.bytes(INCARNATION_BYTES);
  const signer = await ports.keystore.signer(signerName(space, slot, incarnation));
  const feed = idFromBytes('feed', signer.publicKey);
  const record = new Writer(64).u8(RECORD_VERSION).raw(signer.publicKey).raw(incarnation).finish();
  await ports.store.commit({ values: new Map([[recordName(space, slot), record]]) });
  return { feed, signer, slot, incarnation, seq: 0, prev: genesisOf(space, feed, incarnation) };
}

/** What the first block of a feed stands behind. */
export function genesisOf(space: SpaceId, feed: FeedKey, incarnation: Uint8Array): BlockHash {
  return genesisPrev(space, feed, concatBytes(incarnation));
}

/** Beginning of the names of the records that say in which feed each slot goes on. */
export function recordPrefix(space: SpaceId): string {
  return `feed/${space}/`;
}

function recordName(space: SpaceId, slot: number): string {
  return `${recordPrefix(space)}${slot}`;
}

/** Name of a feed's key in the keystore. */
export function signerName(space: SpaceId, slot: number, incarnation: Uint8Array): string {
  return `feed/${space}/${slot}/${toHex(incarnation)}`;
}

/** A damaged record is none: a further feed is begun then. */
function readRecord(
  bytes: Uint8Array,
): { readonly feed: FeedKey; readonly incarnation: Uint8Array<ArrayBuffer> } | undefined {
  if (bytes.length !== RECORD_BYTES) return undefined;
  const reader = new Reader(bytes);
  if (reader.u8() !== RECORD_VERSION) return undefined;
  const feed = idFromBytes('feed', reader.raw(FEED_BYTES));
  return { feed, incarnation: reader.take(INCARNATION_BYTES) };
}
