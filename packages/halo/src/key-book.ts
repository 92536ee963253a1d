/**
 * Which generations of keys a space has, to whom they are sealed, and which one to use. Holds no secret:
 * commitments, reading keys and sealed copies only.
 */
import {
  ROOT_ZONE,
  compareBytes,
  type CredentialId,
  type DeviceKey,
  type IdentityId,
  type KeyId,
} from '@atoll/kernel';
import type { Loss, Reason } from './access/losses.ts';
import { Presence, type CausalOrder } from './causal-presence.ts';
import { compareRank, type Rank } from './rank.ts';
import { rotationId } from './statement-ids.ts';
import type { KeyCopy, KeysOf, Reader, ReadingKey, Rotation } from './statements.ts';
import { COUNTS, voidFor, type Verdict } from './verdict.ts';

/** Copies of one generation that are kept for one key of each author: the first, and one that mends it. */
const COPIES_MAX = 2;
/** Keys of one reader to which one author's copies are kept: in a private space, one for each device. */
const COPY_KEYS_MAX = 64;

interface PublishedKey {
  readonly counter: number;
  readonly key: Uint8Array<ArrayBuffer>;
  readonly presence: Presence;
  /** Where each device has said so. */
  readonly said: Map<DeviceKey, Presence>;
}

interface Generation {
  readonly id: KeyId;
  readonly rotation: Rotation;
  readonly presence: Presence;
  /** Rights under which it was made, where it was stated. Their seniority is asked for when needed. */
  readonly credentials: Set<CredentialId>;
  /** Of the losses that its makers did not know: those that no other such one is behind. */
  readonly unknown: { looked: number; first: number[] };
}

interface HeldCopy {
  readonly copy: KeyCopy;
  readonly author: IdentityId | undefined;
}

/** What keys ask of rights: who reads what. `of` may be any zone; what nobody knows has no readers. */
export interface KeyRights {
  rankOf(credential: CredentialId): Rank | undefined;
  /** Who reads it as a block knows it, ascending; `undefined` for a zone that is not there. */
  readersOf(of: KeysOf, block?: number): readonly IdentityId[] | undefined;
  /**
   * What those have lost who read it once and do not any more, without what the block itself brings about: whoever
   * knows a reason of each must not seal to them.
   */
  losses(of: KeysOf, block?: number): readonly Loss[];
  /** True for somebody who loses something by a block itself. */
  isLostBy(identity: IdentityId, block: number): boolean;
  /** True if a block knows a reason that is no block: of stops, those that `asOf` knows of. */
  knows(block: number, reason: Reason, asOf?: number): boolean;
  /** Numbers of epochs with which rights end, and which a block knows to be sealed. */
  endingTo(block: number): readonly number[];
  /** True for a device that does not act, as a block knows it; without, now. */
  isStopped(identity: IdentityId, device: DeviceKey, block?: number): boolean;
  /** True if a block knows of every device of somebody that was stopped, as far as `at` knows of it. */
  knowsStops(identity: IdentityId, block: number, at?: number): boolean;
  /** Grows whenever an answer to one of these may be another. */
  readonly version: number;
}

/** What makers of keys have to know of, as a block knows it. */
interface Lost {
  readonly of: KeysOf;
  readonly losses: readonly Loss[];
  readonly replaced: readonly Presence[];
  readonly block: number | undefined;
}

/** Keys of one space. */
export class KeyBook {
  readonly #order: CausalOrder;
  readonly #rights: KeyRights;
  readonly #keysByIdentity = new Map<IdentityId, PublishedKey[]>();
  readonly #generations = new Map<KeyId, Generation>();
  readonly #copies = new Map<string, HeldCopy[]>();
  /** Blocks in which somebody may have lost reading, as they came. */
  readonly #losses: number[] = [];
  /** The same of zones: blocks that end any right at all. */
  readonly #zoneLosses: number[] = [];
  readonly #preferred = new Map<KeysOf, { readonly at: string; readonly id: KeyId | undefined }>();
  #keysVersion = 0;

  constructor(order: CausalOrder, rights: KeyRights) {
    this.#order = order;
    this.#rights = rights;
  }

  /** A reading key whose device is already checked. */
  addReadingKey(statement: ReadingKey, block: number): void {
    const { counter, device, identity, key } = statement;
    const published = this.#keysByIdentity.get(identity) ?? [];
    this.#keysByIdentity.set(identity, published);
    let known = published.find(
      (own) => own.counter === counter && compareBytes(own.key, key) === 0,
    );
    if (known === undefined) {
      known = { counter, key, presence: new Presence(this.#order), said: new Map() };
      published.push(known);
    }
    known.presence.add(block);
    const said = known.said.get(device) ?? new Presence(this.#order);
    known.said.set(device, said);
    said.add(block);
    this.#keysVersion++;
    if (published.length > 1) this.noteLoss(block);
  }

  /** Somebody may read less than before. */
  noteLoss(block: number): void {
    if (this.#losses.at(-1) !== block) this.#losses.push(block);
    this.noteZoneLoss(block);
  }

  /** Somebody may read less of zones: whether there are any makes no difference, as they may come later. */
  noteZoneLoss(block: number): void {
    if (this.#zoneLosses.at(-1) !== block) this.#zoneLosses.push(block);
  }

  /**
   * Current reading key of an identity as `block` knows it: greatest counter, then greatest bytes. Where devices
   * were stopped, only what an acting one has said in a block that knows of that: the others know what was before.
   */
  readingKey(identity: IdentityId, block?: number): PublishedKey | undefined {
    let current: PublishedKey | undefined;
    for (const published of this.#keysByIdentity.get(identity) ?? []) {
      if (!published.presence.at(block) || !this.#isSafe(identity, published, block)) continue;
      if (current === undefined || isLater(published, current)) current = published;
    }
    return current;
  }

  #isSafe(identity: IdentityId, { said }: PublishedKey, at: number | undefined): boolean {
    const blocks = [...said].flatMap(([device, presence]) =>
      this.#rights.isStopped(identity, device, at)
        ? []
        : presence.blocks.filter((block) => presence.isIn(block, at)),
    );
    return (
      blocks.length > 0 && blocks.every((block) => this.#rights.knowsStops(identity, block, at))
    );
  }

  /** True if a key was ever stated as a reading key of an identity. */
  isStated(identity: IdentityId, key: Uint8Array): boolean {
    const published = this.#keysByIdentity.get(identity) ?? [];
    return published.some((own) => compareBytes(own.key, key) === 0);
  }

  /** A counter above all that were stated; the greatest there is is used again. */
  nextCounter(identity: IdentityId): number {
    const counters = (this.#keysByIdentity.get(identity) ?? []).map(({ counter }) => counter);
    return Math.min(Number.MAX_SAFE_INTEGER, Math.max(-1, ...counters) + 1);
  }

  /** Reader list of a generation of these keys made in `block`, or now: ascending by identity. */
  readers(of: KeysOf, block?: number): readonly Reader[] {
    const readers: Reader[] = [];
    for (const identity of this.#rights.readersOf(of, block) ?? []) {
      const published = this.readingKey(identity, block);
      if (published !== undefined) readers.push({ identity, key: published.key });
    }
    return readers.sort((a, b) => (a.identity < b.identity ? -1 : 1));
  }

  /** True for who reads it as a block knows it; of what is not there, for all. */
  mayRotate(of: KeysOf, identity: IdentityId, block: number): boolean {
    return this.#rights.readersOf(of, block)?.includes(identity) !== false;
  }

  /** A rotation whose author may read; its readers must be those at its block. */
  addRotation(
    rotation: Rotation,
    at: { readonly block: number; readonly credential: CredentialId },
  ): Verdict {
    const { block, credential } = at;
    if (this.#rights.readersOf(rotation.of, block) === undefined) {
      return voidFor('zone-unsupported');
    }
    if (!this.#knowsPrevious(rotation, block)) return voidFor('previous-not-in-past');
    if (!sameReaders(rotation.readers, this.readers(rotation.of, block))) {
      return voidFor('readers-differ');
    }
    const id = rotationId(rotation);
    const generation: Generation = this.#generations.get(id) ?? {
      ...{ id, rotation, presence: new Presence(this.#order), credentials: new Set() },
      unknown: { looked: 0, first: [] },
    };
    generation.presence.add(block);
    // Another one may have known less.
    Object.assign(generation.unknown, { looked: 0, first: [] });
    generation.credentials.add(credential);
    this.#generations.set(id, generation);
    this.#keysVersion++;
    return COUNTS;
  }

  /**
   * Whether content of a zone in `block` may lie under a generation: one that its past knows, and whose makers
   * knew of every removal that the block knows. Follows from the block's past, so it never changes.
   */
  maySeal(of: KeysOf, id: KeyId, block: number): Verdict {
    const generation = this.#generations.get(id);
    if (generation?.rotation.of !== of || !generation.presence.at(block)) {
      return voidFor('generation-not-in-past');
    }
    // Mostly everything that anybody lost was known: only else it matters who reads again.
    if (!this.#mayBeStale(generation, block)) return COUNTS;
    return this.#covers(generation, this.#lost(of, block)) ? COUNTS : voidFor('generation-stale');
  }

  /** False only if its makers knew of everything by which anybody may have lost anything, as a block knows it. */
  #mayBeStale(generation: Generation, block: number): boolean {
    if (this.#unknownTo(generation).some((loss) => this.#isBefore(loss, block))) return true;
    const epochs = this.#rights.endingTo(block).map((epoch) => ({ is: 'epoch', epoch }) as const);
    return epochs.some((epoch) => !this.#knows(generation, epoch, block));
  }

  /** Keeps a sealed copy for its reader. Its content proves itself against the rotation. */
  addCopy(copy: KeyCopy, author?: IdentityId): void {
    const place = `${copy.generation}/${copy.identity}`;
    const copies = this.#copies.get(place) ?? [];
    // Whoever seals rubbish takes nobody else's place.
    const same = copies.filter((held) => held.author === author);
    const alike = same.filter((held) => compareBytes(held.copy.readingKey, copy.readingKey) === 0);
    if (alike.length >= COPIES_MAX || same.length >= COPIES_MAX * COPY_KEYS_MAX) return;
    this.#copies.set(place, [...copies, { copy, author }]);
  }

  /** Copies of a generation for an identity. */
  copiesFor(identity: IdentityId, generation: KeyId): readonly KeyCopy[] {
    return (this.#copies.get(`${generation}/${identity}`) ?? []).map(({ copy }) => copy);
  }

  /** The rotation of a generation. */
  rotation(generation: KeyId): Rotation | undefined {
    return this.#generations.get(generation)?.rotation;
  }

  /** True for somebody who reads this, whether or not there is a key to which may be sealed. */
  isReader(identity: IdentityId, of: KeysOf): boolean {
    return this.#rights.readersOf(of)?.includes(identity) === true;
  }

  /**
   * The newest generation that this device holds and all readers of now do: to whom it was sealed, or who came
   * after it and was given it. New membership keys lie under it, or else somebody could not follow.
   */
  common(of: KeysOf, isHeld: (generation: KeyId) => boolean): KeyId | undefined {
    const readers = this.readers(of).map(({ identity }) => identity);
    const held = this.generations(of).filter(isHeld);
    return (
      held.findLast((id) => readers.every((identity) => this.#wasGiven(identity, id))) ?? held[0]
    );
  }

  #wasGiven(identity: IdentityId, id: KeyId): boolean {
    const generation = this.#generations.get(id);
    if (generation?.rotation.readers.some((reader) => reader.identity === identity) === true) {
      return true;
    }
    const made = generation?.presence.first;
    const there = generation && this.#rights.readersOf(generation.rotation.of, made);
    return there?.includes(identity) !== true;
  }

  /** A block that states the rotation of a generation: what is sealed under it has to have that in its past. */
  statedIn(generation: KeyId): number | undefined {
    return this.#generations.get(generation)?.presence.first;
  }

  /** True if whoever made a generation knew of a block, or said it there. */
  isMadeBehind(generation: KeyId, block: number): boolean {
    return this.#generations.get(generation)?.presence.isBehind(block) === true;
  }

  /** All generations of a zone or of the membership, each behind those that it follows. */
  generations(of: KeysOf): readonly KeyId[] {
    const own = [...this.#generations.values()].filter(({ rotation }) => rotation.of === of);
    const heights = new Map<KeyId, number>();
    for (const { id, rotation } of own) {
      // What a rotation follows was there before it.
      const below = rotation.previous.map(({ generation }) => heights.get(generation) ?? 0);
      heights.set(id, 1 + Math.max(0, ...below));
    }
    const height = (id: KeyId): number => heights.get(id) ?? 0;
    const names = own.map(({ id }) => id);
    return names.sort((a, b) => height(a) - height(b) || (a < b ? -1 : 1));
  }

  /**
   * Generation to seal under: of those that cover every removal and that no other such one follows, the one made
   * under the most senior right, then the least name. Absent if there is none: somebody has to make one first. With
   * `isHeld`, of those that this device has: keys that somebody withholds from it stop nobody from writing.
   */
  current(of: KeysOf, isHeld?: (generation: KeyId) => boolean): KeyId | undefined {
    const best = this.#current(of);
    if (best === undefined || isHeld === undefined || isHeld(best)) return best;
    return this.#findPreferred(of, isHeld);
  }

  #current(of: KeysOf): KeyId | undefined {
    // Asked for twice in every block.
    const at = `${String(this.#rights.version)}.${String(this.#keysVersion)}`;
    const known = this.#preferred.get(of);
    if (known?.at === at) return known.id;
    const id = this.#findPreferred(of);
    this.#preferred.set(of, { at, id });
    return id;
  }

  /** True if there are keys of this, and none that may still be sealed under: new ones have to be made. */
  isStale(of: KeysOf): boolean {
    return this.current(of) === undefined && this.#ofAny(of);
  }

  /** Generations of a zone or of the membership that no other one follows, in the order of {@link generations}. */
  latest(of: KeysOf): readonly KeyId[] {
    const followed = new Set<KeyId>();
    for (const { rotation } of this.#generations.values()) {
      for (const { generation } of rotation.previous) followed.add(generation);
    }
    return this.generations(of).filter((id) => !followed.has(id));
  }

  #ofAny(of: KeysOf): boolean {
    return [...this.#generations.values()].some(({ rotation }) => rotation.of === of);
  }

  #lost(of: KeysOf, block?: number): Lost {
    const losses = this.#rights.losses(of, block);
    return { of, losses, replaced: this.#replaced(of, block), block };
  }

  /** True if a generation was made by somebody who knew of all these, and is sealed to nobody who reads no more. */
  #covers(generation: Generation, { block, losses, of, replaced }: Lost): boolean {
    return (
      losses.every((loss) => loss.some((reason) => this.#knows(generation, reason, block))) &&
      replaced.every((key) => generation.presence.isAfter(key, block)) &&
      this.#isSealedToReaders(generation, of, block)
    );
  }

  #knows({ presence }: Generation, reason: Reason, block: number | undefined): boolean {
    if (reason.is === 'block') return presence.isBehind(reason.block, block);
    return presence.knownTo(block).every((stated) => this.#rights.knows(stated, reason, block));
  }

  /** Who was removed, let in again, and is out after all may be one of them, though nothing is new. */
  #isSealedToReaders({ rotation }: Generation, of: KeysOf, block: number | undefined): boolean {
    const readers = new Set(this.#rights.readersOf(of, block));
    return rotation.readers.every(
      ({ identity }) =>
        readers.has(identity) || (block !== undefined && this.#rights.isLostBy(identity, block)),
    );
  }

  /** Reading keys that have taken the place of others: who holds the older ones must not be sealed to. */
  #replaced(of: KeysOf, block?: number): readonly Presence[] {
    const replaced: Presence[] = [];
    for (const identity of this.#rights.readersOf(of, block) ?? []) {
      const published = this.#keysByIdentity.get(identity);
      if (published === undefined || published.length < 2) continue;
      const known = published.filter(({ presence }) => presence.at(block));
      const current = this.readingKey(identity, block);
      if (known.length > 1 && current !== undefined) replaced.push(current.presence);
    }
    return replaced;
  }

  /** Of the losses that a generation does not cover, those that come first. */
  #unknownTo({ presence, rotation, unknown }: Generation): readonly number[] {
    const isOfZone = rotation.of !== 'membership' && rotation.of !== ROOT_ZONE;
    const losses = isOfZone ? this.#zoneLosses : this.#losses;
    for (; unknown.looked < losses.length; unknown.looked++) {
      const loss = losses[unknown.looked] as number;
      if (presence.isBehind(loss)) continue;
      // They come in causal order: what is behind one of these says nothing more.
      if (unknown.first.some((first) => this.#isBefore(first, loss))) continue;
      unknown.first.push(loss);
    }
    return unknown.first;
  }

  #isBefore(earlier: number, later: number): boolean {
    return earlier !== later && this.#order.isInPast(earlier, later);
  }

  #findPreferred(of: KeysOf, isHeld?: (generation: KeyId) => boolean): KeyId | undefined {
    const lost = this.#lost(of);
    const all = [...this.#generations.values()].filter(
      (generation) =>
        generation.rotation.of === of &&
        this.#covers(generation, lost) &&
        isHeld?.(generation.id) !== false,
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

  /** Whatever follows nothing is the first: only what knows of no other keys may be that. */
  #knowsPrevious({ of, previous }: Rotation, block: number): boolean {
    if (previous.length === 0) {
      return ![...this.#generations.values()].some(
        (earlier) => earlier.rotation.of === of && earlier.presence.at(block),
      );
    }
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
