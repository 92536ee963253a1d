/**
 * Whole blocks: sealing one, taking one apart without keys, opening its header and its sections.
 * Received bytes are kept and hashed as received; whatever is not the one encoding is refused.
 */
import { Reader, Writer } from '@atoll/codec';
import {
  hash as digest,
  open,
  sealInto,
  SEAL_OVERHEAD_BYTES,
  type SealingKey,
} from '@atoll/crypto';
import {
  equalBytes,
  errorCode,
  type AeadPlatform,
  idBytes,
  type BlockHash,
  type CredentialId,
  type FeedKey,
  type KeyId,
  type Rng,
  type SpaceId,
  type ZoneId,
  type StoredBlock,
} from '@atoll/kernel';
import { FeedError, refused, type Checked } from './feed-error.ts';
import {
  BLOCK_BYTES_MAX,
  PAYLOAD_BYTES_MAX,
  blockHash,
  contentHash,
  frameView,
  frameBytesLength,
  membershipTag,
  paddedLength,
  readFrame,
  restHash,
  varintLength,
  type Frame,
} from './frame.ts';
import {
  decodeInner,
  innerView,
  sortDeps,
  type Dep,
  type InnerHeader,
  type SectionEntry,
  type SectionKind,
} from './inner.ts';
import { knownBytes } from './known-bytes.ts';
import type { MembershipKey } from './membership-key.ts';

/** A block taken apart as far as anybody can: what a replica without keys knows. Views into `bytes`. */
export interface ParsedBlock {
  /** The whole block as received. */
  readonly bytes: Uint8Array;
  readonly hash: BlockHash;
  readonly frame: Frame;
  readonly sealedInner: Uint8Array;
  /** Ciphertexts of the sections, one after another, and padding that nobody can tell from them. */
  readonly rest: Uint8Array;
}

/** A section on its way into a block. */
export interface SectionInput {
  readonly kind: SectionKind;
  readonly zone: ZoneId;
  readonly keyId: KeyId;
  /** The key that `keyId` names; for control sections the membership key's `sealing`. */
  readonly key: SealingKey;
  readonly credential: CredentialId;
  readonly plaintext: Uint8Array;
}

/** Everything that makes a block. */
export interface BlockInput {
  readonly space: SpaceId;
  readonly feed: FeedKey;
  readonly seq: number;
  /** Hash of the feed's block before, or its genesis hash. */
  readonly prev: BlockHash;
  readonly membershipKey: MembershipKey;
  /** 16 random bytes, drawn before the ids of what the transaction creates. */
  readonly nonce: Uint8Array<ArrayBuffer>;
  /** In any order. */
  readonly deps: readonly Dep[];
  readonly lamport: number;
  readonly timeMs: number;
  readonly sections: readonly SectionInput[];
  readonly rng: Rng;
  /** The platform's ciphers; the bytes are the same. */
  readonly aead?: AeadPlatform | undefined;
}

/** A block ready to be committed. */
export interface SealedBlock extends ParsedBlock {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inner: InnerHeader;
}

/** Seals a block. @throws FeedError `FEED_LIMIT` above PAYLOAD_BYTES_MAX, CodecError above a header's limit. */
export function sealBlock(input: BlockInput): SealedBlock {
  const { aead, feed, seq, prev, rng } = input;
  const sealed = sealSections(input);
  const inner: InnerHeader = {
    nonce: input.nonce,
    deps: sortDeps(input.deps),
    lamport: input.lamport,
    timeMs: input.timeMs,
    sections: sealed.entries,
  };
  const plaintext = innerView(inner);
  const innerLength = plaintext.length + SEAL_OVERHEAD_BYTES;
  const headLength = varintLength(innerLength) + innerLength;
  const payloadLength = lengthOf(headLength + sealed.length);
  const frameLength = frameBytesLength(seq, payloadLength);
  const bytes = new Uint8Array(frameLength + payloadLength);
  const restAt = frameLength + headLength;
  const innerAt = restAt - innerLength;
  bytes.set(placeWriter.clear().varint(innerLength).view(), frameLength);
  const associated = innerPlace(input);
  sealInto(input.membershipKey.sealing, { rng, associated, plaintext, aead }, bytes, innerAt);
  bytes.set(sealed.bytes, restAt);
  // Zeros would show where the ciphertexts end.
  const padding = bytes.length - restAt - sealed.length;
  if (padding > 0) bytes.set(rng.bytes(padding), bytes.length - padding);
  const sealedInner = bytes.subarray(innerAt, restAt);
  const rest = bytes.subarray(restAt);
  const frame: Frame = {
    feed,
    seq,
    prev,
    membershipTag: membershipTag(input.membershipKey, feed, seq),
    contentHash: contentHash(sealedInner, restHash(rest)),
    payloadLength,
  };
  const framed = frameView(frame);
  bytes.set(framed);
  return { bytes, hash: blockHash(framed), frame, inner, sealedInner, rest };
}

/** Ciphertexts are put together here until it is known where in the block they go; larger ones apart. */
const sectionRoom: Uint8Array<ArrayBuffer> = new Uint8Array(16 * 1024);

/** Sections of a block, sealed one behind the other; the bytes are a view until the next block. */
function sealSections(input: BlockInput): {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly entries: readonly SectionEntry[];
} {
  const { aead, nonce, rng, sections } = input;
  const length = sealedSectionsLength(sections.map(({ plaintext }) => plaintext.length));
  const room = length <= sectionRoom.length ? sectionRoom : new Uint8Array(length);
  const entries: SectionEntry[] = [];
  let at = 0;
  for (const [index, section] of sections.entries()) {
    const { credential, key, keyId, kind, plaintext, zone } = section;
    const associated = sectionPlace(input, nonce, index, section);
    sealInto(key, { rng, associated, plaintext, aead }, room, at);
    const sealed = room.subarray(at, at + plaintext.length + SEAL_OVERHEAD_BYTES);
    at += sealed.length;
    const { length: size } = sealed;
    entries.push({
      kind,
      zone,
      keyId,
      credential,
      length: size,
      digest: digest('section', sealed),
    });
  }
  return { bytes: room.subarray(0, length), length, entries };
}

/**
 * Bytes that sections with these plaintext lengths take in a payload before padding, beside the inner
 * header: for writers that fill blocks up to a size.
 */
export function sealedSectionsLength(plaintextLengths: readonly number[]): number {
  return plaintextLengths.reduce((sum, length) => sum + length + SEAL_OVERHEAD_BYTES, 0);
}

/** Takes a block apart and checks all that can be checked without keys. Never throws. */
export function splitBlock(bytes: Uint8Array): Checked<ParsedBlock> {
  if (bytes.length > BLOCK_BYTES_MAX) return refused('FEED_BLOCK_TOO_LARGE');
  try {
    const reader = new Reader(bytes);
    const frame = readFrame(reader);
    const frameLength = reader.at;
    if (reader.left !== frame.payloadLength) return refused('FEED_BLOCK_MALFORMED');
    const sealedInner = reader.bytes();
    const rest = reader.raw(reader.left);
    if (!equalBytes(contentHash(sealedInner, restHash(rest)), frame.contentHash)) {
      return refused('FEED_CONTENT_DAMAGED');
    }
    const hash = blockHash(bytes.subarray(0, frameLength));
    return { ok: true, value: { bytes, hash, frame, sealedInner, rest } };
  } catch (failure) {
    return refused(isUnknownVersion(failure) ? 'FEED_BLOCK_VERSION' : 'FEED_BLOCK_MALFORMED');
  }
}

/**
 * Takes a block apart that lies in our own store under `hash`: it was checked before it was stored.
 * @throws CodecError when the store does not hold what was written.
 */
export function parseStored(bytes: Uint8Array, hash: BlockHash): ParsedBlock {
  const reader = new Reader(bytes);
  const frame = readFrame(reader);
  const sealedInner = reader.bytes();
  return { bytes, hash, frame, sealedInner, rest: reader.raw(reader.left) };
}

/** A block out of our own store, unless what lies there is not what was written. Never throws. */
export function readStored(stored: StoredBlock): ParsedBlock | undefined {
  const split = splitBlock(stored.bytes);
  if (!split.ok || split.value.hash !== stored.hash) return undefined;
  const { feed, seq } = split.value.frame;
  return feed === stored.feed && seq === stored.seq ? split.value : undefined;
}

/** Opens the inner header and checks that it fits its payload. Never throws. */
export function openInner(
  key: MembershipKey,
  space: SpaceId,
  block: ParsedBlock,
  aead?: AeadPlatform,
): Checked<InnerHeader> {
  const { frame, sealedInner, rest } = block;
  if (!equalBytes(membershipTag(key, frame.feed, frame.seq), frame.membershipTag)) {
    return refused('FEED_INNER_SEALED');
  }
  const associated = innerPlace({ space, feed: frame.feed, seq: frame.seq, prev: frame.prev });
  const plaintext = open(key.sealing, { associated, sealed: sealedInner, aead });
  if (plaintext === undefined) return refused('FEED_INNER_SEALED');
  try {
    const inner = decodeInner(plaintext);
    let used = frame.payloadLength - rest.length;
    for (const section of inner.sections) used += section.length;
    const fits = paddedLength(used) === frame.payloadLength;
    return fits ? { ok: true, value: inner } : refused('FEED_INNER_MALFORMED');
  } catch {
    return refused('FEED_INNER_MALFORMED');
  }
}

/** A section of an opened block. */
export interface SectionRequest {
  readonly space: SpaceId;
  readonly block: ParsedBlock;
  readonly inner: InnerHeader;
  /** Place of the section in the table. */
  readonly index: number;
  /** The key that the section's `keyId` names. */
  readonly key: SealingKey;
  readonly aead?: AeadPlatform | undefined;
}

/** Plaintext of a section. Never throws for what a writer can do. */
export function openSection(request: SectionRequest): Checked<Uint8Array<ArrayBuffer>> {
  const { aead, space, block, inner, index, key } = request;
  const section = inner.sections[index];
  if (section === undefined) return refused('FEED_SECTION_DAMAGED');
  let start = 0;
  for (const before of inner.sections.slice(0, index)) start += before.length;
  const sealed = block.rest.subarray(start, start + section.length);
  if (!equalBytes(digest('section', sealed), section.digest))
    return refused('FEED_SECTION_DAMAGED');
  const { feed, seq, prev } = block.frame;
  const associated = sectionPlace({ space, feed, seq, prev }, inner.nonce, index, section);
  const plaintext = open(key, { associated, sealed, aead });
  return plaintext === undefined ? refused('FEED_SECTION_SEALED') : { ok: true, value: plaintext };
}

type Place = Pick<BlockInput, 'space' | 'feed' | 'seq' | 'prev'>;

/** Kept, because every block needs two of them. What is written is copied out at once. */
const placeWriter = new Writer(256);
/** The place that was asked for last: a block asks for its own two to four times. */
let lastPlace: Place | undefined;
const lastPlaceWriter = new Writer(128);

/** Space, feed, number and predecessor, as they stand in every associated data; a view as long as the place lasts. */
function placeBytes(place: Place): Uint8Array {
  const { feed, prev, seq, space } = place;
  const last = lastPlace;
  const isSame =
    last?.seq === seq && last.prev === prev && last.feed === feed && last.space === space;
  if (!isSame) {
    lastPlaceWriter.clear().raw(knownBytes(space)).raw(knownBytes(feed)).varint(seq);
    lastPlaceWriter.raw(idBytes(prev));
    lastPlace = { space, feed, seq, prev };
  }
  return lastPlaceWriter.view();
}

/** Associated data of an inner header; a view until the next place is asked for. */
function innerPlace(place: Place): Uint8Array {
  const bytes = placeBytes(place);
  return placeWriter.clear().text('inner').raw(bytes).view();
}

/** Associated data of a section; a view until the next place is asked for. */
function sectionPlace(
  place: Place,
  nonce: Uint8Array,
  index: number,
  section: Pick<SectionEntry, 'kind' | 'zone' | 'keyId'>,
): Uint8Array {
  const bytes = placeBytes(place);
  return placeWriter
    .clear()
    .text('section')
    .raw(bytes)
    .raw(nonce)
    .varint(index)
    .u8(section.kind === 'control' ? 0 : 1)
    .raw(knownBytes(section.zone))
    .raw(knownBytes(section.keyId))
    .view();
}

/** Padded length of a payload. @throws FeedError `FEED_LIMIT`. */
function lengthOf(length: number): number {
  const padded = paddedLength(length);
  if (padded > PAYLOAD_BYTES_MAX) {
    throw new FeedError('FEED_LIMIT', `a payload of ${length} bytes is above the limit`);
  }
  return padded;
}

function isUnknownVersion(failure: unknown): boolean {
  return errorCode(failure) === 'CODEC_UNKNOWN_TAG';
}
