/**
 * A space of this profile, open or closed: what the mesh and the store have of it in either case, and the
 * way between the two. Opening and closing take turns, so that no two of them overlap.
 */
import { Space, type SpacePorts, type SpaceWriter } from '@atoll/echo';
import type { IdentityLog, KeyRing } from '@atoll/halo';
import { errorCode, type Ed25519Platform, type Log, type SpaceId, Turns } from '@atoll/kernel';
import type { StoredChunks } from '@atoll/mesh';
import type { SpaceBlobs } from './blobs/space-blobs.ts';
import { ClientError } from './client-error.ts';
import type { HistoryKeeper } from './history-keeper.ts';
import type { HistoryReturn } from './history-return.ts';
import type { KeyAsking } from './key-asking.ts';
import { SpaceMembership, type MayHave } from './membership.ts';
import { RestingReplica, type LogEnds } from './resting-replica.ts';
import { ServedChunks } from './served-chunks.ts';
import type { SpaceCatchUp } from './space-catch-up.ts';

/** A space that is open, with what decides about its peers. */
export interface OpenSpace {
  readonly space: Space;
  readonly membership: SpaceMembership;
}

/** Who uses a space while it is open. */
export interface SpaceUser {
  /** The space has been opened. If this fails it is closed again. */
  moveIn(space: Space): Promise<void>;
  /** The space is about to be closed: everything of its user must be durable when this resolves. */
  moveOut(): Promise<void>;
  /** The space is closed, and its log ends here. */
  closed?(ends: LogEnds): Promise<void>;
  /** The client is closing. */
  ended?(): Promise<void>;
  /** Whether a session key, in hex, is one of a current device, as far as is known of the closed space. */
  mayHave(remote: string): MayHave;
}

/** What a place is made of. */
export interface PlaceOptions {
  readonly id: SpaceId;
  readonly ring: KeyRing;
  readonly chunks: StoredChunks;
  readonly ports: SpacePorts & { readonly ed25519: Ed25519Platform; readonly log: Log };
  readonly writer: () => SpaceWriter;
  readonly ownLog: () => IdentityLog;
  /** What is known of the log before the space is open. */
  readonly ends: LogEnds;
  /** Called each time the space has been opened, before its user is told. */
  readonly onOpen: (space: Space) => void;
  /** Opens the space because somebody has news of it, or wants some. */
  readonly wake: (open: () => Promise<Space>) => Promise<Space>;
  /** The log is another than was known: whoever has compared it must do so again. */
  readonly onOtherLog: () => void;
}

/** A space of this profile. */
export class SpacePlace {
  readonly id: SpaceId;
  readonly ring: KeyRing;
  readonly chunks: StoredChunks;
  /** The same as others get them. */
  readonly served: ServedChunks;
  readonly replica: RestingReplica;
  /** Gets what others have dropped. Set once, by whoever makes the place. */
  catchUp: SpaceCatchUp | undefined;
  /** Takes dropped history back. Set once, by whoever makes the place. */
  historyReturn: HistoryReturn | undefined;
  /** Asks for keys that are missing. Set once, by whoever makes the place. */
  keyAsking: KeyAsking | undefined;
  /** Called when what is known of work apart, or of missing keys, has changed. Set once, by whoever shows it. */
  onApart: (() => void) | undefined;
  /** Follows keys that have come without a block: looks at once. Set once, by whoever makes the place. */
  onKeysGained: (() => void) | undefined;
  /** True if the mailbox of the newest key has given what it has. Set once, by whoever makes the place. */
  isInStep: (() => Promise<boolean>) | undefined;
  /** See {@link SpaceSecrets.isLooking}. */
  isLooking: (() => boolean) | undefined;
  /** The mesh knows nothing of the space any more: it is told again when it is opened. Set once, as the others. */
  onUnwired: (() => void) | undefined;
  /** Drops history. Set once, by whoever makes the place. */
  keeper: HistoryKeeper | undefined;
  /** Its files. Set once, by whoever shows the space. */
  files: (() => SpaceBlobs | undefined) | undefined;
  readonly #options: PlaceOptions;
  readonly #turns = new Turns();
  #open: OpenSpace | undefined;
  #user: SpaceUser | undefined;
  #isEnded = false;
  #isLeft = false;

  constructor(options: PlaceOptions) {
    const { chunks, ends, id, ports, ring } = options;
    this.id = id;
    this.ring = ring;
    this.chunks = chunks;
    this.served = new ServedChunks(chunks, ports.clock);
    this.#options = options;
    const { incarnation } = ports.store;
    this.replica = new RestingReplica({ id, incarnation, ends, open: () => this.#wake() });
  }

  /** The space, while it is open. */
  get opened(): OpenSpace | undefined {
    return this.#open;
  }

  /** Takes a space that has just been founded. */
  async found(space: Space): Promise<Space> {
    return this.#turns.take(() => this.#use(space));
  }

  /** From now on this one uses the space. */
  useBy(user: SpaceUser): Promise<void> {
    return this.#turns.take(async () => {
      this.#user = user;
      if (this.#open !== undefined) await user.moveIn(this.#open.space);
    });
  }

  /** Opens the space, unless it is. @throws StoreError; ClientError `CLIENT_CLOSED`. */
  open(): Promise<Space> {
    return this.#turns.take(async () => this.#open?.space ?? (await this.#openNow()));
  }

  /** Closes the space, unless `keep` says that it is needed after all. Everything is durable then. */
  close(keep: () => boolean = () => false): Promise<boolean> {
    return this.#turns.take(async () => {
      if (this.#open === undefined || keep()) return false;
      await this.#closeNow();
      return true;
    });
  }

  /** Closes the space in any case: what cannot be made durable is lost. */
  async shut(): Promise<void> {
    await this.#turns.take(async () => {
      try {
        await this.#closeNow();
      } catch (failure) {
        const code = errorCode(failure);
        this.#options.ports.log.event('error', 'client.space-not-closed', { code });
        await this.#open?.space[Symbol.asyncDispose]().catch(() => undefined);
        this.#open = undefined;
        await this.replica.rest();
      }
    });
  }

  /**
   * Closes the space, lets `between` do what needs it closed, and opens it again; what is held of it stays
   * valid. It is opened whatever `between` does; what that throws is thrown then.
   */
  reopen<T>(between: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      if (this.#open !== undefined) await this.#closeNow();
      try {
        return await between();
      } finally {
        await this.#openNow();
      }
    });
  }

  /**
   * Closes the space for good once `decide` has resolved, which is called while it is closed; if that fails
   * it is opened again and stays. @throws what `decide` throws; StoreError.
   */
  async leave(decide: () => Promise<void>): Promise<void> {
    await this.#turns.take(async () => {
      if (this.#isEnded) throw this.#endedError();
      await this.#closeNow();
      try {
        await decide();
      } catch (failure) {
        await this.#openNow();
        throw failure;
      }
      this.#isEnded = true;
      this.#isLeft = true;
      await this.#user?.ended?.();
    });
  }

  /** Closes for good. What could not be made durable is lost then. @throws StoreError. */
  async end(): Promise<void> {
    await this.#turns.take(async () => {
      this.#isEnded = true;
      try {
        await this.#closeNow();
      } catch (failure) {
        await this.#open?.space[Symbol.asyncDispose]().catch(() => undefined);
        throw failure;
      } finally {
        await this.#user?.ended?.();
      }
    });
  }

  mayHave(remote: string): MayHave | Promise<MayHave> {
    const known = this.#open?.membership ?? this.#user;
    const answer = known?.mayHave(remote) ?? 'unknown';
    // Only blocks say who has come since the space was closed.
    if (answer === 'yes' || this.#open !== undefined) return answer;
    return this.#membership().then((membership) => membership.mayHave(remote));
  }

  /** False for a device that reads by a public link: what it has is nobody's but the space's. */
  takesFrom(remote: string): boolean {
    return this.#open?.membership.isFollower(remote) !== true;
  }

  /** Why a device is nobody here, for itself to see; empty where that is not known. */
  whyNot(remote: string): Uint8Array {
    return this.#open?.membership.whyNot(remote) ?? new Uint8Array(0);
  }

  async introduce(): Promise<Uint8Array> {
    return (await this.#membership()).introduce();
  }

  async checkIntroduction(remote: string, bytes: Uint8Array): Promise<boolean> {
    return (await this.#membership()).checkIntroduction(remote, bytes);
  }

  async #membership(): Promise<SpaceMembership> {
    for (;;) {
      if (this.#open !== undefined) return this.#open.membership;
      await this.#wake();
    }
  }

  #wake(): Promise<Space> {
    return this.#options.wake(() => this.open());
  }

  async #openNow(): Promise<Space> {
    if (this.#isEnded) throw this.#endedError();
    const { ports, ring, writer } = this.#options;
    return this.#use(await Space.open(ports, { space: this.id, ring, writer: writer() }));
  }

  async #use(space: Space): Promise<Space> {
    const { onOpen, onOtherLog, ownLog, ports } = this.#options;
    const membership = new SpaceMembership({ space, ed25519: ports.ed25519, ownLog });
    this.#open = { space, membership };
    const isOther = this.replica.wake(space.replica);
    try {
      onOpen(space);
      await this.#user?.moveIn(space);
    } catch (failure) {
      this.#open = undefined;
      await this.replica.rest();
      await space[Symbol.asyncDispose]();
      throw failure;
    }
    if (isOther) onOtherLog();
    return space;
  }

  async #closeNow(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    await this.replica.leave();
    try {
      await open.space.flush();
    } catch (failure) {
      // What cannot be made durable is not given up: the space stays open, and closing is tried again.
      this.replica.stay();
      throw failure;
    }
    await this.#user?.moveOut();
    await open.space[Symbol.asyncDispose]().catch((failure: unknown) => {
      const code = errorCode(failure);
      this.#options.ports.log.event('error', 'client.space-not-closed', { code });
    });
    this.#open = undefined;
    const ends = await this.replica.rest();
    await this.#user?.closed?.(ends);
  }

  #endedError(): ClientError {
    return this.#isLeft
      ? new ClientError('CLIENT_SPACE_LEFT', 'the space was left')
      : new ClientError('CLIENT_CLOSED', 'the client was closed');
  }
}
