/** Writes canonical bytes: minimal LEB128 numbers, length-prefixed strings, fixed-width fields. */
import { utf8 } from '@atoll/kernel';
import { CodecError } from './codec-error.ts';

const INITIAL_BYTES = 256;

/** A growing buffer. Every method returns the writer. */
export class Writer {
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;
  /** What {@link Writer.view} gave last. */
  #view: Uint8Array<ArrayBuffer> | undefined;

  constructor(initialBytes: number = INITIAL_BYTES) {
    this.#buffer = new Uint8Array(initialBytes);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** One byte, 0 to 255. */
  u8(value: number): this {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
    return this;
  }

  /** Unsigned integer below 2^53 in the fewest LEB128 bytes. @throws CodecError `CODEC_TOO_LARGE`. */
  varint(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new CodecError('CODEC_TOO_LARGE', `${value} is no unsigned integer below 2^53`);
    }
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
    return this;
  }

  /** Signed safe integer, zigzag then varint; magnitude below 2^52. */
  zigzag(value: number): this {
    return this.varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** IEEE 754 double, big-endian; NaN is refused, minus zero becomes zero. */
  f64(value: number): this {
    if (Number.isNaN(value)) throw new CodecError('CODEC_MALFORMED', 'NaN has no encoding');
    this.#reserve(8);
    new DataView(this.#buffer.buffer).setFloat64(this.#length, value === 0 ? 0 : value);
    this.#length += 8;
    return this;
  }

  /** Bytes as they are, without a length. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Length, then the bytes. */
  bytes(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes);
  }

  /** Length in bytes, then UTF-8. @throws CodecError `CODEC_MALFORMED` for a lone surrogate. */
  text(text: string): this {
    const ascii = text.length < 64 && this.#shortAscii(text);
    if (ascii) return this;
    if (!text.isWellFormed()) {
      throw new CodecError('CODEC_MALFORMED', 'the text contains a lone surrogate');
    }
    return this.bytes(utf8(text));
  }

  /** Forgets what was written and keeps the buffer, for a writer that is used again. */
  clear(): this {
    this.#length = 0;
    return this;
  }

  /** The same, and leaves nothing of it in the buffer. */
  wipe(): this {
    this.#buffer.fill(0, 0, this.#length);
    return this.clear();
  }

  /** What was written, as a view that the next write may change: for what is read at once. */
  view(): Uint8Array<ArrayBuffer> {
    const last = this.#view;
    // Writers that are kept write the same lengths again and again, and a view is garbage as large as they.
    if (last?.length === this.#length && last.buffer === this.#buffer.buffer) return last;
    return (this.#view = this.#buffer.subarray(0, this.#length));
  }

  /** What was written, in a buffer of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#buffer.slice(0, this.#length);
  }

  /** Writes short ASCII without a text encoder; leaves nothing behind when it is not ASCII. */
  #shortAscii(text: string): boolean {
    this.#reserve(text.length + 1);
    const start = this.#length;
    let at = start;
    this.#buffer[at++] = text.length;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) return false;
      this.#buffer[at++] = unit;
    }
    this.#length = at;
    return true;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}
