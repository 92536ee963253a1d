/** Blobs as applications hold them. */
import type { BlobPart, BlobRef } from '@atoll/schema';
import type { Live } from '../live.ts';

/** Something that gives its bytes as a stream, as the `Blob` and `File` of a browser do. */
export interface Streamable {
  stream(): ByteStream;
}

/** The part of a `ReadableStream` that is needed. */
export interface ByteStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<unknown>;
  };
}

/** Content of a file, in whatever form it is at hand. */
export type BlobContent = Uint8Array | AsyncIterable<Uint8Array> | ByteStream | Streamable;

/** How far something has got, in bytes of content. */
export interface BlobProgress {
  readonly have: number;
  /** Absent while it is not known: a stream that is being put. */
  readonly of?: number;
}

/** What is said of a file when it is put; all of it goes into the ref. */
export interface PutOptions {
  /** Media type; `application/octet-stream` where it is left out. */
  readonly type?: string;
  readonly name?: string;
  readonly alt?: string;
  readonly width?: number;
  readonly height?: number;
  /** A small image of it, put before. */
  readonly thumbnail?: BlobPart;
  /**
   * The zone whose objects are to name it, as `space.zones.of(object)?.id` says: sealed under its keys. Where it is
   * left out, under those of all members, who can then tell whether a file they know is among those of the zone.
   */
  readonly zone?: string | undefined;
  readonly onProgress?: (progress: BlobProgress) => void;
  readonly signal?: AbortSignal;
}

/** How a file is got. */
export interface GetOptions {
  /** Only what is on this device: rejects with `BLOB_AWAY` instead of fetching. */
  readonly localOnly?: boolean;
  readonly onProgress?: (progress: BlobProgress) => void;
  readonly signal?: AbortSignal;
}

/** Where a file is. */
export interface BlobState {
  /** `unknown` until it was looked; `partly`: some of it is here; `coming`: it is being fetched. */
  readonly at: 'unknown' | 'away' | 'partly' | 'coming' | 'here';
  /** Bytes of content that are here, about, of so many. */
  readonly have: number;
  readonly of: number;
  /** Is kept whole on this device, whatever its size. */
  readonly pinned: boolean;
  /** Of what was put here: whether the server has it, so that others get it while we are away. */
  readonly upload: 'none' | 'waiting' | 'stored' | 'full';
  /** Bytes of content that the server has of it, about, as far as they were given to it from here. */
  readonly sent: number;
}

/** How unneeded pieces are removed. */
export interface CollectOptions {
  /** Only looks. */
  readonly dryRun?: boolean;
  readonly graceMs?: number;
  /** Also from the servers that keep files for those who are away. */
  readonly servers?: boolean;
}

/** What the removal of unneeded pieces found, or would find. */
export interface Collected {
  /** Sealed pieces that are here, and their bytes. */
  readonly chunks: number;
  readonly bytes: number;
  /** Those of them that nothing names and that are older than the time of grace. */
  readonly looseChunks: number;
  readonly looseBytes: number;
  /** Whether they were removed. */
  readonly removed: boolean;
  /** Pieces that servers have let go, where that was asked for. */
  readonly removedFromServers: number;
}

/** How much room the files of a space take on this device. */
export interface BlobUsage {
  /** Sealed pieces that are here, and their bytes. */
  readonly chunks: number;
  readonly bytes: number;
  /** Bytes that were freed because nobody needed them any more, since the space is on this device. */
  readonly freedBytes: number;
  /** When the last of them were; absent if nothing ever was. Milliseconds since 1970. */
  readonly freedMs?: number;
}

/** The files of a space. Objects name them in fields of the kind `s.blob()`. */
export interface Blobs {
  /**
   * Seals content and keeps it here; the ref can go into an object when this resolves. It goes to others
   * beside the log, when there is nothing more urgent. @throws BlobError `BLOB_NOT_READABLE` for a zone that is not
   * read here; StoreError `STORE_FULL`.
   */
  put(content: BlobContent, options?: PutOptions): Promise<BlobRef>;
  /** Content in order; what is not here is fetched as it is read. @throws BlobError. */
  get(ref: BlobPart, options?: GetOptions): AsyncIterable<Uint8Array>;
  /** All of it at once. @throws BlobError. */
  bytes(ref: BlobPart, options?: GetOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** Where it is, now and as it comes. */
  state(ref: BlobPart): Live<BlobState>;
  /** Keeps it whole on this device: what is not here is fetched. Durable when resolved. */
  pin(ref: BlobPart): Promise<void>;
  /** The opposite. What is here stays until space is made. */
  unpin(ref: BlobPart): Promise<void>;
  /**
   * Removes pieces that nothing on this device names: no object, no history that is kept, no undo, in
   * whatever window of the profile. Those younger than `graceMs` (a day where it is left out) stay. It
   * happens by itself when much has come or history was dropped, so it need not be called. With `servers`,
   * those that are connected let them go, too, if they had them for a day. @throws BlobError
   * `BLOB_GC_UNSURE`; `BLOB_AWAY` if a server is to let go what it has and none is connected.
   */
  collect(options?: CollectOptions): Promise<Collected>;
  /** How much room files take, and what was freed. @throws StoreError. */
  usage(): Promise<BlobUsage>;
  /**
   * Resolves when a server has all of what was put here. @throws BlobError `BLOB_QUOTA` when it has no room;
   * the signal's reason.
   */
  stored(ref: BlobPart, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Removes from this device what can be got again from others: not what is pinned or not yet uploaded. */
  forget(ref: BlobPart): Promise<boolean>;
}
