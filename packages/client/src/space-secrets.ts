/**
 * What follows from the keys of a space while they change: the mesh is told of the new ones, and this device, and
 * the identity's others, keep them. A mailbox belongs to a membership key; whoever was away finds the next key in
 * the old one, so nobody leaves that before it has all there is.
 */
import type { Space } from '@atoll/echo';
import { isWhole, roomTag, sessionPsk, type KeyRing } from '@atoll/halo';
import {
  errorCode,
  idBytes,
  idFromBytes,
  type Clock,
  type KeyId,
  type KeyPlatform,
  type Log,
  type SpaceId,
  type Store,
} from '@atoll/kernel';
import type { MailboxAccess, MeshSpace, SpaceStatus } from '@atoll/mesh';
import { ClientError } from './client-error.ts';
import { noteLeft } from './left-mailboxes.ts';
import { mailboxOf } from './mailbox-keys.ts';

/**
 * Generations in whose rooms others are waited for, as many as sessions are offered with: who was away knows only those
 * before, and where several make keys at once each side goes on by several that the other one never learns.
 */
const ROOM_GENERATIONS = 8;
const ID_BYTES = 32;

/** What it takes of a client. */
export interface SpaceSecretsParts {
  readonly id: SpaceId;
  readonly ring: KeyRing;
  readonly store: Store;
  readonly keys: KeyPlatform;
  readonly log: Log;
  /** True when all that is to be said is durable here: before, a mailbox cannot have what leads to a new key. */
  readonly isDurable: () => boolean;
  /** How the space stands in the mesh. */
  readonly status: () => SpaceStatus | undefined;
  /** Says to the mesh what there is now. */
  readonly tell: () => void;
  readonly clock: Clock;
  /**
   * A mailbox was left into which somebody who knows no other may still write. `isUnseen`: there are some in which this
   * device never was; what was written before may lie nowhere else. Resolves when they were looked into.
   */
  readonly onLeft: (isUnseen: boolean) => Promise<void> | undefined;
  /** The client was closed, or this device stopped: nothing is to be written any more. */
  readonly isOver: () => boolean;
  /** Keeps the ring where the space is listed. */
  readonly keep: () => Promise<void>;
}

/** The secrets of one space as the mesh needs them. */
export class SpaceSecrets {
  readonly #parts: SpaceSecretsParts;
  /** By generation, and whether with the key for writing: that may come later. */
  readonly #opened = new Map<string, Promise<MailboxAccess>>();
  /** The newest generation when the client was opened, the space joined or founded: there is one from then on. */
  #first: KeyId | undefined;
  #seen: number;
  /** Generations that were there when this was last looked at. */
  #known: ReadonlySet<KeyId>;
  /** False when the ring of now could not be kept: that is tried again with the next change. */
  #isKept = true;
  /** Generation whose mailbox is used; loaded when it is first asked for. */
  #at: Promise<KeyId | undefined> | undefined;
  #moving: Promise<void> | undefined;
  #looking: Promise<void> | undefined;

  constructor(parts: SpaceSecretsParts) {
    this.#parts = parts;
    this.#seen = parts.ring.version;
    this.#known = new Set(this.#generations());
    this.#first = this.#newest();
  }

  /** Derived secrets, never the keys: newest first. */
  get derived(): Pick<MeshSpace, 'sessionSecrets' | 'roomTags' | 'mailboxAccess'> {
    const newest = this.#parts.ring.memberships().toReversed();
    return {
      sessionSecrets: newest.map(({ key }) => sessionPsk(key)),
      roomTags: (kubeName, day) =>
        newest.slice(0, ROOM_GENERATIONS).map(({ key }) => roomTag(key, kubeName, day)),
      ...(newest.length === 0 ? {} : { mailboxAccess: () => this.#access() }),
    };
  }

  /** The space or its mailbox has changed: follows the keys if they have. */
  look(): void {
    const { ring } = this.#parts;
    if (ring.version !== this.#seen) {
      this.#seen = ring.version;
      void this.#changed();
    } else if (ring.memberships().length > 1) {
      if (!this.#isKept) void this.#keep();
      this.#moving ??= this.#move().finally(() => (this.#moving = undefined));
    }
  }

  /** True if the mailbox of the newest key has what is here, and has given what it has. */
  async isInStep(): Promise<boolean> {
    return (await this.#mailboxAt()) === this.#newest() && this.#isSettled;
  }

  /** True while mailboxes in which this device never was are looked into. */
  get isLooking(): boolean {
    return this.#looking !== undefined;
  }

  get #isSettled(): boolean {
    return this.#parts.status()?.mailboxSettled === true;
  }

  async #changed(): Promise<void> {
    const { isOver, log, store, tell } = this.#parts;
    try {
      const at = await this.#mailboxAt();
      if (isOver()) return;
      if (at !== undefined && at !== this.#newest()) {
        await store.commit({ values: new Map([[this.#name, new Uint8Array(idBytes(at))]]) });
      }
      tell();
      await this.#lookBehind(at);
    } catch (failure) {
      log.event('warn', 'client.keys-not-kept', { code: errorCode(failure) });
    }
    await this.#keep();
  }

  /**
   * Keys may come that have their place before those of the mailbox that is used: others went that way meanwhile, and
   * this device passes by there no more.
   */
  async #lookBehind(at: KeyId | undefined): Promise<void> {
    const all = this.#generations();
    const known = this.#known;
    this.#known = new Set(all);
    const behind = at === undefined ? [] : all.slice(0, Math.max(0, all.indexOf(at)));
    const unseen = behind.filter((generation) => !known.has(generation));
    if (unseen.length > 0) await this.#lookInto(unseen);
  }

  /** Looks into mailboxes in which this device never was, and keeps in mind that it has to. */
  async #lookInto(
    unseen: readonly KeyId[],
    and: ReadonlyMap<string, Uint8Array> = new Map(),
  ): Promise<void> {
    const { clock, id, onLeft, store } = this.#parts;
    const noted = await noteLeft(store, id, unseen, clock.nowMs());
    await store.commit({ values: new Map([...and, noted]) });
    const looking = onLeft(true)?.finally(() => {
      if (this.#looking === looking) this.#looking = undefined;
    });
    this.#looking = looking;
  }

  /** What was sealed to this member lies in the log; but the other devices may find the mailbox only where it is listed. */
  async #keep(): Promise<void> {
    const { isOver, keep, log } = this.#parts;
    if (isOver()) return;
    this.#isKept = true;
    try {
      await keep();
    } catch (failure) {
      this.#isKept = false;
      log.event('warn', 'client.keys-not-kept', { code: errorCode(failure) });
    }
  }

  /** Goes to the mailbox of the newest key, once the one before has what leads there. */
  async #move(): Promise<void> {
    const { clock, id, isDurable, isOver, log, onLeft, store, tell } = this.#parts;
    const [at, newest] = [await this.#mailboxAt(), this.#newest()];
    if (newest === undefined || at === newest || !isDurable()) return;
    if (!this.#isSettled) return;
    try {
      // By name: should keys change once more meanwhile, this one is gone to before those.
      const values = new Map([[this.#name, new Uint8Array(idBytes(newest))]]);
      const passed = this.#passed(at, newest);
      if (passed.length > 0) values.set(...(await noteLeft(store, id, passed, clock.nowMs())));
      if (isOver()) return;
      await store.commit({ values });
      this.#at = Promise.resolve(newest);
      tell();
      if (passed.length > 0) void onLeft(false);
    } catch (failure) {
      log.event('warn', 'client.keys-not-kept', { code: errorCode(failure) });
    }
  }

  /**
   * The mailbox that is left for the newest, and those between the two, where others were meanwhile: what they have
   * written need lie nowhere else.
   */
  #passed(at: KeyId | undefined, newest: KeyId): readonly KeyId[] {
    if (at === undefined) return [];
    const all = this.#generations();
    return [at, ...all.slice(all.indexOf(at) + 1).filter((one) => one !== newest)];
  }

  async #access(): Promise<MailboxAccess> {
    const { keys, ring } = this.#parts;
    const generation = (await this.#mailboxAt()) ?? this.#newest();
    const secret = generation === undefined ? undefined : ring.get(generation);
    if (secret?.kind !== 'membership') {
      throw new ClientError('CLIENT_UNKNOWN_SPACE', 'there are no keys of this space here');
    }
    const name = `${secret.generation} ${String(isWhole(secret))}`;
    const made = this.#opened.get(name) ?? mailboxOf({ keys }, secret);
    this.#opened.set(name, made);
    return made;
  }

  #mailboxAt(): Promise<KeyId | undefined> {
    return (this.#at ??= this.#firstMailbox().catch((failure: unknown) => {
      this.#at = undefined;
      throw failure;
    }));
  }

  /** The mailbox that was used last; without one that of the newest key, where whoever made that may never have been. */
  async #firstMailbox(): Promise<KeyId | undefined> {
    const { isOver, ring, store } = this.#parts;
    const bytes = await store.value(this.#name);
    const kept = bytes?.length === ID_BYTES ? idFromBytes('key', bytes) : undefined;
    if (kept !== undefined && ring.membership(kept) !== undefined) return kept;
    const first = (this.#first ??= this.#newest());
    const all = this.#generations();
    const before = first === undefined ? [] : all.slice(0, all.indexOf(first));
    if (first === undefined || before.length === 0 || isOver()) return first;
    await this.#lookInto(before, new Map([[this.#name, new Uint8Array(idBytes(first))]]));
    return first;
  }

  #newest(): KeyId | undefined {
    return this.#parts.ring.memberships().at(-1)?.generation;
  }

  #generations(): readonly KeyId[] {
    return this.#parts.ring.memberships().map(({ generation }) => generation);
  }

  get #name(): string {
    return `mailbox/${this.#parts.id}`;
  }
}

/** All that was written is durable, and nothing is left to be said to own devices that know no newer keys. */
export function isSaid(space: Space | undefined): boolean {
  return space === undefined || (space.commitState.at === 'durable' && !space.keyCare.repair.owes);
}
