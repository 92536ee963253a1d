/**
 * Keys that others have sealed to this member: opened as soon as they are here, for what comes after them needs
 * them. Whatever is not what its rotation commits to is as good as nothing, also where it came with a ticket.
 */
import { softwareKeys } from '@atoll/crypto';
import {
  isWhole,
  matchesRotation,
  openKeyCopy,
  openPrevious,
  readingSecret,
  type GenerationSecret,
  type KeyCopy,
  type KeysOf,
  type SpaceAuthority,
} from '@atoll/halo';
import { equalBytes, type Agreer, type IdentityId, type KeyId, type SpaceId } from '@atoll/kernel';
import type { SpaceKeys } from './space-keys.ts';

/** What opening keys needs of a space. */
export interface KeysGainedParts {
  readonly space: SpaceId;
  readonly keys: SpaceKeys;
  readonly authority: SpaceAuthority;
  readonly identity: IdentityId;
  /** From which the reading keys of the identity follow, now and before. */
  readonly secrets: () => readonly Uint8Array[];
  /** Where keys are sealed to devices as well. */
  readonly deviceAgreer: Agreer | undefined;
}

/** Opens copies of keys. */
export class KeysGained {
  readonly #parts: KeysGainedParts;
  readonly #agreers = new Map<Uint8Array, Promise<Agreer>>();
  /** Copies that did not open, or held nothing new. */
  readonly #tried = new WeakSet<KeyCopy>();
  /** Generations of the ring that are what their rotations say. */
  readonly #checked = new Set<KeyId>();

  constructor(parts: KeysGainedParts) {
    this.#parts = parts;
  }

  /** Opens whatever is sealed to this member and not in the ring. The generations that came. */
  async open(): Promise<readonly KeyId[]> {
    const { authority, keys } = this.#parts;
    const gained: KeyId[] = [];
    for (const of of authority.keyed()) {
      // Newest first: with history, they bring those before them.
      for (const generation of authority.keys.generations(of).toReversed()) {
        this.#check(generation);
        const secret = await this.#openOne(generation);
        if (secret !== undefined) gained.push(...this.#take(secret));
      }
    }
    if (gained.length > 0) keys.arrange(authority);
    return gained;
  }

  /** Takes a copy that came another way than in a block. True if it was what was missing. */
  async take(copy: KeyCopy): Promise<boolean> {
    const { authority, keys } = this.#parts;
    const rotation = authority.keys.rotation(copy.generation);
    if (rotation === undefined || isWhole(keys.ring.get(copy.generation))) return false;
    const agreer = await this.#readerOf(copy);
    const secret = agreer === undefined ? undefined : await openKeyCopy(agreer, copy, rotation);
    if (secret === undefined || this.#take(secret).length === 0) return false;
    keys.arrange(authority);
    return true;
  }

  /** Generations that this member may have, and has not: older ones first. */
  missing(): readonly KeyId[] {
    const { authority, identity, keys } = this.#parts;
    return authority
      .keyed()
      .flatMap((of) =>
        authority.keys
          .generations(of)
          .filter(
            (generation) =>
              (keys.ring.get(generation) === undefined || this.#lacksPosting(of, generation)) &&
              authority.needs.mayHave(identity, generation) !== undefined,
          ),
      );
  }

  /** Mailboxes of former keys are for reading alone: nobody needs to write there who has not. */
  #lacksPosting(of: KeysOf, generation: KeyId): boolean {
    const { authority, identity, keys } = this.#parts;
    if (of !== 'membership' || isWhole(keys.ring.get(generation))) return false;
    return authority.isGivenAll(identity, of) && authority.keys.current(of) === generation;
  }

  #check(generation: KeyId): void {
    const { authority, keys } = this.#parts;
    const secret = keys.ring.get(generation);
    const rotation = authority.keys.rotation(generation);
    if (secret === undefined || rotation === undefined || this.#checked.has(generation)) return;
    if (matchesRotation(secret, rotation)) this.#checked.add(generation);
    else keys.ring.drop(generation);
  }

  async #openOne(generation: KeyId): Promise<GenerationSecret | undefined> {
    const { authority, identity, keys } = this.#parts;
    const held = keys.ring.get(generation);
    const rotation = authority.keys.rotation(generation);
    if (rotation === undefined || isWhole(held)) return undefined;
    for (const copy of authority.keys.copiesFor(identity, generation)) {
      if (this.#tried.has(copy)) continue;
      const agreer = await this.#readerOf(copy);
      // Sealed to a key of another device, or to one that is still to come.
      if (agreer === undefined) continue;
      this.#tried.add(copy);
      const secret = await openKeyCopy(agreer, copy, rotation);
      if (secret === undefined) continue;
      if (held === undefined || isWhole(secret)) return secret;
    }
    return undefined;
  }

  /** Adds a generation, and those before it that its history key opens. */
  #take(secret: GenerationSecret): KeyId[] {
    const { authority, keys } = this.#parts;
    const gained: KeyId[] = [];
    const next = [secret];
    for (const one of next) {
      const rotation = authority.keys.rotation(one.generation);
      if (rotation === undefined || !matchesRotation(one, rotation)) continue;
      if (!keys.ring.add(one)) continue;
      this.#checked.add(one.generation);
      gained.push(one.generation);
      next.push(...openPrevious(one, rotation));
    }
    return gained;
  }

  async #readerOf({ readingKey }: KeyCopy): Promise<Agreer | undefined> {
    const agreers = await this.#all();
    return agreers.find(({ publicKey }) => equalBytes(publicKey, readingKey));
  }

  async #all(): Promise<readonly Agreer[]> {
    const { deviceAgreer, secrets, space } = this.#parts;
    for (const secret of secrets()) {
      if (this.#agreers.has(secret)) continue;
      this.#agreers.set(secret, softwareKeys.agreer(readingSecret(secret, space)));
    }
    const agreers = await Promise.all(this.#agreers.values());
    return deviceAgreer === undefined ? agreers : [...agreers, deviceAgreer];
  }
}
