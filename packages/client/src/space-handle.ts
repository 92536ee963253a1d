/**
 * A space as applications hold it: objects, members, connection, invitations, undo. The handle stays the
 * same while its space is closed and opened again; what it shows of a closed space is what was last known.
 */
import { handOver, type Database, type Space as EchoSpace } from '@atoll/echo';
import { toHex } from '@atoll/kernel';
import type {
  ExportOptions,
  HostInvitation,
  Member,
  Role,
  Space,
  SpaceInfo,
  SpaceProblem,
  SpaceState,
  SpaceStatus,
} from './api.ts';
import { exportSpace } from './export-space.ts';
import type { SpaceBlobs } from './blobs/space-blobs.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import type { SpaceHistory } from './history-api.ts';
import type { HandleParts } from './handle-parts.ts';
import { SpaceProperties } from './halo-records.ts';
import { isComingBack } from './devices/listening.ts';
import { idOf } from './own-identity.ts';
import { introduceOwn } from './own-profile.ts';
import type { InviteOptions } from './invitations-api.ts';
import { DerivedCell, LiveCell, sameData, type Live } from './live.ts';
import type { MayHave } from './membership.ts';
import type { EngineNetwork } from './network.ts';
import type { Closable } from './open-spaces.ts';
import type { LogEnds } from './resting-replica.ts';
import { SpaceDoor } from './public/space-door.ts';
import { SpacePublication } from './public/space-publication.ts';
import { SpaceRightsView } from './rights/space-rights.ts';
import { SharedBlocks } from './shared-blocks.ts';
import { SpaceEpochsView } from './space-epochs.ts';
import {
  NOTHING_KNOWN,
  closedFacts,
  factsOf,
  infoOf,
  keptFacts,
  type SpaceFacts,
} from './space-facts.ts';
import { spaceFiles } from './space-files.ts';
import { SpaceOpening } from './space-opening.ts';
import { SpaceInvitations } from './space-invitations.ts';
import type { SpacePlace, SpaceUser } from './space-place.ts';
import { saveRecord, type SpaceRecordData } from './space-record.ts';
import { SpacePresence } from './presence.ts';
import {
  isHandedOver,
  membersOf,
  spaceStatus,
  whoIsHere,
  type StatusSources,
} from './space-status.ts';
import { spaceHistory } from './space-history.ts';
import { SpaceUndo } from './space-undo.ts';
import type { Zones } from './zones-api.ts';
import { TickEnd } from './tick-end.ts';
import { UndoStacks } from './undo-stacks.ts';
import { shownName } from './shown-name.ts';

/** A space that was opened for others stays so long, for what else they have. */
const LINGER_MS = 5_000;

/** {@link Space} over a space of the engine, open or closed. */
export class SpaceHandle implements Space, SpaceUser, Closable {
  readonly id: string;
  readonly leaving: LiveCell<boolean> = new LiveCell(false);
  readonly undo: SpaceUndo;
  readonly presence: SpacePresence;
  readonly history: SpaceHistory;
  readonly epochs: SpaceEpochsView;
  readonly rights: SpaceRightsView;
  readonly requests: SpaceInvitations;
  readonly publication: SpacePublication;
  readonly door: SpaceDoor;
  readonly isFollowed: boolean;
  readonly #engine: Engine;
  readonly #network: EngineNetwork;
  readonly #opening: SpaceOpening;
  readonly #leave: HandleParts['leave'];
  readonly place: SpacePlace;
  readonly #shared: SharedBlocks;
  readonly #directory: HandleParts['directory'];
  readonly #name: LiveCell<string>;
  readonly #role: DerivedCell<Role>;
  readonly #members: DerivedCell<readonly Member[]>;
  readonly #status: DerivedCell<SpaceStatus>;
  readonly #ended = new AbortController();
  readonly #soon: TickEnd;
  /** Set while the space is open. */
  #echo: EchoSpace | undefined;
  /** Objects of the space when it was last open, if somebody listened to queries of them. */
  #left: Database | undefined;
  #facts: SpaceFacts;
  #blobs: SpaceBlobs | undefined;
  /** What is kept of the space. */
  #record: SpaceRecordData | undefined;
  #changedMs = 0;
  #holds = 0;
  #usedMs = 0;
  /** Listeners of the database that are part of every open space. */
  #ownListeners = 0;
  #introduced = false;
  /** Ends what follows the open space. */
  #unfollow: (() => void)[] = [];

  private constructor(parts: HandleParts) {
    const { engine, name, network, place, record } = parts;
    this.id = place.id;
    this.#engine = engine;
    this.#opening = new SpaceOpening(engine);
    this.#network = network;
    this.#leave = parts.leave;
    this.place = place;
    this.#shared = new SharedBlocks(engine.platform, place.id);
    this.#directory = parts.directory;
    const { clock } = engine.platform;
    const me = engine.requireIdentity();
    this.#facts = closedFacts(place.id, idOf(me), record?.facts ?? NOTHING_KNOWN);
    this.#record = record;
    const opened = (): Promise<EchoSpace> => this.opened();
    const ofUndo = { platform: engine.platform, space: place.id, secret: me.haloSecret };
    this.undo = new SpaceUndo(new UndoStacks({ ...ofUndo, openSpace: opened }));
    this.history = spaceHistory({ now: () => this.echo.history, opened, undo: this.undo, clock });
    this.epochs = new SpaceEpochsView({
      now: () => this.#echo,
      opened,
      ownDevice: toHex(engine.deviceSigner.publicKey),
      place,
      changed: () => this.#changed(),
    });
    this.rights = new SpaceRightsView({ now: () => this.#echo, opened, by: engine });
    this.isFollowed = engine.isFollowed(place.id);
    this.publication = new SpacePublication({
      ...{ engine, network, links: parts.links, space: place.id, opened },
      now: () => this.#echo,
      name: () => this.#name.get(),
      closeDoor: () => this.door.close(),
    });
    this.door = new SpaceDoor({
      ...{ engine, network, opened, halo: parts.halo, signal: this.#ended.signal },
      now: () => this.#echo,
    });
    place.files = () => (engine.mesh.chunks(place.id) === undefined ? undefined : this.blobs);
    this.presence = new SpacePresence(engine.mesh, place.id, () => this.#facts);
    this.#name = new LiveCell(shownName(record?.name ?? name));
    this.requests = new SpaceInvitations({
      ...{ engine, network, space: place.id, echo: opened },
      now: () => this.#echo,
      name: () => this.#name.get(),
      here: () => whoIsHere(this.#sources()),
    });
    this.#role = new DerivedCell<Role>(() => this.#facts.roleHere, Object.is);
    this.#members = new DerivedCell<readonly Member[]>(() => membersOf(this.#sources()), sameData);
    this.#status = new DerivedCell(() => spaceStatus(this.#sources()), sameData);
    // A long log is folded block by block: whoever asks sees each, whoever listens is told once a tick.
    this.#soon = new TickEnd({ clock, signal: this.#ended.signal, task: () => this.#look() });
    const changed = (): void => this.#changed();
    const { deviceNames, mesh } = engine;
    const stops = [mesh.onSpaceStatus(place.id, changed), deviceNames.subscribe(changed)];
    this.#ended.signal.addEventListener('abort', () => stops.forEach((stop) => stop()));
    if (record === undefined) return;
    this.#shared.remember(record.sharedBlocks, record.inStepMs);
    this.undo.stacks.remember(record.undo);
    this.#changedMs = record.changedMs;
    this.presence.look();
  }

  /** A handle for a space of the engine. `name` is shown until the space says its own. @throws StoreError. */
  static async of(parts: HandleParts): Promise<SpaceHandle> {
    const handle = new SpaceHandle(parts);
    await parts.place.useBy(handle);
    // Its door was answered here before.
    if (parts.record?.isTended === true) handle.#opening.unasked(() => handle.openInTurn());
    return handle;
  }

  /** The space itself. @throws ClientError `CLIENT_SPACE_CLOSED`. */
  get echo(): EchoSpace {
    this.#used();
    if (this.#echo !== undefined) return this.#echo;
    this.#opening.unasked(() => this.opened());
    throw new ClientError('CLIENT_SPACE_CLOSED', 'the space is closed; wait for space.open()');
  }

  get state(): LiveCell<SpaceState> {
    return this.#opening.state;
  }

  get problem(): Live<SpaceProblem | undefined> {
    return this.#opening.problem;
  }

  get name(): Live<string> {
    return this.#name;
  }

  get db(): Database {
    return this.echo.database;
  }

  get myRole(): Live<Role> {
    return this.#role;
  }

  get members(): Live<readonly Member[]> {
    return this.#members;
  }

  get status(): Live<SpaceStatus> {
    return this.#status;
  }

  get invitations(): Live<readonly HostInvitation[]> {
    return this.requests.open;
  }

  get zones(): Zones {
    return this.rights.zones;
  }

  get blobs(): SpaceBlobs {
    return (this.#blobs ??= this.#makeBlobs());
  }

  /** The space itself, opened if it was closed. @throws StoreError; ClientError `CLIENT_CLOSED`. */
  async opened(): Promise<EchoSpace> {
    this.#used();
    if (this.#echo !== undefined) return this.#echo;
    return this.#opening.by(() => this.place.open());
  }

  async open(): Promise<void> {
    await this.opened();
  }

  hold(): () => void {
    this.#holds++;
    if (this.#echo === undefined) this.#opening.unasked(() => this.openInTurn());
    let isHeld = true;
    return () => {
      if (isHeld) this.#holds--;
      isHeld = false;
      this.#used();
    };
  }

  /** Opens it when it is its turn: a few are opened at once, and one that somebody waits for comes between. */
  async openInTurn(): Promise<void> {
    const { openSpaces } = this.#engine;
    if (this.#echo === undefined) await (openSpaces?.wake(() => this.opened()) ?? this.opened());
  }

  rename(name: string): void {
    const [oldest] = this.db.query(SpaceProperties).run();
    if (oldest === undefined) this.db.add(SpaceProperties, { name });
    else oldest.name = name;
  }

  invite(options: InviteOptions = {}): Promise<HostInvitation> {
    return this.requests.invite(options);
  }

  leave({ discard = false }: { readonly discard?: boolean } = {}): Promise<void> {
    return this.#leave(discard);
  }

  /** What is shown of a closed space is durable. */
  async flush(): Promise<void> {
    await this.#echo?.flush();
  }

  export(options: ExportOptions = {}): AsyncGenerator<Uint8Array, void> {
    return exportSpace(this.#engine, this, { kube: this.#network.firstKube ?? '', ...options });
  }

  async info(): Promise<SpaceInfo> {
    const echo = await this.opened();
    await echo.settled();
    return infoOf(echo, this.#name.get());
  }

  /** See {@link Closable}. */
  get isOpen(): boolean {
    return this.#echo !== undefined;
  }

  /** See {@link Closable}. */
  get isKnown(): boolean {
    return this.#record !== undefined || this.#echo !== undefined;
  }

  /** See {@link Closable}. */
  get usedMs(): number {
    return this.#usedMs;
  }

  /** See {@link Closable}. */
  get isNeeded(): boolean {
    const echo = this.#echo;
    if (echo === undefined) return false;
    const isHeard = listenersOf(echo) > this.#ownListeners || this.presence.isHeard;
    return this.#holds > 0 || isHeard || this.door.isTended || this.#isMoving(echo);
  }

  /** See {@link Closable}. */
  async hasGrown(): Promise<boolean> {
    const position = await this.#engine.platform.store.lastPosition(this.place.id);
    return position !== this.#record?.ends.position;
  }

  /** See {@link Closable}. */
  async rest(): Promise<void> {
    await this.place.close(() => this.isNeeded);
  }

  /** See {@link SpaceUser}. */
  async moveIn(echo: EchoSpace): Promise<void> {
    await this.#shared.load();
    echo.database.directory = this.#directory;
    await this.undo.stacks.moveIn(echo);
    this.#facts = factsOf(echo);
    this.#echo = echo;
    await this.door.movedIn(echo);
    const before = listenersOf(echo);
    if (this.#left !== undefined) handOver(this.#left, echo.database);
    this.#left = undefined;
    // Whoever listens to what was open before is no part of every open space.
    const handed = listenersOf(echo) - before;
    let decisions = echo.authority.decisionCount;
    this.#unfollow = [
      echo.onChange(() => {
        this.#changedMs = Math.floor(this.#engine.platform.clock.nowMs());
        this.#changed();
        // Names may have come; only statements bring them.
        if (decisions === echo.authority.decisionCount) return;
        decisions = echo.authority.decisionCount;
        this.presence.look();
        this.requests.look();
      }),
      echo.database.query(SpaceProperties).subscribe(([oldest]) => {
        if (oldest !== undefined) this.#name.set(shownName(oldest.name));
      }),
    ];
    await (this.#blobs ??= this.#makeBlobs()).moveIn(echo);
    this.presence.look();
    for (const cell of this.#cells) cell.stale();
    this.#ownListeners = listenersOf(echo) - handed;
    // Opened for others alone it goes again soon, but not before what follows from it has begun.
    const { clock } = this.#engine.platform;
    const { idleMs = 0 } = this.#engine.openSpaces ?? {};
    this.#usedMs = Math.max(this.#usedMs, clock.monotonicMs() - idleMs + LINGER_MS);
    this.#opening.done();
    this.#look();
    this.requests.look();
    this.#engine.openSpaces?.opened();
  }

  /** See {@link SpaceUser}. */
  async moveOut(): Promise<void> {
    this.noteShared();
    this.#blobs?.moveOut();
    await this.undo.stacks.moveOut();
    for (const stop of this.#unfollow) stop();
    this.#unfollow = [];
    if (this.echo.database.live.listeners > 0) this.#left = this.echo.database;
    if (!this.#engine.signal.aborted) this.#engine.mesh.presence(this.id).set(undefined);
    this.#facts = closedFacts(this.place.id, this.#facts.me, keptFacts(this.#facts));
    this.door.movesOut();
    this.#echo = undefined;
    this.state.set('closed');
    this.#changed();
  }

  /** See {@link SpaceUser}. */
  async closed(ends: LogEnds): Promise<void> {
    const before = this.#record;
    const record: SpaceRecordData = {
      name: this.#name.get(),
      ends,
      facts: keptFacts(this.#facts),
      undo: this.undo.stacks.kept,
      sharedBlocks: this.#shared.blocks,
      inStepMs: this.#shared.inStepMs,
      changedMs: this.#changedMs,
      isTended: this.door.isTended,
    };
    this.#record = record;
    const [{ platform }, { haloSecret: secret }] = [this.#engine, this.#engine.requireIdentity()];
    await saveRecord({ platform, space: this.place.id, secret }, record, before);
  }

  /** See {@link SpaceUser}. */
  async ended(): Promise<void> {
    this.#ended.abort();
    this.presence.end();
    await this.#shared.close();
  }

  /** See {@link SpaceUser}. */
  mayHave(remote: string): MayHave {
    return this.#facts.identityOf(remote) === undefined ? 'unknown' : 'yes';
  }

  /** Looks whether somebody else has now exactly what is here. */
  noteShared(): void {
    const isSettled = this.#engine.mesh.spaceStatus(this.id)?.settled === true;
    if (isSettled && this.#facts.durable) this.#shared.note(this.#facts.blocks);
  }

  /** Others are known to have all that is here, files included. */
  get isHandedOver(): boolean {
    return this.#blobs?.isAllUploaded !== false && isHandedOver(this.#sources());
  }

  /** Something is on its way to the disk, to others, or from them. */
  #isMoving(echo: EchoSpace): boolean {
    if (this.place.replica.isBusy || this.#blobs?.isBusy === true) return true;
    if (echo.commitState.at !== 'durable' || echo.replica.waiting > 0) return true;
    const { pendingBytes = 0, receiving } = this.#engine.mesh.spaceStatus(this.id) ?? {};
    return pendingBytes > 0 || receiving !== undefined;
  }

  #used(): void {
    this.#usedMs = this.#engine.platform.clock.monotonicMs();
  }

  #makeBlobs(): SpaceBlobs {
    const [now, opened] = [() => this.#echo, (): Promise<EchoSpace> => this.opened()];
    const [place, undo] = [this.place, this.undo.stacks];
    return spaceFiles({ engine: this.#engine, place, now, opened, undo });
  }

  #sources(): StatusSources {
    return {
      space: this.#facts,
      mesh: this.#engine.mesh,
      nowMs: this.#engine.platform.clock.nowMs(),
      ownRemote: toHex(this.#engine.deviceAgreer.publicKey),
      deviceNames: this.#engine.deviceNames.get(),
      sharedBlocks: this.#shared.blocks,
      inStepMs: this.#shared.inStepMs,
      changedMs: this.#changedMs,
      isUnhelped: this.place.keyAsking?.isUnhelped === true,
      isComingBack: isComingBack(this.#engine, this.#echo),
    };
  }

  #changed(): void {
    for (const cell of this.#cells) cell.stale();
    this.#soon.ask();
  }

  #look(): void {
    this.#introduce();
    this.noteShared();
    this.door.spaceChanged();
    for (const cell of this.#cells) cell.tell();
  }

  get #cells(): readonly Pick<DerivedCell<unknown>, 'stale' | 'tell'>[] {
    const shown = [this.#role, this.#members, this.#status, this.publication.cell];
    return [...shown, this.epochs.cell, ...this.rights.cells];
  }

  /** Somebody new is to be known by name at once, not with the first change. */
  #introduce(): void {
    const echo = this.#echo;
    if (echo?.myRole === undefined || this.#introduced || this.isFollowed) return;
    this.#introduced = true;
    introduceOwn(this.#engine, echo);
  }
}

function listenersOf({ database }: EchoSpace): number {
  return database.live.listeners + database.changes.listeners;
}
