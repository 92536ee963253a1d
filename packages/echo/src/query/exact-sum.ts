/**
 * A sum that is the same in whatever order numbers are added and taken away: doubles are added as the exact
 * fractions that they are, and rounded once, when somebody asks.
 */

/** What every double is a whole multiple of: 2^-1074. */
const SCALE_BITS = 1074n;
const MANTISSA_BITS = 52n;
const WHOLE_MAX: number = Number.MAX_SAFE_INTEGER;
/** More bits than a mantissa has, and one more for whether anything is below them. */
const KEPT_BITS = 64;

const view = new DataView(new ArrayBuffer(8));

/** A running sum of numbers or of big integers. */
export class ExactSum {
  /** Small integers: nearly always everything. */
  #whole = 0;
  #big = 0n;
  /** Everything else, in units of 2^-1074. */
  #fraction = 0n;

  /** Adds a number, or takes it away. */
  add(value: number | bigint, sign: 1 | -1): void {
    if (typeof value === 'bigint') this.#big += sign === 1 ? value : -value;
    else if (Number.isSafeInteger(value)) this.#addWhole(value * sign);
    else if (sign === 1) this.#fraction += scaled(value);
    else this.#fraction -= scaled(value);
  }

  /** Adds another sum. */
  absorb(other: ExactSum): void {
    this.#addWhole(other.#whole);
    this.#big += other.#big;
    this.#fraction += other.#fraction;
  }

  /** The sum, correctly rounded. */
  number(): number {
    if (this.#fraction === 0n && this.#big === 0n) return this.#whole;
    return rounded(((this.#big + BigInt(this.#whole)) << SCALE_BITS) + this.#fraction);
  }

  /** The sum of big integers. */
  bigint(): bigint {
    return this.#big + BigInt(this.#whole);
  }

  #addWhole(value: number): void {
    const sum = this.#whole + value;
    if (Math.abs(sum) <= WHOLE_MAX) this.#whole = sum;
    else {
      this.#big += BigInt(this.#whole) + BigInt(value);
      this.#whole = 0;
    }
  }
}

/** A double in units of 2^-1074: exact. */
function scaled(value: number): bigint {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> MANTISSA_BITS) & 0x7ffn;
  const mantissa = bits & ((1n << MANTISSA_BITS) - 1n);
  const size = exponent === 0n ? mantissa : (mantissa | (1n << MANTISSA_BITS)) << (exponent - 1n);
  return bits >> 63n === 0n ? size : -size;
}

/** The nearest double of so many units of 2^-1074. */
function rounded(units: bigint): number {
  const size = units < 0n ? -units : units;
  const shift = Math.max(0, size.toString(16).length * 4 - KEPT_BITS);
  const below = size & ((1n << BigInt(shift)) - 1n);
  const top = (size >> BigInt(shift)) | (below === 0n ? 0n : 1n);
  const found = Number(top) * 2 ** (shift - Number(SCALE_BITS));
  return units < 0n ? -found : found;
}
