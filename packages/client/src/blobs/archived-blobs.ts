/** Files on their way into an archive of their space and back: sealed as they are, each piece once. */
import { CHUNK_BYTES_MAX, chunkIdOf } from '@atoll/mesh';
import { ClientError } from '../client-error.ts';
import type { BlobSide } from './adopt-blobs.ts';
import { IdFinder } from './id-finder.ts';

/** Pieces that are in memory at once on their way to the store. */
const GROUP_CHUNKS = 16;

/** A file in an archive: its first piece and all of them, by name. */
export interface ArchivedFile {
  readonly root: string;
  readonly ids: readonly string[];
}

/** A part of an archive that is about files. */
export type ArchivedPart =
  | { readonly kind: 'file'; readonly file: ArchivedFile }
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array };

/** How many files an archive has. */
export interface ArchivedCount {
  readonly files: number;
  /** Named by the space and not, or not wholly, on this device: nobody gets them out of the archive. */
  readonly missing: number;
}

/** The files that a space names, as far as they are here; each before its pieces. @throws StoreError. */
export async function* archivedParts(
  from: BlobSide & { readonly visit: (visit: (bytes: Uint8Array) => void) => Promise<unknown> },
  onCount: ((count: ArchivedCount) => void) | undefined,
): AsyncGenerator<ArchivedPart, void> {
  const finder = new IdFinder(await from.index.known());
  await from.visit((bytes) => finder.visit(bytes));
  const written = new Set<string>();
  let files = 0;
  for (const root of finder.found) {
    const ids = (await from.index.chunksOf(root)) ?? [root];
    const have = await from.holder.has(ids);
    if (!have.every(Boolean)) continue;
    files++;
    yield { kind: 'file', file: { root, ids } };
    for (const id of ids) {
      if (written.has(id)) continue;
      written.add(id);
      // One that the disk has changed since is left out: the file is fetched anew where it is read.
      const bytes = await from.holder.read(id);
      if (bytes !== undefined) yield { kind: 'chunk', bytes };
    }
  }
  onCount?.({ files, missing: finder.found.size - files });
}

/** Takes files out of an archive. */
export class ArchivedReader {
  readonly #to: BlobSide;
  readonly #idsByRoot = new Map<string, string[]>();
  readonly #named = new Set<string>();
  #group: { readonly id: string; readonly bytes: Uint8Array }[] = [];

  constructor(to: BlobSide) {
    this.#to = to;
  }

  /** @throws ClientError `CLIENT_ARCHIVE_DAMAGED` for what no file before it names; StoreError. */
  async take(part: ArchivedPart): Promise<void> {
    if (part.kind === 'file') {
      const { root, ids } = part.file;
      this.#idsByRoot.set(root, [...(this.#idsByRoot.get(root) ?? []), ...ids]);
      for (const id of ids) this.#named.add(id);
      return;
    }
    const id = chunkIdOf(part.bytes);
    if (part.bytes.length > CHUNK_BYTES_MAX || !this.#named.delete(id)) {
      throw new ClientError('CLIENT_ARCHIVE_DAMAGED', 'the archive has a piece of no file');
    }
    this.#group.push({ id, bytes: part.bytes });
    if (this.#group.length >= GROUP_CHUNKS) await this.#keep();
  }

  /** Everything was read: the files that are whole here now. @throws StoreError. */
  async finish(): Promise<readonly string[]> {
    await this.#keep();
    const whole: string[] = [];
    for (const [root, ids] of this.#idsByRoot) {
      const have = await this.#to.holder.has(ids);
      await this.#to.index.note(root, ids);
      if (have.every(Boolean)) whole.push(root);
    }
    return whole;
  }

  async #keep(): Promise<void> {
    const group = this.#group;
    this.#group = [];
    if (group.length > 0) await this.#to.holder.keep(group);
  }
}
