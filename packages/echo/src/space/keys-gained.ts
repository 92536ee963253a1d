/** Keys that others have sealed to this member: opened as soon as they are here, for what comes after them needs them. */
import { softwareKeys } from '@atoll/crypto';
import {
  openKeyCopy,
  openPrevious,
  readingSecret,
  type KeyRing,
  type SpaceAuthority,
} from '@atoll/halo';
import {
  ROOT_ZONE,
  equalBytes,
  type Agreer,
  type IdentityId,
  type KeyId,
  type SpaceId,
} from '@atoll/kernel';

/** What opening keys needs of a space. */
export interface KeysGainedParts {
  readonly space: SpaceId;
  readonly ring: KeyRing;
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
  /** Content keys that came after content sealed under them may have. */
  gained = 0;

  constructor(parts: KeysGainedParts) {
    this.#parts = parts;
  }

  /** Opens whatever is sealed to this member and not in the ring. True if there was something. */
  async open(): Promise<boolean> {
    const { authority, ring } = this.#parts;
    const before = this.gained;
    for (const part of ['membership', ROOT_ZONE] as const) {
      for (const generation of authority.keys.generations(part)) {
        if (ring.get(generation) === undefined) await this.#openOne(generation);
      }
    }
    return this.gained > before;
  }

  async #openOne(generation: KeyId): Promise<void> {
    const { authority, identity, ring } = this.#parts;
    const rotation = authority.keys.rotation(generation);
    const copies = authority.keys.copiesFor(identity, generation);
    if (rotation === undefined || copies.length === 0) return;
    const agreers = await this.#all();
    for (const copy of copies) {
      const agreer = agreers.find(({ publicKey }) => equalBytes(publicKey, copy.readingKey));
      const secret = agreer === undefined ? undefined : await openKeyCopy(agreer, copy, rotation);
      if (secret === undefined || !ring.add(secret)) continue;
      this.gained++;
      if (secret.kind !== 'zone') return;
      for (const earlier of openPrevious(secret, rotation)) if (ring.add(earlier)) this.gained++;
      return;
    }
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
