/**
 * A piece of a blob and its sealed form, the chunk. A piece is content or a list of pieces; a small blob
 * is one piece of content, a larger one a list, a very large one a list of lists. Bytes in spec/blobs.md.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { openOnce, sealOnce } from '@atoll/crypto';
import { fromHex, toHex, utf8, type AeadPlatform } from '@atoll/kernel';
import { chunkIdOf } from '@atoll/mesh';
import type { BlobSecret } from './blob-secret.ts';
import { PIECE_BYTES_MAX } from './chunker.ts';

/** Pieces that one list names: a list fits a chunk, and stands for some 128 MiB of content. */
export const LIST_ENTRIES_MAX = 2048;
/** Lists above lists: enough for more than any number of bytes that a number can count. */
export const LIST_DEPTH_MAX = 4;
/** Shorter pieces are padded to this. */
const PADDED_BYTES_MIN = 256;
/** Bytes of content that a blob may have: numbers count exactly so far. */
export const BLOB_BYTES_MAX: number = Number.MAX_SAFE_INTEGER;

const KEY_BYTES = 32;
const PLACE = utf8('atoll/1/blob-chunk');
const KIND = { content: 0, list: 1 } as const;

/** Where a piece is and how it is opened: whoever has this can read it. */
export interface PieceRef {
  /** Name of the chunk, 64 hex digits. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** An entry of a list. */
export interface ListEntry extends PieceRef {
  /** Bytes of content under it. */
  readonly sizeBytes: number;
}

/** What a chunk holds. */
export type Piece =
  | { readonly kind: 'content'; readonly bytes: Uint8Array }
  /** `depth` 1: its entries are content; above: they are lists of one less. */
  | { readonly kind: 'list'; readonly depth: number; readonly entries: readonly ListEntry[] };

/** A sealed piece. */
export interface SealedPiece {
  readonly ref: PieceRef;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Seals a piece for the members of a space. */
export function sealPiece(secret: BlobSecret, piece: Piece, aead?: AeadPlatform): SealedPiece {
  const plaintext = encodePiece(piece);
  const key = secret.keyOf(plaintext);
  const bytes = sealOnce({ key, associated: PLACE, aead }, plaintext);
  return { ref: { id: chunkIdOf(bytes), key }, bytes };
}

/**
 * The piece of a chunk; `undefined` when it is not the one of the ref, or is not a piece. The caller has
 * checked the name if the bytes came from where they can be changed.
 */
export function openPiece(
  ref: PieceRef,
  sealed: Uint8Array,
  aead?: AeadPlatform,
): Piece | undefined {
  if (ref.key.length !== KEY_BYTES) return undefined;
  const plaintext = openOnce({ key: ref.key, associated: PLACE, aead }, sealed);
  if (plaintext === undefined) return undefined;
  try {
    return decodePiece(plaintext);
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

/**
 * Length to which a plaintext is padded (Padmé: Nikitin et al., PETS 2019): lengths tell little more than
 * their magnitude, and at most a thirty-second is added to what is long.
 */
export function paddedLength(length: number): number {
  if (length <= PADDED_BYTES_MIN) return PADDED_BYTES_MIN;
  const exponent = Math.floor(Math.log2(length));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - kept);
  return Math.ceil(length / step) * step;
}

function encodePiece(piece: Piece): Uint8Array {
  const body = piece.kind === 'content' ? piece.bytes : encodeList(piece);
  const head = new Writer(8).u8(KIND[piece.kind]).varint(body.length).finish();
  const plaintext = new Uint8Array(paddedLength(head.length + body.length));
  plaintext.set(head);
  plaintext.set(body, head.length);
  return plaintext;
}

function encodeList({ depth, entries }: Piece & { kind: 'list' }): Uint8Array {
  const writer = new Writer(16 + entries.length * 70).u8(depth).varint(entries.length);
  for (const { id, key, sizeBytes } of entries) {
    writer
      .raw(fromHex(id) ?? new Uint8Array(0))
      .raw(key)
      .varint(sizeBytes);
  }
  return writer.finish();
}

function decodePiece(plaintext: Uint8Array): Piece {
  const reader = new Reader(plaintext);
  const kind = reader.u8();
  const length = reader.varint(PIECE_BYTES_MAX);
  const body = reader.raw(length);
  const padding = reader.raw(reader.left);
  const isPadded = paddedLength(plaintext.length - padding.length) === plaintext.length;
  if (!isPadded || padding.some((byte) => byte !== 0)) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'a piece is not padded as pieces are');
  }
  if (kind === KIND.content) return { kind: 'content', bytes: body };
  if (kind !== KIND.list) throw new CodecError('CODEC_UNKNOWN_TAG', 'a piece of no known kind');
  return decodeList(new Reader(body));
}

function decodeList(reader: Reader): Piece {
  const depth = reader.u8();
  const count = reader.varint(LIST_ENTRIES_MAX);
  if (depth < 1 || depth > LIST_DEPTH_MAX || count === 0) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'a list is empty or of no known depth');
  }
  const entries = Array.from({ length: count }, () => ({
    id: toHex(reader.raw(KEY_BYTES)),
    key: reader.raw(KEY_BYTES).slice(),
    sizeBytes: reader.varint(BLOB_BYTES_MAX),
  }));
  reader.end();
  return { kind: 'list', depth, entries };
}
