/**
 * What a device remembers of the blobs of one space: which chunks belong to which, what is pinned, what
 * must still go to a server. Names of sealed chunks are not secret; keys are never written here.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { fromHex, toHex, type Store } from '@atoll/kernel';
import { withCheck, withoutCheck } from './sure-bytes.ts';

const VERSION = 2;
const ID_BYTES = 32;
/** Names in one record; with lists above lists a blob has several million. */
const IDS_MAX = 2 ** 24;
const MARK: Uint8Array = Uint8Array.of(1);

/** A mark on a blob. */
export type BlobMark = 'pin' | 'upload';

/** Records of one space, by the name of a blob's first chunk. */
export class BlobIndex {
  readonly #store: Store;
  readonly #space: string;

  constructor(store: Store, space: string) {
    this.#store = store;
    this.#space = space;
  }

  /** Names of all chunks of a blob as far as they are known; `undefined` for an unknown one. @throws StoreError. */
  async chunksOf(root: string): Promise<readonly string[] | undefined> {
    const bytes = await this.#store.value(this.#name('chunks', root));
    return bytes === undefined ? undefined : decodeIds(bytes);
  }

  /** Writes them down, and a mark in the same step. Durable when resolved. @throws StoreError. */
  async note(root: string, ids: readonly string[], mark?: BlobMark): Promise<void> {
    const values = new Map([[this.#name('chunks', root), encodeIds(ids)]]);
    if (mark !== undefined) values.set(this.#name(mark, root), MARK);
    await this.#store.commit({ values });
  }

  /** Sets or removes a mark. Durable when resolved. @throws StoreError. */
  async mark(root: string, mark: BlobMark, isSet: boolean): Promise<void> {
    const values = new Map([[this.#name(mark, root), isSet ? MARK : undefined]]);
    await this.#store.commit({ values });
  }

  /** Forgets blobs. @throws StoreError. */
  async forget(roots: readonly string[]): Promise<void> {
    if (roots.length === 0) return;
    const values = new Map(roots.map((root) => [this.#name('chunks', root), undefined] as const));
    await this.#store.commit({ values });
  }

  /** Blobs that are known here. @throws StoreError. */
  known(): Promise<readonly string[]> {
    return this.#names('chunks');
  }

  /** Blobs with a mark. @throws StoreError. */
  marked(mark: BlobMark): Promise<readonly string[]> {
    return this.#names(mark);
  }

  async #names(kind: 'chunks' | BlobMark): Promise<readonly string[]> {
    const prefix = this.#name(kind, '');
    return (await this.#store.names(prefix)).map((name) => name.slice(prefix.length));
  }

  #name(kind: 'chunks' | BlobMark, root: string): string {
    return `blob-${kind}/${this.#space}/${root}`;
  }
}

function encodeIds(ids: readonly string[]): Uint8Array {
  const writer = new Writer(8 + ids.length * ID_BYTES).u8(VERSION).varint(ids.length);
  for (const id of ids) writer.raw(fromHex(id) ?? new Uint8Array(0));
  return withCheck(writer.finish());
}

/** A record of another version, or a damaged one, is none: it is made anew when the blob is read. */
function decodeIds(record: Uint8Array): readonly string[] | undefined {
  const bytes = withoutCheck(record);
  if (bytes === undefined) return undefined;
  try {
    const reader = new Reader(bytes);
    if (reader.u8() !== VERSION) return undefined;
    const count = reader.varint(IDS_MAX);
    const ids = Array.from({ length: count }, () => toHex(reader.raw(ID_BYTES)));
    reader.end();
    return ids;
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}
