/** {@link Blobs} of one space: seals and opens, keeps on the device, fetches from others, gives to servers. */
import type { PlainVisit, Space } from '@atoll/echo';
import {
  ROOT_ZONE,
  StoreError,
  errorCode,
  fromHex,
  toHex,
  type NewChunk,
  type PlatformBase,
  type SpaceId,
  type ZoneId,
} from '@atoll/kernel';
import type { SpaceChunks, StoredChunks } from '@atoll/mesh';
import type { BlobPart, BlobRef } from '@atoll/schema';
import { liveUntil, type Live } from '../live.ts';
import type { ArchivedCount, ArchivedPart } from './archived-blobs.ts';
import type {
  BlobContent,
  Blobs,
  BlobState,
  BlobUsage,
  CollectOptions,
  Collected,
  GetOptions,
  PutOptions,
} from './api.ts';
import { BlobError } from './blob-error.ts';
import { BlobIndex } from './blob-index.ts';
import { BlobKeeping } from './blob-keeping.ts';
import { BlobSecrets } from './blob-secret.ts';
import { BlobStates } from './blob-states.ts';
import { BlobUploads } from './blob-uploads.ts';
import { loadFileParts } from './load-file-parts.ts';
import type { PieceRef } from './sealed-piece.ts';
import type { VisitHow } from './visit-names.ts';

const DEFAULT_TYPE = 'application/octet-stream';

/** What blobs of a space are made of. */
export interface SpaceBlobsOptions {
  readonly platform: PlatformBase;
  readonly space: SpaceId;
  /** The space, opened if it was closed: files need it where content is sealed, or to see what names them. */
  readonly echo: () => Promise<Space>;
  readonly holder: StoredChunks;
  readonly network: SpaceChunks;
  /** Secret of the identity, under which snapshots of the space are sealed. */
  readonly haloSecret: Uint8Array;
  /** What may name blobs besides the space itself: undo stacks, in memory and as they are stored. */
  readonly alsoNamedIn: () => Promise<readonly Uint8Array[]>;
  /** The same of this window alone: nobody else knows it until it is stored. */
  readonly namedHere: () => readonly Uint8Array[];
  /** Pieces that others are getting from here. */
  readonly served: () => Iterable<string>;
  /** What other windows of the profile need of these; `undefined` if one does not say. */
  readonly askWindows: (ids: readonly string[]) => Promise<readonly string[] | undefined>;
  /** Files of another space of this profile. */
  readonly filesOf: (space: SpaceId) => Promise<SpaceBlobs | undefined>;
  readonly signal: AbortSignal;
  /** Of a branch: where files of the space that it grew from are, while that is open here. */
  readonly origin: () =>
    | {
        readonly space: SpaceId;
        readonly holder: StoredChunks;
        readonly network: SpaceChunks | undefined;
      }
    | undefined;
  /** Files up to this size are fetched before anybody asks for them. */
  readonly eagerBytesMax: number;
}

/** Where files of an archive go. */
export interface ArchivedFiles {
  take(part: ArchivedPart): Promise<void>;
  /** Files that are whole now. */
  finish(): Promise<number>;
}

/** Files of one space. */
export class SpaceBlobs implements Blobs {
  /** Removal of what nobody needs any more. */
  readonly keeping: BlobKeeping;
  readonly #options: SpaceBlobsOptions;
  readonly #index: BlobIndex;
  readonly #uploads: BlobUploads;
  readonly #states: BlobStates;
  /** Blobs that were put or read since the program began: their refs may be on their way into an object. */
  readonly #used = new Set<string>();
  /** Pieces that are being put, until their file has a record. */
  readonly #writing = new Set<string>();
  readonly #pins = new Set<string>();
  readonly #secrets = new BlobSecrets();
  #loaded: Promise<void> | undefined;
  #opened = new AbortController();

  /** Nothing is read before it is asked for, or the space is open. */
  constructor(options: SpaceBlobsOptions) {
    const { holder, network, platform, signal, space } = options;
    this.#options = options;
    this.#index = new BlobIndex(platform.store, space);
    this.#states = new BlobStates({ holder, index: this.#index });
    this.keeping = new BlobKeeping({
      ...options,
      index: this.#index,
      visit: (echo, how) => this.#visit(echo, how),
      inUse: () => new Set([...this.#used, ...this.#writing, ...options.served()]),
      lend: (follower) => follower.adopt(this),
      removed: () => this.#states.lookAgain(),
    });
    this.#uploads = new BlobUploads({
      chunks: network,
      index: this.#index,
      log: platform.log,
      signal,
      onState: (root, upload) => this.#states.uploaded(root, upload),
      onSent: (root, part) => this.#states.sent(root, part),
    });
  }

  /** The space is open: goes on with uploads, and fetches what is small or pinned. @throws StoreError. */
  async moveIn(echo: Space): Promise<void> {
    await this.#load();
    const origin = this.#options.origin();
    if (origin !== undefined) await this.keeping.follow(origin.space);
    this.#opened = new AbortController();
    void this.#bringSmallOnes(echo, AbortSignal.any([this.#opened.signal, this.#options.signal]));
  }

  /** The space is about to be closed. */
  moveOut(): void {
    this.#opened.abort();
  }

  /** Something is on its way to a server. */
  get isBusy(): boolean {
    return this.#uploads.isRunning;
  }

  /** A server has all files that were put here. */
  get isAllUploaded(): boolean {
    return this.#uploads.waiting.size === 0;
  }

  async put(content: BlobContent, options: PutOptions = {}): Promise<BlobRef> {
    const { onProgress, signal, type = DEFAULT_TYPE, zone, ...said } = options;
    const { partsOf, sizeOf, writeBlob } = await loadFileParts();
    const of = sizeOf(content);
    const pieces = new Set<string>();
    const keep = (chunks: readonly NewChunk[]): Promise<void> => {
      for (const chunk of chunks) pieces.add(chunk.id);
      for (const chunk of chunks) this.#writing.add(chunk.id);
      return this.#options.holder.keep(chunks);
    };
    const echo = await this.#options.echo();
    const secret = await this.#secrets.of(echo, (zone as ZoneId | undefined) ?? ROOT_ZONE);
    const { aead } = this.#options.platform;
    const tell = (have: number): void =>
      onProgress?.({ have, ...(of === undefined ? {} : { of }) });
    const input = { secret, aead, keep, onProgress: tell, signal };
    const written = await writeBlob(partsOf(content), input).catch((failure: unknown) => {
      for (const piece of pieces) this.#writing.delete(piece);
      throw failure;
    });
    const { id, key } = written.root;
    this.#used.add(id);
    await this.#index.note(id, written.ids, 'upload');
    for (const piece of pieces) this.#writing.delete(piece);
    this.#uploads.add(id);
    const ref = { id: idBytes(id), key, size: written.sizeBytes, type, ...present(said) };
    this.#states.known(ref, written.ids, written.ids.length);
    return ref;
  }

  async *get(ref: BlobPart, options: GetOptions = {}): AsyncGenerator<Uint8Array, void> {
    this.#used.add(rootOf(ref).id);
    yield* this.#read(ref, options);
  }

  async *#read(ref: BlobPart, options: GetOptions): AsyncGenerator<Uint8Array, void> {
    const root = rootOf(ref);
    const { readBlob } = await loadFileParts();
    const noted = await this.#index.chunksOf(root.id);
    const known = new Set([root.id, ...(noted ?? [])]);
    let have = 0;
    const content = readBlob(root, ref.size, {
      chunk: (id, signal) => this.#chunk(ref, id, { ...options, signal }),
      onList: async (ids) => {
        if (ids.every((id) => known.has(id))) return;
        for (const id of ids) known.add(id);
        await this.#index.note(root.id, [...known]);
        await this.#states.look(ref, [...known]);
      },
      aead: this.#options.platform.aead,
      signal: options.signal,
    });
    for await (const bytes of content) {
      have += bytes.length;
      options.onProgress?.({ have, of: ref.size });
      yield bytes;
    }
    if (noted === undefined && known.size === 1) await this.#index.note(root.id, [root.id]);
    await this.#states.look(ref, [...known]);
  }

  async bytes(ref: BlobPart, options: GetOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of this.get(ref, options)) {
      parts.push(part);
      length += part.length;
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  state(ref: BlobPart): Live<BlobState> {
    return this.#states.of(ref);
  }

  async pin(ref: BlobPart): Promise<void> {
    const { id } = rootOf(ref);
    await this.#index.mark(id, 'pin', true);
    this.#pins.add(id);
    this.#states.pinned(ref, true);
    this.#bring(ref);
  }

  async unpin(ref: BlobPart): Promise<void> {
    const { id } = rootOf(ref);
    await this.#index.mark(id, 'pin', false);
    this.#pins.delete(id);
    this.#states.pinned(ref, false);
  }

  /** Fetches what is not here, and tells nobody: whoever wants to know watches the state. */
  #bring(ref: BlobPart): void {
    const { log } = this.#options.platform;
    this.#readThrough(ref, { signal: this.#options.signal }).catch((failure: unknown) => {
      if (this.#options.signal.aborted) return;
      log.event('warn', 'client.blob.not-fetched', { code: errorCode(failure) });
    });
  }

  collect(options?: CollectOptions): Promise<Collected> {
    return this.keeping.collect(options);
  }

  usage(): Promise<BlobUsage> {
    return this.keeping.usage();
  }

  async forget(ref: BlobPart): Promise<boolean> {
    const { id } = rootOf(ref);
    await this.#load();
    if (this.#pins.has(id) || this.#uploads.waiting.has(id)) return false;
    const ids = (await this.#index.chunksOf(id)) ?? [id];
    const shared = new Set<string>();
    for (const other of await this.#index.known()) {
      if (other === id) continue;
      for (const chunk of (await this.#index.chunksOf(other)) ?? []) shared.add(chunk);
    }
    const alone = ids.filter((chunk) => !shared.has(chunk));
    await this.#options.platform.chunks.delete(this.#options.holder.bucket, alone);
    await this.#states.lookAgain();
    return true;
  }

  async stored(ref: BlobPart, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { upload } = await liveUntil(
      this.#states.of(ref),
      (state) => state.upload === 'stored' || state.upload === 'full',
      signal,
    );
    if (upload === 'full') throw new BlobError('BLOB_QUOTA', 'the server has no room for the file');
  }

  /** Takes over what objects here name and another space of this device has, as after a branch or a merge. */
  async adopt(other: SpaceBlobs): Promise<void> {
    await this.keeping.follow(other.#options.space);
    const echo = await this.#options.echo();
    await echo.flush();
    await echo.settled();
    const from = { index: other.#index, holder: other.#options.holder };
    const to = { index: this.#index, holder: this.#options.holder };
    const { adoptBlobs } = await loadFileParts();
    const visit = (see: (bytes: Uint8Array) => void): Promise<unknown> =>
      this.#visit(echo, { see });
    await this.#offer(await adoptBlobs(from, { ...to, visit }));
  }

  /** The files that objects here name, for an archive. */
  async *archived(onCount?: (count: ArchivedCount) => void): AsyncGenerator<ArchivedPart, void> {
    const echo = await this.#options.echo();
    const { holder } = this.#options;
    const { archivedParts } = await loadFileParts();
    const visit = (see: (bytes: Uint8Array) => void): Promise<unknown> =>
      this.#visit(echo, { see });
    yield* archivedParts({ index: this.#index, holder, visit }, onCount);
  }

  /** Takes files from an archive: those that are whole then also go to the server. */
  async fromArchive(): Promise<ArchivedFiles> {
    const { ArchivedReader } = await loadFileParts();
    const reader = new ArchivedReader({ index: this.#index, holder: this.#options.holder });
    const finish = async (): Promise<number> => {
      const whole = await reader.finish();
      await this.#offer(whole);
      return whole.length;
    };
    return { take: (part) => reader.take(part), finish };
  }

  /** Resolves when what was put is with a server, as far as one is there. */
  uploaded(): Promise<void> {
    return this.#uploads.settled();
  }

  /** What has come here otherwise than from a server may be new to it. */
  async #offer(roots: readonly string[]): Promise<void> {
    for (const root of roots) {
      await this.#index.mark(root, 'upload', true);
      this.#uploads.add(root);
    }
    await this.#states.lookAgain();
  }

  /** Shows everything that may name a blob. */
  async #visit(echo: Space, how: VisitHow): Promise<PlainVisit> {
    const { alsoNamedIn, haloSecret, platform } = this.#options;
    const { visitNames } = await loadFileParts();
    return visitNames({ platform, echo, secret: haloSecret, alsoNamedIn }, how);
  }

  async #readThrough(ref: BlobPart, options: GetOptions): Promise<void> {
    for await (const part of this.#read(ref, options)) void part;
  }

  /** What was marked before: pinned, or to be uploaded. @throws StoreError. */
  #load(): Promise<void> {
    this.#loaded ??= this.#loadNow().catch((failure: unknown) => {
      this.#loaded = undefined;
      throw failure;
    });
    return this.#loaded;
  }

  async #loadNow(): Promise<void> {
    await this.#uploads.resume();
    for (const root of await this.#index.marked('pin')) this.#pins.add(root);
  }

  /** Never rejects: files that nobody asked for wait for the next time. */
  async #bringSmallOnes(echo: Space, signal: AbortSignal): Promise<void> {
    const { eagerBytesMax, network, platform } = this.#options;
    const listeners: ((ids: readonly string[]) => void)[] = [];
    // At once: who listens later is taken for somebody who needs the space open.
    const stop = echo.database.onChange((ids) => listeners.forEach((tell) => tell(ids)));
    signal.addEventListener('abort', stop);
    const parts = await loadFileParts().catch(() => undefined);
    if (signal.aborted || parts === undefined) return;
    const tell = parts.EagerBlobs.start({
      db: echo.database,
      clock: platform.clock,
      log: platform.log,
      signal,
      bytesMax: eagerBytesMax,
      isPinned: (root) => this.#pins.has(root),
      isHere: (part) => this.#isHere(part),
      fetch: (part, how) => this.#readThrough(part, how),
      hasSources: () => network.hasSources,
      onSources: (listener) => network.onSources(listener),
    });
    listeners.push(tell);
  }

  async #isHere(ref: BlobPart): Promise<boolean> {
    const ids = await this.#index.chunksOf(rootOf(ref).id);
    if (ids === undefined) return false;
    const have = await this.#options.holder.has(ids);
    return have.every(Boolean);
  }

  /** From the device, or else from others, kept for the next time if there is room. */
  async #chunk(
    ref: BlobPart,
    id: string,
    options: Pick<GetOptions, 'localOnly'> & { readonly signal: AbortSignal | undefined },
  ): Promise<Uint8Array> {
    const { holder, network } = this.#options;
    const here = (await holder.read(id)) ?? (await this.#fromOrigin(id));
    if (here !== undefined) return here;
    if (options.localOnly === true) {
      throw new BlobError('BLOB_AWAY', 'not all of the file is on this device');
    }
    this.#states.coming(ref, 1);
    try {
      const bytes = await fetchFromAny([network, ...this.#originNetwork()], id, options.signal);
      if (await this.#keep(id, bytes)) this.#states.came(ref, id);
      return bytes;
    } finally {
      this.#states.coming(ref, -1);
    }
  }

  /** A branch may name files of which only its origin has pieces here yet. */
  async #fromOrigin(id: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#options.origin()?.holder.read(id);
    if (bytes !== undefined) await this.#keep(id, bytes);
    return bytes;
  }

  #originNetwork(): readonly SpaceChunks[] {
    const network = this.#options.origin()?.network;
    return network === undefined ? [] : [network];
  }

  /** A full disk does not keep anybody from looking at a picture. @throws StoreError but for that. */
  async #keep(id: string, bytes: Uint8Array): Promise<boolean> {
    const { holder, platform } = this.#options;
    try {
      await holder.keep([{ id, bytes }]);
      return true;
    } catch (failure) {
      if (!(failure instanceof StoreError) || failure.code !== 'STORE_FULL') throw failure;
      platform.log.event('warn', 'client.blob.not-kept', { code: failure.code });
      return false;
    }
  }
}

/** Where a blob begins. @throws BlobError `BLOB_DAMAGED` for bytes that are no name. */
function rootOf(ref: BlobPart): PieceRef {
  const id = toHex(ref.id);
  if (id.length !== 64) throw new BlobError('BLOB_DAMAGED', 'a blob is named by 32 bytes');
  return { id, key: ref.key };
}

/** The chunk from whoever gives it first. */
async function fetchFromAny(
  networks: readonly SpaceChunks[],
  id: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const [only, ...others] = networks;
  if (only !== undefined && others.length === 0) return only.fetch(id, signal);
  const got = new AbortController();
  const until = AbortSignal.any([got.signal, ...(signal === undefined ? [] : [signal])]);
  try {
    return await Promise.race(networks.map((network) => network.fetch(id, until)));
  } finally {
    got.abort();
  }
}

function idBytes(id: string): Uint8Array {
  return fromHex(id) ?? new Uint8Array(0);
}

/** Without what was not said: an optional part is absent, never `undefined`. */
function present<T extends object>(said: T): T {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as T;
}
