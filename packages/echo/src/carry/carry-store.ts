/**
 * Work apart on its way: what is still to be sealed lies sealed among the profile's values until it is in
 * the log. A small record says what there is; it changes in the same commit in which the state of the space
 * becomes another, so that nothing is carried over twice, and nothing not at all.
 */
import { Reader, Writer } from '@atoll/codec';
import type { Dep } from '@atoll/feed';
import { idBytes, idFromBytes, type BlockHash, type SpaceId, type Store } from '@atoll/kernel';
import type { ArchivePlace } from '../epoch/epoch-archive.ts';
import { sureBody, sureRecord } from '../epoch/sure-record.ts';
import { PageStore } from '../snapshot/page-store.ts';
import { INCARNATION_BYTES } from '../space/own-feed.ts';
import type {
  CarriedBlock,
  CarriedDep,
  CarriedFeed,
  CarriedSection,
  CarryPlan,
} from './carry-plan.ts';

/** Bytes of blocks in one page. */
const PAGE_BYTES: number = 64 * 1024;
/** First part of the names of pages. */
const FOLDER = 'work-apart-pages';
const NONCE_BYTES = 16;
const HASH_BYTES = 32;
/** Longest name of a page. */
const NAME_BYTES_MAX = 64;
/** Above what a page can be: blocks are below 1 MiB, and one more fits a page that is not full. */
const SECTION_BYTES_MAX: number = 1024 * 1024;

/** Work of this device that is on its way. */
export interface CarryEntry {
  /** `trial`: the epoch that it has to be carried over for is not proved yet. */
  readonly state: 'trial' | 'due';
  /** Page that says what there is. */
  readonly head: string;
  /** Blocks with content. */
  readonly blocks: number;
}

const STATES: readonly CarryEntry['state'][] = ['trial', 'due'];

/** Name of the record. */
function carryName(space: SpaceId): string {
  return `work-apart/${space}`;
}

/** What is on its way. @throws SnapshotError; StoreError. */
export async function carryEntries(place: {
  readonly store: Store;
  readonly space: SpaceId;
}): Promise<readonly CarryEntry[]> {
  const record = await place.store.value(carryName(place.space));
  if (record === undefined) return [];
  const reader = new Reader(sureBody(record));
  const entries: CarryEntry[] = [];
  for (let count = reader.varint(); count > 0; count--) {
    const state = STATES[reader.u8()] ?? 'trial';
    entries.push({ state, head: reader.text(NAME_BYTES_MAX), blocks: reader.varint() });
  }
  return entries;
}

/** The record of what is on its way; `undefined` for nothing. */
function carryRecord(entries: readonly CarryEntry[]): Uint8Array<ArrayBuffer> | undefined {
  if (entries.length === 0) return undefined;
  const writer = new Writer(64).varint(entries.length);
  for (const { blocks, head, state } of entries) {
    writer.u8(STATES.indexOf(state)).text(head).varint(blocks);
  }
  return sureRecord(writer.finish());
}

/** Writes the pages of a plan; the name of the one that says what there is. @throws StoreError. */
export async function writePlan(place: ArchivePlace, plan: CarryPlan): Promise<string> {
  const pages = carryPages(place);
  const names: string[] = [];
  let page = new Writer(PAGE_BYTES);
  for (const block of plan.blocks) {
    writeBlock(page, block);
    if (page.length < PAGE_BYTES) continue;
    names.push(await pages.write(page.finish()));
    page = new Writer(PAGE_BYTES);
  }
  if (page.length > 0) names.push(await pages.write(page.finish()));
  const head = new Writer(256).varint(plan.feeds.length);
  for (const { feed, incarnation, slot } of plan.feeds) {
    head.raw(idBytes(feed)).raw(incarnation).varint(slot);
  }
  head.varint(names.length);
  for (const name of names) head.text(name);
  const name = await pages.write(head.finish());
  await pages.flush();
  return name;
}

/** The plan of an entry. @throws SnapshotError; CodecError; StoreError. */
export async function readPlan(place: ArchivePlace, { head }: CarryEntry): Promise<CarryPlan> {
  const pages = carryPages(place);
  const reader = new Reader(await pages.read(head));
  const feeds: CarriedFeed[] = [];
  for (let count = reader.varint(); count > 0; count--) {
    const feed = idFromBytes('feed', reader.raw(HASH_BYTES));
    const incarnation = reader.take(INCARNATION_BYTES);
    feeds.push({ feed, incarnation, slot: reader.varint() });
  }
  const blocks: CarriedBlock[] = [];
  for (let count = reader.varint(); count > 0; count--) {
    const page = new Reader(await pages.read(reader.text(NAME_BYTES_MAX)));
    while (page.left > 0) blocks.push(readBlock(page));
  }
  reader.end();
  return { feeds, blocks };
}

/** What a commit writes so that only this is on its way: without the pages of plans if that is nothing. @throws StoreError. */
export async function carryValues(
  { space, store }: Pick<ArchivePlace, 'space' | 'store'>,
  entries: readonly CarryEntry[],
): Promise<Map<string, Uint8Array | undefined>> {
  const values = new Map<string, Uint8Array | undefined>();
  values.set(carryName(space), carryRecord(entries));
  if (entries.length > 0) return values;
  for (const name of await store.names(`${FOLDER}/${space}/`)) values.set(name, undefined);
  return values;
}

/** Pages of what is on its way. */
export function carryPages(place: ArchivePlace): PageStore {
  return new PageStore({ ...place, folder: FOLDER });
}

function writeBlock(writer: Writer, block: CarriedBlock): void {
  const { data, deps, feed, nonce, of, seq, timeMs } = block;
  writer
    .varint(feed)
    .varint(seq)
    .raw(nonce)
    .varint(timeMs)
    .u8(of === undefined ? 0 : 1);
  if (of !== undefined) writer.raw(idBytes(of));
  writer.varint(deps.length);
  for (const dep of deps) writeDep(writer, dep);
  writer.varint(data.length);
  for (const { credential, section } of data) writer.raw(idBytes(credential)).bytes(section);
}

function readBlock(reader: Reader): CarriedBlock {
  const feed = reader.varint();
  const seq = reader.varint();
  const nonce = reader.take(NONCE_BYTES);
  const timeMs = reader.varint();
  const of = reader.u8() === 0 ? undefined : readHash(reader);
  const deps: CarriedDep[] = [];
  for (let count = reader.varint(); count > 0; count--) deps.push(readDep(reader));
  const made = { feed, seq, nonce, timeMs, deps, ...(of === undefined ? {} : { of }) };
  const data: CarriedSection[] = [];
  for (let count = reader.varint(); count > 0; count--) {
    const credential = idFromBytes('credential', reader.raw(HASH_BYTES));
    data.push({ credential, section: reader.bytes(SECTION_BYTES_MAX) });
  }
  return { ...made, data };
}

function writeDep(writer: Writer, dep: CarriedDep): void {
  if ('carried' in dep) {
    writer.u8(1).varint(dep.carried).varint(dep.seq);
    return;
  }
  writer.u8(0).raw(idBytes(dep.feed)).varint(dep.seq).raw(idBytes(dep.hash)).varint(dep.lamport);
}

function readDep(reader: Reader): CarriedDep {
  if (reader.u8() === 1) return { carried: reader.varint(), seq: reader.varint() };
  const feed = idFromBytes('feed', reader.raw(HASH_BYTES));
  const dep: Omit<Dep, 'lamport'> = { feed, seq: reader.varint(), hash: readHash(reader) };
  return { ...dep, lamport: reader.varint() };
}

function readHash(reader: Reader): BlockHash {
  return idFromBytes('block', reader.raw(HASH_BYTES));
}
