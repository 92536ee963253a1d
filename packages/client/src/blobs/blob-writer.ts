/** From content to sealed chunks: cuts, seals, hands over in groups, and names what came out. */
import type { AeadPlatform, NewChunk } from '@atoll/kernel';
import type { BlobSecret } from './blob-secret.ts';
import { Chunker } from './chunker.ts';
import {
  LIST_ENTRIES_MAX,
  sealPiece,
  type ListEntry,
  type Piece,
  type PieceRef,
} from './sealed-piece.ts';

/** Sealed bytes that are handed over at once: a store syncs once for each group. */
const GROUP_BYTES: number = 4 * 1024 * 1024;

/** How content is written. */
export interface WriteInput {
  readonly secret: BlobSecret;
  readonly aead?: AeadPlatform | undefined;
  /** Keeps sealed chunks; durable when resolved. */
  readonly keep: (chunks: readonly NewChunk[]) => Promise<void>;
  /** Content bytes that are kept so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A blob that was written. */
export interface Written {
  readonly root: PieceRef;
  readonly sizeBytes: number;
  /** Names of all chunks, lists included, each once. */
  readonly ids: readonly string[];
}

/** Writes content. Rejects with the signal's reason when it aborts; what was kept stays. @throws StoreError. */
export async function writeBlob(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  input: WriteInput,
): Promise<Written> {
  const writing = new Writing(input);
  const chunker = new Chunker(input.secret.gear);
  for await (const part of content) {
    input.signal?.throwIfAborted();
    for (const piece of chunker.push(part)) await writing.add(piece);
  }
  for (const piece of chunker.finish()) await writing.add(piece);
  return writing.finish();
}

class Writing {
  readonly #input: WriteInput;
  /** Entries that no list names yet: of content, of lists of content, … */
  readonly #open: ListEntry[][] = [[]];
  readonly #ids = new Set<string>();
  #group: NewChunk[] = [];
  #groupBytes = 0;
  #sizeBytes = 0;

  constructor(input: WriteInput) {
    this.#input = input;
  }

  async add(bytes: Uint8Array): Promise<void> {
    this.#input.signal?.throwIfAborted();
    this.#sizeBytes += bytes.length;
    const ref = this.#seal({ kind: 'content', bytes });
    this.#name({ ...ref, sizeBytes: bytes.length }, 0);
    if (this.#groupBytes >= GROUP_BYTES) await this.#flush();
  }

  async finish(): Promise<Written> {
    if (this.#sizeBytes === 0) await this.add(new Uint8Array(0));
    let root: PieceRef | undefined;
    for (let depth = 0; root === undefined; depth++) {
      const entries = this.#open[depth] ?? [];
      const isTop = this.#open.length === depth + 1;
      if (isTop && entries.length === 1) root = entries[0];
      else if (entries.length > 0) this.#close(depth);
    }
    await this.#flush();
    return { root, sizeBytes: this.#sizeBytes, ids: [...this.#ids] };
  }

  #name(entry: ListEntry, depth: number): void {
    const entries = this.#open[depth] ?? [];
    this.#open[depth] = entries;
    if (entries.length === LIST_ENTRIES_MAX) this.#close(depth);
    this.#open[depth]?.push(entry);
  }

  /** Seals the open entries of a depth as a list, and names it in the depth above. */
  #close(depth: number): void {
    const entries = this.#open[depth] ?? [];
    this.#open[depth] = [];
    const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
    const ref = this.#seal({ kind: 'list', depth: depth + 1, entries });
    this.#name({ ...ref, sizeBytes }, depth + 1);
  }

  #seal(piece: Piece): PieceRef {
    const { ref, bytes } = sealPiece(this.#input.secret, piece, this.#input.aead);
    if (!this.#ids.has(ref.id)) {
      this.#ids.add(ref.id);
      this.#group.push({ id: ref.id, bytes });
      this.#groupBytes += bytes.length;
    }
    return ref;
  }

  async #flush(): Promise<void> {
    const group = this.#group;
    this.#group = [];
    this.#groupBytes = 0;
    if (group.length > 0) await this.#input.keep(group);
    this.#input.onProgress?.(this.#sizeBytes);
  }
}
