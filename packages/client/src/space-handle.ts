/**
 * A space as applications hold it: objects, members, connection, invitations, undo. The handle stays the
 * same while its space is closed and opened again; what it shows of a closed space is what was last known.
 */
import {
  branchOrigin,
  type Database,
  type Space as EchoSpace,
  type SpaceDirectory,
} from '@atoll/echo';
import { assert, errorCode, toHex, type SpaceId } from '@atoll/kernel';
import type {
  ExportOptions,
  HostInvitation,
  Member,
  Presence,
  Role,
  Space,
  SpaceInfo,
  SpaceState,
  SpaceStatus,
} from './api.ts';
import { SpaceBlobs } from './blobs/space-blobs.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import type { SpaceHistory } from './history-api.ts';
import { SpaceProperties } from './halo-records.ts';
import { DerivedCell, LiveCell, sameData, type Live } from './live.ts';
import type { MayHave } from './membership.ts';
import type { EngineNetwork } from './network.ts';
import { SharedBlocks } from './shared-blocks.ts';
import { SpaceEpochsView } from './space-epochs.ts';
import { NOTHING_KNOWN, closedFacts, factsOf, keptFacts, type SpaceFacts } from './space-facts.ts';
import { SpaceInvitations } from './space-invitations.ts';
import type { SpacePlace, SpaceUser } from './space-place.ts';
import { SpacePresence } from './presence.ts';
import { membersOf, spaceStatus, type StatusSources } from './space-status.ts';
import { spaceHistory } from './space-history.ts';
import { SpaceUndo } from './space-undo.ts';
import { TickEnd } from './tick-end.ts';
import { UndoStacks } from './undo-stacks.ts';

/** {@link Space} over a space of the engine, open or closed. */
export class SpaceHandle implements Space, SpaceUser {
  readonly id: string;
  readonly state: LiveCell<SpaceState> = new LiveCell<SpaceState>('closed');
  readonly undo: SpaceUndo;
  readonly history: SpaceHistory;
  readonly epochs: SpaceEpochsView;
  readonly #engine: Engine;
  readonly #network: EngineNetwork;
  /** The space as the engine keeps it. */
  readonly place: SpacePlace;
  readonly #shared: SharedBlocks;
  readonly #directory: SpaceDirectory;
  readonly #presence: SpacePresence;
  readonly #invitations: SpaceInvitations;
  readonly #name: LiveCell<string>;
  readonly #role: DerivedCell<Role>;
  readonly #members: DerivedCell<readonly Member[]>;
  readonly #status: DerivedCell<SpaceStatus>;
  readonly #ended = new AbortController();
  readonly #soon: TickEnd;
  /** Set while the space is open. */
  #echo: EchoSpace | undefined;
  #facts: SpaceFacts;
  #blobs: SpaceBlobs | undefined;
  #holds = 0;
  #introduced = false;
  /** Ends what follows the open space. */
  #unfollow: (() => void)[] = [];

  private constructor(parts: HandleParts) {
    const { engine, name, network, place, shared } = parts;
    this.id = place.id;
    this.#engine = engine;
    this.#network = network;
    this.place = place;
    this.#shared = shared;
    this.#directory = parts.directory;
    const { clock } = engine.platform;
    const me = engine.requireIdentity();
    this.#facts = closedFacts(place.id, me, NOTHING_KNOWN);
    const opened = (): Promise<EchoSpace> => this.opened();
    this.undo = new SpaceUndo(
      new UndoStacks({
        platform: engine.platform,
        space: place.id,
        secret: me.haloSecret,
        openSpace: opened,
      }),
    );
    this.history = spaceHistory({
      now: () => this.echo.history,
      opened,
      undo: this.undo,
      clock,
    });
    this.epochs = new SpaceEpochsView({
      now: () => this.#echo,
      opened,
      ownDevice: toHex(engine.deviceSigner.publicKey),
      drop: async (olderThanMs) =>
        (await place.keeper?.drop(olderThanMs)) ?? { at: 'kept', why: 'busy' },
    });
    this.#presence = new SpacePresence(engine.mesh, place.id, () => this.#facts);
    this.#name = new LiveCell(name);
    this.#invitations = new SpaceInvitations({
      engine,
      network,
      echo: opened,
      name: () => this.#name.get(),
    });
    this.#role = new DerivedCell<Role>(() => this.#facts.myRole ?? 'reader', Object.is);
    this.#members = new DerivedCell<readonly Member[]>(() => membersOf(this.#sources()), sameData);
    this.#status = new DerivedCell(() => spaceStatus(this.#sources()), sameData);
    // A long log is folded block by block: whoever asks sees each, whoever listens is told once a tick.
    this.#soon = new TickEnd({ clock, signal: this.#ended.signal, task: () => this.#look() });
    const changed = (): void => this.#changed();
    const stops = [
      engine.mesh.onSpaceStatus(place.id, changed),
      engine.deviceNames.subscribe(changed),
    ];
    this.#ended.signal.addEventListener('abort', () => stops.forEach((stop) => stop()));
  }

  /** A handle for a space of the engine. `name` is shown until the space says its own. @throws StoreError. */
  static async of(parts: Omit<HandleParts, 'shared'>): Promise<SpaceHandle> {
    const { engine, place } = parts;
    const shared = await SharedBlocks.load(engine.platform, place.id);
    const handle = new SpaceHandle({ ...parts, shared });
    await place.useBy(handle);
    return handle;
  }

  /** The space itself. @throws ClientError `CLIENT_SPACE_CLOSED`. */
  get echo(): EchoSpace {
    if (this.#echo !== undefined) return this.#echo;
    this.#openUnasked();
    throw new ClientError('CLIENT_SPACE_CLOSED', 'the space is closed; wait for space.open()');
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

  get presence(): Presence {
    return this.#presence;
  }

  get status(): Live<SpaceStatus> {
    return this.#status;
  }

  get invitations(): Live<readonly HostInvitation[]> {
    return this.#invitations.open;
  }

  get blobs(): SpaceBlobs {
    return (this.#blobs ??= this.#makeBlobs());
  }

  /** The space itself, opened if it was closed. @throws StoreError; ClientError `CLIENT_CLOSED`. */
  async opened(): Promise<EchoSpace> {
    if (this.#echo !== undefined) return this.#echo;
    if (this.state.get() === 'closed') this.state.set('opening');
    try {
      return await this.place.open();
    } finally {
      if (this.#echo === undefined) this.state.set('closed');
    }
  }

  async open(): Promise<void> {
    await this.opened();
  }

  hold(): () => void {
    this.#holds++;
    if (this.#echo === undefined) this.#openUnasked();
    let isHeld = true;
    return () => {
      if (isHeld) this.#holds--;
      isHeld = false;
    };
  }

  rename(name: string): void {
    const [oldest] = this.db.query(SpaceProperties).run();
    if (oldest === undefined) this.db.add(SpaceProperties, { name });
    else oldest.name = name;
  }

  invite(
    options: { readonly role?: Role; readonly expiresInMs?: number } = {},
  ): Promise<HostInvitation> {
    return this.#invitations.invite(options);
  }

  /** What is shown of a closed space is durable. */
  async flush(): Promise<void> {
    await this.#echo?.flush();
  }

  async *export(options: ExportOptions = {}): AsyncGenerator<Uint8Array, void> {
    const { writeSpace } = await import('./archive/space-archive.ts');
    const release = this.hold();
    try {
      const echo = await this.opened();
      const { platform } = this.#engine;
      const secrets = {
        ring: echo.keys.ring,
        name: this.#name.get(),
        kube: this.#network.firstKube ?? '',
      };
      const { passphrase, files = true, onFiles } = options;
      yield* writeSpace(platform, echo, {
        secrets,
        passphrase,
        files: files ? this.blobs.archived(onFiles) : undefined,
      });
    } finally {
      release();
    }
  }

  async info(): Promise<SpaceInfo> {
    const echo = await this.opened();
    await echo.settled();
    const { blocks, members, objects, root } = echo.figures();
    // What the space says of itself is nobody's object.
    const own = echo.database.query(SpaceProperties).count();
    return {
      id: this.id,
      name: this.#name.get(),
      objects: objects - own,
      blocks,
      members,
      root: toHex(root),
    };
  }

  /** See {@link SpaceUser}. */
  async moveIn(echo: EchoSpace): Promise<void> {
    echo.database.directory = this.#directory;
    await this.undo.stacks.moveIn(echo);
    this.#facts = factsOf(echo);
    this.#echo = echo;
    let decisions = echo.authority.decisionCount;
    this.#unfollow = [
      echo.onChange(() => {
        this.#changed();
        // Names may have come; only statements bring them.
        if (decisions === echo.authority.decisionCount) return;
        decisions = echo.authority.decisionCount;
        this.#presence.look();
      }),
      echo.database.query(SpaceProperties).subscribe(([oldest]) => {
        if (oldest !== undefined) this.#name.set(oldest.name);
      }),
    ];
    await (this.#blobs ??= this.#makeBlobs()).moveIn(echo);
    this.#presence.look();
    for (const cell of this.#cells) cell.stale();
    this.state.set('open');
    this.#look();
  }

  /** See {@link SpaceUser}. */
  async moveOut(): Promise<void> {
    this.noteShared();
    this.#blobs?.moveOut();
    await this.undo.stacks.moveOut();
    for (const stop of this.#unfollow) stop();
    this.#unfollow = [];
    const own = this.#engine.requireIdentity();
    this.#facts = closedFacts(this.place.id, own, keptFacts(this.#facts));
    this.#echo = undefined;
    this.state.set('closed');
    this.#changed();
  }

  /** See {@link SpaceUser}. */
  async ended(): Promise<void> {
    this.#ended.abort();
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

  /** Opens the space for whoever cannot wait for it. */
  #openUnasked(): void {
    this.opened().catch((failure: unknown) => {
      const code = errorCode(failure);
      this.#engine.platform.log.event('error', 'client.space-not-opened', { code });
    });
  }

  #makeBlobs(): SpaceBlobs {
    const { eagerBytesMax, platform, signal } = this.#engine;
    const network = this.#engine.mesh.chunks(this.id);
    assert(network !== undefined, 'a space is wired before its files are used');
    return new SpaceBlobs({
      platform,
      space: this.place.id,
      echo: () => this.opened(),
      haloSecret: this.#engine.requireIdentity().haloSecret,
      holder: this.place.chunks,
      network,
      alsoNamedIn: () => [this.undo.stacks.log?.encode() ?? new Uint8Array(0)],
      signal,
      eagerBytesMax,
      origin: () => this.#filesOfOrigin(),
    });
  }

  /** Where files are that a branch took over from the space that it grew from. */
  #filesOfOrigin(): ReturnType<ConstructorParameters<typeof SpaceBlobs>[0]['origin']> {
    const from = this.#echo === undefined ? undefined : branchOrigin(this.#echo.database)?.origin;
    const place = from === undefined ? undefined : this.#engine.place(from as SpaceId);
    return place && { holder: place.chunks, network: this.#engine.mesh.chunks(place.id) };
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
    };
  }

  #changed(): void {
    for (const cell of this.#cells) cell.stale();
    this.#soon.ask();
  }

  #look(): void {
    this.#introduce();
    this.noteShared();
    for (const cell of this.#cells) cell.tell();
  }

  get #cells(): readonly Pick<DerivedCell<unknown>, 'stale' | 'tell'>[] {
    return [this.#role, this.#members, this.#status, this.epochs.cell];
  }

  /** Somebody new is to be known by name at once, not with the first change. */
  #introduce(): void {
    const echo = this.#echo;
    if (echo === undefined || this.#introduced || echo.myRole === undefined) return;
    this.#introduced = true;
    if (echo.authority.profileOf(echo.identity) !== undefined) return;
    echo.introduce().catch((failure: unknown) => {
      const code = errorCode(failure);
      this.#engine.platform.log.event('warn', 'client.not-introduced', { code });
    });
  }
}

interface HandleParts {
  readonly engine: Engine;
  readonly network: EngineNetwork;
  readonly place: SpacePlace;
  readonly name: string;
  /** Where refs into other spaces lead. */
  readonly directory: SpaceDirectory;
  readonly shared: SharedBlocks;
}
