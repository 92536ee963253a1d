/**
 * A sum that is the same in whatever order numbers are added and taken away: doubles are added as the exact
 * fractions that they are, and rounded once, when somebody asks.
 */

/** What every double is a whole multiple of: 2^-1074. */
const SCALE_BITS = 1074n;
const WHOLE_MAX: number = Number.MAX_SAFE_INTEGER;
/** More bits than a mantissa has, and one more for whether anything is below them. */
const KEPT_BITS = 64;

/** Additions to the halves of one exponent before they are carried: halves of 32 bits stay exact. */
const CARRY_AFTER = 2 ** 20;
const EXPONENT_MASK = 0x7ff;
/** The bit that numbers above the smallest have and do not store. */
const HIDDEN_BIT = 0x100000;

const view = new DataView(new ArrayBuffer(8));

/** A sum of mantissas, in units of their exponent: the upper 21 bits of each and the lower 32. */
interface Halves {
  high: number;
  low: number;
  additions: number;
}

/** A running sum of numbers or of big integers. */
export class ExactSum {
  /** Small integers: nearly always everything. */
  #whole = 0;
  #big = 0n;
  /** Everything else, in units of 2^-1074, without what is in the halves. */
  #fraction = 0n;
  /** Fractions by exponent: adding to these needs no big integers. */
  readonly #halves = new Map<number, Halves>();

  /** Adds a number, or takes it away. */
  add(value: number | bigint, sign: 1 | -1): void {
    if (typeof value === 'bigint') this.#big += sign === 1 ? value : -value;
    else if (Number.isSafeInteger(value)) this.#addWhole(value * sign);
    else this.#addFraction(value, sign);
  }

  /** Adds another sum. */
  absorb(other: ExactSum): void {
    this.#addWhole(other.#whole);
    this.#big += other.#big;
    this.#fraction += other.#fractions();
  }

  /** The sum, correctly rounded. */
  number(): number {
    const fraction = this.#fractions();
    if (fraction === 0n && this.#big === 0n) return this.#whole;
    return rounded(((this.#big + BigInt(this.#whole)) << SCALE_BITS) + fraction);
  }

  /** The sum of big integers. */
  bigint(): bigint {
    return this.#big + BigInt(this.#whole);
  }

  #addFraction(value: number, sign: 1 | -1): void {
    view.setFloat64(0, value);
    const top = view.getUint32(0);
    const exponent = (top >>> 20) & EXPONENT_MASK;
    const signed = top >>> 31 === 0 ? sign : -sign;
    let halves = this.#halves.get(exponent);
    if (halves === undefined) {
      halves = { high: 0, low: 0, additions: 0 };
      this.#halves.set(exponent, halves);
    }
    halves.high += signed * ((top & (HIDDEN_BIT - 1)) | (exponent === 0 ? 0 : HIDDEN_BIT));
    halves.low += signed * view.getUint32(4);
    if (++halves.additions < CARRY_AFTER) return;
    this.#fraction += unitsOf(exponent, halves);
    this.#halves.delete(exponent);
  }

  #fractions(): bigint {
    let fraction = this.#fraction;
    for (const [exponent, halves] of this.#halves) fraction += unitsOf(exponent, halves);
    return fraction;
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

/** Mantissas of an exponent in units of 2^-1074. */
function unitsOf(exponent: number, { high, low }: Halves): bigint {
  const sum = (BigInt(high) << 32n) + BigInt(low);
  return exponent === 0 ? sum : sum << BigInt(exponent - 1);
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
