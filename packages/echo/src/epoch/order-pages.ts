/**
 * The order of the blocks under a frontier and what their control sections say, in pages whose bytes are
 * the same on every replica: all that a snapshot holds besides rows. An epoch names the root over them.
 * Blocks are numbered by their place in the order of (lamport, hash), which puts causes before effects.
 */
import { Writer } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import { compareBytes, idBytes } from '@atoll/kernel';
import { encodeControlPage, type ControlEntry } from '../snapshot/control-page.ts';
import type { Fold } from '../fold.ts';
import type { SpaceIndex } from '../space/space-index.ts';

/** Blocks of a page: some 50 KiB. */
export const ORDER_PAGE_BLOCKS = 1024;
/** Control sections of a page. */
export const ORDER_PAGE_ENTRIES = 64;

/** Where order pages come from. */
export interface OrderSource {
  readonly index: SpaceIndex;
  /** Control sections of all folded blocks. */
  readonly control: readonly ControlEntry[];
  /** Blocks under the frontier, ascending by (lamport, hash). */
  readonly blocks: readonly number[];
  readonly facts: OrderFacts;
}

/** What else late writers are judged by: with other facts their ops would come to another state. */
export interface OrderFacts {
  /** Types by the hash of their bytes, and the blocks that published them. */
  readonly types: readonly {
    readonly hash: Uint8Array;
    readonly publishedIn: readonly number[];
  }[];
  /** Blocks whose ops do not count. */
  readonly voids: readonly number[];
  /** Root of the tree over rows and what they hold beside their canonical form; 32 bytes. */
  readonly rows: Uint8Array;
}

/** The facts of a fold, with the numbers that `place` gives to its blocks; those without one are left out. */
export function factsOf(
  { blocks, types }: Pick<Fold, 'blocks' | 'types'>,
  rows: Uint8Array,
  place: (no: number) => number | undefined = (no) => no,
): OrderFacts {
  const placed = (nos: readonly number[]): number[] => nos.flatMap((no) => place(no) ?? []);
  return {
    types: types.all().flatMap(({ compiled, publishedIn }) => {
      // A type that only an application here has named is nobody else's.
      if (publishedIn.length === 0) return [];
      return [{ hash: compiled.hashBytes, publishedIn: placed(publishedIn) }];
    }),
    voids: placed(blocks.voids()),
    rows,
  };
}

/** Pages of blocks, then pages of control sections, then one of facts. */
export function* orderPages(source: OrderSource): Generator<Uint8Array<ArrayBuffer>> {
  const placeByBlock = new Map(source.blocks.map((no, place) => [no, place]));
  yield* blockPages(source, placeByBlock);
  const entries = source.control.flatMap((entry): ControlEntry[] => {
    const no = placeByBlock.get(entry.no);
    return no === undefined ? [] : [{ ...entry, no }];
  });
  entries.sort((a, b) => a.no - b.no);
  for (let from = 0; from < entries.length; from += ORDER_PAGE_ENTRIES) {
    yield encodeControlPage(entries.slice(from, from + ORDER_PAGE_ENTRIES));
  }
  yield factsPage(source.facts, placeByBlock);
}

function factsPage(
  { rows, types, voids }: OrderFacts,
  placeByBlock: ReadonlyMap<number, number>,
): Uint8Array<ArrayBuffer> {
  const writer = new Writer(1024).varint(types.length);
  const writePlaces = (nos: readonly number[]): void => {
    const places = nos.map((no) => placeByBlock.get(no) ?? 0).sort((a, b) => a - b);
    writer.varint(places.length);
    for (const place of places) writer.varint(place);
  };
  for (const type of [...types].sort((a, b) => compareBytes(a.hash, b.hash))) {
    writer.raw(type.hash);
    writePlaces(type.publishedIn);
  }
  writePlaces(voids);
  return writer.raw(rows).finish();
}

/** What an epoch names: 32 bytes over the pages in order. */
export function orderRoot(pages: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  return rootOfPages([...pages].map(orderPageHash));
}

/** Hash of one page. */
export function orderPageHash(page: Uint8Array): Uint8Array<ArrayBuffer> {
  return hash('epoch-order-page', page);
}

/** The root over the hashes of all pages in order. */
export function rootOfPages(hashes: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return hash('epoch-order', ...hashes);
}

function* blockPages(
  { blocks, index }: OrderSource,
  placeByBlock: ReadonlyMap<number, number>,
): Generator<Uint8Array<ArrayBuffer>> {
  const { branches } = index;
  const feeds = new Map<string, number>();
  const writer = new Writer(ORDER_PAGE_BLOCKS * 64);
  const back = (from: number, to: number): number => from - (placeByBlock.get(to) ?? from);
  let lamport = 0;
  for (const [place, no] of blocks.entries()) {
    if (place % ORDER_PAGE_BLOCKS === 0 && place > 0) {
      yield writer.finish();
      writer.clear();
    }
    const feed = branches.feedOf(no);
    const known = feeds.get(feed);
    writer.raw(branches.hashBytesOf(no)).varint(known ?? 0);
    if (known === undefined) {
      feeds.set(feed, feeds.size + 1);
      writer.raw(idBytes(feed));
    }
    const prev = branches.prevOf(no);
    const { deps, flags, timeMs } = index.kept(no);
    writer.varint(branches.seqOf(no)).varint(prev === undefined ? 0 : back(place, prev));
    writer
      .zigzag(branches.lamportOf(no) - lamport)
      .varint(timeMs)
      .u8(flags);
    lamport = branches.lamportOf(no);
    const named = deps.map((dep) => back(place, dep)).sort((a, b) => a - b);
    writer.varint(named.length);
    for (const dep of named) writer.varint(dep);
  }
  yield writer.finish();
}
