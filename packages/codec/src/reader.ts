/** Reads what {@link Writer} writes, and refuses everything else. Never reads past its end. */
import { fromUtf8, hexAt, sharedHex } from '@atoll/kernel';
import { CodecError } from './codec-error.ts';

/** Texts below are looked at letter by letter, which costs less than asking a decoder. */
const SHORT_BYTES = 64;
/** Bytes of an id. */
const ID_BYTES = 32;

/** A cursor over bytes. All methods throw {@link CodecError} on bad input. */
export class Reader {
  readonly #bytes: Uint8Array;
  /** Made for the first double: few of the many readers meet one. */
  #view: DataView | undefined;
  #at: number;
  readonly #end: number;

  /** `from`, `to`: what is read of the bytes; without, all of them. */
  constructor(bytes: Uint8Array, from = 0, to: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** Position of the next byte among all of {@link source}. */
  get at(): number {
    return this.#at;
  }

  /** What is read, with what may stand before and after it. */
  get source(): Uint8Array {
    return this.#bytes;
  }

  /** One byte. */
  u8(): number {
    if (this.#at >= this.#end) {
      throw new CodecError('CODEC_TRUNCATED', 'the bytes end in a number');
    }
    return this.#bytes[this.#at++] as number;
  }

  /** Minimal LEB128 number, at most `max`. */
  varint(max: number = Number.MAX_SAFE_INTEGER): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; ; count++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (byte === 0 && count > 0) {
          throw new CodecError('CODEC_NOT_CANONICAL', 'a number has needless bytes');
        }
        if (value > max) throw new CodecError('CODEC_TOO_LARGE', `a number is above ${max}`);
        return value;
      }
      if (count === 7) throw new CodecError('CODEC_TOO_LARGE', 'a number has more than 53 bits');
      scale *= 0x80;
    }
  }

  /** Signed number as {@link Writer.zigzag} writes it. */
  zigzag(): number {
    const raw = this.varint();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  /** Double; NaN and minus zero are refused. */
  f64(): number {
    if (this.left < 8) throw new CodecError('CODEC_TRUNCATED', 'the bytes end in a double');
    const { buffer, byteLength, byteOffset } = this.#bytes;
    this.#view ??= new DataView(buffer, byteOffset, byteLength);
    const value = this.#view.getFloat64(this.#at);
    if (Number.isNaN(value) || Object.is(value, -0)) {
      throw new CodecError('CODEC_NOT_CANONICAL', 'NaN and minus zero have no encoding');
    }
    this.#at += 8;
    return value;
  }

  /** A view of the next `count` bytes; valid as long as the input is not changed. */
  raw(count: number): Uint8Array {
    const at = this.skip(count);
    return this.#bytes.subarray(at, at + count);
  }

  /** A copy of the next `count` bytes. */
  take(count: number): Uint8Array<ArrayBuffer> {
    const at = this.skip(count);
    return this.#bytes.slice(at, at + count) as Uint8Array<ArrayBuffer>;
  }

  /** The next 32 bytes in hex. Ids that are read often are one text, see `sharedHex`. */
  id(): string {
    return sharedHex(this.#bytes, this.skip(ID_BYTES));
  }

  /** The next `count` bytes in hex. */
  hex(count: number): string {
    return hexAt(this.#bytes, this.skip(count), count);
  }

  /** A reader of length-prefixed bytes alone, which are passed: it costs less than a view of them. */
  part(max: number = Number.MAX_SAFE_INTEGER): Reader {
    const length = this.varint(max);
    const from = this.skip(length);
    return new Reader(this.#bytes, from, from + length);
  }

  /** Length-prefixed bytes as a view. */
  bytes(max: number = Number.MAX_SAFE_INTEGER): Uint8Array {
    return this.raw(this.varint(max));
  }

  /** Length-prefixed UTF-8, at most `maxBytes` bytes. */
  text(maxBytes: number = Number.MAX_SAFE_INTEGER): string {
    const bytes = this.bytes(maxBytes);
    return bytes.length < SHORT_BYTES && isAscii(bytes) ? asciiOf(bytes) : decode(bytes);
  }

  /** Passes the next `count` bytes, and says where they begin among all of {@link source}. */
  skip(count: number): number {
    if (count > this.left) throw new CodecError('CODEC_TRUNCATED', 'the bytes end in a field');
    const at = this.#at;
    this.#at += count;
    return at;
  }

  /** Refuses bytes that are left over. */
  end(): void {
    if (this.left > 0) throw new CodecError('CODEC_TRAILING', `${this.left} bytes are left over`);
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80) return false;
  return true;
}

/** In one piece: put together letter by letter, it would be a chain that is undone where it is first compared. */
function asciiOf(bytes: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, undefined, bytes) as string;
}

function decode(bytes: Uint8Array): string {
  const text = fromUtf8(bytes);
  if (text === undefined) throw new CodecError('CODEC_MALFORMED', 'a text is not UTF-8');
  return text;
}
