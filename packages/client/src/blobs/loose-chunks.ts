/**
 * Which of a space's pieces are loose: worked out from what is here and which file has which pieces, and from
 * what is said to be needed. Whatever is not known keeps more, never less.
 */
import type { StoredChunk } from '@atoll/kernel';

/** What may go. */
export interface Loose {
  /** Names of files of which nothing is needed. */
  readonly roots: readonly string[];
  readonly chunks: readonly StoredChunk[];
}

/** Pieces of one space while it is found out what needs them. */
export class LooseChunks {
  readonly stored: readonly StoredChunk[];
  readonly #idsByRoot: ReadonlyMap<string, readonly string[] | undefined>;
  readonly #kept = new Set<string>();
  readonly #neededRoots = new Set<string>();
  /** Pieces that are in no file whose pieces are known. */
  readonly #orphans = new Set<string>();
  /** Something is needed of which it is not known what belongs to it: any orphan may. */
  #isUnsure = false;

  /** `idsByRoot`: pieces of each file that is known here, `undefined` where the record cannot be read. */
  constructor(
    stored: readonly StoredChunk[],
    idsByRoot: ReadonlyMap<string, readonly string[] | undefined>,
  ) {
    this.stored = stored;
    this.#idsByRoot = idsByRoot;
    const owned = new Set<string>();
    for (const ids of idsByRoot.values()) for (const id of ids ?? []) owned.add(id);
    for (const { id } of stored) if (!owned.has(id)) this.#orphans.add(id);
  }

  /** Everything that could be named: files and pieces. */
  get names(): readonly string[] {
    return [...this.#idsByRoot.keys(), ...this.stored.map(({ id }) => id)];
  }

  /** These are named: all of a file, or that piece. */
  need(ids: Iterable<string>): void {
    for (const id of ids) {
      const pieces = this.#idsByRoot.get(id);
      this.#kept.add(id);
      for (const piece of pieces ?? []) this.#kept.add(piece);
      if (this.#idsByRoot.has(id)) this.#neededRoots.add(id);
      // The record of a file is made when it is read; without it nobody knows its pieces.
      if (pieces === undefined && (this.#idsByRoot.has(id) || this.#orphans.has(id))) {
        this.#isUnsure = true;
      }
    }
  }

  /** Pieces that are being used: the files that have them stay. */
  use(ids: ReadonlySet<string>): void {
    if (ids.size === 0) return;
    for (const [root, pieces] of this.#idsByRoot) {
      if (ids.has(root) || pieces?.some((id) => ids.has(id)) === true) this.need([root]);
    }
    // One of no file keeps itself alone: what has just come begins with the piece that lists the others.
    for (const id of ids) this.#kept.add(id);
  }

  /** What nothing needs, as far as was said. */
  loose(): Loose {
    const roots = [...this.#idsByRoot.keys()].filter((root) => !this.#neededRoots.has(root));
    const chunks = this.stored.filter(
      ({ id }) => !this.#kept.has(id) && !(this.#isUnsure && this.#orphans.has(id)),
    );
    return { roots, chunks };
  }

  /** Pieces of a file, where they are known. */
  piecesOf(root: string): readonly string[] | undefined {
    return this.#idsByRoot.get(root);
  }
}
