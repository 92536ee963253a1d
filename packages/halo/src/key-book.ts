/**
 * Which generations of keys a space has, to whom they are sealed, and which one to use. Holds no secret:
 * commitments, reading keys and sealed copies only.
 */
import {
  ROOT_ZONE,
  compareBytes,
  type CredentialId,
  type IdentityId,
  type KeyId,
} from '@atoll/kernel';
import { Presence, type CausalOrder } from './causal-presence.ts';
import { compareRank, type Rank } from './rank.ts';
import { rotationId } from './statement-ids.ts';
import type { KeyCopy, Reader, ReadingKey, Rotation } from './statements.ts';
import { COUNTS, voidFor, type Verdict } from './verdict.ts';

/** Copies of one generation that are kept for one reader: more can only be poisoned ones or repairs. */
const COPIES_MAX = 8;

interface PublishedKey {
  readonly counter: number;
  readonly key: Uint8Array<ArrayBuffer>;
  readonly presence: Presence;
}

interface Generation {
  readonly id: KeyId;
  readonly rotation: Rotation;
  readonly presence: Presence;
  /** Rights under which it was made, where it was stated. Their seniority is asked for when needed. */
  readonly credentials: Set<CredentialId>;
}

/** What keys ask of rights. */
export interface KeyRights {
  rankOf(credential: CredentialId): Rank | undefined;
  /** Blocks in which somebody was removed who is not in again: whoever knows of one must not seal to him. */
  removals(): readonly number[];
}

/** Keys of one space. */
export class KeyBook {
  readonly #order: CausalOrder;
  readonly #rights: KeyRights;
  readonly #keysByIdentity = new Map<IdentityId, PublishedKey[]>();
  readonly #generations = new Map<KeyId, Generation>();
  readonly #copies = new Map<string, KeyCopy[]>();

  constructor(order: CausalOrder, rights: KeyRights) {
    this.#order = order;
    this.#rights = rights;
  }

  /** A reading key whose device is already checked. */
  addReadingKey(statement: ReadingKey, block: number): void {
    const { identity, counter, key } = statement;
    const published = this.#keysByIdentity.get(identity) ?? [];
    this.#keysByIdentity.set(identity, published);
    let known = published.find(
      (own) => own.counter === counter && compareBytes(own.key, key) === 0,
    );
    if (known === undefined) {
      known = { counter, key, presence: new Presence(this.#order) };
      published.push(known);
    }
    known.presence.add(block);
  }

  /** Current reading key of an identity as `block` knows it: greatest counter, then greatest bytes. */
  readingKey(identity: IdentityId, block?: number): PublishedKey | undefined {
    let current: PublishedKey | undefined;
    for (const published of this.#keysByIdentity.get(identity) ?? []) {
      if (!published.presence.at(block)) continue;
      if (current === undefined || isLater(published, current)) current = published;
    }
    return current;
  }

  /** Reader list of a generation made in `block` for these members, ascending by identity. */
  readers(members: readonly IdentityId[], block?: number): readonly Reader[] {
    const readers: Reader[] = [];
    for (const identity of members) {
      const published = this.readingKey(identity, block);
      if (published !== undefined) readers.push({ identity, key: published.key });
    }
    return readers.sort((a, b) => (a.identity < b.identity ? -1 : 1));
  }

  /** A rotation whose author may read; `expected` are the readers at its block. */
  addRotation(
    rotation: Rotation,
    at: {
      readonly block: number;
      readonly credential: CredentialId;
      readonly expected: readonly Reader[];
    },
  ): Verdict {
    const { block, credential, expected } = at;
    if (rotation.of !== 'membership' && rotation.of !== ROOT_ZONE) {
      return voidFor('zone-unsupported');
    }
    if (!this.#knowsPrevious(rotation, block)) return voidFor('previous-not-in-past');
    if (!sameReaders(rotation.readers, expected)) return voidFor('readers-differ');
    const id = rotationId(rotation);
    const existing = this.#generations.get(id);
    const presence = existing?.presence ?? new Presence(this.#order);
    const credentials = existing?.credentials ?? new Set<CredentialId>();
    presence.add(block);
    credentials.add(credential);
    if (existing === undefined) this.#generations.set(id, { id, rotation, presence, credentials });
    return COUNTS;
  }

  /** Keeps a sealed copy for its reader. Its content proves itself against the rotation. */
  addCopy(copy: KeyCopy): void {
    const place = `${copy.generation}/${copy.identity}`;
    const copies = this.#copies.get(place) ?? [];
    if (copies.length < COPIES_MAX) this.#copies.set(place, [...copies, copy]);
  }

  /** Copies of a generation for an identity. */
  copiesFor(identity: IdentityId, generation: KeyId): readonly KeyCopy[] {
    return this.#copies.get(`${generation}/${identity}`) ?? [];
  }

  /** The rotation of a generation. */
  rotation(generation: KeyId): Rotation | undefined {
    return this.#generations.get(generation)?.rotation;
  }

  /** All generations of a zone or of the membership, ascending by name. */
  generations(of: Rotation['of']): readonly KeyId[] {
    const names: KeyId[] = [];
    for (const { id, rotation } of this.#generations.values())
      if (rotation.of === of) names.push(id);
    return names.sort();
  }

  /**
   * Generation to seal under: of those that cover every removal and that no other such one follows, the one made
   * under the most senior right, then the least name. Absent if there is none: somebody has to make one first.
   */
  current(of: Rotation['of']): KeyId | undefined {
    const removals = this.#rights.removals();
    // Asked for twice in every block, and mostly there is one.
    let only: KeyId | undefined;
    let count = 0;
    for (const { id, rotation } of this.#generations.values()) {
      if (rotation.of !== of) continue;
      only = id;
      count++;
    }
    return count < 2 && removals.length === 0 ? only : this.#preferred(of, removals);
  }

  /** Generations of a zone or of the membership that no other one follows, ascending by name. */
  latest(of: Rotation['of']): readonly KeyId[] {
    const followed = new Set<KeyId>();
    for (const { rotation } of this.#generations.values()) {
      for (const { generation } of rotation.previous) followed.add(generation);
    }
    return this.generations(of).filter((id) => !followed.has(id));
  }

  /** True if a generation was made by somebody who knew of all these. */
  #covers({ presence }: Generation, removals: readonly number[]): boolean {
    return removals.every((removal) => presence.isBehind(removal));
  }

  #preferred(of: Rotation['of'], removals: readonly number[]): KeyId | undefined {
    const all = [...this.#generations.values()].filter(
      (generation) => generation.rotation.of === of && this.#covers(generation, removals),
    );
    const followed = new Set<KeyId>();
    for (const { rotation } of all) {
      for (const { generation } of rotation.previous) followed.add(generation);
    }
    let best: Generation | undefined;
    for (const generation of all) {
      if (followed.has(generation.id)) continue;
      if (best === undefined || this.#isPreferred(generation, best)) best = generation;
    }
    return best?.id;
  }

  #knowsPrevious({ of, previous }: Rotation, block: number): boolean {
    return previous.every(({ generation }) => {
      const earlier = this.#generations.get(generation);
      return earlier?.rotation.of === of && earlier.presence.at(block);
    });
  }

  #isPreferred(a: Generation, b: Generation): boolean {
    const order = compareRank(this.#seniority(a), this.#seniority(b));
    return order === 0 ? a.id < b.id : order < 0;
  }

  #seniority({ credentials }: Generation): Rank {
    const ranks = [...credentials].map((credential) => this.#rights.rankOf(credential) ?? []);
    return ranks.reduce((least, rank) => (compareRank(rank, least) < 0 ? rank : least));
  }
}

function isLater(a: PublishedKey, b: PublishedKey): boolean {
  return a.counter === b.counter ? compareBytes(a.key, b.key) > 0 : a.counter > b.counter;
}

function sameReaders(a: readonly Reader[], b: readonly Reader[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((reader, at) => {
    const other = b[at];
    return (
      other !== undefined &&
      reader.identity === other.identity &&
      compareBytes(reader.key, other.key) === 0
    );
  });
}
