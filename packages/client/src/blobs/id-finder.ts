/**
 * Looks for names of chunks in arbitrary bytes, as 32 raw bytes or as 64 hex digits at any place: whatever
 * names a blob, in a field, in a custom model, in a void block or in a link in a text, keeps it. A name is
 * a hash, so that none is found by accident.
 */
import { fromHex, toHex } from '@atoll/kernel';

const ID_BYTES = 32;
const ID_DIGITS = 64;
const PREFIXES = 2 ** 16;

/** The names that are looked for, and those of them that were found. */
export class IdFinder {
  readonly found: Set<string> = new Set();
  readonly #ids: ReadonlySet<string>;
  /** Whether some name begins with these two bytes: rules out nearly every place at once. */
  readonly #prefixes = new Uint8Array(PREFIXES);

  constructor(ids: Iterable<string>) {
    this.#ids = new Set(ids);
    for (const id of this.#ids) {
      const bytes = fromHex(id);
      if (bytes?.length === ID_BYTES) this.#prefixes[prefixAt(bytes, 0)] = 1;
    }
  }

  /** Looks through some bytes. */
  visit(bytes: Uint8Array): void {
    const prefixes = this.#prefixes;
    const last = bytes.length - ID_BYTES;
    for (let at = 0; at <= last; at++) {
      if (prefixes[prefixAt(bytes, at)] === 1) this.#try(toHex(bytes.subarray(at, at + ID_BYTES)));
    }
    if (bytes.length >= ID_DIGITS) this.#visitDigits(bytes);
  }

  #visitDigits(bytes: Uint8Array): void {
    let run = 0;
    for (let at = 0; at < bytes.length; at++) {
      run = isDigit(bytes[at] as number) ? run + 1 : 0;
      if (run < ID_DIGITS) continue;
      const digits = bytes.subarray(at + 1 - ID_DIGITS, at + 1);
      this.#try(String.fromCharCode(...digits));
    }
  }

  #try(id: string): void {
    if (this.#ids.has(id)) this.found.add(id);
  }
}

function prefixAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** 0 to 9 and a to f. */
function isDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
}
