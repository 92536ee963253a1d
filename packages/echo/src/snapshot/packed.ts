/**
 * Answers as they travel: deflated where that makes them shorter. It is done before they are sealed, so
 * their length tells something of what is in them; what that means is in docs/decisions/0137.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { deflateSync, Inflate } from 'fflate';

/** Bytes of an unpacked answer: one object can be a text of millions of units. */
export const UNPACKED_BYTES_MAX: number = 64 * 1024 * 1024;
/** Shorter ones are left as they are. */
const WORTH_BYTES = 64;
/**
 * Bytes that are inflated at once. They can make a thousand times as many, and only behind them it is seen
 * whether these are too many.
 */
const SLICE_BYTES: number = 16 * 1024;
const PLAIN = 0;
const DEFLATED = 1;

/** Packs an answer. */
export function pack(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const writer = new Writer(bytes.length + 8);
  if (bytes.length > WORTH_BYTES) {
    const deflated = deflateSync(bytes);
    writer.u8(DEFLATED).varint(bytes.length).bytes(deflated);
    if (writer.length <= bytes.length) return writer.finish();
  }
  return writer.clear().u8(PLAIN).raw(bytes).finish();
}

/** Unpacks one. @throws CodecError. */
export function unpack(packed: Uint8Array): Uint8Array {
  const reader = new Reader(packed);
  const how = reader.u8();
  if (how === PLAIN) return reader.raw(reader.left);
  if (how !== DEFLATED) throw new CodecError('CODEC_UNKNOWN_TAG', 'packed in no known way');
  const total = reader.varint(UNPACKED_BYTES_MAX);
  const deflated = reader.bytes();
  reader.end();
  return inflated(deflated, total);
}

function inflated(deflated: Uint8Array, total: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const inflate = new Inflate((part) => {
    length += part.length;
    if (length <= total) parts.push(part);
  });
  try {
    for (let from = 0; from < deflated.length && length <= total; from += SLICE_BYTES) {
      const to = Math.min(deflated.length, from + SLICE_BYTES);
      inflate.push(deflated.subarray(from, to), to === deflated.length);
    }
  } catch (failure) {
    throw new CodecError('CODEC_MALFORMED', 'an answer does not unpack', { cause: failure });
  }
  if (length !== total) throw new CodecError('CODEC_MALFORMED', 'an answer is not as long as said');
  return joined(parts, total);
}

function joined(parts: readonly Uint8Array[], total: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
