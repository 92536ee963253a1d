/**
 * Blocks of an order as they travel: without what only the giver's log knows, and each number beside the
 * one that it is near to. Who has some of the blocks says so, and gets neither their hashes nor what their
 * writers said in them.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { NONCE_BYTES, type BranchIndex } from '@atoll/feed';
import type { KeptBlock, SpaceIndex } from '../space/space-index.ts';
import type { BlockPage } from './block-page.ts';
import { HAVE_BRANCHES_MAX } from './transfer-codec.ts';

const HASH_BYTES = 32;
/** Nobody asks for the nonces of blocks that came without their bytes. */
const NO_NONCE: Uint8Array = new Uint8Array(NONCE_BYTES);

/** What somebody has of a block. */
export interface KnownBlock {
  readonly hash: Uint8Array;
  readonly lamport: number;
  readonly timeMs: number;
  readonly flags: number;
}

/** Looks up a block of one's own by its branch, as the giver numbers it, and seq. */
export type LookUp = (branch: number, seq: number) => KnownBlock | undefined;

/**
 * Writes blocks by number. `have`: for each branch, below which seq the one who asks has the blocks of its
 * chain; where it is short, none.
 */
export function encodeOrderChunk(
  index: SpaceIndex,
  range: { readonly from: number; readonly to: number },
  have: readonly number[],
): Uint8Array<ArrayBuffer> {
  const { branches } = index;
  const { from, to } = range;
  const [places, backs, deps] = [new Writer(4096), new Writer(4096), new Writer(4096)] as const;
  const [said, hashes] = [new Writer(4096), new Writer((to - from) * HASH_BYTES)] as const;
  const last = new LastSaid();
  for (let no = from; no < to; no++) {
    const branch = branches.branchOf(no);
    const seq = branches.seqOf(no);
    places.varint(branch).zigzag(seq - last.seq(branch, seq));
    const prev = branches.prevOf(no);
    backs.varint(prev === undefined ? 0 : no - prev);
    const kept = index.kept(no);
    deps.varint(kept.deps.length);
    for (const dep of kept.deps) deps.varint(no - dep);
    if (seq < (have[branch] ?? 0)) continue;
    hashes.raw(branches.hashBytesOf(no));
    const lamport = branches.lamportOf(no);
    said.zigzag(lamport - last.lamport(lamport)).zigzag(kept.timeMs - last.time(kept.timeMs));
    said.u8(kept.flags);
  }
  const writer = new Writer(hashes.length + places.length + said.length + 4096).varint(to - from);
  for (const part of [places, backs, deps, said, hashes]) writer.bytes(part.view());
  return writer.finish();
}

/** Reads them; `first` is the number of the first one. @throws CodecError. */
export function decodeOrderChunk(
  bytes: Uint8Array,
  of: {
    readonly first: number;
    readonly max: number;
    readonly known?: LookUp | undefined;
    readonly have: readonly number[];
  },
): BlockPage {
  const reader = new Reader(bytes);
  const count = reader.varint(of.max);
  const part = (): Reader => new Reader(reader.bytes());
  const [places, backs, deps, said, hashes] = [part(), part(), part(), part(), part()] as const;
  reader.end();
  const columns = new Columns(count);
  const kept: KeptBlock[] = [];
  const last = new LastSaid();
  for (let at = 0; at < count; at++) {
    const no = of.first + at;
    const branch = places.varint(2 ** 31 - 1);
    const seq = last.seqAfter(branch, places.zigzag());
    const back = backs.varint(no);
    const named: number[] = [];
    for (let rest = deps.varint(deps.left); rest > 0; rest--) named.push(no - deps.varint(no));
    const isKnown = seq < (of.have[branch] ?? 0);
    const block = isKnown ? of.known?.(branch, seq) : readSaid(said, hashes, last);
    if (block === undefined) throw malformed('a block that is left out is not here');
    columns.enter(at, { branch, seq, prev: back === 0 ? -1 : no - back, ...block });
    kept.push({ timeMs: block.timeMs, flags: block.flags, nonce: NO_NONCE, deps: named });
  }
  for (const rest of [places, backs, deps, said, hashes]) rest.end();
  return { columns: columns.finish(), kept };
}

function readSaid(said: Reader, hashes: Reader, last: LastSaid): KnownBlock {
  const hash = hashes.raw(HASH_BYTES);
  const lamport = last.lamportAfter(said.zigzag());
  return { hash, lamport, timeMs: last.timeAfter(said.zigzag()), flags: said.u8() };
}

/** What was said last, from which the next number is told. */
class LastSaid {
  readonly #seqs = new Map<number, number>();
  #lamport = 0;
  #timeMs = 0;

  /** The seq before on the branch; notes the new one. */
  seq(branch: number, next: number): number {
    const before = this.#seqs.get(branch) ?? 0;
    this.#seqs.set(branch, next);
    return before;
  }

  seqAfter(branch: number, step: number): number {
    const next = number((this.#seqs.get(branch) ?? 0) + step, 2 ** 32 - 1);
    this.#seqs.set(branch, next);
    return next;
  }

  lamport(next: number): number {
    const before = this.#lamport;
    this.#lamport = next;
    return before;
  }

  lamportAfter(step: number): number {
    return (this.#lamport = number(this.#lamport + step));
  }

  time(next: number): number {
    const before = this.#timeMs;
    this.#timeMs = next;
    return before;
  }

  timeAfter(step: number): number {
    return (this.#timeMs = number(this.#timeMs + step));
  }
}

function number(value: number, max: number = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) throw malformed('a number is one');
  return value;
}

/** Columns as an index takes them. Positions and signatures are those of one's own log: none yet. */
class Columns {
  readonly #hashes: Uint8Array<ArrayBuffer>;
  readonly #branches: Int32Array<ArrayBuffer>;
  readonly #seqs: Uint32Array<ArrayBuffer>;
  readonly #prevs: Int32Array<ArrayBuffer>;
  readonly #lamports: Float64Array<ArrayBuffer>;

  constructor(count: number) {
    this.#hashes = new Uint8Array(count * HASH_BYTES);
    this.#branches = new Int32Array(count);
    this.#seqs = new Uint32Array(count);
    this.#prevs = new Int32Array(count);
    this.#lamports = new Float64Array(count);
  }

  enter(
    at: number,
    block: KnownBlock & { readonly branch: number; readonly seq: number; readonly prev: number },
  ): void {
    this.#hashes.set(block.hash, at * HASH_BYTES);
    this.#branches[at] = block.branch;
    this.#seqs[at] = block.seq;
    this.#prevs[at] = block.prev;
    this.#lamports[at] = block.lamport;
  }

  finish(): BlockPage['columns'] {
    const count = this.#branches.length;
    return {
      hashes: this.#hashes,
      branches: new Uint8Array(this.#branches.buffer),
      seqs: new Uint8Array(this.#seqs.buffer),
      prevs: new Uint8Array(this.#prevs.buffer),
      lamports: new Uint8Array(this.#lamports.buffer),
      positions: new Uint8Array(count * 8),
      signed: new Uint8Array(count * 4),
    };
  }
}

/** Below which seqs somebody has the blocks of each branch of a giver. */
export function haveOf(
  branches: readonly { readonly feed: string; readonly parent: number | undefined }[],
  own: BranchIndex | undefined,
): number[] {
  if (own === undefined) return [];
  const forked = new Set<string>();
  for (const { feed, parent } of branches) if (parent !== undefined) forked.add(feed);
  return branches.slice(0, HAVE_BRANCHES_MAX).map(({ feed }) => {
    // Of a feed that has forked nobody knows which chain is meant.
    const [only, ...others] = own.branchesOf(feed as Parameters<BranchIndex['branchesOf']>[0]);
    if (only === undefined || others.length > 0 || forked.has(feed)) return 0;
    return own.seqOf(own.branchEnd(only)) + 1;
  });
}

function malformed(rule: string): CodecError {
  return new CodecError('CODEC_MALFORMED', `a page of blocks: ${rule}`);
}
