/**
 * Ordered indexes beside a snapshot. They say nothing that the rows do not: one that is damaged, or that
 * another version wrote, is told of and made anew from the rows, and the snapshot stays.
 */
import { CodecError, Reader, readValue, Writer, writeValue } from '@atoll/codec';
import { errorCode } from '@atoll/kernel';
import { StoredColumns } from '../query/index-page.ts';
import type { KeptOrder, OrderCut } from '../query/kept-orders.ts';
import type { PageRef, SnapshotHead } from './head.ts';
import type { PageStore } from './page-store.ts';
import { SnapshotError } from './snapshot-error.ts';

/** Grows with every change of form, or of the order of values. */
const INDEX_VERSION = 1;
/** In place of the number of an index: the page that lists them. */
export const INDEX_LIST = 0;

/** Told why an index is not used. */
export type IndexDropped = (code: string) => void;

/** Writes what is to be known of indexes beside their columns. */
export function encodeIndexList(cuts: readonly OrderCut[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer(1024).u8(INDEX_VERSION).varint(cuts.length);
  for (const cut of cuts) {
    writer.text(cut.type).varint(cut.field);
    if (cut.default === undefined) writer.u8(0);
    else writeValue(writer.u8(1), cut.default);
    writer.varint(cut.rows).varint(cut.id).varint(cut.length).varint(cut.changed.length);
    for (const row of cut.changed) writer.varint(row);
  }
  return writer.finish();
}

/** What {@link encodeIndexList} has written, each without its columns. */
type Listed = Omit<OrderCut, 'columns'>;

/** Reads it. @throws CodecError. */
function decodeIndexList(bytes: Uint8Array, rowCount: number): Listed[] {
  const reader = new Reader(bytes);
  if (reader.u8() !== INDEX_VERSION) return [];
  const listed: Listed[] = [];
  for (let rest = reader.varint(reader.left); rest > 0; rest--) {
    const type = reader.text();
    const field = reader.varint();
    const value = reader.u8() === 0 ? undefined : readValue(reader);
    const rows = reader.varint(rowCount);
    const id = reader.varint();
    const length = reader.varint(rowCount);
    const changed = Array.from({ length: reader.varint(rows) }, () => reader.varint(rows));
    listed.push({ type, field, default: value, rows, id, length, changed });
  }
  reader.end();
  return listed;
}

/** Pages of an index's columns, if all of them are among these. */
export function pagesOfIndex(
  pages: readonly PageRef[],
  of: Pick<OrderCut, 'id' | 'length'>,
): readonly PageRef[] | undefined {
  const own = pages.filter(({ first, kind }) => kind === 'index' && first === of.id);
  return own.reduce((sum, { count }) => sum + count, 0) === of.length ? own : undefined;
}

/**
 * The indexes beside a snapshot. Their pages are read now and opened when somebody asks: questions do not
 * wait for a store. @throws StoreError.
 */
export async function readIndexes(
  head: SnapshotHead,
  pages: PageStore,
  dropped: IndexDropped,
): Promise<readonly KeptOrder[]> {
  const kept: KeptOrder[] = [];
  for (const { name } of head.pages.filter(isList)) {
    try {
      for (const listed of decodeIndexList(await pages.read(name), head.rows)) {
        const own = pagesOfIndex(head.pages, listed);
        if (own === undefined) throw new SnapshotError('SNAPSHOT_MISSING', 'an index has no pages');
        const openers: (() => Uint8Array)[] = [];
        for (const page of own) openers.push(await pages.opener(page.name));
        kept.push({ ...listed, open: () => opened(openers, head.rows, dropped) });
      }
    } catch (failure) {
      tell(failure, dropped);
    }
  }
  return kept;
}

function isList({ first, kind }: PageRef): boolean {
  return kind === 'index' && first === INDEX_LIST;
}

function opened(
  openers: readonly (() => Uint8Array)[],
  rowCount: number,
  dropped: IndexDropped,
): StoredColumns | undefined {
  try {
    return new StoredColumns(
      openers.map((open) => open()),
      rowCount,
    );
  } catch (failure) {
    tell(failure, dropped);
    return undefined;
  }
}

function tell(failure: unknown, dropped: IndexDropped): void {
  if (!(failure instanceof SnapshotError) && !(failure instanceof CodecError)) throw failure;
  dropped(errorCode(failure));
}
