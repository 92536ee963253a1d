/**
 * Tips: signed ends of chains. A signature over a tip makes every block before it authentic, and nothing
 * else does: a hash that somebody mentions proves nothing.
 */
import { Writer } from '@atoll/codec';
import { hash, signStatement, verifyStatement, type Statement } from '@atoll/crypto';
import {
  idBytes,
  type BlockHash,
  type Ed25519Platform,
  type FeedKey,
  type Signer,
} from '@atoll/kernel';

/** An end of a chain that its feed key has signed. */
export interface Tip {
  readonly feed: FeedKey;
  readonly seq: number;
  readonly hash: BlockHash;
}

/** Bytes of a tip's signature. */
export const SIGNATURE_BYTES = 64;

/** Feed and hash, as the heads root takes them. */
const HEAD_BYTES = 64;

/** Tips that one exchange can name: every feed of a full log, and as many branches again. */
export const TIPS_MAX = 131_072;

/** Signature of the feed key over a tip, 64 bytes. */
export function signTip(signer: Signer, tip: Tip): Promise<Uint8Array<ArrayBuffer>> {
  return signStatement(signer, tipStatement(tip));
}

/** True only if the tip's feed key has signed it. Never throws. */
export async function verifyTip(
  platform: Ed25519Platform,
  tip: Tip,
  signature: Uint8Array,
): Promise<boolean> {
  const publicKey = idBytes(tip.feed);
  return (await verifyStatement(platform, tipStatement(tip), { publicKey, signature })) === true;
}

function tipStatement(tip: Tip): Statement {
  const body = new Writer(37).varint(tip.seq).raw(idBytes(tip.hash)).finish();
  return { purpose: 'feed-tip', audience: idBytes(tip.feed), body };
}

/** Root over tips that ascend by feed, then hash: what a replica's `headsRoot` gives. */
export function headsRootOf(tips: readonly Tip[]): Uint8Array {
  const listed = new Writer(HEAD_BYTES * tips.length);
  for (const tip of tips) listed.raw(idBytes(tip.feed)).raw(idBytes(tip.hash));
  return hash('heads', listed.finish());
}
