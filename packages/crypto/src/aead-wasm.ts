/**
 * The stream of ChaCha20 and the tag of Poly1305 (RFC 8439) in WebAssembly, assembled here at the start.
 * ChaCha20 holds a row of its matrix in a vector and works on two blocks at a time; Poly1305 counts in five
 * limbs of 26 bits. No branch and no address depends on a secret.
 */
import { utf8 } from '@atoll/kernel';
import {
  TYPE,
  assemble,
  get,
  i32,
  i64,
  lanesFrom,
  loopWhile,
  set,
  v128,
  xorRotate,
  type Code,
  type FunctionSource,
} from './wasm-assembler.ts';

/** Where things lie in the memory. The state is ChaCha20's matrix: constants, key, counter, nonce. */
const AT = { state: 0, r: 64, pad: 80, sum: 96, tag: 144, stream: 192, mac: 128 * 1024 } as const;
const PAGES = 4;
const BLOCK_BYTES = 64;
/** Bytes that fit in the stream, with the block of the one-time key, or under the tag. */
export const AEAD_WASM_BYTES_MAX: number = AT.mac - AT.stream - 2 * BLOCK_BYTES;

/** Locals of one block's rows. */
interface Rows {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** `target += source; mixed = rotate(mixed ^ target)`. */
function mix(target: number, source: number, mixed: number, bits: number): Code {
  return [...set(target, v128.add(get(target), get(source))), ...xorRotate(mixed, target, bits)];
}

/** A quarter round on all four columns of each block. */
function columns(blocks: readonly Rows[]): Code {
  return [
    ...blocks.flatMap(({ a, b, d }) => mix(a, b, d, 16)),
    ...blocks.flatMap(({ b, c, d }) => mix(c, d, b, 12)),
    ...blocks.flatMap(({ a, b, d }) => mix(a, b, d, 8)),
    ...blocks.flatMap(({ b, c, d }) => mix(c, d, b, 7)),
  ];
}

/** Turns the rows so that diagonals become columns, or back. */
function turn({ b, c, d }: Rows, by: 1 | 3): Code {
  return [
    ...set(b, v128.shuffle(get(b), lanesFrom(by))),
    ...set(c, v128.shuffle(get(c), lanesFrom(2))),
    ...set(d, v128.shuffle(get(d), lanesFrom(4 - by))),
  ];
}

/** `stream(pairs)`: the key stream over so many pairs of blocks in the stream's place. */
function streamFunction(): FunctionSource {
  const [pairs, at, rounds] = [0, 1, 2];
  const blocks: readonly Rows[] = [
    { a: 3, b: 4, c: 5, d: 6 },
    { a: 7, b: 8, c: 9, d: 10 },
  ];
  const nothing = i32.const(0);
  const row = (number: number): Code => v128.load(nothing, AT.state + 16 * number);
  const count = i64.add(i64.load(nothing, AT.state + 48), i64.const(1n));
  // The counter is 32 bits; it and half the nonce are one number, and it never passes its end here.
  const counted = i64.store(nothing, count, AT.state + 48);
  return {
    name: 'stream',
    parameters: 1,
    locals: [
      [TYPE.i32, 2],
      [TYPE.v128, 8],
    ],
    body: [
      set(at, i32.const(AT.stream)),
      loopWhile(
        get(pairs),
        ...blocks.flatMap(({ a, b, c, d }, number) => [
          set(a, row(0)),
          set(b, row(1)),
          set(c, row(2)),
          set(d, row(3)),
          number === 0 ? counted : [],
        ]),
        set(rounds, i32.const(10)),
        loopWhile(
          get(rounds),
          columns(blocks),
          ...blocks.map((rows) => turn(rows, 1)),
          columns(blocks),
          ...blocks.map((rows) => turn(rows, 3)),
          set(rounds, i32.sub(get(rounds), i32.const(1))),
        ),
        // The second block's counter is in memory now; the first had one less.
        ...blocks.toReversed().flatMap(({ a, b, c, d }, back) => [
          back === 1
            ? i64.store(
                nothing,
                i64.sub(i64.load(nothing, AT.state + 48), i64.const(1n)),
                AT.state + 48,
              )
            : [],
          ...[a, b, c, d].map((local, number) => {
            const offset = BLOCK_BYTES * (1 - back) + 16 * number;
            const stream = v128.add(get(local), row(number));
            return v128.store(get(at), v128.xor(stream, v128.load(get(at), offset)), offset);
          }),
        ]),
        counted,
        counted,
        set(at, i32.add(get(at), i32.const(2 * BLOCK_BYTES))),
        set(pairs, i32.sub(get(pairs), i32.const(1))),
      ),
    ],
  };
}

const LIMBS: readonly number[] = [0, 1, 2, 3, 4];
const MASK: Code = i64.const((1n << 26n) - 1n);

/** The five limbs of 128 bits in two halves. */
function limbs(low: Code, high: Code): readonly Code[] {
  const shr = (value: Code, bits: bigint): Code => i64.shr(value, i64.const(bits));
  const across = i64.or(shr(low, 52n), i64.shl(high, i64.const(12n)));
  return [
    i64.and(low, MASK),
    i64.and(shr(low, 26n), MASK),
    i64.and(across, MASK),
    i64.and(shr(high, 14n), MASK),
    shr(high, 40n),
  ];
}

/** Carries from limb `from` into the next, the last into the first times five. */
function carry(sum: readonly number[], from: number): Code {
  const own = sum[from] as number;
  const next = sum[(from + 1) % 5] as number;
  const over = i64.shr(get(own), i64.const(26n));
  return [
    ...set(next, i64.add(get(next), from === 4 ? i64.mul(over, i64.const(5n)) : over)),
    ...set(own, i64.and(get(own), MASK)),
  ];
}

/** `mac(blocks)`: tag over so many blocks of 16 bytes; r and pad lie in their places. */
function macFunction(): FunctionSource {
  const [blocks, at] = [0, 1];
  const local = (first: number): readonly number[] => LIMBS.map((limb) => first + limb);
  const [r, s, h, d] = [local(2), local(7), local(12), local(17)] as [
    number[],
    number[],
    number[],
    number[],
  ];
  const [low, high] = [22, 23];
  const nothing = i32.const(0);
  // RFC 8439, 2.5: some bits of r are cleared.
  const clamped = limbs(get(low), get(high));
  const block = limbs(get(low), get(high));
  const product = (limb: number): Code =>
    LIMBS.map((other) => {
      const factor = other <= limb ? r[limb - other] : s[5 + limb - other];
      return i64.mul(get(h[other] as number), get(factor as number));
    }).reduce(i64.add);
  return {
    name: 'mac',
    parameters: 1,
    locals: [
      [TYPE.i32, 1],
      [TYPE.i64, 22],
    ],
    body: [
      set(low, i64.and(i64.load(nothing, AT.r), i64.const(0x0ffffffc0fffffffn))),
      set(high, i64.and(i64.load(nothing, AT.r + 8), i64.const(0x0ffffffc0ffffffcn))),
      ...LIMBS.map((limb) => set(r[limb] as number, clamped[limb] as Code)),
      ...LIMBS.map((limb) =>
        set(s[limb] as number, i64.mul(get(r[limb] as number), i64.const(5n))),
      ),
      set(at, i32.const(AT.mac)),
      loopWhile(
        get(blocks),
        set(low, i64.load(get(at))),
        set(high, i64.load(get(at), 8)),
        ...LIMBS.map((limb) =>
          set(h[limb] as number, i64.add(get(h[limb] as number), block[limb] as Code)),
        ),
        set(h[4] as number, i64.add(get(h[4] as number), i64.const(1n << 24n))),
        ...LIMBS.map((limb) => set(d[limb] as number, product(limb))),
        ...LIMBS.map((limb) => set(h[limb] as number, get(d[limb] as number))),
        ...LIMBS.map((limb) => carry(h, limb)),
        carry(h, 0),
        set(at, i32.add(get(at), i32.const(16))),
        set(blocks, i32.sub(get(blocks), i32.const(1))),
      ),
      ...finish(h, d, low, high),
    ],
  };
}

/** The sum modulo 2^130 - 5, plus the pad modulo 2^128. */
function finish(h: readonly number[], g: readonly number[], low: number, high: number): Code[] {
  const nothing = i32.const(0);
  const of = (list: readonly number[], limb: number): Code => get(list[limb] as number);
  const shl = (value: Code, bits: bigint): Code => i64.shl(value, i64.const(bits));
  const isLess = i64.sar(of(g, 4), i64.const(63n));
  const pad = (offset: number): Code => i64.load(nothing, AT.pad + offset);
  return [
    ...[1, 2, 3, 4, 0].map((limb) => carry(h, limb)),
    // g = h + 5 - 2^130: negative exactly when h is below the prime.
    ...LIMBS.map((limb) => set(g[limb] as number, of(h, limb))),
    set(g[0] as number, i64.add(of(g, 0), i64.const(5n))),
    ...[0, 1, 2, 3].map((limb) => carry(g, limb)),
    set(g[4] as number, i64.sub(of(g, 4), i64.const(1n << 26n))),
    set(low, isLess),
    ...LIMBS.map((limb) => {
      const difference = i64.and(i64.xor(of(h, limb), i64.and(of(g, limb), MASK)), get(low));
      return set(h[limb] as number, i64.xor(i64.and(of(g, limb), MASK), difference));
    }),
    set(low, i64.or(of(h, 0), i64.or(shl(of(h, 1), 26n), shl(of(h, 2), 52n)))),
    set(
      high,
      i64.or(i64.shr(of(h, 2), i64.const(12n)), i64.or(shl(of(h, 3), 14n), shl(of(h, 4), 40n))),
    ),
    set(low, i64.add(get(low), pad(0))),
    set(high, i64.add(i64.add(get(high), pad(8)), i64.less(get(low), pad(0)))),
    i64.store(nothing, get(low), AT.tag),
    i64.store(nothing, get(high), AT.tag + 8),
  ];
}

/** Key, nonce and associated data of one message. */
export interface AeadInput {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes; never twice under one key. */
  readonly nonce: Uint8Array;
  /** Bytes that are authenticated and not sent. */
  readonly associated: Uint8Array;
}

/** Cipher and tag over one memory; for `aead.ts`. What was secret is overwritten before a call ends. */
export interface AeadEngine {
  /** Writes ciphertext and tag into `target` from position `at`. */
  readonly seal: (input: AeadInput, text: Uint8Array, target: Uint8Array, at: number) => void;
  /** The text of ciphertext and tag, which begin at `from`; `undefined` when they do not belong together. */
  readonly open: (
    input: AeadInput,
    sealed: Uint8Array,
    from: number,
  ) => Uint8Array<ArrayBuffer> | undefined;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly stream: (pairs: number) => void;
  readonly mac: (blocks: number) => void;
}

/** The engine, or `undefined` where WebAssembly or its vectors are missing or forbidden. */
export async function loadAeadEngine(): Promise<AeadEngine | undefined> {
  try {
    const bytes = assemble([streamFunction(), macFunction()], PAGES);
    const { instance } = await WebAssembly.instantiate(bytes);
    return engineOver(instance.exports as unknown as Exports);
  } catch {
    return undefined;
  }
}

function engineOver({ mac, memory, stream }: Exports): AeadEngine {
  const bytes = new Uint8Array(memory.buffer);
  const words = new Uint32Array(memory.buffer);
  bytes.set(utf8('expand 32-byte k'), AT.state);
  const text = AT.stream + BLOCK_BYTES;
  /** Key stream from counter 0 over a block of zeros, whose first half is the one-time key, and the text. */
  const cipher = ({ key, nonce }: AeadInput, length: number): void => {
    bytes.set(key, AT.state + 16);
    words[(AT.state + 48) / 4] = 0;
    bytes.set(nonce, AT.state + 52);
    bytes.fill(0, AT.stream, text);
    stream(Math.ceil((BLOCK_BYTES + length) / (2 * BLOCK_BYTES)));
  };
  /** Puts the ciphertext, which lies in the text's place, behind the associated data, and their lengths. */
  const laidOut = (associated: Uint8Array, length: number): number => {
    const textAt = AT.mac + padded(associated.length);
    const lengthsAt = textAt + padded(length);
    bytes.set(associated, AT.mac);
    bytes.fill(0, AT.mac + associated.length, textAt);
    bytes.copyWithin(textAt, text, text + length);
    bytes.fill(0, textAt + length, lengthsAt + 16);
    words[lengthsAt / 4] = associated.length;
    words[lengthsAt / 4 + 2] = length;
    return (lengthsAt + 16 - AT.mac) / 16;
  };
  const authenticate = (blocks: number): void => {
    bytes.copyWithin(AT.r, AT.stream, AT.stream + 32);
    mac(blocks);
  };
  const wipe = (): void => {
    bytes.fill(0, AT.state + 16, AT.tag);
    bytes.fill(0, AT.stream, AT.stream + 32);
  };
  return {
    seal: (input, plaintext, target, at) => {
      const { length } = plaintext;
      bytes.set(plaintext, text);
      cipher(input, length);
      authenticate(laidOut(input.associated, length));
      target.set(bytes.subarray(text, text + length), at);
      for (let byte = 0; byte < 16; byte++) target[at + length + byte] = bytes[AT.tag + byte] ?? 0;
      wipe();
    },
    open: (input, sealed, from) => {
      const length = sealed.length - from - 16;
      // Whole, so that no view of it need be made: what lies before the text is the cipher's anyway.
      bytes.set(sealed, text - from);
      const blocks = laidOut(input.associated, length);
      cipher(input, length);
      authenticate(blocks);
      let different = 0;
      for (let byte = 0; byte < 16; byte++) {
        different |= (bytes[AT.tag + byte] ?? 0) ^ (sealed[from + length + byte] ?? 0);
      }
      const plaintext = different === 0 ? bytes.slice(text, text + length) : undefined;
      bytes.fill(0, AT.stream, text + length);
      wipe();
      return plaintext;
    },
  };
}

function padded(length: number): number {
  return (length + 15) & ~15;
}
