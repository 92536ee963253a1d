/**
 * BLAKE3 (specification of 2021-11-02) in WebAssembly, assembled here at the start: the compression of
 * blocks with a row of the state in each vector; chunks and their tree are put together around it. What is
 * to be hashed may be written into the engine's memory at once and is not copied then.
 */
import {
  TYPE,
  assemble,
  get,
  i32,
  lanesFrom,
  loopWhile,
  set,
  v128,
  xorRotate,
  type Code,
  type FunctionSource,
} from './wasm-assembler.ts';

/** Where things lie in the memory: eight words each of `chain`, `start` (the plain key) and `key`. */
const AT = {
  chain: 0,
  start: 32,
  key: 64,
  place: 96,
  stack: 128,
  chunk: 2048,
  room: 4096,
} as const;
const BLOCK_BYTES = 64;
const CHUNK_BYTES = 1024;
const DIGEST_BYTES = 32;
const PAGE_BYTES = 64 * 1024;
const PAGES = 2;
/** Bytes that fit in the engine's own memory. */
const ROOM_BYTES: number = PAGES * PAGE_BYTES - AT.room;

/** Section 2.2, table 1. */
const START: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
/** Section 2.2, table 2. */
const PERMUTATION: readonly number[] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
const ROUNDS = 7;
/** Section 2.2, table 3. */
const FLAG = { chunkStart: 1, chunkEnd: 2, parent: 4, root: 8, keyed: 16 } as const;

/** Words of the block in each round, in the order in which they are mixed in. */
function schedule(): readonly (readonly number[])[] {
  let words: readonly number[] = PERMUTATION.map((_, at) => at);
  return Array.from({ length: ROUNDS }, () => {
    const round = words;
    words = PERMUTATION.map((from) => round[from] as number);
    return round;
  });
}

/** `compress(at, blocks)`: chains so many blocks; length, flags and counter are those of `place`. */
function compressFunction(): FunctionSource {
  const [at, blocks, a, b, c, d, low, high] = [0, 1, 2, 3, 4, 5, 6, 7];
  const nothing = i32.const(0);
  const half = (words: readonly number[], first: number): Code => {
    const gathered = (odd: number): Code =>
      v128.gather(
        get(at),
        [0, 2, 4, 6].map((word) => 4 * (words[first + word + odd] as number)),
      );
    const added = (word: Code): Code => set(a, v128.add(v128.add(get(a), get(b)), word));
    // To the right by 16, 12, 8 and 7.
    return [
      ...added(gathered(0)),
      ...xorRotate(d, a, 16),
      ...set(c, v128.add(get(c), get(d))),
      ...xorRotate(b, c, 20),
      ...added(gathered(1)),
      ...xorRotate(d, a, 24),
      ...set(c, v128.add(get(c), get(d))),
      ...xorRotate(b, c, 25),
    ];
  };
  const turn = (by: 1 | 3): Code => [
    ...set(b, v128.shuffle(get(b), lanesFrom(by))),
    ...set(c, v128.shuffle(get(c), lanesFrom(2))),
    ...set(d, v128.shuffle(get(d), lanesFrom(4 - by))),
  ];
  return {
    name: 'compress',
    parameters: 2,
    locals: [[TYPE.v128, 6]],
    body: [
      set(low, v128.load(nothing, AT.chain)),
      set(high, v128.load(nothing, AT.chain + 16)),
      loopWhile(
        get(blocks),
        set(a, get(low)),
        set(b, get(high)),
        set(c, v128.load(nothing, AT.start)),
        set(d, v128.load(nothing, AT.place)),
        ...schedule().flatMap((words) => [half(words, 0), turn(1), half(words, 8), turn(3)]),
        set(low, v128.xor(get(a), get(c))),
        set(high, v128.xor(get(b), get(d))),
        set(at, i32.add(get(at), i32.const(BLOCK_BYTES))),
        set(blocks, i32.sub(get(blocks), i32.const(1))),
      ),
      v128.store(nothing, get(low), AT.chain),
      v128.store(nothing, get(high), AT.chain + 16),
    ],
  };
}

/** BLAKE3 over one memory. Synchronous; nothing is kept between two calls. */
export interface Blake3Engine {
  /** Room in which an input may be written; hashed from its start, it is not copied. */
  readonly room: Uint8Array<ArrayBuffer>;
  /** Digest, 32 bytes, of the first `length` bytes of `input`; in keyed mode under a key of 32. */
  readonly digest: (input: Uint8Array, length: number, key?: Uint8Array) => Uint8Array<ArrayBuffer>;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly compress: (at: number, blocks: number) => void;
}

/** The engine. Rejects where WebAssembly or its vectors are missing or forbidden. */
export async function loadBlake3Engine(): Promise<Blake3Engine> {
  const { instance } = await WebAssembly.instantiate(assemble([compressFunction()], PAGES));
  const { compress, memory } = instance.exports as unknown as Exports;
  return new Engine(memory.buffer, compress);
}

class Engine implements Blake3Engine {
  readonly room: Uint8Array<ArrayBuffer>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #compress: Exports['compress'];

  constructor(buffer: ArrayBuffer, compress: Exports['compress']) {
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#compress = compress;
    this.room = this.#bytes.subarray(AT.room, AT.room + ROOM_BYTES);
    this.#words.set(START, AT.start / 4);
  }

  digest(input: Uint8Array, length: number, key?: Uint8Array): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes;
    if (key !== undefined) bytes.set(key, AT.key);
    const keyAt = key === undefined ? AT.start : AT.key;
    const mode = key === undefined ? 0 : FLAG.keyed;
    const inRoom = input.buffer === bytes.buffer;
    if (length <= CHUNK_BYTES) {
      if (!inRoom) bytes.set(length === input.length ? input : input.subarray(0, length), AT.chunk);
      const at = inRoom ? AT.room : AT.chunk;
      this.#chunk({ at, length, number: 0, keyAt, mode: mode | FLAG.root });
    } else this.#tree(inRoom ? undefined : input, length, keyAt, mode);
    const digest = bytes.slice(AT.chain, AT.chain + DIGEST_BYTES);
    // What follows from a key is as secret as the key.
    if (key !== undefined) bytes.fill(0, AT.key, AT.chunk).fill(0, AT.chain, AT.start);
    return digest;
  }

  /**
   * Section 2.4: chunks are leaves; the left subtree of each parent is full and as large as can be.
   * Without an input, what lies in the room.
   */
  #tree(input: Uint8Array | undefined, size: number, keyAt: number, mode: number): void {
    const chunks = Math.ceil(size / CHUNK_BYTES);
    let top: number = AT.stack;
    const merge = (flags: number): void => {
      top -= DIGEST_BYTES;
      this.#startFrom(keyAt);
      this.#run(top - DIGEST_BYTES, 1, BLOCK_BYTES, flags | FLAG.parent);
      this.#bytes.copyWithin(top - DIGEST_BYTES, AT.chain, AT.chain + DIGEST_BYTES);
    };
    for (let number = 0; number < chunks; number++) {
      const from = number * CHUNK_BYTES;
      const length = Math.min(CHUNK_BYTES, size - from);
      if (input !== undefined) this.#bytes.set(input.subarray(from, from + length), AT.chunk);
      const at = input === undefined ? AT.room + from : AT.chunk;
      this.#chunk({ at, length, number, keyAt, mode });
      this.#bytes.copyWithin(top, AT.chain, AT.chain + DIGEST_BYTES);
      top += DIGEST_BYTES;
      if (number === chunks - 1) break;
      for (let whole = number + 1; whole % 2 === 0; whole /= 2) merge(mode);
    }
    while (top > AT.stack + 2 * DIGEST_BYTES) merge(mode);
    merge(mode | FLAG.root);
  }

  /** Section 2.4: blocks of a chunk in the memory, the first and the last of which say so. */
  #chunk(chunk: {
    readonly at: number;
    readonly length: number;
    readonly number: number;
    readonly keyAt: number;
    readonly mode: number;
  }): void {
    const { at, keyAt, length, number } = chunk;
    const mode = chunk.mode & ~FLAG.root;
    const end = FLAG.chunkEnd | (chunk.mode & FLAG.root);
    const whole = Math.max(0, Math.ceil(length / BLOCK_BYTES) - 1);
    const left = length - whole * BLOCK_BYTES;
    this.#bytes.fill(0, at + length, at + (whole + 1) * BLOCK_BYTES);
    this.#startFrom(keyAt);
    this.#words[AT.place / 4] = number;
    if (whole === 0) this.#run(at, 1, left, mode | FLAG.chunkStart | end);
    else {
      this.#run(at, 1, BLOCK_BYTES, mode | FLAG.chunkStart);
      if (whole > 1) this.#run(at + BLOCK_BYTES, whole - 1, BLOCK_BYTES, mode);
      this.#run(at + whole * BLOCK_BYTES, 1, left, mode | end);
    }
    this.#words[AT.place / 4] = 0;
  }

  #startFrom(keyAt: number): void {
    this.#bytes.copyWithin(AT.chain, keyAt, keyAt + DIGEST_BYTES);
  }

  #run(at: number, blocks: number, length: number, flags: number): void {
    this.#words[AT.place / 4 + 2] = length;
    this.#words[AT.place / 4 + 3] = flags;
    this.#compress(at, blocks);
  }
}
