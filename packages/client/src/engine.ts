/**
 * What all parts of a client share: the platform, the slot through which it writes, the identity once
 * there is one, and the mesh. Spaces are opened and closed through it, so that each is wired to the store,
 * the mesh and its undo stack in one place.
 */
import type { KeyRing } from '@atoll/halo';
import { DEFAULT_EPOCH_POLICY, Space, type Model } from '@atoll/echo';
import { softwareKeys } from '@atoll/crypto';
import { Mesh, StoredChunks } from '@atoll/mesh';
import {
  errorCode,
  toHex,
  type Agreer,
  type Platform,
  type Signer,
  type SpaceId,
  Turns,
} from '@atoll/kernel';
import { ASKED } from './blobs/asked-name.ts';
import { EAGER_BYTES_MAX, loadFileParts } from './blobs/load-file-parts.ts';
import type { AskedPorts } from './blobs/asked-windows.ts';
import { ClientError } from './client-error.ts';
import { HistoryKeeper } from './history-keeper.ts';
import { HistoryReturn } from './history-return.ts';
import { MailboxRefill } from './mailbox-refill.ts';
import { Keeper } from './keeper.ts';
import type { FollowedSpace } from './public/followed-space.ts';
import { LiveCell, sameEntries } from './live.ts';
import { meshSpace } from './mesh-space.ts';
import { loadIdentity, onlySecret, storeIdentity, wipeIdentity } from './own-identity.ts';
import type { IdentitySecrets, OwnIdentity } from './own-identity.ts';
import type { OpenSpaces } from './open-spaces.ts';
import type { LogEnds } from './resting-replica.ts';
import { memberKeys } from './member-keys.ts';
import { Slot } from './slot.ts';
import { SpaceCatchUp } from './space-catch-up.ts';
import { SpacePlace } from './space-place.ts';
import { KeyAsking } from './key-asking.ts';
import { SpaceSecrets, isSaid } from './space-secrets.ts';
import { writerOf } from './space-writer.ts';
import { StoredCursors } from './stored-cursors.ts';

/** Name under which the keystore holds the device's pairs. */
const DEVICE_KEY = 'device';

/** So often it is looked whether history has been here long enough, and files are needed no more. */
const HISTORY_EVERY_MS = 60 * 60_000;
/** Files are looked at soon after the start, too: many a page is not open for an hour. */
const FILES_AFTER_MS = 3 * 60_000;
/** What another window asks is answered after so long; it asks seldom, and writes often. */
const ANSWER_AFTER_MS = 2_000;

/** An identity whose HALO space may still have to be founded. */
export type Founder = Omit<OwnIdentity, 'haloSpace' | 'haloRing'>;

/** Shared parts of one client. */
export class Engine implements AsyncDisposable {
  readonly platform: Platform;
  readonly slot: Slot;
  readonly #keeper: Keeper;
  readonly deviceSigner: Signer;
  readonly deviceAgreer: Agreer;
  readonly mesh: Mesh;
  /** `undefined` until an identity was created or joined. */
  readonly identity: LiveCell<OwnIdentity | undefined>;
  /** Files up to this size are fetched with the objects that name them. */
  readonly eagerBytesMax: number;
  /** False while the user works offline: then nothing of ours may open a connection. */
  readonly online: LiveCell<boolean> = new LiveCell(true);
  /** Names of one's own devices, by their session keys in hex. */
  readonly deviceNames: LiveCell<ReadonlyMap<string, string>> = new LiveCell<
    ReadonlyMap<string, string>
  >(new Map(), sameEntries);
  /** What decides which spaces are open, once there are any. */
  openSpaces: OpenSpaces | undefined;
  readonly #places = new Map<SpaceId, SpacePlace>();
  /** Spaces that are read by a public link, and as whom. */
  readonly #followed = new Map<SpaceId, FollowedSpace>();
  /** Ends what follows each of them. */
  readonly #unfollow = new Map<SpaceId, () => void>();
  readonly #models: ((space: Space) => void)[] = [];
  readonly #spaceListeners = new Set<() => void>();
  readonly #historyMs: number | undefined;
  readonly #abort = new AbortController();
  readonly #identityTurns = new Turns();

  private constructor(
    platform: Platform,
    parts: {
      readonly slot: Slot;
      readonly keeper: Keeper;
      readonly deviceSigner: Signer;
      readonly deviceAgreer: Agreer;
      readonly identity: OwnIdentity | undefined;
      readonly eagerBytesMax: number;
      readonly historyMs: number | undefined;
    },
  ) {
    this.#historyMs = parts.historyMs;
    this.eagerBytesMax = parts.eagerBytesMax;
    this.platform = platform;
    this.slot = parts.slot;
    this.#keeper = parts.keeper;
    this.deviceSigner = parts.deviceSigner;
    this.deviceAgreer = parts.deviceAgreer;
    this.identity = new LiveCell(parts.identity);
    const { clock, rng, keys, log, webSockets, rtc, bus } = platform;
    this.mesh = new Mesh({
      clock,
      rng,
      ...(keys === undefined ? {} : { keys }),
      log,
      agreer: parts.deviceAgreer,
      cursors: new StoredCursors(platform.store),
      webSockets,
      ...(rtc === undefined ? {} : { rtc }),
      ...(bus === undefined ? {} : { bus, busName: `atoll-${platform.store.incarnation}` }),
    });
  }

  /** Keeps changed keys of a space where it is listed. */
  onKeys: ((id: SpaceId, ring: KeyRing) => Promise<void>) | undefined;
  /** This device was stopped: no space is opened any more. */
  readonly locked: LiveCell<boolean> = new LiveCell(false);
  /** Secrets of the identity beside its first. */
  secretsOf: (first: Uint8Array) => IdentitySecrets = onlySecret;

  /** Somebody says why this device is nobody in a space, and may lie. */
  onRefused: ((why: Uint8Array) => void) | undefined;
  /** Told of each space that has been opened, and once more when this identity is known to be a member. */
  onSpaceOpened: ((space: Space) => void) | undefined;
  /** Awaited when nothing writes any more, before the store is closed. */
  onClosed: (() => Promise<void>) | undefined;
  /** Told when a mailbox was left into which somebody who knows no other may still write; `unseen`: never was here. */
  onMailboxLeft: ((unseen: SpaceId | undefined) => Promise<void>) | undefined;

  get isLocked(): boolean {
    return this.locked.get();
  }

  /** Takes a slot and loads the identity. @throws ClientError, StoreError. */
  static async open(
    platform: Platform,
    options: { readonly eagerBytesMax?: number; readonly historyMs?: number | undefined } = {},
  ): Promise<Engine> {
    const { eagerBytesMax = EAGER_BYTES_MAX, historyMs } = options;
    await using held = new AsyncDisposableStack();
    const slot = held.use(await Slot.take(platform));
    const keeper = held.use(await Keeper.open(platform));
    const deviceSigner = await platform.keystore.signer(DEVICE_KEY);
    const deviceAgreer = await platform.keystore.agreer(DEVICE_KEY);
    const identity = await loadIdentity(platform.keystore);
    const keys = { deviceSigner, deviceAgreer };
    const engine = new Engine(platform, {
      ...{ slot, keeper, identity, eagerBytesMax, historyMs },
      ...keys,
    });
    held.move();
    void engine.#keepHistory();
    engine.#answerWindows();
    void keeper.follow(() => engine.#nowKeeps(), engine.signal);
    return engine;
  }

  /** This is the window of the profile that does what only one may do. */
  get isKeeper(): boolean {
    return this.#keeper.holds;
  }

  /** Aborted when the client closes. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The identity. @throws ClientError `CLIENT_NO_IDENTITY`. */
  requireIdentity(): OwnIdentity {
    const identity = this.identity.get();
    if (identity === undefined) {
      throw new ClientError('CLIENT_NO_IDENTITY', 'this profile has no identity yet');
    }
    return identity;
  }

  /** Keeps a new or changed identity. Durable when resolved. */
  setIdentity(identity: OwnIdentity): Promise<void> {
    return this.#identityTurn(() => identity);
  }

  /** Changes what is stored of the identity, after every change that was begun before. Durable when resolved. */
  changeIdentity(change: (now: OwnIdentity) => OwnIdentity): Promise<void> {
    return this.#identityTurn(() => change(this.requireIdentity()));
  }

  #identityTurn(next: () => OwnIdentity): Promise<void> {
    return this.#identityTurns.take(async () => {
      // Closed, what is in memory is overwritten.
      this.signal.throwIfAborted();
      const identity = next();
      await storeIdentity(this.platform.keystore, identity, this.isLocked);
      this.identity.set(identity);
    });
  }

  /** From now on a space is read by a public link, as whom that says. Before the space is opened. */
  follow(id: SpaceId, followed: FollowedSpace): void {
    this.#followed.set(id, followed);
  }

  /** As whom a space is read by a public link, if it is. */
  followedAs(id: SpaceId): FollowedSpace | undefined {
    return this.#followed.get(id);
  }

  /** True for a space that is read by a public link. */
  isFollowed(id: SpaceId): boolean {
    return this.#followed.has(id);
  }

  /** Founds a space of `identity`, which need not be stored yet, and wires it to the mesh. */
  async foundWith(identity: Founder, isPrivate = false): Promise<Space> {
    const space = await Space.found(this.platform, this.#writer(identity, isPrivate));
    return this.#place(space.id, space.keys.ring, undefined, true).found(space);
  }

  /** Opens a space and wires it to the mesh; once open, the same one. */
  openSpace(id: SpaceId, ring: KeyRing): Promise<Space> {
    return this.keepSpace(id, ring).open();
  }

  /**
   * A space that need not be opened. With the ends of its log the mesh is told of it at once, else when it
   * is opened.
   */
  keepSpace(id: SpaceId, ring: KeyRing, ends?: LogEnds): SpacePlace {
    return this.#places.get(id) ?? this.#place(id, ring, ends);
  }

  /** A space of this profile, open or closed. */
  place(id: SpaceId): SpacePlace | undefined {
    return this.#places.get(id);
  }

  /** A space, while it is open. */
  opened(id: SpaceId): Space | undefined {
    return this.#places.get(id)?.opened?.space;
  }

  /** All spaces of the profile, the private one included. */
  get places(): readonly SpacePlace[] {
    return [...this.#places.values()];
  }

  /**
   * Closes a space, lets `between` do what needs it closed, and opens it again: what is held of it stays
   * valid, and what follows its values goes on. `between` must not wait for anything of that space.
   * @throws ClientError `CLIENT_UNKNOWN_SPACE`; StoreError.
   */
  reopen<T>(id: SpaceId, between: () => Promise<T>): Promise<T> {
    const place = this.#places.get(id);
    if (place !== undefined) return place.reopen(between);
    throw new ClientError('CLIENT_UNKNOWN_SPACE', 'there is no such space in this profile');
  }

  /** A space was left: nothing of it is replicated any more, and nobody knows of it here. */
  dropPlace(id: SpaceId): void {
    this.mesh.removeSpace(id);
    const ring = this.#places.get(id)?.ring;
    this.#places.delete(id);
    this.#followed.delete(id);
    this.#unfollow.get(id)?.();
    this.#unfollow.delete(id);
    ring?.wipe();
  }

  /** Calls back after any space, the private one included, has changed. */
  onSpaceChange(listener: () => void): void {
    this.#spaceListeners.add(listener);
  }

  /** Makes everything durable, then ends connections, spaces, slot and platform. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort(new ClientError('CLIENT_CLOSED', 'the client was closed'));
    this.mesh[Symbol.dispose]();
    const stack = new AsyncDisposableStack();
    // Last of all: nobody may keep what was overwritten.
    stack.defer(() => this.#wipe());
    stack.use(this.platform);
    stack.use(this.slot);
    stack.defer(async () => this.onClosed?.());
    stack.use(this.#keeper);
    stack.defer(() => this.#endPlaces());
    await stack.disposeAsync();
  }

  /** Overwrites in memory what opens spaces. */
  #wipe(): void {
    for (const { ring } of this.#places.values()) ring.wipe();
    wipeIdentity(this.identity.get());
  }

  /** What is known of the spaces has changed. */
  tellChange(): void {
    for (const listener of this.#spaceListeners) listener();
  }

  /** All of them, whatever becomes of one: mostly they fail for the same reason, which is told once. */
  async #endPlaces(): Promise<void> {
    const ends = await Promise.allSettled([...this.#places.values()].map((place) => place.end()));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Makes a custom data model's code known to all spaces. @throws EchoError `ECHO_MODEL`. */
  registerModel<State, Op, View>(model: Model<State, Op, View>): void {
    const register = (space: Space): void => space.database.models.register(model);
    for (const { opened } of this.places) if (opened !== undefined) register(opened.space);
    this.#models.push(register);
  }

  #place(id: SpaceId, ring: KeyRing, ends?: LogEnds, isFounded = false): SpacePlace {
    const { chunks, clock, keys = softwareKeys, log } = this.platform;
    let isWired = false;
    const tell = (): void => this.mesh.addSpace(meshSpace(this, place, secrets));
    const wire = (): void => {
      if (!isWired) tell();
      isWired = true;
    };
    const secrets: SpaceSecrets = new SpaceSecrets({
      ...{ id, ring, keys, log, clock, store: this.platform.store },
      isDurable: () => isSaid(place.opened?.space),
      status: () => this.mesh.spaceStatus(id),
      tell: () => (isWired && !this.signal.aborted ? tell() : undefined),
      keep: () => this.#keepRing(id, ring),
      onLeft: (isUnseen) => this.onMailboxLeft?.(isUnseen ? id : undefined),
      isOver: () => this.isLocked || this.signal.aborted,
    });
    const place: SpacePlace = new SpacePlace({
      id,
      ring,
      // Without them nothing is known of its log yet.
      ends: ends ?? { tips: [], position: 0 },
      chunks: new StoredChunks(chunks, id, clock),
      ports: this.platform,
      writer: () => this.#writerOf(id),
      ownLog: () => this.followedAs(id)?.log ?? this.requireIdentity().log,
      onOpen: (space) => {
        wire();
        this.#follow(space);
        this.onSpaceOpened?.(space);
        space.onChange(look);
        if (!isFounded && space.index.branches.blockCount === 0) catchUp.begin();
        look();
      },
      wake: (open) => this.openSpaces?.wake(open) ?? open(),
      onOtherLog: () => this.mesh.greetSpace(id),
    });
    this.#places.set(id, place);
    const isKeeper = (): boolean => this.#keeper.holds;
    const { mesh, signal } = this;
    const ownRemote = toHex(this.deviceAgreer.publicKey);
    const catchUp = new SpaceCatchUp({
      ...{ place, mesh, clock, log, isKeeper, ownRemote, signal },
      changed: () => place.onApart?.(),
    });
    place.catchUp = catchUp;
    const returns = new HistoryReturn({ place, mesh, clock, log, isKeeper, signal });
    place.historyReturn = returns;
    const refill = new MailboxRefill({ place, mesh, clock, log, isKeeper, signal });
    place.keyAsking = new KeyAsking({ place, mesh, clock, log, isKeeper, signal });
    const look = (): void => {
      secrets.look();
      catchUp.look();
      returns.look();
      refill.look();
      place.keyAsking?.look();
    };
    this.#unfollow.set(id, mesh.onSpaceStatus(id, look));
    place.onKeysGained = () => secrets.look();
    place.isInStep = () => secrets.isInStep();
    place.isLooking = () => secrets.isLooking;
    place.onUnwired = () => (isWired = false);
    place.keeper = new HistoryKeeper({
      ...{ place, mesh, clock, log, isKeeper, ownRemote },
      historyMs: this.#historyMs,
    });
    if (ends !== undefined) wire();
    return place;
  }

  /**
   * The window that kept has ended. What it has stored last need not have come to this one, and nobody may
   * vote or take over who does not know of it: spaces are opened again from the store.
   */
  async #nowKeeps(): Promise<void> {
    for (const place of this.#places.values()) {
      if (this.signal.aborted) return;
      if (place.opened === undefined) continue;
      try {
        await place.reopen(() => Promise.resolve());
      } catch (failure) {
        this.platform.log.event('warn', 'client.space-not-reopened', { code: errorCode(failure) });
      }
      place.catchUp?.look();
    }
  }

  /** What other windows of the profile need of these pieces of files; `undefined` if one does not say. */
  async askWindows(space: SpaceId, ids: readonly string[]): Promise<readonly string[] | undefined> {
    const { askWindows } = await loadFileParts();
    return askWindows(this.#asking(), space, ids);
  }

  /** Now and then looks at all spaces: at the history of those that are open, and at files. */
  async #keepHistory(): Promise<void> {
    const { clock } = this.platform;
    const pass = (ms: number): Promise<void> => clock.sleep(ms, this.signal).catch(() => undefined);
    while (!this.signal.aborted) {
      await pass(FILES_AFTER_MS);
      await this.#keepFiles();
      await pass(HISTORY_EVERY_MS - FILES_AFTER_MS);
      for (const place of this.#places.values()) {
        if (!this.signal.aborted) await place.keeper?.look();
      }
    }
  }

  /** In one window only: each would read the same, and remove the same. */
  async #keepFiles(): Promise<void> {
    for (const place of this.#places.values()) {
      if (this.signal.aborted || !this.#keeper.holds) return;
      await place.files?.()?.keeping.tidy();
    }
  }

  /** Says to other windows what is needed here, soon after one of them has written. */
  #answerWindows(): void {
    let isWaiting = false;
    const { clock, log, store } = this.platform;
    const answer = async (): Promise<void> => {
      await clock.sleep(ANSWER_AFTER_MS, this.signal);
      isWaiting = false;
      if ((await store.names(ASKED)).length === 0) return;
      const { answerWindows } = await loadFileParts();
      await answerWindows(this.#asking(), async (space, ids) => {
        const place = this.#places.get(space as SpaceId);
        await place?.opened?.space.flush();
        return (await place?.files?.()?.keeping.heldOf(ids)) ?? [];
      });
    };
    const stop = store.onForeignCommit(() => {
      if (isWaiting) return;
      isWaiting = true;
      answer().catch((failure: unknown) => {
        isWaiting = false;
        if (this.signal.aborted) return;
        log.event('warn', 'client.files-not-answered', { code: errorCode(failure) });
      });
    });
    this.signal.addEventListener('abort', stop);
  }

  #asking(): AskedPorts {
    const { clock, locks, rng, store } = this.platform;
    return { clock, locks, rng, store, slot: this.slot.number, signal: this.signal };
  }

  /** Keeps the keys of a space on this device, and where the identity's other devices find them. */
  async #keepRing(id: SpaceId, ring: KeyRing): Promise<void> {
    // Keys that go from memory, of a stopped device or of a space that was left, stay where they are kept.
    if (this.isLocked || this.signal.aborted || this.#places.get(id)?.ring !== ring) return;
    const identity = this.identity.get();
    if (identity?.haloSpace === id) await this.changeIdentity((now) => now);
    else await this.onKeys?.(id, ring);
    // What came before its keys is folded anew, with all that builds upon it.
    if (this.opened(id)?.keyCare.opensMore === true) await this.reopen(id, () => Promise.resolve());
  }

  /** What is of each space that is open. */
  #follow(space: Space): void {
    for (const register of this.#models) register(space);
    let members = memberKeys(space);
    let decisions = space.authority.decisionCount;
    space.onChange(() => {
      this.tellChange();
      // Only a statement makes somebody a member, and only one block in thousands has any.
      if (decisions === space.authority.decisionCount) return;
      decisions = space.authority.decisionCount;
      const now = memberKeys(space);
      if (now === members) return;
      members = now;
      this.mesh.recheckSpace(space.id);
    });
  }

  #writerOf(id: SpaceId): Parameters<typeof Space.found>[1] {
    const own = this.requireIdentity();
    // Whoever follows is nobody there: neither keys nor names of this identity come near the space.
    return { ...this.#writer(own, own.haloSpace === id), ...this.#followed.get(id)?.writer };
  }

  #writer(identity: Founder, isPrivate: boolean): Parameters<typeof Space.found>[1] {
    if (this.isLocked) throw new ClientError('CLIENT_DEVICE_STOPPED', 'this device was stopped');
    return { ...writerOf(this, identity, isPrivate), epochs: DEFAULT_EPOCH_POLICY };
  }
}
