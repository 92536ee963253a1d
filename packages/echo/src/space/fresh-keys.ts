/**
 * Keys under which may be written: made anew where somebody was removed to whom those that there are were sealed.
 * Whoever wants to write does so at once. Of the others one after the other waits for whoever is before it, so
 * that a thousand who hear of a removal make keys once.
 */
import type { Generation, KeysOf, SpaceAuthority } from '@atoll/halo';
import {
  AtollError,
  errorCode,
  type Clock,
  type IdentityId,
  type KeyId,
  type KeyPlatform,
  type Log,
  type Rng,
  type SpaceId,
} from '@atoll/kernel';
import type { OwnDevices } from './own-devices.ts';
import type { OwnWriter } from './own-writer.ts';
import type * as RotateKeys from './rotate-keys.ts';
import { SpaceError } from './space-error.ts';
import type { SpaceKeys } from './space-keys.ts';

/** So long each reader waits for the one before it. */
const PLACE_MS = 2_000;
/** Keys that are made one after the other and are all out of date at once: more of them would be, too. */
const MAKINGS_MAX = 4;

/** What it needs of a space. */
export interface FreshKeysParts {
  readonly space: SpaceId;
  readonly authority: SpaceAuthority;
  readonly keys: SpaceKeys;
  readonly identity: IdentityId;
  readonly devices: OwnDevices;
  /** True for the window of the profile that does so without being asked. */
  readonly isKeeper: boolean;
  readonly rng: Rng;
  readonly platform?: KeyPlatform | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Absent until the space may be written, and once it is closed. */
  readonly own: () => OwnWriter | undefined;
  /** Resolves when everything received has been folded, and nothing of a transaction is open. */
  readonly settled: () => Promise<void>;
  readonly changed: () => void;
}

/** Makes keys of one space. */
export class FreshKeys {
  readonly #parts: FreshKeysParts;
  readonly #closed = new AbortController();
  #part: typeof RotateKeys | undefined;
  #making: Promise<void> | undefined;
  #isWaiting = false;
  /** Of what making keys has helped nothing, with the decisions that there were: until there are others. */
  readonly #inVain = new Map<KeysOf, number>();

  constructor(parts: FreshKeysParts) {
    this.#parts = parts;
  }

  /** Loads what makes keys, if some have to be made before the next change, which does not wait. */
  async prepare(isExpected = false): Promise<void> {
    if (this.#part !== undefined) return;
    const isToCome = isExpected || this.#parts.own()?.isToTellOfStops === true;
    if (!isToCome && this.#missing().length === 0) return;
    try {
      this.#part = await import('./rotate-keys.ts');
    } catch (failure) {
      this.#parts.log.event('warn', 'space.part-not-loaded', { code: errorCode(failure) });
    }
  }

  /** Sees to it that a block can be written now. @throws SpaceError `SPACE_KEY_MISSING`. */
  renew(): void {
    const own = this.#parts.own();
    if (own === undefined) return;
    // Keys have to cover what it shows: what is written in the same block would count for nobody.
    if (own.isToTellOfStops) own.writeOpening();
    if (this.#missing().length === 0) return;
    // Only then it is known whether this device acts: one that was stopped makes none.
    own.writeOpening();
    for (const of of this.#missing()) {
      if (this.#part === undefined) {
        throw new SpaceError(
          'SPACE_KEY_MISSING',
          'what makes new keys could not be loaded: connect, then try again',
        );
      }
      own.writeKeys(this.#part.rotationNow(this.#parts, of), this.#credential());
    }
  }

  /** Makes keys that nobody has, with turns for others. Resolves when there are some. */
  async make(): Promise<void> {
    this.#making ??= this.#make().finally(() => (this.#making = undefined));
    await this.#making;
  }

  /**
   * Makes keys of something although those that there are may be used. Durable with what is written next.
   * @throws SpaceError `SPACE_KEY_MISSING`.
   */
  async makeAnew(of: KeysOf): Promise<void> {
    const { changed, clock, settled } = this.#parts;
    await this.prepare(true);
    for (let made: Generation | undefined; made === undefined;) {
      await settled();
      const own = this.#parts.own();
      if (this.#part === undefined || own === undefined) {
        throw new SpaceError(
          'SPACE_KEY_MISSING',
          'what makes new keys could not be loaded: connect, then try again',
        );
      }
      made = await this.#part.rotationInTurns(this.#parts, of, clock);
      if (made !== undefined) own.writeKeys(made, this.#credential());
    }
    changed();
  }

  /** Somebody may have been removed: makes keys, unless one of those before us does. */
  look(): void {
    if (this.#isWaiting || this.#closed.signal.aborted || !this.#parts.isKeeper) return;
    if (this.#stale().length === 0) return;
    this.#isWaiting = true;
    void this.#wait()
      .catch((failure: unknown) => {
        if (this.#closed.signal.aborted) return;
        if (!(failure instanceof AtollError)) throw failure;
        this.#parts.log.event('warn', 'space.keys-not-made', { code: errorCode(failure) });
      })
      .finally(() => (this.#isWaiting = false));
  }

  /** Makes none any more. */
  close(): void {
    this.#closed.abort();
  }

  async #wait(): Promise<void> {
    const { authority, clock, identity } = this.#parts;
    const [first] = this.#stale();
    if (first === undefined) return;
    const place = authority.placeAmongReaders(identity, first) ?? 0;
    await clock.sleep(place * PLACE_MS, this.#closed.signal);
    await this.make();
  }

  async #make(): Promise<void> {
    const { clock, settled } = this.#parts;
    await settled();
    await this.prepare();
    const part = this.#part;
    const makings = new Map<KeysOf, number>();
    for (let of = this.#stale()[0]; of !== undefined; of = this.#stale()[0]) {
      const own = this.#parts.own();
      if (part === undefined || own === undefined) return;
      if (own.writeOpening()) {
        await settled();
        continue;
      }
      const makingsOf = makings.get(of) ?? 0;
      if (makingsOf >= MAKINGS_MAX) {
        this.#parts.log.event('error', 'space.keys-stay-stale', { count: makingsOf });
        this.#inVain.set(of, this.#parts.authority.decisionCount);
        continue;
      }
      const made = await part.rotationInTurns(this.#parts, of, clock);
      await settled();
      // Somebody else has been faster, or somebody has come or gone.
      if (made === undefined || !this.#stale().includes(of)) continue;
      this.#parts.own()?.writeKeys(made, this.#credential());
      makings.set(of, makingsOf + 1);
      this.#parts.changed();
    }
  }

  /** Of what nobody has keys that may be used. */
  #stale(): readonly KeysOf[] {
    const { authority } = this.#parts;
    if (!this.#mayMake()) return [];
    const isDue = (of: KeysOf): boolean => this.#inVain.get(of) !== authority.decisionCount;
    return authority
      .keyed()
      .filter((of) => authority.keys.isStale(of) && this.#reads(of) && isDue(of));
  }

  /** The same, and of what they are not on this device. */
  #missing(): readonly KeysOf[] {
    const { authority, keys } = this.#parts;
    const isHeld = (generation: KeyId): boolean => keys.ring.get(generation) !== undefined;
    const missing = authority.keyed().filter((of) => {
      if (authority.keys.current(of, isHeld) !== undefined) return false;
      // Before anything has come there is nothing to follow.
      return authority.keys.generations(of).some(isHeld) && this.#reads(of);
    });
    // Last, as it is dear, and asked for each block.
    return missing.length === 0 || !this.#mayMake() ? [] : missing;
  }

  #mayMake(): boolean {
    const { authority, devices, identity } = this.#parts;
    return authority.credentialFor(identity, 'read') !== undefined && !devices.isStopped;
  }

  #reads(of: KeysOf): boolean {
    const { authority, identity } = this.#parts;
    return authority.keys.isReader(identity, of);
  }

  #credential(): NonNullable<ReturnType<SpaceAuthority['credentialFor']>> {
    const { authority, identity } = this.#parts;
    const credential = authority.credentialFor(identity, 'read');
    if (credential === undefined) {
      throw new SpaceError('SPACE_NOT_READY', 'your right to read here has not arrived yet');
    }
    return credential;
  }
}
