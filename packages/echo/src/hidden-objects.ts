/**
 * Objects that are there and not to be shown, as the space says: queries leave them out unless they are asked for,
 * and nothing leads through them. What is stored of them, roots and history do not know of it.
 */
import { fromHex, type ObjectId } from '@atoll/kernel';
import type { Fold } from './fold.ts';
import type { ChangeFeed } from './query/change-feed.ts';
import { isLive } from './shown.ts';

/** The database's side. */
export interface HiddenHost {
  readonly fold: Fold;
  readonly changes: ChangeFeed;
}

/** Hidden objects of a database. Costs nothing while there are none. */
export class HiddenObjects {
  readonly #host: HiddenHost;
  #ids: ReadonlySet<ObjectId> = new Set();
  readonly #rows = new Set<number>();
  /** Those that are not here yet. */
  readonly #absent = new Set<ObjectId>();

  constructor(host: HiddenHost) {
    this.#host = host;
  }

  /** The objects that are hidden now, here or not. */
  get ids(): ReadonlySet<ObjectId> {
    return this.#ids;
  }

  /** Whether the object of a row is hidden. */
  has(row: number): boolean {
    return this.#rows.size > 0 && this.#rows.has(row);
  }

  /** How many of them would be shown otherwise. */
  liveCount(): number {
    let count = 0;
    for (const row of this.#rows) if (isLive(this.#host.fold, row)) count++;
    return count;
  }

  /** Hides these and no others. Queries take in the difference with the next tick. */
  replace(ids: ReadonlySet<ObjectId>): void {
    const before = this.#ids;
    this.#ids = ids;
    for (const id of before) if (!ids.has(id)) this.#show(id);
    for (const id of ids) if (!before.has(id)) this.#hide(id);
  }

  /** The object of a row has come, or changed in a way that is not known. */
  noted(row: number): void {
    if (this.#absent.size === 0) return;
    const id = this.#host.fold.rows.id(row);
    if (this.#absent.delete(id)) this.#rows.add(row);
  }

  #hide(id: ObjectId): void {
    const row = this.#rowOf(id);
    if (row < 0) {
      this.#absent.add(id);
      return;
    }
    this.#rows.add(row);
    this.#host.changes.objectChanged(row);
  }

  #show(id: ObjectId): void {
    if (this.#absent.delete(id)) return;
    const row = this.#rowOf(id);
    if (this.#rows.delete(row)) this.#host.changes.objectChanged(row);
  }

  #rowOf(id: ObjectId): number {
    const bytes = fromHex(id);
    return bytes === undefined ? -1 : this.#host.fold.rows.find(bytes);
  }
}
