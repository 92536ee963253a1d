/**
 * The outer frame of a block: all that a replica without keys sees, and all it needs to verify a chain.
 * Bytes in spec/blocks.md.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { hash, hashHex, keyedHash } from '@atoll/crypto';
import { idBytes, idFromBytes, type BlockHash, type FeedKey, type SpaceId } from '@atoll/kernel';
import { FeedError } from './feed-error.ts';
import { knownBytes } from './known-bytes.ts';
import type { MembershipKey } from './membership-key.ts';

/** The one version of this program. */
export const BLOCK_VERSION = 1;
/** A transaction above this is refused; the text of a long novel fits. Bounds what one block costs a reader. */
export const PAYLOAD_BYTES_MAX: number = 1024 * 1024;
/** Numbers of blocks fit unsigned 32-bit columns; a writer at 100 blocks a second needs 490 days for them. */
export const SEQ_MAX: number = 2 ** 32 - 1;
/** Bytes of the incarnation nonce in a genesis. */
export const GENESIS_NONCE_BYTES = 16;
/** Bytes of a membership tag: enough to choose between generations, no more to link by. */
export const MEMBERSHIP_TAG_BYTES = 4;

const HASH_BYTES = 32;
/** Payload lengths are multiples of this up to {@link PADDING_FINE_MAX}. */
const PADDING_STEP = 64;
const PADDING_FINE_MAX = 256;
/** version, feed, prev, tag, content hash: what a frame has besides its two numbers. */
const FRAME_FIXED_BYTES: number = 1 + 3 * HASH_BYTES + MEMBERSHIP_TAG_BYTES;
const FRAME_NUMBERS_BYTES_MAX = 5 + 3;

/** Longest frame. */
export const FRAME_BYTES_MAX: number = FRAME_FIXED_BYTES + FRAME_NUMBERS_BYTES_MAX;
/** Longest block. */
export const BLOCK_BYTES_MAX: number = PAYLOAD_BYTES_MAX + FRAME_BYTES_MAX;

/** Outer frame of a block. */
export interface Frame {
  readonly feed: FeedKey;
  /** Number of the block in its feed, from 0. */
  readonly seq: number;
  /** Hash of the block before; at seq 0 the genesis hash, see {@link genesisPrev}. */
  readonly prev: BlockHash;
  /** Says to holders of the membership key which generation opens the inner header. */
  readonly membershipTag: Uint8Array<ArrayBuffer>;
  /** Commitment to both halves of the payload, see {@link contentHash}. */
  readonly contentHash: Uint8Array<ArrayBuffer>;
  /** Bytes that follow the frame; always a step of {@link paddedLength}. */
  readonly payloadLength: number;
}

/** Kept: what is written is copied out at once. */
const frameWriter = new Writer(FRAME_BYTES_MAX + 8);

/** The one encoding of a frame. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  return frameView(frame).slice();
}

/** {@link encodeFrame} as a view until the next frame is encoded or the next tag is made. */
export function frameView(frame: Frame): Uint8Array<ArrayBuffer> {
  return frameWriter
    .clear()
    .u8(BLOCK_VERSION)
    .raw(knownBytes(frame.feed))
    .varint(frame.seq)
    .raw(idBytes(frame.prev))
    .raw(frame.membershipTag)
    .raw(frame.contentHash)
    .varint(frame.payloadLength)
    .view();
}

/** Bytes of a frame with these numbers. */
export function frameBytesLength(seq: number, payloadLength: number): number {
  return FRAME_FIXED_BYTES + varintLength(seq) + varintLength(payloadLength);
}

/** Bytes of a number as LEB128. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

/** A frame from exactly its bytes. @throws CodecError. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const reader = new Reader(bytes);
  const frame = readFrame(reader);
  reader.end();
  return frame;
}

/** Reads a frame from the head of a block. @throws CodecError. */
export function readFrame(reader: Reader): Frame {
  const version = reader.u8();
  if (version !== BLOCK_VERSION) {
    throw new CodecError('CODEC_UNKNOWN_TAG', `a block has the unknown version ${version}`);
  }
  const feed = idFromBytes('feed', reader.raw(HASH_BYTES));
  const seq = reader.varint(SEQ_MAX);
  const prev = idFromBytes('block', reader.raw(HASH_BYTES));
  const membershipTag = reader.take(MEMBERSHIP_TAG_BYTES);
  const content = reader.take(HASH_BYTES);
  const payloadLength = reader.varint(PAYLOAD_BYTES_MAX);
  if (payloadLength === 0 || payloadLength !== paddedLength(payloadLength)) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'a payload has a length that no writer pads to');
  }
  return { feed, seq, prev, membershipTag, contentHash: content, payloadLength };
}

/** Hash of a block: of its outer frame alone, so that a chain stays verifiable without payloads. */
export function blockHash(frameBytes: Uint8Array): BlockHash {
  return hashHex('block', frameBytes) as BlockHash;
}

/** What stands as `prev` in a feed's first block: binds the feed to its space and incarnation. */
export function genesisPrev(space: SpaceId, feed: FeedKey, nonce: Uint8Array): BlockHash {
  if (nonce.length !== GENESIS_NONCE_BYTES) {
    throw new FeedError('FEED_LIMIT', `a genesis nonce has ${GENESIS_NONCE_BYTES} bytes`);
  }
  return hashHex('genesis', idBytes(space), idBytes(feed), nonce) as BlockHash;
}

/** Commitment to both halves, of which a holder may later drop the second and keep its hash. */
export function contentHash(
  sealedInner: Uint8Array,
  restHash: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return hash('content', hash('inner', sealedInner), restHash);
}

/** Hash of the second half: what remains of it when the sections are dropped. */
export function restHash(rest: Uint8Array): Uint8Array<ArrayBuffer> {
  return hash('rest', rest);
}

/** Four bytes that tell holders of a membership key that it opens this block, and nobody else anything. */
export function membershipTag(
  key: MembershipKey,
  feed: FeedKey,
  seq: number,
): Uint8Array<ArrayBuffer> {
  const place = frameWriter.clear().raw(knownBytes(feed)).varint(seq).view();
  return keyedHash(key.tagKey, 'membership-tag', place).slice(0, MEMBERSHIP_TAG_BYTES);
}

/**
 * The least allowed payload length that holds `length` bytes: multiples of 64 up to 256, then quarters
 * of a power of two (320, 384, 448, 512, 640, 768, …), so that sizes tell little and cost at most 25 %.
 */
export function paddedLength(length: number): number {
  if (length <= PADDING_FINE_MAX) {
    return Math.max(1, Math.ceil(length / PADDING_STEP)) * PADDING_STEP;
  }
  // The greatest power of two below `length`; its quarter is the step.
  const step = 2 ** (31 - Math.clz32(length - 1)) / 4;
  return Math.ceil(length / step) * step;
}
