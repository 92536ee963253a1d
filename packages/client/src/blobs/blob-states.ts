/** Where blobs are, as live values: worked out when somebody asks first, then kept true by what happens. */
import { toHex } from '@atoll/kernel';
import type { StoredChunks } from '@atoll/mesh';
import type { BlobPart } from '@atoll/schema';
import { LiveCell, sameData, type Live } from '../live.ts';
import type { BlobState } from './api.ts';
import type { BlobIndex } from './blob-index.ts';

/** States that are kept; the one that was asked for longest ago goes when nobody listens. */
const STATES_MAX = 4096;

interface Watched {
  readonly size: number;
  readonly cell: LiveCell<BlobState>;
  /** Names of its chunks as far as they are known, and those of them that are not here. */
  ids: readonly string[];
  lacking: Set<string>;
  /** Chunks that are being fetched now. */
  coming: number;
  isLooked: boolean;
}

/** States of the blobs of one space. */
export class BlobStates {
  readonly #holder: StoredChunks;
  readonly #index: BlobIndex;
  readonly #byRoot = new Map<string, Watched>();
  readonly #uploadByRoot = new Map<string, BlobState['upload']>();

  constructor(parts: { readonly holder: StoredChunks; readonly index: BlobIndex }) {
    this.#holder = parts.holder;
    this.#index = parts.index;
  }

  /** The live state; the device is looked at now if it was not before. */
  of(ref: BlobPart): Live<BlobState> {
    const watched = this.#watched(ref);
    if (!watched.isLooked) {
      watched.isLooked = true;
      void this.#lookFirst(ref).catch(() => undefined); // Stays unknown: the store says why elsewhere.
    }
    return watched.cell;
  }

  /** A blob of which so many of its chunks are here, in their order. */
  known(ref: BlobPart, ids: readonly string[], here: number): void {
    const watched = this.#watched(ref);
    watched.ids = ids;
    watched.lacking = new Set(ids.slice(here));
    watched.isLooked = true;
    this.#tell(ref, watched);
  }

  /** More of a blob's chunks have become known. @throws StoreError. */
  async look(ref: BlobPart, ids: readonly string[]): Promise<void> {
    const watched = this.#watched(ref);
    const have = await this.#holder.has(ids);
    watched.ids = ids;
    watched.lacking = new Set(ids.filter((_, at) => have[at] !== true));
    this.#tell(ref, watched);
  }

  /** A chunk has come and is kept. */
  came(ref: BlobPart, id: string): void {
    const watched = this.#watched(ref);
    watched.lacking.delete(id);
    this.#tell(ref, watched);
  }

  /** One more or one less is being fetched. */
  coming(ref: BlobPart, by: 1 | -1): void {
    const watched = this.#watched(ref);
    watched.coming += by;
    this.#tell(ref, watched);
  }

  pinned(ref: BlobPart, isPinned: boolean): void {
    const { cell } = this.#watched(ref);
    cell.set({ ...cell.get(), pinned: isPinned });
  }

  uploaded(root: string, upload: BlobState['upload']): void {
    this.#uploadByRoot.set(root, upload);
    const watched = this.#byRoot.get(root);
    if (watched === undefined) return;
    const { cell, size } = watched;
    cell.set({ ...cell.get(), upload, sent: upload === 'stored' ? size : 0 });
  }

  /** A mailbox has this much of it, between 0 and 1. */
  sent(root: string, part: number): void {
    const watched = this.#byRoot.get(root);
    if (watched === undefined) return;
    const { cell, size } = watched;
    cell.set({ ...cell.get(), sent: Math.floor(size * part) });
  }

  /** Chunks were removed. @throws StoreError. */
  async lookAgain(): Promise<void> {
    for (const [root, watched] of this.#byRoot) {
      const have = await this.#holder.has(watched.ids);
      watched.lacking = new Set(watched.ids.filter((_, at) => have[at] !== true));
      this.#show(root, watched);
    }
  }

  async #lookFirst(ref: BlobPart): Promise<void> {
    const root = toHex(ref.id);
    const pins = await this.#index.marked('pin');
    this.pinned(ref, pins.includes(root));
    // Of a blob that was never read here nobody knows what belongs to it.
    const ids = await this.#index.chunksOf(root);
    if (ids === undefined) this.#tell(ref, this.#watched(ref));
    else await this.look(ref, ids);
  }

  #watched(ref: BlobPart): Watched {
    const root = toHex(ref.id);
    const known = this.#byRoot.get(root);
    if (known !== undefined) return known;
    const upload = this.#uploadByRoot.get(root) ?? 'none';
    const state: BlobState = {
      at: 'unknown',
      have: 0,
      of: ref.size,
      pinned: false,
      upload,
      sent: 0,
    };
    const watched: Watched = {
      size: ref.size,
      cell: new LiveCell(state, sameData),
      ids: [],
      lacking: new Set(),
      coming: 0,
      isLooked: false,
    };
    this.#byRoot.set(root, watched);
    if (this.#byRoot.size > STATES_MAX) this.#forgetOldest();
    return watched;
  }

  #forgetOldest(): void {
    for (const [root, { cell, coming }] of this.#byRoot) {
      if (cell.isHeard || coming > 0) continue;
      this.#byRoot.delete(root);
      return;
    }
  }

  #tell(ref: BlobPart, watched: Watched): void {
    this.#show(toHex(ref.id), watched);
  }

  /** Chunks are about as long as each other, so that their number stands for bytes. */
  #show(root: string, watched: Watched): void {
    const { cell, coming, ids, lacking, size } = watched;
    const here = ids.length - lacking.size;
    const isWhole = here > 0 && lacking.size === 0 && coming === 0;
    const have = isWhole ? size : Math.floor((size * here) / Math.max(ids.length, 1));
    const at = isWhole ? 'here' : coming > 0 ? 'coming' : here > 0 ? 'partly' : 'away';
    const upload = this.#uploadByRoot.get(root) ?? 'none';
    cell.set({ ...cell.get(), at, have: at === 'coming' ? Math.min(have, size) : have, upload });
  }
}
