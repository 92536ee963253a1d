/**
 * Cuts a stream of bytes where its content says so (FastCDC: Xia et al., USENIX ATC 2016): a rolling hash
 * over the last 32 bytes decides, so that an edit moves only the cuts around it and all other pieces stay
 * the same.
 */

/** No piece but the last is shorter: the rolling hash is not looked at before. */
export const PIECE_BYTES_MIN: number = 16 * 1024;
/** About the mean. Before it a cut is four times as rare as after it, which keeps lengths together. */
export const PIECE_BYTES_MEAN: number = 64 * 1024;
/** No piece is longer. */
export const PIECE_BYTES_MAX: number = 256 * 1024;

/** A cut is where these bits of the hash are zero: the upper ones, to which 32 bytes contribute. */
const RARE_MASK = 0xffffc000;
const FREQUENT_MASK = 0xfffc0000;

/** End of the first piece of `bytes`, if they are all that is left or as long as a piece can be. */
function cutOf(gear: Uint32Array, bytes: Uint8Array): number {
  const end = Math.min(bytes.length, PIECE_BYTES_MAX);
  const mean = Math.min(end, PIECE_BYTES_MEAN);
  let at = PIECE_BYTES_MIN;
  let rolling = 0;
  for (; at < mean; at++) {
    rolling = ((rolling << 1) + (gear[bytes[at] as number] as number)) | 0;
    if ((rolling & RARE_MASK) === 0) return at + 1;
  }
  for (; at < end; at++) {
    rolling = ((rolling << 1) + (gear[bytes[at] as number] as number)) | 0;
    if ((rolling & FREQUENT_MASK) === 0) return at + 1;
  }
  return end;
}

/** Pieces of a stream, whatever parts it comes in. */
export class Chunker {
  readonly #gear: Uint32Array;
  readonly #buffer = new Uint8Array(PIECE_BYTES_MAX * 4);
  #from = 0;
  #to = 0;

  constructor(gear: Uint32Array) {
    this.#gear = gear;
  }

  /** Takes more; the pieces that are complete now. Each is a copy. */
  *push(part: Uint8Array): Generator<Uint8Array<ArrayBuffer>, void> {
    let taken = 0;
    while (taken < part.length) {
      if (this.#to === this.#buffer.length) this.#moveToFront();
      const more = part.subarray(taken, taken + this.#buffer.length - this.#to);
      this.#buffer.set(more, this.#to);
      this.#to += more.length;
      taken += more.length;
      // What is shorter could end elsewhere once more has come.
      while (this.#to - this.#from >= PIECE_BYTES_MAX) yield this.#cut();
    }
  }

  /** The rest. */
  *finish(): Generator<Uint8Array<ArrayBuffer>, void> {
    while (this.#to > this.#from) yield this.#cut();
  }

  #moveToFront(): void {
    this.#buffer.copyWithin(0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
  }

  #cut(): Uint8Array<ArrayBuffer> {
    const held = this.#buffer.subarray(this.#from, this.#to);
    const piece = held.slice(0, cutOf(this.#gear, held));
    this.#from += piece.length;
    return piece;
  }
}
