/** A page of blocks: what a member knows of the order of a space, without the blocks themselves. */
import { Reader, Writer } from '@atoll/codec';
import { NONCE_BYTES, type BlockColumns, type BranchIndex } from '@atoll/feed';
import type { KeptBlock, SpaceIndex } from '../space/space-index.ts';

/** Blocks of a full page: some 100 KiB. */
export const PAGE_BLOCKS = 1024;

/** Blocks of a page, in the order of their numbers. */
export interface BlockPage {
  readonly columns: BlockColumns;
  readonly kept: readonly KeptBlock[];
}

/**
 * Writes blocks by number. Positions and signatures are the log's; `isSettled` if it has all of them, but for
 * those below `base`, which came without their bytes.
 */
export function encodeBlockPage(
  of: { readonly index: SpaceIndex; readonly log: BranchIndex; readonly base: number },
  from: number,
  to: number,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly isSettled: boolean } {
  const { index, log } = of;
  const columns = index.branches.columns(from, to);
  const positions = new Float64Array(to - from);
  const signed = new Int32Array(to - from);
  const times = new Float64Array(to - from);
  const flags = new Uint8Array(to - from);
  const nonces = new Uint8Array((to - from) * NONCE_BYTES);
  const deps = new Writer();
  let isSettled = true;
  for (let block = from; block < to; block++) {
    const at = block - from;
    const logged = log.blockOfBytes(index.branches.hashBytesOf(block));
    if (logged !== undefined) {
      positions[at] = log.positionOf(logged);
      signed[at] = log.isSigned(logged) ? 1 : 0;
    }
    if (positions[at] === 0 && block >= of.base) isSettled = false;
    const kept = index.kept(block);
    times[at] = kept.timeMs;
    flags[at] = kept.flags;
    nonces.set(kept.nonce, at * NONCE_BYTES);
    deps.varint(kept.deps.length);
    for (const dep of kept.deps) deps.varint(dep);
  }
  const writer = new Writer((to - from) * 128);
  writer.bytes(columns.hashes).bytes(columns.branches).bytes(columns.seqs).bytes(columns.prevs);
  writer.bytes(columns.lamports).bytes(bytesOf(positions)).bytes(bytesOf(signed));
  writer.bytes(bytesOf(times)).bytes(flags).bytes(nonces).bytes(deps.finish());
  return { bytes: writer.finish(), isSettled };
}

/** Reads a page. @throws CodecError. */
export function decodeBlockPage(bytes: Uint8Array): BlockPage {
  const reader = new Reader(bytes);
  const columns = {
    hashes: reader.bytes(),
    branches: reader.bytes(),
    seqs: reader.bytes(),
    prevs: reader.bytes(),
    lamports: reader.bytes(),
    positions: reader.bytes(),
    signed: reader.bytes(),
  };
  const times = new Float64Array(reader.bytes().slice().buffer);
  const flags = reader.bytes();
  const nonces = reader.bytes();
  const deps = new Reader(reader.bytes());
  reader.end();
  const kept: KeptBlock[] = [];
  for (let at = 0; at < flags.length; at++) {
    const named: number[] = [];
    for (let rest = deps.varint(deps.left); rest > 0; rest--) named.push(deps.varint());
    kept.push({
      timeMs: times[at] as number,
      flags: flags[at] as number,
      nonce: nonces.subarray(at * NONCE_BYTES, (at + 1) * NONCE_BYTES),
      deps: named,
    });
  }
  return { columns, kept };
}

function bytesOf(numbers: Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(numbers.buffer);
}
