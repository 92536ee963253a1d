/**
 * The head of a snapshot: which pages belong to it, up to where of the log it goes, and all that is too
 * small or too changing for pages. Committing it is what makes a snapshot exist.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import type { BranchIndex } from '@atoll/feed';
import type { EpochId } from '@atoll/halo';
import {
  fromHex,
  idBytes,
  idFromBytes,
  toHex,
  type BlockHash,
  type FeedKey,
  type KeyId,
  type ZoneId,
} from '@atoll/kernel';
import type { Twin } from '../creations.ts';
import type { SealedSections } from '../space/sealed-sections.ts';
import { SnapshotError } from './snapshot-error.ts';

/** Grows with every change of form or of the fold: an older snapshot is then made anew from the log. */
export const SNAPSHOT_VERSION = 14;
const HASH_BYTES = 32;
const ZONE_BYTES = 16;
const NONE = 0;
const NO_EPOCH_BYTES: Uint8Array = new Uint8Array(HASH_BYTES);

/** Kinds of pages. */
export const PAGE_KINDS = ['blocks', 'rows', 'states', 'control', 'tree', 'index'] as const;
/** See {@link PAGE_KINDS}. */
export type PageKind = (typeof PAGE_KINDS)[number];

/** A page of a snapshot. */
export interface PageRef {
  readonly kind: PageKind;
  /** The last part of its name in the store. */
  readonly name: string;
  /** First block or row that it holds, the number of an index; 0 for kinds without such. */
  readonly first: number;
  /** Blocks, rows, entries or places in it. */
  readonly count: number;
  /** Bytes of its plaintext. */
  readonly bytes: number;
  /** Nothing of it can change any more unless a creation does; the last page is filled up otherwise. */
  readonly isFull: boolean;
}

/** A branch of a feed. */
export interface HeadBranch {
  readonly feed: FeedKey;
  readonly parent: number | undefined;
  readonly fork: number;
  /** Seq of the feed below which an epoch has let go of blocks, so that nothing new has a place there. */
  readonly whole: number;
}

/** The branches of an index; `wholes`: of a state that is pruned now. */
export function branchesOf(
  branches: BranchIndex,
  wholes?: ReadonlyMap<FeedKey, number>,
): readonly HeadBranch[] {
  return Array.from({ length: branches.branchCount }, (_, branch) => {
    const feed = branches.branchFeed(branch);
    return {
      feed,
      parent: branches.branchParent(branch),
      fork: branches.branchFork(branch),
      whole: wholes?.get(feed) ?? branches.wholeFrom(feed),
    };
  });
}

/** A type that the space's blocks or the application have brought. */
export interface HeadType {
  readonly bytes: Uint8Array;
  readonly publishedIn: readonly number[];
}

/** Everything but the pages. */
export interface SnapshotHead {
  /** All blocks of the log up to this position are in it, or among {@link SnapshotHead.pending}. */
  readonly position: number;
  /** All blocks of the snapshot are in the log up to this position, whose block has this hash. */
  readonly logEnd: { readonly position: number; readonly hash: BlockHash } | undefined;
  readonly blocks: number;
  /** Blocks below this number came without their bytes: the log need not have them. */
  readonly base?: number;
  readonly rows: number;
  readonly pages: readonly PageRef[];
  readonly branches: readonly HeadBranch[];
  readonly types: readonly HeadType[];
  /** Blocks whose ops do not count, rows whose creation does not. */
  readonly voidBlocks: readonly number[];
  /** Blocks that count but for some ops; needed where their work is looked for, so for a space's own log alone. */
  readonly partlyVoidBlocks: readonly number[];
  readonly voidRows: readonly number[];
  /** Rows that were created more than once: all creations. */
  readonly twins: ReadonlyMap<number, readonly Twin[]>;
  /** Rows of objects that an epoch has collected, with its number. */
  readonly collectedRows: ReadonlyMap<number, number>;
  /** The last epoch that the rows are behind; absent before any. */
  readonly epoch: EpochId | undefined;
  /** Blocks in the log that could not be folded. */
  readonly pending: readonly BlockHash[];
  /** Generations whose key was missing for a section. */
  readonly missingKeys: readonly KeyId[];
  /** Closed zones of which there are rows, types or sections that do not open. */
  readonly zones?: readonly HeadZone[];
}

/** What is here of a closed zone. */
export interface HeadZone {
  readonly zone: ZoneId;
  readonly rows: readonly number[];
  /** Types published in it, by their place among all types. */
  readonly types: readonly { readonly type: number; readonly publishedIn: readonly number[] }[];
  readonly sealed: SealedSections;
}

/** Bytes of a head. */
export function encodeHead(head: SnapshotHead): Uint8Array<ArrayBuffer> {
  const writer = new Writer(4096);
  writer.u8(SNAPSHOT_VERSION).varint(head.position);
  writer.varint(head.logEnd?.position ?? NONE);
  if (head.logEnd !== undefined) writer.raw(idBytes(head.logEnd.hash));
  writer
    .varint(head.blocks)
    .varint(head.base ?? 0)
    .varint(head.rows);
  writer.varint(head.pages.length);
  for (const page of head.pages) {
    writer.u8(PAGE_KINDS.indexOf(page.kind)).text(page.name);
    writer.varint(page.first).varint(page.count).varint(page.bytes);
    writer.u8(page.isFull ? 1 : 0);
  }
  writeBranches(writer, head);
  writeTypes(writer, head);
  writeNumbers(writer, head.voidBlocks);
  writeNumbers(writer, head.partlyVoidBlocks);
  writeNumbers(writer, head.voidRows);
  writeTwins(writer, head.twins);
  writeNumbers(writer, [...head.collectedRows.keys()]);
  writeNumbers(writer, [...head.collectedRows.values()]);
  writer.raw(fromHex(head.epoch ?? '00'.repeat(HASH_BYTES)) ?? NO_EPOCH_BYTES);
  writer.varint(head.pending.length);
  for (const hash of head.pending) writer.raw(idBytes(hash));
  writer.varint(head.missingKeys.length);
  for (const key of head.missingKeys) writer.bytes(idBytes(key));
  writeZones(writer, head.zones ?? []);
  return writer.finish();
}

function writeBranches(writer: Writer, head: SnapshotHead): void {
  writer.varint(head.branches.length);
  for (const { feed, parent, fork, whole } of head.branches) {
    writer.raw(idBytes(feed)).varint(parent === undefined ? NONE : parent + 1);
    writer.varint(fork).varint(whole);
  }
}

function writeZones(writer: Writer, zones: readonly HeadZone[]): void {
  writer.varint(zones.length);
  for (const { rows, sealed, types, zone } of zones) {
    writeNumbers(writer.raw(idBytes(zone)), rows);
    writer.varint(types.length);
    for (const { publishedIn, type } of types) writeNumbers(writer.varint(type), publishedIn);
    writer.varint(sealed.sections).varint(sealed.bytes);
  }
}

function readZone(reader: Reader): HeadZone {
  return {
    zone: idFromBytes('zone', reader.raw(ZONE_BYTES)),
    rows: readNumbers(reader),
    types: readList(reader, () => ({ type: reader.varint(), publishedIn: readNumbers(reader) })),
    sealed: { sections: reader.varint(), bytes: reader.varint() },
  };
}

function writeTwins(writer: Writer, twins: SnapshotHead['twins']): void {
  writer.varint(twins.size);
  for (const [row, made] of twins) {
    writer.varint(row).varint(made.length);
    for (const { block, collectedIn, isVoid, op, payload, type } of made) {
      writer.varint(type).varint(block).varint(op).bytes(payload);
      writer.u8(isVoid ? 1 : 0).varint(collectedIn === undefined ? 0 : collectedIn + 1);
    }
  }
}

function readTwins(reader: Reader): ReadonlyMap<number, readonly Twin[]> {
  return new Map(
    readList(reader, () => [reader.varint(), readList(reader, () => readTwin(reader))] as const),
  );
}

function readTwin(reader: Reader): Twin {
  const made = { type: reader.varint(), block: reader.varint(), op: reader.varint() };
  const twin = { ...made, payload: reader.bytes().slice(), isVoid: reader.u8() === 1 };
  const collected = reader.varint();
  return collected === 0 ? twin : { ...twin, collectedIn: collected - 1 };
}

function readCollected(reader: Reader): ReadonlyMap<number, number> {
  const rows = readNumbers(reader);
  const epochs = readNumbers(reader);
  return new Map(rows.map((row, at) => [row, epochs[at] ?? 0]));
}

function writeTypes(writer: Writer, { types }: SnapshotHead): void {
  writer.varint(types.length);
  for (const { bytes, publishedIn } of types) writeNumbers(writer.bytes(bytes), publishedIn);
}

/** What a giver says first: the root of its rows with their facts, 32 bytes, and a head without pages. */
export function encodeOutline(rows: Uint8Array, head: SnapshotHead): Uint8Array<ArrayBuffer> {
  const bytes = encodeHead(head);
  return new Writer(bytes.length + HASH_BYTES).raw(rows).raw(bytes).finish();
}

/** Reads it. @throws CodecError; SnapshotError `SNAPSHOT_VERSION`. */
export function decodeOutline(bytes: Uint8Array): {
  readonly rows: Uint8Array;
  readonly head: SnapshotHead;
} {
  const reader = new Reader(bytes);
  const rows = reader.take(HASH_BYTES);
  return { rows, head: decodeHead(reader.raw(reader.left)) };
}

/** The head of these bytes. @throws CodecError; SnapshotError `SNAPSHOT_VERSION`. */
export function decodeHead(bytes: Uint8Array): SnapshotHead {
  const reader = new Reader(bytes);
  if (reader.u8() !== SNAPSHOT_VERSION) {
    throw new SnapshotError('SNAPSHOT_VERSION', 'another version wrote the snapshot');
  }
  const position = reader.varint();
  const endPosition = reader.varint();
  const hash = endPosition === NONE ? undefined : readHash(reader);
  const head: SnapshotHead = {
    position,
    logEnd: hash === undefined ? undefined : { position: endPosition, hash },
    blocks: reader.varint(),
    base: reader.varint(),
    rows: reader.varint(),
    pages: readList(reader, () => ({
      kind: readKind(reader),
      name: reader.text(),
      first: reader.varint(),
      count: reader.varint(),
      bytes: reader.varint(),
      isFull: reader.u8() === 1,
    })),
    branches: readList(reader, () => {
      const feed = idFromBytes('feed', reader.raw(HASH_BYTES));
      const named = reader.varint();
      const parent = named === NONE ? undefined : named - 1;
      return { feed, parent, fork: reader.varint(), whole: reader.varint() };
    }),
    types: readList(reader, () => ({
      bytes: reader.bytes().slice(),
      publishedIn: readNumbers(reader),
    })),
    voidBlocks: readNumbers(reader),
    partlyVoidBlocks: readNumbers(reader),
    voidRows: readNumbers(reader),
    twins: readTwins(reader),
    collectedRows: readCollected(reader),
    epoch: readEpoch(reader),
    pending: readList(reader, () => readHash(reader)),
    missingKeys: readList(reader, () => idFromBytes('key', reader.bytes())),
    zones: readList(reader, () => readZone(reader)),
  };
  reader.end();
  return head;
}

/** Writes numbers that mostly ascend. */
function writeNumbers(writer: Writer, numbers: readonly number[]): void {
  writer.varint(numbers.length);
  let before = 0;
  for (const number of numbers) {
    writer.zigzag(number - before);
    before = number;
  }
}

function readNumbers(reader: Reader): number[] {
  let number = 0;
  return readList(reader, () => (number += reader.zigzag()));
}

function readList<T>(reader: Reader, read: () => T): T[] {
  const list: T[] = [];
  for (let rest = reader.varint(reader.left); rest > 0; rest--) list.push(read());
  return list;
}

function readKind(reader: Reader): PageKind {
  const kind = PAGE_KINDS[reader.u8()];
  if (kind === undefined) throw new CodecError('CODEC_MALFORMED', 'no such kind of page');
  return kind;
}

function readEpoch(reader: Reader): EpochId | undefined {
  const bytes = reader.raw(HASH_BYTES);
  return bytes.every((byte) => byte === 0) ? undefined : (toHex(bytes) as EpochId);
}

function readHash(reader: Reader): BlockHash {
  return idFromBytes('block', reader.raw(HASH_BYTES));
}
