/**
 * What removal of files of one space needs of its window: what is used here, who else reads from here. Small,
 * for it is there with every open space; the removal itself is loaded when there is something to look at.
 */
import { errorCode, type SpaceId } from '@atoll/kernel';
import type { BlobUsage, CollectOptions, Collected } from './api.ts';
import type { BlobCollection, CollectionParts } from './blob-collection.ts';
import { loadFileParts } from './load-file-parts.ts';
import type { SpaceBlobs } from './space-blobs.ts';

/** What it works with. */
export interface KeepingParts extends Omit<CollectionParts, 'letFollowersTake'> {
  /** What may name files and is known to this window alone. */
  readonly namedHere: () => readonly Uint8Array[];
  /** Files of another space of this profile. */
  readonly filesOf: (space: SpaceId) => Promise<SpaceBlobs | undefined>;
  /** Lets another space copy what it names of these files. */
  readonly lend: (follower: SpaceBlobs) => Promise<void>;
}

/** The door to the removal of files of one space. */
export class BlobKeeping {
  readonly #parts: KeepingParts;
  #collection: Promise<BlobCollection> | undefined;

  constructor(parts: KeepingParts) {
    this.#parts = parts;
  }

  /** See `Blobs.collect`. */
  async collect(options: CollectOptions = {}): Promise<Collected> {
    return (await this.#collecting()).collect(options);
  }

  /** See `Blobs.usage`. */
  async usage(): Promise<BlobUsage> {
    return (await this.#collecting()).usage();
  }

  /** Removes what nobody needs if there is a reason to look. Never rejects. */
  async tidy(): Promise<void> {
    const { index, platform } = this.#parts;
    try {
      // Most spaces have none, and nothing is loaded for them.
      if ((await index.known()).length > 0) await (await this.#collecting()).tidy();
    } catch (failure) {
      platform.log.event('warn', 'client.files-not-collected', { code: errorCode(failure) });
    }
  }

  /** Which of these files and pieces this window needs, for another one that wants to remove them. */
  async heldOf(ids: readonly string[]): Promise<readonly string[]> {
    const { index, inUse, namedHere } = this.#parts;
    const { IdFinder } = await loadFileParts();
    const used = inUse();
    const finder = new IdFinder(ids);
    for (const bytes of namedHere()) finder.visit(bytes);
    const held: string[] = [];
    for (const id of ids) {
      const isNamed = used.has(id) || finder.found.has(id);
      const pieces = isNamed ? [] : ((await index.chunksOf(id)) ?? []);
      if (isNamed || pieces.some((piece) => used.has(piece))) held.push(id);
    }
    return held;
  }

  /** Notes that this space looks for pieces that it has not got in another one. @throws StoreError. */
  async follow(other: SpaceId): Promise<void> {
    const { platform, space } = this.#parts;
    const name = followName(other, space);
    if ((await platform.store.value(name)) !== undefined) return;
    await platform.store.commit({ values: new Map([[name, Uint8Array.of(1)]]) });
  }

  /** A branch reads what it has not got from its origin: it gets its own copy before anything goes there. */
  async #letFollowersTake(): Promise<void> {
    const { filesOf, lend, platform, space } = this.#parts;
    const prefix = followName(space, '');
    for (const name of await platform.store.names(prefix)) {
      const follower = await filesOf(name.slice(prefix.length) as SpaceId);
      if (follower !== undefined) await lend(follower);
    }
  }

  #collecting(): Promise<BlobCollection> {
    this.#collection ??= this.#make().catch((failure: unknown) => {
      this.#collection = undefined;
      throw failure;
    });
    return this.#collection;
  }

  async #make(): Promise<BlobCollection> {
    const { BlobCollection } = await loadFileParts();
    return new BlobCollection({
      ...this.#parts,
      letFollowersTake: () => this.#letFollowersTake(),
    });
  }
}

/** Name of the note that one space looks for pieces in another. */
function followName(other: SpaceId, space: string): string {
  return `blob-follows/${other}/${space}`;
}
