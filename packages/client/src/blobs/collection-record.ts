/** What a profile remembers of the removal of files of one space, so that it need not look at all of it again. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import type { SpaceId, Store } from '@atoll/kernel';
import { withCheck, withoutCheck } from './sure-bytes.ts';

const VERSION = 1;
const MARK_BYTES_MAX = 256;

/** When it was looked last, and what there was. Times: milliseconds since 1970. */
export interface CollectionRecord {
  readonly lookedMs: number;
  /** Bytes that stayed. */
  readonly bytes: number;
  /** What of the history was dropped by then; another mark when more was. */
  readonly mark: Uint8Array;
  /** When to look again in any case; 0: only when something has changed. */
  readonly dueMs: number;
  /** Bytes that were removed on this device since there is a record, and when the last of them were. */
  readonly freedBytes: number;
  readonly freedMs: number;
}

/** The record, if there is one that the disk has not changed. @throws StoreError. */
export async function readCollection(
  store: Store,
  space: SpaceId,
): Promise<CollectionRecord | undefined> {
  const record = await store.value(nameOf(space));
  const bytes = record === undefined ? undefined : withoutCheck(record);
  if (bytes === undefined) return undefined;
  try {
    const reader = new Reader(bytes);
    if (reader.u8() !== VERSION) return undefined;
    const [lookedMs, dueMs, kept] = [reader.varint(), reader.varint(), reader.varint()];
    const [freedBytes, freedMs] = [reader.varint(), reader.varint()];
    const mark = reader.bytes(MARK_BYTES_MAX);
    reader.end();
    return { lookedMs, dueMs, bytes: kept, freedBytes, freedMs, mark };
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

/** Keeps the record. Durable when resolved. @throws StoreError. */
export async function writeCollection(
  store: Store,
  space: SpaceId,
  record: CollectionRecord,
): Promise<void> {
  const { bytes, dueMs, freedBytes, freedMs, lookedMs, mark } = record;
  const writer = new Writer(64).u8(VERSION);
  for (const number of [lookedMs, dueMs, bytes, freedBytes, freedMs]) {
    writer.varint(Math.max(0, Math.floor(number)));
  }
  const value = withCheck(writer.bytes(mark).finish());
  await store.commit({ values: new Map([[nameOf(space), value]]) });
}

function nameOf(space: SpaceId): string {
  return `blob-collection/${space}`;
}
