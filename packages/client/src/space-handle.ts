/** A space as applications hold it: objects, members, connection, invitations, undo. */
import type { Database, Space as EchoSpace } from '@atoll/echo';
import {
  HostInvitation as HaloHost,
  admitGuest,
  levelOfRole,
  type AdmissionRequest,
  type SpaceTicket,
} from '@atoll/halo';
import { assert, errorCode, toHex, utf8, fromUtf8 } from '@atoll/kernel';
import type {
  HostInvitation,
  Member,
  Presence,
  Role,
  Space,
  SpaceInfo,
  SpaceStatus,
} from './api.ts';
import { SpaceBlobs } from './blobs/space-blobs.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import type { SpaceHistory } from './history-api.ts';
import { SpaceProperties } from './halo-records.ts';
import { hostOptions } from './halo.ts';
import { ListeningInvitation } from './host-invitation.ts';
import { DerivedCell, LiveCell, sameData, type Live } from './live.ts';
import type { EngineNetwork } from './network.ts';
import { SpaceEpochsView } from './space-epochs.ts';
import { SpacePresence } from './presence.ts';
import { membersOf, spaceStatus, type StatusSources } from './space-status.ts';
import { spaceHistory } from './space-history.ts';
import { SpaceUndo } from './space-undo.ts';
import { TickEnd } from './tick-end.ts';

const INVITATION_MS: number = 24 * 60 * 60 * 1000;
/** How much others have is written down so often at most: it changes with every key press of anybody. */
const SAVE_SHARED_EVERY_MS = 1_000;

/** {@link Space} over an open echo space. */
export class SpaceHandle implements Space {
  readonly id: string;
  readonly echo: EchoSpace;
  readonly presence: Presence;
  readonly undo: SpaceUndo;
  readonly blobs: SpaceBlobs;
  readonly history: SpaceHistory;
  readonly epochs: SpaceEpochsView;
  readonly #engine: Engine;
  readonly #network: EngineNetwork;
  readonly #name: LiveCell<string>;
  readonly #role: DerivedCell<Role>;
  readonly #members: DerivedCell<readonly Member[]>;
  readonly #status: DerivedCell<SpaceStatus>;
  readonly #invitations = new LiveCell<readonly HostInvitation[]>([]);
  readonly #closed = new AbortController();
  /** Blocks that others are known to have had, and how many of them are written down. */
  #sharedBlocks: number;
  #savedBlocks: number;
  #saving: Promise<void> | undefined;
  #introduced = false;

  private constructor(engine: Engine, network: EngineNetwork, echo: EchoSpace, parts: HandleParts) {
    this.id = echo.id;
    this.echo = echo;
    this.#engine = engine;
    this.#network = network;
    this.#sharedBlocks = parts.sharedBlocks;
    this.#savedBlocks = parts.sharedBlocks;
    this.presence = new SpacePresence(engine.mesh, echo);
    this.undo = parts.undo;
    this.blobs = parts.blobs;
    this.history = spaceHistory(echo.history, parts.undo, engine.platform.clock);
    this.epochs = new SpaceEpochsView(echo, toHex(engine.deviceSigner.publicKey));
    this.#name = new LiveCell(parts.name);
    this.#role = new DerivedCell<Role>(() => echo.myRole ?? 'reader', Object.is);
    this.#members = new DerivedCell<readonly Member[]>(() => membersOf(this.#sources()), sameData);
    this.#status = new DerivedCell(() => spaceStatus(this.#sources()), sameData);
    // A long log is folded block by block: whoever asks sees each, whoever listens is told once a tick.
    const { clock } = engine.platform;
    const soon = new TickEnd({ clock, signal: this.#closed.signal, task: () => this.#look() });
    const changed = (): void => {
      for (const cell of this.#cells) cell.stale();
      soon.ask();
    };
    echo.onChange(changed);
    const stops = [
      engine.mesh.onSpaceStatus(echo.id, changed),
      engine.deviceNames.subscribe(changed),
    ];
    this.#closed.signal.addEventListener('abort', () => stops.forEach((stop) => stop()));
    echo.database.query(SpaceProperties).subscribe(([oldest]) => {
      if (oldest !== undefined) this.#name.set(oldest.name);
    });
    this.#look();
  }

  /** Wraps a space that has been opened. `name` is shown until the space says its own. */
  static async open(
    engine: Engine,
    network: EngineNetwork,
    echo: EchoSpace,
    name: string,
  ): Promise<SpaceHandle> {
    const shared = await engine.platform.store.value(sharedName(echo.id));
    const sharedBlocks = shared === undefined ? 0 : Number(fromUtf8(shared) ?? 0);
    const { haloSecret } = engine.requireIdentity();
    const undo = await SpaceUndo.open(engine.platform, echo, haloSecret);
    const blobs = await openBlobs(engine, echo, undo);
    return new SpaceHandle(engine, network, echo, { name, sharedBlocks, undo, blobs });
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
    return this.#invitations;
  }

  rename(name: string): void {
    const [oldest] = this.db.query(SpaceProperties).run();
    if (oldest === undefined) this.db.add(SpaceProperties, { name });
    else oldest.name = name;
  }

  async invite(
    options: { readonly role?: Role; readonly expiresInMs?: number } = {},
  ): Promise<HostInvitation> {
    const { role = 'writer', expiresInMs = INVITATION_MS } = options;
    const { authority, identity } = this.echo;
    if (authority.credentialFor(identity, 'control') === undefined) {
      throw new ClientError('CLIENT_NOT_ALLOWED', 'only admins can invite here');
    }
    const { clock, keystore, rng } = this.#engine.platform;
    const record = `invitation/${toHex(rng.bytes(8))}`;
    const kube = this.#network.requireKube();
    const own = this.#engine.requireIdentity();
    const terms = {
      kind: 'space',
      space: this.echo.id,
      spaceName: this.#name.get(),
      level: levelOfRole(role),
      expiresAtMs: Math.floor(clock.nowMs() + expiresInMs),
    } as const;
    const invitation = await ListeningInvitation.open({
      engine: this.#engine,
      kube,
      role,
      start: (onChange) =>
        HaloHost.create(
          {
            ...hostOptions(this.#engine, own),
            save: (bytes) => keystore.putSecret(record, bytes),
            admit: (request) => this.#admit(request, role, kube),
            onChange,
          },
          terms,
        ),
    });
    this.#keepInvitation(invitation);
    return invitation;
  }

  async flush(): Promise<void> {
    await this.echo.flush();
  }

  async *export(options: { readonly passphrase?: string } = {}): AsyncGenerator<Uint8Array, void> {
    const { writeSpace } = await import('./archive/space-archive.ts');
    const { platform } = this.#engine;
    const secrets = {
      ring: this.echo.keys.ring,
      name: this.#name.get(),
      kube: this.#network.firstKube ?? '',
    };
    yield* writeSpace(platform, this.echo, { secrets, passphrase: options.passphrase });
  }

  async info(): Promise<SpaceInfo> {
    await this.echo.settled();
    const { blocks, members, objects, root } = this.echo.figures();
    // What the space says of itself is nobody's object.
    const own = this.db.query(SpaceProperties).count();
    return {
      id: this.id,
      name: this.#name.get(),
      objects: objects - own,
      blocks,
      members,
      root: toHex(root),
    };
  }

  /** Keeps what is kept beside the blocks, and tells nobody anything any more. */
  async close(): Promise<void> {
    await this.undo.close();
    this.#noteShared();
    this.#closed.abort();
    await this.#saving;
    await this.#saveShared();
  }

  async #admit(request: AdmissionRequest, role: Role, kube: string): Promise<SpaceTicket> {
    const { authority, identity, id, keys } = this.echo;
    const parent = authority.credentialFor(identity, 'control');
    const { genesis } = authority;
    if (request.kind !== 'space' || parent === undefined || genesis === undefined) {
      throw new ClientError('CLIENT_NOT_ALLOWED', 'you cannot admit anybody here now');
    }
    const level = levelOfRole(role);
    const { rng } = this.#engine.platform;
    const { statements, credential } = await admitGuest({
      rng,
      space: id,
      guest: { log: request.log, readingKey: request.readingKey },
      level,
      parent,
      issuer: identity,
      deviceSigner: this.#engine.deviceSigner,
      keys: keys.ring,
    });
    await this.echo.publish({ statements, credential: parent });
    const name = this.#name.get();
    const ticket = { kind: 'space', genesis, space: id, keys: keys.ring, name } as const;
    return { ...ticket, level, credential, kubes: [kube] };
  }

  /** Listed while it is open. */
  #keepInvitation(invitation: ListeningInvitation): void {
    this.#invitations.set([...this.#invitations.get(), invitation]);
    const stop = invitation.state.subscribe(() => {
      if (invitation.isOpen) return;
      stop();
      this.#invitations.set(this.#invitations.get().filter((other) => other !== invitation));
    });
  }

  #sources(): StatusSources {
    return {
      space: this.echo,
      mesh: this.#engine.mesh,
      nowMs: this.#engine.platform.clock.nowMs(),
      ownRemote: toHex(this.#engine.deviceAgreer.publicKey),
      deviceNames: this.#engine.deviceNames.get(),
      sharedBlocks: this.#sharedBlocks,
    };
  }

  #look(): void {
    this.#introduce();
    this.#noteShared();
    for (const cell of this.#cells) cell.tell();
  }

  get #cells(): readonly Pick<DerivedCell<unknown>, 'stale' | 'tell'>[] {
    return [this.#role, this.#members, this.#status, this.epochs.cell];
  }

  /** Somebody new is to be known by name at once, not with the first change. */
  #introduce(): void {
    const { authority, identity, myRole } = this.echo;
    const isKnown = authority.profileOf(identity) !== undefined;
    if (this.#introduced || myRole === undefined || isKnown) return;
    this.#introduced = true;
    this.echo.introduce().catch((failure: unknown) => {
      const code = errorCode(failure);
      this.#engine.platform.log.event('warn', 'client.not-introduced', { code });
    });
  }

  #noteShared(): void {
    const isSettled = this.#engine.mesh.spaceStatus(this.id)?.settled === true;
    if (!isSettled || this.echo.commitState.at !== 'durable') return;
    const blocks = this.echo.index.branches.blockCount;
    if (blocks === this.#sharedBlocks) return;
    this.#sharedBlocks = blocks;
    this.#saving ??= this.#saveSharedSoon();
  }

  async #saveSharedSoon(): Promise<void> {
    const { clock } = this.#engine.platform;
    await clock.sleep(SAVE_SHARED_EVERY_MS, this.#closed.signal).catch(() => undefined);
    this.#saving = undefined;
    await this.#saveShared();
  }

  /** Remembers how many blocks others have had; losing the last of it costs nothing but a wrong count. */
  async #saveShared(): Promise<void> {
    if (this.#savedBlocks === this.#sharedBlocks) return;
    this.#savedBlocks = this.#sharedBlocks;
    const values = new Map([[sharedName(this.id), utf8(String(this.#sharedBlocks))]]);
    await this.#engine.platform.store.commit({ values }).catch(() => undefined);
  }
}

interface HandleParts {
  readonly name: string;
  readonly sharedBlocks: number;
  readonly undo: SpaceUndo;
  readonly blobs: SpaceBlobs;
}

function openBlobs(engine: Engine, echo: EchoSpace, undo: SpaceUndo): Promise<SpaceBlobs> {
  const holder = engine.opened(echo.id)?.chunks;
  const network = engine.mesh.chunks(echo.id);
  assert(holder !== undefined && network !== undefined, 'a space is wired before it is handed out');
  const { eagerBytesMax, platform, signal } = engine;
  const alsoNamedIn = (): Uint8Array[] => [undo.stacks.encode()];
  const { haloSecret } = engine.requireIdentity();
  return SpaceBlobs.open({
    platform,
    echo,
    haloSecret,
    holder,
    network,
    alsoNamedIn,
    signal,
    eagerBytesMax,
  });
}

function sharedName(space: string): string {
  return `shared/${space}`;
}
