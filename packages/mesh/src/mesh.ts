/**
 * The mesh of one running program: its spaces, the KUBEs it is to be connected to, and who is met there, in
 * other tabs and directly. What the client uses; everything else in this package serves it. Connections
 * follow when the part that speaks with others is loaded; until then nobody is here.
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
import type { Connections, ConnectionsOptions } from './connections.ts';
import type { KubeSpace } from './kube-line.ts';
import { loadConnections, loadedConnections, type ConnectionParts } from './load-connections.ts';
import { MeshError } from './mesh-error.ts';
import type { MailboxAccess } from './mailbox-access.ts';
import type { MailboxSource } from './mailbox-source.ts';
import type { MeshStatus, SpacePeer, SpaceStatus } from './mesh-status.ts';
import type { Alias, Membership, PeerSession } from './peer-session.ts';
import type { Peer } from './peer.ts';
import { Presence } from './presence.ts';
import { PullGate } from './pull-gate.ts';
import type { Visit, VisitEnd } from './mailbox-visit.ts';
import type { MailboxRecordsLink } from './record-links.ts';
import { SessionSecret } from './session-secret.ts';
import type { Cursors } from './session.ts';
import { SpaceChunks } from './space-chunks.ts';
import type { StateAnswer, StateHolder } from './state-sync.ts';
import { StatusWatch } from './status-watch.ts';

/** Generations of a membership key that still open sessions. */
export const GENERATIONS_MAX = 8;
/** KUBEs at once. */
export const KUBES_MAX = 4;
/** So long after the part that speaks with others could not be loaded, it is tried again. */
const LOAD_AGAIN_MS = 5_000;
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
  /** The keys of the mailbox. Absent: the space has no mailbox. */
  readonly mailboxAccess?: () => Promise<MailboxAccess>;
  /** Is this session key, in hex, one of a current device of the space? */
  readonly mayHave: (remote: string) => Membership | Promise<Membership>;
  /** Signed statement that our session key is that of a device of the space. */
  readonly introduce: () => Promise<Uint8Array>;
  /** Checks another device's statement for its session key, and remembers it. */
  readonly checkIntroduction: (remote: string, bytes: Uint8Array) => Promise<boolean>;
  /** False for a device that may have the space and writes nothing: nothing is taken from it. Absent: all may. */
  readonly takesFrom?: (remote: string) => boolean;
  /** Signed statements by which a device that is nobody here can see why: at most 4 KiB. */
  readonly whyNot?: (remote: string) => Uint8Array;
  /** Somebody says why this device is nobody in the space, and may lie. */
  readonly onRefused?: (why: Uint8Array) => void;
  /** As whom this program is met in this space, where that is to have nothing to do with its other spaces. */
  readonly alias?: Alias;
}

/** Another program that can be asked for the state of a space. */
export interface StateSource {
  /** Its session key and instance. */
  readonly peer: string;
  /** Asks it; at most {@link ASK_BYTES_MAX} bytes. Never rejects. */
  ask(question: Uint8Array): Promise<StateAnswer>;
}

/** How a space stands that nobody can be asked about yet. */
const ALONE: Omit<SpaceStatus, 'waiting'> = {
  reach: 'offline',
  peers: 0,
  mailbox: false,
  mailboxSettled: false,
  settled: false,
  differs: false,
  pendingBytes: 0,
  receiving: undefined,
  refused: undefined,
  warning: undefined,
};

/** The mesh. Disposal ends every connection. */
export class Mesh implements Disposable {
  readonly #options: MeshOptions;
  readonly #instance: string;
  readonly #spaces = new Map<string, KubeSpace>();
  readonly #presences = new Map<string, Presence>();
  readonly #chunks = new Map<string, SpaceChunks>();
  /** KUBEs to be connected to. */
  readonly #kubes = new Set<string>();
  readonly #watch: StatusWatch;
  /** Ends of what the mesh hears of the spaces' logs. */
  readonly #unfollow = new Map<string, () => void>();
  readonly #abort = new AbortController();
  readonly #invitations = new Set<Disposable>();
  #connections: Connections | undefined;

  /** Meets other tabs as soon as it can; KUBEs when told to. */
  constructor(options: MeshOptions) {
    this.#options = options;
    this.#instance = toHex(options.rng.bytes(INSTANCE_BYTES));
    this.#watch = new StatusWatch({
      clock: options.clock,
      signal: this.#abort.signal,
      spaces: () => this.#spaces.keys(),
      reached: () => this.reached.join(' '),
      agrees: (id) => this.#agrees(id),
    });
    const parts = loadedConnections();
    if (parts === undefined) void this.#connectLater();
    else this.#connections = new parts.Connections(this.#connecting());
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
    const { alias, onRefused, state, takesFrom, whyNot } = space;
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
      takesFrom,
      whyNot,
      onRefused,
      alias,
      roomTags: (kubeName, day) => roomTags(kubeName, day).map((tag) => toHex(tag)),
      ...(mailboxAccess === undefined
        ? {}
        : { mailbox: { id, replica, access: mailboxAccess, chunks } }),
    };
    this.#spaces.set(id, known);
    this.#follow(known);
    this.#connections?.added(known, isNew);
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
    this.#connections?.removed(id);
    this.#watch.changed(id);
  }

  /** The members or devices of a space have changed: asks again who may have it. */
  recheckSpace(id: string): void {
    this.#connections?.recheck(id);
  }

  /** A space's log is another than was said of it: compares it with everybody again. */
  greetSpace(id: string): void {
    this.#connections?.greet(id);
  }

  /** A space's log lacks other things than before: asks everybody who is here for them. */
  askAnew(id: string): void {
    this.#connections?.askAnew(id);
  }

  /** Connects to a KUBE and stays connected. Twice is once. @throws MeshError `MESH_LIMIT`. */
  connectKube(url: string): void {
    this.#requireOpen();
    if (this.#kubes.has(url)) return;
    const { webSockets } = this.#invitationPorts();
    if (this.#kubes.size >= KUBES_MAX) throw new MeshError('MESH_LIMIT', 'too many servers');
    this.#kubes.add(url);
    this.#connections?.connectKube(url, webSockets);
    this.#watch.changed();
  }

  /** Leaves a KUBE. Direct sessions that began there go on. */
  disconnectKube(url: string): void {
    this.#kubes.delete(url);
    this.#connections?.disconnectKube(url);
    this.#watch.changed();
  }

  /** Ends every session that leaves this machine. Servers are left one by one before. */
  hangUp(): void {
    this.#connections?.peers.hangUp((path) => path !== 'tabs');
  }

  /** Waits for guests of an invitation until disposed. `room` has 32 bytes. */
  listenInvitation(
    at: {
      readonly url: string;
      readonly room: Uint8Array;
      readonly delayMs?: () => number;
    },
    onGuest: (link: Link) => void,
  ): Disposable {
    this.#requireOpen();
    const room = toHex(at.room);
    const ports = this.#invitationPorts();
    const scope = new DisposableStack();
    this.#invitations.add(scope);
    this.#withParts(({ listenInvitation }) => {
      if (!scope.disposed) scope.use(listenInvitation(ports, { ...at, room }, onGuest));
    });
    return {
      [Symbol.dispose]: () => {
        this.#invitations.delete(scope);
        scope.dispose();
      },
    };
  }

  /** A link to who waits in an invitation's room. @throws MeshError `MESH_UNREACHABLE`, `MESH_CLOSED`. */
  async dialInvitation(
    at: { readonly url: string; readonly room: Uint8Array },
    signal: AbortSignal,
  ): Promise<Link> {
    this.#requireOpen();
    const until = AbortSignal.any([signal, this.#abort.signal]);
    const ports = this.#invitationPorts();
    const { dialInvitation } = await loadConnections();
    return dialInvitation(ports, { url: at.url, room: toHex(at.room) }, until);
  }

  /**
   * The records of the mailbox of a key at a server, over a connection that ends with them.
   * @throws MeshError `MESH_UNREACHABLE`, `MESH_REFUSED`, `MESH_CLOSED`.
   */
  async openRecords(
    at: { readonly url: string; readonly access: Signer },
    signal: AbortSignal,
  ): Promise<MailboxRecordsLink> {
    this.#requireOpen();
    const until = AbortSignal.any([signal, this.#abort.signal]);
    const { keys } = this.#options;
    const ports = { ...this.#invitationPorts(), keys };
    const parts = await loadConnections();
    return parts.openRecords(ports, at, until);
  }

  /**
   * Compares a log once with that of a mailbox which no space here uses, over a connection that ends with it.
   * @throws MeshError `MESH_UNREACHABLE`, `MESH_REFUSED`, `MESH_CLOSED`.
   */
  async visitMailbox(visit: Visit, signal: AbortSignal): Promise<VisitEnd> {
    this.#requireOpen();
    const until = AbortSignal.any([signal, this.#abort.signal]);
    const ports = { ...this.#invitationPorts(), keys: this.#options.keys };
    const parts = await loadConnections();
    return parts.visitMailbox(ports, visit, until);
  }

  /** Presence in a space. @throws MeshError `MESH_REFUSED` when the space was not added. */
  presence(id: string): Presence {
    if (!this.#spaces.has(id)) throw new MeshError('MESH_REFUSED', 'the space is not in the mesh');
    const known = this.#presences.get(id);
    if (known !== undefined) return known;
    const presence = new Presence(this.#options.clock, (bytes) => {
      for (const { session } of this.#bestOf(id)) session.datagram(id, bytes);
    });
    this.#presences.set(id, presence);
    return presence;
  }

  /** Chunks of a space, if it was added with a place for them. */
  chunks(id: string): SpaceChunks | undefined {
    return this.#chunks.get(id);
  }

  /** Mailboxes of a space that are open now: what they were given may stand for history that is nowhere else. */
  mailboxes(id: string): readonly MailboxSource[] {
    return this.#connections?.mailboxesOf(id) ?? [];
  }

  /** Programs that can be asked for the state of a space now: members in sync, never servers. */
  stateSources(id: string): readonly StateSource[] {
    return this.#bestOf(id).flatMap(({ peer, session }) => {
      const sync = session.stateOf(id);
      const isReader = session.syncOf(id)?.isOneWay === true;
      if (sync === undefined || peer === undefined || isReader) return [];
      return [{ peer, ask: (question) => sync.ask(question) }];
    });
  }

  /**
   * Lets nothing of a space be fetched block by block until what it returns is called: there may be a shorter
   * way to what is missing. What is asked for meanwhile waits, what is sent unasked is taken.
   */
  holdPulls(id: string): () => void {
    const space = this.#spaces.get(id);
    return space === undefined ? () => undefined : PullGate.of(space.replica).hold();
  }

  /** KUBEs to which a connection is open now, by address. */
  get reached(): readonly string[] {
    return this.#connections?.reached ?? [];
  }

  /** Session keys of the devices that are connected now, in hex. */
  get remotes(): ReadonlySet<string> {
    return new Set(
      [...(this.#connections?.peers.byName.values() ?? [])].map(({ remote }) => remote),
    );
  }

  /** How one space stands now. */
  spaceStatus(id: string): SpaceStatus | undefined {
    const space = this.#spaces.get(id);
    if (space === undefined) return undefined;
    return (
      this.#connections?.spaceStatus(space) ?? { ...ALONE, waiting: space.replica.waiting ?? 0 }
    );
  }

  /** Programs with which a space is in sync, or that refuse it. */
  peersOf(id: string): readonly SpacePeer[] {
    return this.#connections?.peersOf(id) ?? [];
  }

  /** Every space agrees with everybody who is connected: each KUBE's mailbox, or else some peer. */
  get isSettled(): boolean {
    return this.#watch.isSettled;
  }

  /** How everything stands now: looks at every space, for tools and tests. */
  get status(): MeshStatus {
    if (this.#connections !== undefined) return this.#connections.status;
    const spaces = [...this.#spaces.values()].map(
      ({ id, replica }) => [id, { ...ALONE, waiting: replica.waiting ?? 0 }] as const,
    );
    return { kubes: [], peers: [], spaces: new Map(spaces) };
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
    this.#connections?.wake();
  }

  [Symbol.dispose](): void {
    if (this.#abort.signal.aborted) return;
    for (const presence of this.#presences.values()) presence.stop();
    const closed = new MeshError('MESH_CLOSED', 'the mesh was closed');
    for (const chunks of this.#chunks.values()) chunks.stop(closed);
    this.#abort.abort();
    for (const listening of this.#invitations) listening[Symbol.dispose]();
    this.#connections?.[Symbol.dispose]();
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

  #connecting(): ConnectionsOptions {
    return {
      mesh: this.#options,
      instance: this.#instance,
      spaces: this.#spaces,
      changed: (...spaces) => this.#watch.changed(...spaces),
      onPresence: (space, peer, bytes) =>
        this.#presences.get(space)?.hear(peer.name, peer.remote, bytes),
      onGone: (peer) => this.#gone(peer),
      onSpace: ({ session }, space) => this.#sayPresence(session, space),
      signal: this.#abort.signal,
    };
  }

  /** Loads what speaks with others, and catches up with what was said meanwhile. */
  async #connectLater(): Promise<void> {
    const parts = await this.#parts();
    if (parts === undefined) return;
    const connections = new parts.Connections(this.#connecting());
    this.#connections = connections;
    if (this.#spaces.size > 0) connections.announce();
    const { webSockets } = this.#options;
    for (const url of this.#kubes) {
      if (webSockets !== undefined) connections.connectKube(url, webSockets);
    }
    this.#watch.changed(...this.#spaces.keys());
  }

  /** Where it cannot be loaded nobody could be reached either: it is tried again. `undefined`: closed. */
  async #parts(): Promise<ConnectionParts | undefined> {
    const { clock, log } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        const parts = await loadConnections();
        return signal.aborted ? undefined : parts;
      } catch {
        log?.event('warn', 'mesh.part-not-loaded');
        await clock.sleep(LOAD_AGAIN_MS, signal).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** Now if it can be, so that what is asked first also happens first. */
  #withParts(task: (parts: ConnectionParts) => void): void {
    const now = loadedConnections();
    if (now !== undefined) task(now);
    else void this.#parts().then((parts) => (parts === undefined ? undefined : task(parts)));
  }

  #bestOf(id: string): readonly PeerSession[] {
    return this.#connections?.peers.bestOf(id) ?? [];
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
    return space === undefined || this.#connections?.agrees(space) === true;
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
