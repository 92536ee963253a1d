/** The stretch of a text in which something may have become different. */
import type { RichChange } from '@atoll/client';

/** A stretch, in units of the text as it is now. */
export class Touched {
  #from = -1;
  #to = -1;

  /** The stretch; `undefined` if nothing was touched. */
  get stretch(): { readonly from: number; readonly to: number } | undefined {
    return this.#from < 0 ? undefined : { from: this.#from, to: this.#to };
  }

  /** Takes a change in; changes must come in the order in which they were made. */
  add({ position, deleted, inserted, formatted = 0 }: RichChange): void {
    const end = position + Math.max(inserted.length, formatted);
    if (this.#from < 0) {
      this.#from = position;
      this.#to = end;
      return;
    }
    const moved = (place: number): number =>
      place < position + deleted
        ? Math.min(place, position + inserted.length)
        : place - deleted + inserted.length;
    this.#from = Math.min(moved(this.#from), position);
    this.#to = Math.max(moved(this.#to), end);
  }

  /** Forgets everything. */
  clear(): void {
    this.#from = -1;
  }
}
