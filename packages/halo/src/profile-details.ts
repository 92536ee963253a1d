/**
 * What somebody shows of himself beside name and colour: some words and a small picture. A statement of its own, so that
 * a new name does not repeat the picture. The picture is seen by everybody in the space and by nobody asked for, so what
 * it may be is narrow: a program that shows it reads its size from the first bytes before it decodes anything.
 */
import type { Reader, Writer } from '@atoll/codec';
import type { Bytes } from './statements.ts';

/** Bytes of the words in UTF-8: some 140 characters in any script. */
export const PROFILE_TEXT_BYTES_MAX = 560;
/** Bytes of a picture: 128 by 128 points fit, and a space of 1,000 people carries 8 MiB at most. */
export const PICTURE_BYTES_MAX: number = 8 * 1024;
/** Points of a picture along an edge: a few bytes may claim to be a billion points. */
export const PICTURE_EDGE_MAX = 512;

/** What the author shows of himself in this space. The latest counts. */
export interface ProfileDetails {
  readonly kind: 'profile-details';
  readonly text: string;
  /** PNG or JPEG; empty for none. What is neither, or too large, is kept and not shown. */
  readonly picture: Bytes;
}

/** Kind and size of a picture. */
export interface PictureFacts {
  readonly type: 'image/png' | 'image/jpeg';
  readonly width: number;
  readonly height: number;
}

/** Fields of the statement. */
export function writeProfileDetails(writer: Writer, { picture, text }: ProfileDetails): void {
  writer.text(text).bytes(picture);
}

/** @throws CodecError. */
export function readProfileDetails(reader: Reader): ProfileDetails {
  const text = reader.text(PROFILE_TEXT_BYTES_MAX);
  return { kind: 'profile-details', text, picture: reader.take(reader.varint(PICTURE_BYTES_MAX)) };
}

/** What a picture is, by its first bytes; `undefined` for what must not be shown. */
export function pictureFacts(picture: Uint8Array): PictureFacts | undefined {
  if (picture.length > PICTURE_BYTES_MAX) return undefined;
  const facts = pngFacts(picture) ?? jpegFacts(picture);
  if (facts === undefined) return undefined;
  const isShown = (edge: number): boolean => edge >= 1 && edge <= PICTURE_EDGE_MAX;
  return isShown(facts.width) && isShown(facts.height) ? facts : undefined;
}

const PNG_START: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const PNG_HEADER: readonly number[] = [0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];

/** The header chunk is the first one (PNG, section 5.6). */
function pngFacts(bytes: Uint8Array): PictureFacts | undefined {
  const start = [...PNG_START, ...PNG_HEADER];
  if (bytes.length < start.length + 8 || start.some((byte, at) => bytes[at] !== byte)) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(start.length), view.getUint32(start.length + 4)];
  return { type: 'image/png', width, height };
}

/** Segments up to the frame header, which has the size (ITU-T T.81, B.2). */
function jpegFacts(bytes: Uint8Array): PictureFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= bytes.length;) {
    const marker = view.getUint16(at);
    if (isFrameHeader(marker)) {
      return { type: 'image/jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    // Only tables, comments and data of applications stand before the frame.
    const isSkipped = (marker >= 0xffe0 && marker <= 0xffef) || SKIPPED.has(marker);
    const sizeBytes = view.getUint16(at + 2);
    if (!isSkipped || sizeBytes < 2) return undefined;
    at += 2 + sizeBytes;
  }
  return undefined;
}

/** Huffman tables, quantization tables, restart interval, comment. */
const SKIPPED: ReadonlySet<number> = new Set([0xffc4, 0xffdb, 0xffdd, 0xfffe]);

/** Baseline, extended and progressive frames: what browsers show. */
function isFrameHeader(marker: number): boolean {
  return marker === 0xffc0 || marker === 0xffc1 || marker === 0xffc2;
}
