/** What is said of chunks on the bulk stream of a space. Bytes in spec/blobs.md. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { fromHex, toHex } from '@atoll/kernel';
import { ASK_IDS_MAX, CHUNK_BYTES_MAX, CHUNK_ID_BYTES } from './chunk.ts';

/** A message: a chunk or a question, and what says which. */
export const CHUNK_MESSAGE_BYTES_MAX: number =
  Math.max(CHUNK_BYTES_MAX, ASK_IDS_MAX * CHUNK_ID_BYTES) + 16;

/** What a holder without keys says to a chunk that it is given; the wire numbers are the places. */
export const CHUNK_ANSWERS = ['stored', 'full', 'refused', 'busy'] as const;
/** What a holder without keys says to a chunk that it is given. */
export type ChunkTaken = (typeof CHUNK_ANSWERS)[number];

/** A message. Answers come in the order of what they answer. */
export type ChunkMessage =
  /** Which of these do you have? */
  | { readonly say: 'ask'; readonly ids: readonly string[] }
  | { readonly say: 'have'; readonly have: readonly boolean[] }
  | { readonly say: 'get'; readonly id: string }
  | { readonly say: 'chunk'; readonly bytes: Uint8Array }
  | { readonly say: 'lack' }
  /** To a holder without keys: keep this. */
  | { readonly say: 'put'; readonly bytes: Uint8Array }
  | { readonly say: 'taken'; readonly answer: ChunkTaken }
  /** To a holder without keys: nothing names these any more. Answered with those that it still has. */
  | { readonly say: 'drop'; readonly ids: readonly string[] };

const SAY = ['ask', 'have', 'get', 'chunk', 'lack', 'put', 'taken', 'drop'] as const;

/** Bytes of a message. */
export function encodeChunkMessage(message: ChunkMessage): Uint8Array<ArrayBuffer> {
  const size = 'bytes' in message ? message.bytes.length + 8 : 64;
  const writer = new Writer(size).u8(SAY.indexOf(message.say));
  switch (message.say) {
    case 'ask':
    case 'drop':
      writer.varint(message.ids.length);
      for (const id of message.ids) writer.raw(idBytesOf(id));
      break;
    case 'have':
      writer.varint(message.have.length).raw(bitsOf(message.have));
      break;
    case 'get':
      writer.raw(idBytesOf(message.id));
      break;
    case 'chunk':
    case 'put':
      writer.raw(message.bytes);
      break;
    case 'taken':
      writer.u8(CHUNK_ANSWERS.indexOf(message.answer));
      break;
    case 'lack':
      break;
  }
  return writer.finish();
}

/** The message of some bytes; chunks are views. @throws CodecError when they are not the one encoding of any. */
export function decodeChunkMessage(bytes: Uint8Array): ChunkMessage {
  const reader = new Reader(bytes);
  const message = readMessage(reader);
  reader.end();
  return message;
}

function readMessage(reader: Reader): ChunkMessage {
  const say = SAY[reader.u8()];
  switch (say) {
    case 'ask':
    case 'drop': {
      const count = reader.varint(ASK_IDS_MAX);
      return { say, ids: Array.from({ length: count }, () => toHex(reader.raw(CHUNK_ID_BYTES))) };
    }
    case 'have':
      return { say, have: readBits(reader, reader.varint(ASK_IDS_MAX)) };
    case 'get':
      return { say, id: toHex(reader.raw(CHUNK_ID_BYTES)) };
    case 'chunk':
    case 'put':
      if (reader.left > CHUNK_BYTES_MAX) {
        throw new CodecError('CODEC_MALFORMED', 'a chunk is longer than chunks are');
      }
      return { say, bytes: reader.raw(reader.left) };
    case 'lack':
      return { say };
    case 'taken': {
      const answer = CHUNK_ANSWERS[reader.u8()];
      if (answer === undefined) throw new CodecError('CODEC_UNKNOWN_TAG', 'an unknown answer');
      return { say, answer };
    }
    default:
      throw new CodecError('CODEC_UNKNOWN_TAG', 'a chunk message is of no known kind');
  }
}

function bitsOf(flags: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(flags.length / 8));
  flags.forEach((flag, at) => {
    if (flag) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
  });
  return bits;
}

function readBits(reader: Reader, count: number): readonly boolean[] {
  const bits = reader.raw(Math.ceil(count / 8));
  if (count % 8 !== 0 && (bits.at(-1) ?? 0) >> (count & 7) !== 0) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'bits are set behind the last flag');
  }
  return Array.from({ length: count }, (_, at) => ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0);
}

function idBytesOf(id: string): Uint8Array {
  const bytes = fromHex(id);
  if (bytes?.length !== CHUNK_ID_BYTES) {
    throw new CodecError('CODEC_MALFORMED', 'a chunk is named by 64 hex digits');
  }
  return bytes;
}
