/**
 * The mesh of one running program: its spaces, the KUBEs it is connected to, the peers it meets there,
 * in other tabs and directly. What the client uses; everything else in this package serves it.
 */
import type { Replica } from '@atoll/feed';
import {
  toHex,
  type Agreer,
  type Bus,
  type Clock,
  type KeyPlatform,
  type Link,
  type Log,
  type Rng,
  type Rtc,
  type Signer,
  type WebSockets,
} from '@atoll/kernel';
import type { ChunkHolder } from './chunk-sync.ts';
import { dialInvitation, listenInvitation } from './invitation-links.ts';
import { KubeConnection } from './kube-connection.ts';
import type { KubeSpace } from './kube-line.ts';
import { MeshError } from './mesh-error.ts';
import {
  agreesWithAll,
  meshStatus,
  peersOfSpace,
  spaceStatus,
  type MeshStatus,
  type SpacePeer,
  type SpaceStatus,
} from './mesh-status.ts';
import type { Membership } from './peer-session.ts';
import type { Peer } from './peer.ts';
import { Peers } from './peers.ts';
import { Presence } from './presence.ts';
import { SessionSecret } from './session-secret.ts';
import type { Cursors } from './session.ts';
import type { StateAnswer, StateHolder } from './state-sync.ts';
import { StatusWatch } from './status-watch.ts';
import { SpaceChunks } from './space-chunks.ts';
import { TabLinks } from './tab-links.ts';

/** Generations of a membership key that still open sessions. */
export const GENERATIONS_MAX = 8;
/** KUBEs at once. */
export const KUBES_MAX = 4;
/** A sign of life after waking up takes no longer, or the session is dead. */
const WAKE_TIMEOUT_MS = 3_000;
/** So long after a session with another tab has ended, it is looked whether the tab is still there. */
const TAB_AGAIN_MS = 2_000;
/** Instances of the same device, by 8 random bytes. */
const INSTANCE_BYTES = 8;

/** What a mesh is made of. Without a transport it simply never meets anybody there. */
export interface MeshOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  /** Makes ephemeral keys; ours where absent. */
  readonly keys?: KeyPlatform;
  readonly log?: Log;
  /** The device's session key, X25519. Certified inside each space by what `introduce` gives. */
  readonly agreer: Agreer;
  readonly cursors: Cursors;
  readonly webSockets?: WebSockets;
  readonly rtc?: Rtc;
  /** STUN and TURN servers for direct connections. None by default: only what the user configured. */
  readonly iceServers?: readonly string[];
  readonly bus?: Bus;
  /** Name of the bus of this profile; without it other tabs are not looked for. */
  readonly busName?: string;
}

/** A space as the mesh is told of it. It learns neither members nor content. */
export interface MeshSpace {
  readonly id: string;
  readonly replica: Replica;
  /** Where sealed chunks of the space are kept here. Absent: none are given, fetched or uploaded. */
  readonly chunks?: ChunkHolder;
  /** Answers members who ask for the state, because its history was dropped. Absent: nobody is answered. */
  readonly state?: StateHolder;
  /** 32 bytes each, derived from the membership key: current generation first. */
  readonly sessionSecrets: readonly Uint8Array[];
  /** Room tags of a UTC day at a KUBE, 32 bytes each. */
  readonly roomTags: (kubeName: string, day: number) => readonly Uint8Array[];
  /** The mailbox's access key. Absent: the space has no mailbox. */
  readonly mailboxAccess?: () => Promise<Signer>;
  /** Is this session key, in hex, one of a current device of the space? */
  readonly mayHave: (remote: string) => Membership | Promise<Membership>;
  /** Signed statement that our session key is that of a device of the space. */
  readonly introduce: () => Promise<Uint8Array>;
  /** Checks another device's statement for its session key, and remembers it. */
  readonly checkIntroduction: (remote: string, bytes: Uint8Array) => Promise<boolean>;
}

/** Another program that can be asked for the state of a space. */
export interface StateSource {
  /** Its session key and instance. */
  readonly peer: string;
  /** Asks it; at most {@link ASK_BYTES_MAX} bytes. Never rejects. */
  ask(question: Uint8Array): Promise<StateAnswer>;
}

/** The mesh. Disposal ends every connection. */
export class Mesh implements Disposable {
  readonly #options: MeshOptions;
  readonly #instance: string;
  readonly #spaces = new Map<string, KubeSpace>();
  readonly #presences = new Map<string, Presence>();
  readonly #chunks = new Map<string, SpaceChunks>();
  readonly #kubes = new Map<string, KubeConnection>();
  readonly #peers: Peers;
  readonly #tabs: TabLinks | undefined;
  readonly #watch: StatusWatch;
  /** Ends of what the mesh hears of the spaces' logs. */
  readonly #unfollow = new Map<string, () => void>();
  readonly #abort = new AbortController();
  readonly #invitations = new Set<Disposable>();

  /** Meets other tabs at once; KUBEs when told to. */
  constructor(options: MeshOptions) {
    this.#options = options;
    this.#instance = toHex(options.rng.bytes(INSTANCE_BYTES));
    const { clock, rng, keys, log, agreer, cursors, rtc, bus, busName } = options;
    this.#watch = new StatusWatch({
      clock,
      signal: this.#abort.signal,
      spaces: () => this.#spaces.keys(),
      reached: () => this.reached.join(' '),
      agrees: (id) => this.#agrees(id),
    });
    this.#peers = new Peers({
      clock,
      rng,
      keys,
      log,
      agreer,
      cursors,
      rtc,
      instance: this.#instance,
      iceServers: options.iceServers ?? [],
      spaces: this.#spaces,
      onPresence: (space, peer, bytes) =>
        this.#presences.get(space)?.hear(peer.name, peer.remote, bytes),
      onChange: (...changed) => this.#watch.changed(...changed),
      onGone: (peer) => this.#gone(peer),
      onSpace: ({ session }, space) => this.#sayPresence(session, space),
    });
    if (bus !== undefined && busName !== undefined) {
      this.#tabs = new TabLinks({
        bus,
        name: busName,
        rng,
        onLink: (link, initiates) => void this.#meetTab(link, initiates),
      });
    }
  }

  /** Name of this running program among those of the same device. */
  get instance(): string {
    return this.#instance;
  }

  /** Adds a space, or replaces what was said of it; sessions that are open learn of it at once. */
  addSpace(space: MeshSpace): void {
    this.#requireOpen();
    const isNew = !this.#spaces.has(space.id);
    const secrets = space.sessionSecrets
      .slice(0, GENERATIONS_MAX)
      .map((secret) => new SessionSecret(secret));
    const { id, replica, mailboxAccess, roomTags, mayHave, introduce, checkIntroduction } = space;
    const { state } = space;
    const chunks = this.#keepChunks(space);
    const known: KubeSpace = {
      id,
      replica,
      ...(chunks === undefined ? {} : { chunks }),
      ...(state === undefined ? {} : { state }),
      secrets,
      mayHave,
      introduce,
      checkIntroduction,
      roomTags: (kubeName, day) => roomTags(kubeName, day).map((tag) => toHex(tag)),
      ...(mailboxAccess === undefined
        ? {}
        : { mailbox: { id, replica, access: mailboxAccess, chunks } }),
    };
    this.#spaces.set(id, known);
    this.#follow(known);
    for (const kube of this.#kubes.values()) kube.refresh(id);
    if (isNew) for (const session of this.#peers.sessions) session.offer([known]);
    if (this.#spaces.size === 1) this.#tabs?.announce();
    this.#watch.changed(id);
  }

  /** Takes a space out of every session, room and mailbox. */
  removeSpace(id: string): void {
    if (!this.#spaces.delete(id)) return;
    this.#presences.get(id)?.stop();
    this.#presences.delete(id);
    this.#chunks.get(id)?.stop(new MeshError('MESH_REFUSED', 'the space is not in the mesh'));
    this.#chunks.delete(id);
    this.#unfollow.get(id)?.();
    this.#unfollow.delete(id);
    for (const session of this.#peers.sessions) session.remove(id);
    for (const kube of this.#kubes.values()) kube.remove(id);
    this.#watch.changed(id);
  }

  /** The members or devices of a space have changed: asks again who may have it. */
  recheckSpace(id: string): void {
    for (const session of this.#peers.sessions) void session.recheck(id);
  }

  /** A space's log is another than was said of it: compares it with everybody again. */
  greetSpace(id: string): void {
    for (const { session } of this.#peers.bestOf(id)) session.syncOf(id)?.helloAgain();
    for (const kube of this.#kubes.values()) kube.mailboxOf(id)?.syncOf(id)?.helloAgain();
  }

  /** Connects to a KUBE and stays connected. Twice is once. @throws MeshError `MESH_LIMIT`. */
  connectKube(url: string): void {
    this.#requireOpen();
    if (this.#kubes.has(url)) return;
    const { webSockets } = this.#invitationPorts();
    if (this.#kubes.size >= KUBES_MAX) throw new MeshError('MESH_LIMIT', 'too many servers');
    const { clock, rng, keys, log, cursors } = this.#options;
    const kube = new KubeConnection({
      url,
      webSockets,
      clock,
      rng,
      keys,
      log,
      cursors,
      peers: this.#peers,
      spaces: this.#spaces,
      onChange: (space) => this.#watch.changed(...(space === undefined ? [] : [space])),
    });
    this.#kubes.set(url, kube);
    this.#watch.changed();
  }

  /** Leaves a KUBE. Direct sessions that began there go on. */
  disconnectKube(url: string): void {
    const kube = this.#kubes.get(url);
    this.#kubes.delete(url);
    kube?.[Symbol.dispose]();
    this.#watch.changed();
  }

  /** Ends every session that leaves this machine. Servers are left one by one before. */
  hangUp(): void {
    this.#peers.hangUp((path) => path !== 'tabs');
  }

  /** Waits for guests of an invitation until disposed. `room` has 32 bytes. */
  listenInvitation(
    at: { readonly url: string; readonly room: Uint8Array },
    onGuest: (link: Link) => void,
  ): Disposable {
    this.#requireOpen();
    const room = toHex(at.room);
    const listening = listenInvitation(this.#invitationPorts(), { url: at.url, room }, onGuest);
    this.#invitations.add(listening);
    return {
      [Symbol.dispose]: () => {
        this.#invitations.delete(listening);
        listening[Symbol.dispose]();
      },
    };
  }

  /** A link to who waits in an invitation's room. @throws MeshError `MESH_UNREACHABLE`, `MESH_CLOSED`. */
  dialInvitation(
    at: { readonly url: string; readonly room: Uint8Array },
    signal: AbortSignal,
  ): Promise<Link> {
    this.#requireOpen();
    const until = AbortSignal.any([signal, this.#abort.signal]);
    return dialInvitation(this.#invitationPorts(), { url: at.url, room: toHex(at.room) }, until);
  }

  /** Presence in a space. @throws MeshError `MESH_REFUSED` when the space was not added. */
  presence(id: string): Presence {
    if (!this.#spaces.has(id)) throw new MeshError('MESH_REFUSED', 'the space is not in the mesh');
    const known = this.#presences.get(id);
    if (known !== undefined) return known;
    const presence = new Presence(this.#options.clock, (bytes) => {
      for (const { session } of this.#peers.bestOf(id)) session.datagram(id, bytes);
    });
    this.#presences.set(id, presence);
    return presence;
  }

  /** Chunks of a space, if it was added with a place for them. */
  chunks(id: string): SpaceChunks | undefined {
    return this.#chunks.get(id);
  }

  /** Programs that can be asked for the state of a space now: members in sync, never servers. */
  stateSources(id: string): readonly StateSource[] {
    return this.#peers.bestOf(id).flatMap(({ peer, session }) => {
      const sync = session.stateOf(id);
      if (sync === undefined || peer === undefined) return [];
      return [{ peer, ask: (question) => sync.ask(question) }];
    });
  }

  /** KUBEs to which a connection is open now, by address. */
  get reached(): readonly string[] {
    return [...this.#kubes.values()].filter(({ isOnline }) => isOnline).map(({ url }) => url);
  }

  /** Session keys of the devices that are connected now, in hex. */
  get remotes(): ReadonlySet<string> {
    return new Set([...this.#peers.byName.values()].map(({ remote }) => remote));
  }

  /** How one space stands now. */
  spaceStatus(id: string): SpaceStatus | undefined {
    const space = this.#spaces.get(id);
    if (space === undefined) return undefined;
    return spaceStatus(space, this.#peers, [...this.#kubes.values()]);
  }

  /** Programs with which a space is in sync, or that refuse it. */
  peersOf(id: string): readonly SpacePeer[] {
    return peersOfSpace(id, this.#peers, this.#options.clock.monotonicMs());
  }

  /** Every space agrees with everybody who is connected: each KUBE's mailbox, or else some peer. */
  get isSettled(): boolean {
    return this.#watch.isSettled;
  }

  /** How everything stands now: looks at every space, for tools and tests. */
  get status(): MeshStatus {
    return meshStatus({
      nowMs: this.#options.clock.monotonicMs(),
      spaces: this.#spaces,
      kubes: [...this.#kubes.values()],
      peers: this.#peers,
    });
  }

  /** Calls back when the status has changed, at most 20 times a second. Returns the way to stop. */
  onStatus(listener: () => void): () => void {
    return this.#watch.onAny(listener);
  }

  /** The same for what is of one space, or of all. */
  onSpaceStatus(id: string, listener: () => void): () => void {
    return this.#watch.onSpace(id, listener);
  }

  /** After sleep, or when the network has changed: finds out soon what is still alive. */
  wake(): void {
    for (const kube of this.#kubes.values()) kube.wake();
    for (const peer of this.#peers.byName.values()) peer.wake(WAKE_TIMEOUT_MS);
  }

  [Symbol.dispose](): void {
    if (this.#abort.signal.aborted) return;
    for (const presence of this.#presences.values()) presence.stop();
    const closed = new MeshError('MESH_CLOSED', 'the mesh was closed');
    for (const chunks of this.#chunks.values()) chunks.stop(closed);
    this.#abort.abort();
    for (const listening of this.#invitations) listening[Symbol.dispose]();
    for (const kube of this.#kubes.values()) kube[Symbol.dispose]();
    this.#peers.close();
    this.#tabs?.[Symbol.dispose]();
    for (const unfollow of this.#unfollow.values()) unfollow();
    this.#watch.close();
  }

  #keepChunks({ chunks: holder, id }: MeshSpace): SpaceChunks | undefined {
    const known = this.#chunks.get(id);
    if (known !== undefined || holder === undefined) return known;
    const made = new SpaceChunks({ clock: this.#options.clock, holder });
    this.#chunks.set(id, made);
    return made;
  }

  /** Tabs of one profile hold the same spaces, so that any of them will do for the greeting. */
  async #meetTab(link: Link, initiates: boolean): Promise<void> {
    const [first] = this.#spaces.values();
    const secrets = initiates ? (first?.secrets.slice(0, 1) ?? []) : undefined;
    const role = initiates ? 'initiator' : 'responder';
    const end = await this.#peers.run({
      link,
      role,
      ...(secrets === undefined ? {} : { secrets }),
    });
    this.#options.log?.event('debug', 'mesh.tab.ended', { end });
    await this.#options.clock.sleep(TAB_AGAIN_MS, this.#abort.signal).then(
      () => this.#tabs?.announce(),
      () => undefined,
    );
  }

  #sayPresence(
    session: { datagram(space: string, bytes: Uint8Array): boolean },
    space: string,
  ): void {
    const message = this.#presences.get(space)?.message;
    if (message !== undefined) session.datagram(space, message);
  }

  /** A log that has grown stands differently towards everybody. */
  #follow({ id, replica }: KubeSpace): void {
    this.#unfollow.get(id)?.();
    this.#unfollow.set(
      id,
      replica.onAdvance(() => this.#watch.changed(id)),
    );
  }

  #agrees(id: string): boolean {
    const space = this.#spaces.get(id);
    return space === undefined || agreesWithAll(space, this.#peers, [...this.#kubes.values()]);
  }

  #gone(peer: Peer): void {
    for (const presence of this.#presences.values()) presence.forget(peer.name);
  }

  #invitationPorts(): {
    readonly webSockets: WebSockets;
    readonly clock: Clock;
    readonly rng: Rng;
    readonly log?: Log | undefined;
  } {
    const { webSockets, clock, rng, log } = this.#options;
    if (webSockets === undefined) {
      throw new MeshError('MESH_UNREACHABLE', 'this platform has no WebSockets');
    }
    return { webSockets, clock, rng, log };
  }

  #requireOpen(): void {
    if (this.#abort.signal.aborted) throw new MeshError('MESH_CLOSED', 'the mesh was closed');
  }
}
