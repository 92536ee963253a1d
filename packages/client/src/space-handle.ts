/** A space as applications hold it: objects, members, connection, invitations, undo. */
import type { Database, Space as EchoSpace } from '@atoll/echo';
import {
  HostInvitation as HaloHost,
  admitGuest,
  levelOfRole,
  type AdmissionRequest,
  type SpaceTicket,
} from '@atoll/halo';
import { errorCode, toHex, utf8, fromUtf8 } from '@atoll/kernel';
import type {
  HostInvitation,
  Member,
  Presence,
  Role,
  Space,
  SpaceInfo,
  SpaceStatus,
} from './api.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import { SpaceProperties } from './halo-records.ts';
import { hostOptions } from './halo.ts';
import { ListeningInvitation } from './host-invitation.ts';
import { LiveCell, sameData, type Live } from './live.ts';
import type { EngineNetwork } from './network.ts';
import { SpacePresence } from './presence.ts';
import { membersOf, spaceStatus, type StatusSources } from './space-status.ts';
import { SpaceUndo } from './space-undo.ts';

const INVITATION_MS: number = 24 * 60 * 60 * 1000;

/** {@link Space} over an open echo space. */
export class SpaceHandle implements Space {
  readonly id: string;
  readonly echo: EchoSpace;
  readonly presence: Presence;
  readonly undo: SpaceUndo;
  readonly #engine: Engine;
  readonly #network: EngineNetwork;
  readonly #name: LiveCell<string>;
  readonly #role: LiveCell<Role>;
  readonly #members: LiveCell<readonly Member[]>;
  readonly #status: LiveCell<SpaceStatus>;
  readonly #invitations = new LiveCell<readonly HostInvitation[]>([]);
  #sharedBlocks = 0;
  #introduced = false;

  private constructor(engine: Engine, network: EngineNetwork, echo: EchoSpace, parts: HandleParts) {
    this.id = echo.id;
    this.echo = echo;
    this.#engine = engine;
    this.#network = network;
    this.#sharedBlocks = parts.sharedBlocks;
    this.presence = new SpacePresence(engine.mesh, echo);
    this.undo = parts.undo;
    this.#name = new LiveCell(parts.name);
    this.#role = new LiveCell<Role>(echo.myRole ?? 'reader');
    this.#members = new LiveCell<readonly Member[]>([], sameData);
    this.#status = new LiveCell(spaceStatus(this.#sources()), sameData);
    echo.onChange(() => this.#look());
    engine.mesh.onStatus(() => this.#look());
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
    const undo = await SpaceUndo.open(engine.platform, echo);
    return new SpaceHandle(engine, network, echo, { name, sharedBlocks, undo });
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

  async info(): Promise<SpaceInfo> {
    await this.echo.settled();
    const { blocks, members, objects, root } = this.echo.figures();
    return { id: this.id, name: this.#name.get(), objects, blocks, members, root: toHex(root) };
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
      mesh: this.#engine.mesh.status,
      nowMs: this.#engine.platform.clock.nowMs(),
      ownRemote: toHex(this.#engine.deviceAgreer.publicKey),
      sharedBlocks: this.#sharedBlocks,
    };
  }

  #look(): void {
    const sources = this.#sources();
    this.#introduce();
    this.#role.set(this.echo.myRole ?? 'reader');
    this.#members.set(membersOf(sources));
    if (sources.mesh.spaces.get(this.id)?.settled === true) {
      this.#noteShared(this.echo.index.branches.blockCount);
    }
    this.#status.set(spaceStatus(this.#sources()));
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

  /** Remembers that others have had so many blocks; losing the last of it costs nothing but a wrong count. */
  #noteShared(blocks: number): void {
    if (blocks === this.#sharedBlocks) return;
    this.#sharedBlocks = blocks;
    const value = utf8(String(blocks));
    const values = new Map([[sharedName(this.id), value]]);
    this.#engine.platform.store.commit({ values }).catch(() => undefined);
  }
}

interface HandleParts {
  readonly name: string;
  readonly sharedBlocks: number;
  readonly undo: SpaceUndo;
}

function sharedName(space: string): string {
  return `shared/${space}`;
}
