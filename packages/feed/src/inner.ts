/**
 * The inner header of a block: causality, time and the table of sections. Sealed under the membership
 * key of its space; a replica without that key never sees one. Bytes in spec/blocks.md.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import {
  compareBytes,
  idBytes,
  idFromBytes,
  type BlockHash,
  type CredentialId,
  type FeedKey,
  type KeyId,
  type ZoneId,
} from '@atoll/kernel';
import { PAYLOAD_BYTES_MAX, SEQ_MAX } from './frame.ts';
import { knownBytes } from './known-bytes.ts';

/** Bytes of the transaction nonce, from which the ids of what the block creates are made. */
export const NONCE_BYTES = 16;
/** Feeds that a block can name as advanced; a writer with more to name writes a block before. */
export const DEPS_MAX = 64;
/** Zones times keys of one transaction. */
export const SECTIONS_MAX = 64;
/** Nobody reaches this by honest work; above it numbers would lose exactness. */
export const LAMPORT_MAX: number = 2 ** 48;
/** Year 10889 in milliseconds; a claim above it is no time. */
export const TIME_MS_MAX: number = 2 ** 48;

const PADDING_STEP = 64;
const DIGEST_BYTES = 32;
const ZONE_BYTES = 16;

/** Another feed's block that this one builds on. */
export interface Dep {
  readonly feed: FeedKey;
  readonly seq: number;
  readonly hash: BlockHash;
  /** Lamport number that the named block has; a false statement is proof against the writer. */
  readonly lamport: number;
}

/** What a section holds: statements about access, or operations on objects. */
export type SectionKind = 'control' | 'data';

/** One line of the table of sections. */
export interface SectionEntry {
  readonly kind: SectionKind;
  readonly zone: ZoneId;
  /** Generation of the key that seals the section. */
  readonly keyId: KeyId;
  /** The right that the section exercises. */
  readonly credential: CredentialId;
  /** Bytes of the ciphertext. */
  readonly length: number;
  /** H('section', ciphertext). */
  readonly digest: Uint8Array<ArrayBuffer>;
}

/** Inner header of a block. */
export interface InnerHeader {
  /** Random, {@link NONCE_BYTES} bytes. */
  readonly nonce: Uint8Array<ArrayBuffer>;
  /** Ascending by feed, then hash; at most {@link DEPS_MAX}. */
  readonly deps: readonly Dep[];
  /** One above the greatest of the block before and of the deps; at most {@link LAMPORT_MAX}. */
  readonly lamport: number;
  /** What the writer's clock said. A claim, for display and for grouping undo. */
  readonly timeMs: number;
  readonly sections: readonly SectionEntry[];
}

/** Kept: what is written is copied out at once. */
const innerWriter = new Writer(512);
const ZEROS = new Uint8Array(PADDING_STEP);

const KINDS: readonly SectionKind[] = ['control', 'data'];

/** The one encoding of an inner header, padded to a multiple of 64 bytes. @throws CodecError beyond a limit. */
export function encodeInner(inner: InnerHeader): Uint8Array<ArrayBuffer> {
  return innerView(inner).slice();
}

/** {@link encodeInner} as a view until the next header is encoded. */
export function innerView(inner: InnerHeader): Uint8Array<ArrayBuffer> {
  requireLimits(inner);
  const writer = innerWriter.clear();
  writer.raw(inner.nonce).varint(inner.deps.length);
  for (const dep of inner.deps) {
    writer.raw(knownBytes(dep.feed)).varint(dep.seq).raw(idBytes(dep.hash)).varint(dep.lamport);
  }
  writer.varint(inner.lamport).varint(inner.timeMs).varint(inner.sections.length);
  for (const section of inner.sections) {
    writer.u8(KINDS.indexOf(section.kind)).raw(knownBytes(section.zone));
    writer.raw(knownBytes(section.keyId)).raw(knownBytes(section.credential));
    writer.varint(section.length).raw(section.digest);
  }
  return writer.raw(ZEROS.subarray(0, paddingAfter(writer.length))).view();
}

/** An inner header from exactly its bytes. @throws CodecError. */
export function decodeInner(bytes: Uint8Array): InnerHeader {
  const reader = new Reader(bytes);
  const nonce = reader.take(NONCE_BYTES);
  const deps = readDeps(reader);
  const lamport = reader.varint(LAMPORT_MAX);
  if (lamport === 0) throw new CodecError('CODEC_MALFORMED', 'lamport numbers begin with 1');
  const timeMs = reader.varint(TIME_MS_MAX);
  const count = reader.varint(SECTIONS_MAX);
  const sections = Array.from({ length: count }, () => readSection(reader));
  const padding = reader.raw(paddingAfter(reader.at));
  if (padding.some((byte) => byte !== 0)) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'the padding of an inner header is not zero');
  }
  reader.end();
  return { nonce, deps, lamport, timeMs, sections };
}

function readDeps(reader: Reader): Dep[] {
  const count = reader.varint(DEPS_MAX);
  const deps: Dep[] = [];
  let before: Uint8Array | undefined;
  for (let index = 0; index < count; index++) {
    const feed = reader.raw(DIGEST_BYTES);
    const seq = reader.varint(SEQ_MAX);
    const hash = reader.raw(DIGEST_BYTES);
    const lamport = reader.varint(LAMPORT_MAX);
    const key = new Uint8Array(2 * DIGEST_BYTES);
    key.set(feed);
    key.set(hash, DIGEST_BYTES);
    if (lamport === 0 || (before !== undefined && compareBytes(before, key) >= 0)) {
      throw new CodecError('CODEC_NOT_CANONICAL', 'deps do not ascend, or state no lamport');
    }
    before = key;
    deps.push({ feed: idFromBytes('feed', feed), seq, hash: idFromBytes('block', hash), lamport });
  }
  return deps;
}

function readSection(reader: Reader): SectionEntry {
  const kind = KINDS[reader.u8()];
  if (kind === undefined) throw new CodecError('CODEC_UNKNOWN_TAG', 'a section of unknown kind');
  return {
    kind,
    zone: idFromBytes('zone', reader.raw(ZONE_BYTES)),
    keyId: idFromBytes('key', reader.raw(DIGEST_BYTES)),
    credential: idFromBytes('credential', reader.raw(DIGEST_BYTES)),
    length: reader.varint(PAYLOAD_BYTES_MAX),
    digest: reader.take(DIGEST_BYTES),
  };
}

/** Deps in the order that the encoding asks for. */
export function sortDeps(deps: readonly Dep[]): Dep[] {
  return [...deps].sort((a, b) => {
    if (a.feed !== b.feed) return a.feed < b.feed ? -1 : 1;
    return a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0;
  });
}

function requireLimits(inner: InnerHeader): void {
  const { nonce, deps, lamport, timeMs, sections } = inner;
  const within =
    nonce.length === NONCE_BYTES &&
    deps.length <= DEPS_MAX &&
    sections.length <= SECTIONS_MAX &&
    lamport >= 1 &&
    lamport <= LAMPORT_MAX &&
    timeMs <= TIME_MS_MAX;
  if (!within) throw new CodecError('CODEC_TOO_LARGE', 'an inner header is beyond a limit');
}

function paddingAfter(length: number): number {
  return (PADDING_STEP - (length % PADDING_STEP)) % PADDING_STEP;
}
