/**
 * A Yjs document that grows by updates in any causal order and is the same everywhere, also where somebody
 * has numbered two things alike or made Yjs throw.
 */
import { Doc, applyUpdate, getItem, getState, ContentType, Item, type Transaction } from 'yjs';
import type { ModelContext, ModelStamp } from '@atoll/client';
import { compareStamps } from '@atoll/client';
import type { UpdateLinks } from './update-scan.ts';

/** An update with what was found in it. */
export interface UpdateOp {
  readonly bytes: Uint8Array;
  readonly links: UpdateLinks;
}

interface Applied {
  readonly op: UpdateOp;
  readonly stamp: ModelStamp;
}

/** Origin of Yjs transactions that only take in what is written already. */
export const FROM_SPACE: object = Object.freeze({ from: 'space' });

/** One document. */
export class DocumentState {
  doc: Doc = newDoc();
  /** The update that the document has, for its editor made it: to be entered, not applied. */
  ahead: Uint8Array | undefined;
  /** What an observer of the document threw while an update was applied. */
  thrown: unknown;
  readonly #applied: Applied[] = [];
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<number, Applied[]>();
  readonly #poison = new Set<string>();

  /** Applies an update, or keeps it until what it needs is here. */
  apply(op: UpdateOp, { stamp }: ModelContext): 'in-order' | undefined {
    const key = keyOf(stamp);
    if (this.#seen.has(key)) return undefined;
    this.#seen.add(key);
    let inOrder = false;
    for (let ready: Applied[] = [{ op, stamp }]; ready.length > 0;) {
      const next = ready.pop() as Applied;
      const writer = this.#missing(next.op.links);
      if (writer !== undefined) {
        this.#waiting.set(writer, [...(this.#waiting.get(writer) ?? []), next]);
        continue;
      }
      if (this.#integrate(next)) inOrder = true;
      for (const span of next.op.links.makes) {
        ready = [...ready, ...(this.#waiting.get(span.writer) ?? [])];
        this.#waiting.delete(span.writer);
      }
    }
    return inOrder ? 'in-order' : undefined;
  }

  /** A client of which something is needed that is not here. */
  #missing(links: UpdateLinks): number | undefined {
    return links.needs.find(({ writer, at }) => getState(this.doc.store, writer) <= at)?.writer;
  }

  /** True if the order of updates matters from now on. */
  #integrate(applied: Applied): boolean {
    const { bytes, links } = applied.op;
    const { store } = this.doc;
    if (isSame(bytes, this.ahead)) {
      this.ahead = undefined;
      this.#applied.push(applied);
      return false;
    }
    const isDouble = links.makes.some(({ writer, from }) => getState(store, writer) > from);
    if (!this.#hasParents(links)) return isDouble;
    this.#applied.push(applied);
    try {
      applyUpdate(this.doc, bytes, FROM_SPACE);
      return isDouble;
    } catch (failure) {
      return this.#afterThrow(applied, failure) || isDouble;
    }
  }

  /** Parents that are named by id must hold a type; Yjs takes it for granted. */
  #hasParents({ parents, types }: UpdateLinks): boolean {
    return parents.every(({ writer, at }) => {
      if (types.has(`${writer} ${at}`)) return true;
      if (getState(this.doc.store, writer) <= at) return false;
      const item = getItem(this.doc.store, { client: writer, clock: at });
      return !(item instanceof Item) || item.deleted || item.content instanceof ContentType;
    });
  }

  /**
   * An update that throws in a document without observers is left out; then the document is made anew, and
   * the order of updates must be everybody's. Otherwise an observer has thrown, and the document is fine.
   */
  #afterThrow(applied: Applied, failure: unknown): boolean {
    if (tryAll(this.#good()) !== undefined) {
      this.thrown = failure;
      return false;
    }
    this.#poison.add(keyOf(applied.stamp));
    this.doc = tryAll(this.#good()) ?? newDoc();
    return true;
  }

  #good(): Uint8Array[] {
    return this.#applied
      .filter(({ stamp }) => !this.#poison.has(keyOf(stamp)))
      .sort((a, b) => compareStamps(a.stamp, b.stamp))
      .map(({ op }) => op.bytes);
  }
}

function newDoc(): Doc {
  const doc = new Doc();
  // Yjs tidies up marks by deletions of its own after foreign changes, each replica for itself. Here only
  // what a person does is written, so that it stays the same for all who take in the same updates.
  doc.on('afterTransaction', (transaction: Transaction) => {
    if (transaction.origin === FROM_SPACE) transaction._needFormattingCleanup = false;
  });
  return doc;
}

function tryAll(updates: readonly Uint8Array[]): Doc | undefined {
  const doc = newDoc();
  try {
    for (const update of updates) applyUpdate(doc, update, FROM_SPACE);
    return doc;
  } catch {
    return undefined;
  }
}

function keyOf(stamp: ModelStamp): string {
  return `${stamp.lamport} ${stamp.feed} ${stamp.seq} ${stamp.op}`;
}

function isSame(bytes: Uint8Array, other: Uint8Array | undefined): boolean {
  return other?.length === bytes.length && bytes.every((byte, at) => byte === other[at]);
}
