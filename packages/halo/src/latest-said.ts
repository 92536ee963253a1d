/**
 * What people say about themselves and others of which the latest is shown: names, colours. What somebody said
 * without the right to do so is passed over, and whether he had it may change with what becomes known.
 */
import type { BlockHash, CredentialId, IdentityId } from '@atoll/kernel';

/** Something that was said, and where. */
export interface Said<T> {
  readonly value: T;
  readonly author: IdentityId;
  /** Number of the block. */
  readonly block: number;
  readonly lamport: number;
  readonly hash: BlockHash;
  /** The right of the section. */
  readonly credential: CredentialId;
}

/** Everything that was said of one thing, the latest first. */
export class LatestSaid<T> {
  readonly #said: Said<T>[] = [];

  /** Of two in one block the later one is told last. */
  add(said: Said<T>): void {
    const at = this.#said.findIndex((other) => !isLater(other, said));
    if (at < 0) this.#said.push(said);
    else this.#said.splice(at, 0, said);
  }

  /** The latest that counts. */
  latest(counts: (said: Said<T>) => boolean): T | undefined {
    return this.#said.find(counts)?.value;
  }
}

function isLater(a: Said<unknown>, b: Said<unknown>): boolean {
  return a.lamport === b.lamport ? a.hash > b.hash : a.lamport > b.lamport;
}
