/** The UTF-16 units of a text by local number, and the rule that no surrogate pair is ever taken apart. */
import { LEFT, RIGHT } from './id-table.ts';
import { grownUint16 } from './typed-growth.ts';

/** Arguments of one `fromCharCode` call; more could exhaust the stack. */
const CHUNK = 8192;

/** True for the first half of a pair. */
function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

/** True for the second half of a pair. */
function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

/** Content of every unit ever inserted; void units hold zero. */
export class TextContent {
  units: Uint16Array = new Uint16Array(64);
  /** False as long as there is nothing that could be taken apart. */
  hasPairs = false;

  /** Stores text from a unit on. */
  write(unit: number, text: string): void {
    this.reserve(unit + text.length);
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      this.units[unit + at] = code;
      if (code >= 0xd800 && code < 0xe000) this.hasPairs = true;
    }
  }

  /** Room for units below `end`; those never written hold zero. */
  reserve(end: number): void {
    if (end > this.units.length) {
      this.units = grownUint16(this.units, Math.max(end, this.units.length * 2));
    }
  }

  /** Text of consecutive units. */
  read(unit: number, count: number): string {
    return textOf(this.units, unit, unit + count);
  }

  /** True when a unit and the one before it are one character. */
  isSecondHalf(unit: number): boolean {
    return this.hasPairs && isLowSurrogate(this.units[unit] as number);
  }

  /** True when a unit and the one after it are one character. */
  isFirstHalf(unit: number): boolean {
    return this.hasPairs && isHighSurrogate(this.units[unit] as number);
  }

  /** The parent that an insert gets which would stand inside a pair: the other half of it. */
  parentOutsidePair(parent: number, side: number): number {
    if (parent < 0) return parent;
    if (side === RIGHT && this.isFirstHalf(parent)) return parent + 1;
    if (side === LEFT && this.isSecondHalf(parent)) return parent - 1;
    return parent;
  }
}

/** A string of UTF-16 units. */
export function textOf(units: Uint16Array, from: number, to: number): string {
  if (to - from <= CHUNK) return String.fromCharCode.apply(null, units.subarray(from, to) as never);
  let text = '';
  for (let at = from; at < to; at += CHUNK) {
    text += String.fromCharCode.apply(null, units.subarray(at, Math.min(to, at + CHUNK)) as never);
  }
  return text;
}
