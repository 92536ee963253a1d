/**
 * The visible text as a string, as long as somebody reads it. A few edits between two readings are made in
 * the string as well; after more than that it is dropped and read anew when asked for.
 */

/** Edits that are followed between two readings; each costs a copy of the string at the next one. */
const PATCHES_MAX = 4;

/** A string that may be missing. */
export class TextCache {
  #text: string | undefined = '';
  #patches = 0;

  /** The text, if it is known. */
  get(): string | undefined {
    this.#patches = 0;
    return this.#text;
  }

  /** Enters what was read. */
  set(text: string): void {
    this.#text = text;
    this.#patches = 0;
  }

  /** Forgets the text. */
  drop(): void {
    this.#text = undefined;
  }

  /** Follows one edit. */
  edit(position: number, deleted: number, inserted: string): void {
    if (this.#text === undefined) return;
    if (++this.#patches > PATCHES_MAX) {
      this.#text = undefined;
      return;
    }
    this.#text = this.#text.slice(0, position) + inserted + this.#text.slice(position + deleted);
  }
}
