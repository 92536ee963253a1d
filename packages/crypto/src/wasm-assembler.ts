/**
 * As much of an assembler for WebAssembly as a cipher needs: expressions are arrays of bytes that nest as
 * the source does. What runs is made from code that can be read, when the program starts; nothing compiled
 * lies in the repository. Numbers of instructions: WebAssembly core specification 2.0, chapter 5.
 */

/** Bytes of an expression or of instructions. */
export type Code = readonly number[];

/** Value types, as they stand in a module. */
export const TYPE = { i32: 0x7f, i64: 0x7e, v128: 0x7b } as const;

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}

/** Signed LEB128. */
function signed(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = (rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

/** An instruction that takes two values. */
type Binary = (a: Code, b: Code) => Code;

function binary(...opcode: Code): Binary {
  return (a, b) => [...a, ...b, ...opcode];
}

/** Value of a local. */
export const get = (local: number): Code => [0x20, ...unsigned(local)];
/** Sets a local. */
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];

/** Instructions on 32-bit integers. */
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(BigInt(value))],
  add: binary(0x6a) as Binary,
  sub: binary(0x6b) as Binary,
} as const;

/** Instructions on 64-bit integers; addresses are 32-bit, offsets constant, nothing need be aligned. */
export const i64 = {
  const: (value: bigint): Code => [0x42, ...signed(value)],
  load: (address: Code, offset = 0): Code => [...address, 0x29, 0, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    0x37,
    0,
    ...unsigned(offset),
  ],
  /** 1 when `a < b`, unsigned, as a 64-bit integer. */
  less: (a: Code, b: Code): Code => [...a, ...b, 0x54, 0xad],
  add: binary(0x7c) as Binary,
  sub: binary(0x7d) as Binary,
  mul: binary(0x7e) as Binary,
  and: binary(0x83) as Binary,
  or: binary(0x84) as Binary,
  xor: binary(0x85) as Binary,
  shl: binary(0x86) as Binary,
  /** Shift right that keeps the sign. */
  sar: binary(0x87) as Binary,
  shr: binary(0x88) as Binary,
} as const;

const SIMD = 0xfd;

/** Instructions on four 32-bit integers at once. */
export const v128 = {
  load: (address: Code, offset = 0): Code => [...address, SIMD, 0x00, 0, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    SIMD,
    0x0b,
    0,
    ...unsigned(offset),
  ],
  /** Bytes of a vector in another order. */
  shuffle: (value: Code, order: Code): Code => [...value, ...value, SIMD, 0x0d, ...order],
  or: binary(SIMD, 0x50) as Binary,
  xor: binary(SIMD, 0x51) as Binary,
  add: binary(SIMD, 0xae, 0x01) as Binary,
  shl: (value: Code, bits: number): Code => [...value, ...i32.const(bits), SIMD, 0xab, 0x01],
  shr: (value: Code, bits: number): Code => [...value, ...i32.const(bits), SIMD, 0xad, 0x01],
  /** Four words of the memory beside `address`, `first` in the lowest lane. */
  gather: (address: Code, offsets: Code): Code => {
    const [first = 0, ...others] = offsets;
    const lowest = [...address, SIMD, 0x5c, 0, ...unsigned(first)];
    return others.reduce<Code>(
      (vector, offset, lane) => [
        ...address,
        ...vector,
        ...[SIMD, 0x56, 0, ...unsigned(offset), lane + 1],
      ],
      lowest,
    );
  },
} as const;

/** Bytes of four lanes after lane `first` has become the first. */
export function lanesFrom(first: number): Code {
  return Array.from({ length: 16 }, (_, at) => (at + 4 * first) % 16);
}

/** Bytes of four lanes, each rotated left by so many bytes. */
function bytesLeft(count: number): Code {
  return Array.from({ length: 16 }, (_, at) => at - (at % 4) + ((at + 4 - count) % 4));
}

/** `mixed = rotate left(mixed ^ other)` in each lane: the step of which ChaCha20 and BLAKE3 consist. */
export function xorRotate(mixed: number, other: number, bits: number): Code {
  const both = set(mixed, v128.xor(get(mixed), get(other)));
  if (bits % 8 === 0)
    return [...both, ...set(mixed, v128.shuffle(get(mixed), bytesLeft(bits / 8)))];
  const rotated = v128.or(v128.shl(get(mixed), bits), v128.shr(get(mixed), 32 - bits));
  return [...both, ...set(mixed, rotated)];
}

/** Runs `body` as long as `condition` is not zero after it. */
export function loopWhile(condition: Code, ...body: readonly Code[]): Code {
  return [0x03, 0x40, ...body.flat(), ...condition, 0x0d, 0, 0x0b];
}

/** A function without results. */
export interface FunctionSource {
  readonly name: string;
  /** Number of 32-bit parameters; they are the first locals. */
  readonly parameters: number;
  /** Type and number of further locals, numbered in this order. */
  readonly locals: readonly (readonly [type: number, count: number])[];
  readonly body: readonly Code[];
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function named(name: string, kind: number, index: number): Code {
  const text = [...name].map((letter) => letter.charCodeAt(0));
  return [...list(text.map((byte) => [byte])), kind, ...unsigned(index)];
}

function compiled({ locals, body }: FunctionSource): Code {
  const declared = list(locals.map(([type, count]) => [...unsigned(count), type]));
  const code = [...declared, ...body.flat(), 0x0b];
  return [...unsigned(code.length), ...code];
}

/** A module of functions, exported by their names, and a `memory` of so many pages of 64 KiB. */
export function assemble(
  functions: readonly FunctionSource[],
  pages: number,
): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...list(Array.from({ length: parameters }, () => [TYPE.i32])),
    0,
  ]);
  const exported = functions.map(({ name }, at) => named(name, 0, at));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(3, list(functions.map((_, at) => unsigned(at)))),
    ...section(5, list([[1, ...unsigned(pages), ...unsigned(pages)]])),
    ...section(7, list([...exported, named('memory', 2, 0)])),
    ...section(10, list(functions.map(compiled))),
  ]);
}
