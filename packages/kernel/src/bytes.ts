/** Byte strings: hex, comparison, joining. The only place where the platform's text codecs are made. */

const HEX_CODES: readonly number[] = [...'0123456789abcdef'].map((digit) => digit.charCodeAt(0));
/** Bytes whose digits are passed as arguments of one call. */
const HEX_PIECE_BYTES = 1024;
/** Value of a digit by its character code: ids are decoded in every hot path. */
const NO_DIGIT = -1;
const NIBBLES: Int8Array = new Int8Array(128).fill(NO_DIGIT);
HEX_CODES.forEach((code, value) => (NIBBLES[code] = value));
const encoder: TextEncoder = new TextEncoder();
const decoder: TextDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Lower-case hexadecimal digits, two a byte. Ids are made here by the hundred thousand and kept, so the
 * text is built in one piece: concatenation would keep a tree of ten times its size.
 */
export function toHex(bytes: Uint8Array): string {
  if (bytes.length > HEX_PIECE_BYTES) {
    const pieces: string[] = [];
    for (let at = 0; at < bytes.length; at += HEX_PIECE_BYTES) {
      pieces.push(hexAt(bytes, at, Math.min(HEX_PIECE_BYTES, bytes.length - at)));
    }
    return pieces.join('');
  }
  return hexAt(bytes, 0, bytes.length);
}

/** Kept for ids of 16 and 32 bytes, of which some ten are written for every change. */
const CODES_OF_16: number[] = new Array<number>(32).fill(0);
const CODES_OF_32: number[] = new Array<number>(64).fill(0);

/** Ids that statements name again and again: every grant names its space, its issuer, its device and its subject. */
const SHARED_IDS = 4096;
const SHARED_ID_BYTES = 32;
let sharedBytes: Uint8Array | undefined;
const sharedTexts: (string | undefined)[] = [];

/**
 * Hex of the 32 bytes of an id at a place, which is one text for all places where the same id was read lately:
 * it is made once, kept once, and equal ones are compared by where they are.
 */
export function sharedHex(bytes: Uint8Array, at: number): string {
  const kept = (sharedBytes ??= new Uint8Array(SHARED_IDS * SHARED_ID_BYTES));
  // Ids are hashes and keys, so that some of their bits are a hash. Whoever grinds them makes others' slower to read.
  const slot = ((bytes[at] as number) | ((bytes[at + 1] as number) << 8)) % SHARED_IDS;
  const from = slot * SHARED_ID_BYTES;
  const known = sharedTexts[slot];
  if (known !== undefined) {
    let same = 0;
    while (same < SHARED_ID_BYTES && kept[from + same] === bytes[at + same]) same++;
    if (same === SHARED_ID_BYTES) return known;
  }
  // Fewer bytes than an id has would leave those of another one behind them.
  if (bytes.length - at < SHARED_ID_BYTES) return hexAt(bytes, at, bytes.length - at);
  const text = hexAt(bytes, at, SHARED_ID_BYTES);
  for (let each = 0; each < SHARED_ID_BYTES; each++) {
    kept[from + each] = bytes[at + each] as number;
  }
  sharedTexts[slot] = text;
  return text;
}

function codesFor(length: number): number[] {
  if (length === 16) return CODES_OF_16;
  return length === 32 ? CODES_OF_32 : new Array<number>(length * 2);
}

/** Hex of at most 1,024 bytes from a place on. */
export function hexAt(bytes: Uint8Array, from: number, count: number): string {
  const codes = codesFor(count);
  for (let at = 0; at < count; at++) {
    const byte = bytes[from + at] as number;
    codes[at * 2] = HEX_CODES[byte >> 4] as number;
    codes[at * 2 + 1] = HEX_CODES[byte & 0xf] as number;
  }
  return String.fromCharCode(...codes);
}

/** Bytes of lower-case hexadecimal text; `undefined` when the text is anything else. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    const high = NIBBLES[text.charCodeAt(at * 2)] ?? NO_DIGIT;
    const low = NIBBLES[text.charCodeAt(at * 2 + 1)] ?? NO_DIGIT;
    if ((high | low) < 0) return undefined;
    bytes[at] = (high << 4) | low;
  }
  return bytes;
}

/** UTF-8 bytes of a string; lone surrogates become U+FFFD, as the platform does it. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text) as Uint8Array<ArrayBuffer>;
}

/** Text of UTF-8 bytes; `undefined` when they are not well-formed UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** One byte string after another, in a new buffer. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Byte-wise equality. Not constant-time: for public values only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Order of byte strings as unsigned numbers, a prefix before its extensions: -1, 0 or 1. */
export function compareBytes(a: Uint8Array, b: Uint8Array): -1 | 0 | 1 {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const left = a[at] as number;
    const right = b[at] as number;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}
