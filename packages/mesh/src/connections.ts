/**
 * Everybody whom the mesh of one running program meets: KUBEs, peers, other tabs, and those who wait in the
 * rooms of invitations. A part of its own, see `load-connections.ts`; the mesh holds what it is told of.
 */
import type { Link, WebSockets } from '@atoll/kernel';
import { dialInvitation, listenInvitation } from './invitation-links.ts';
import { KubeConnection } from './kube-connection.ts';
import type { KubeSpace } from './kube-line.ts';
import { MailboxSource } from './mailbox-source.ts';
import { visitMailbox } from './mailbox-visit.ts';
import { openRecords } from './record-links.ts';
import {
  agreesWithAll,
  meshStatus,
  peersOfSpace,
  spaceStatus,
  type MeshStatus,
  type SpacePeer,
  type SpaceStatus,
} from './mesh-status.ts';
import type { MeshOptions } from './mesh.ts';
import type { PeerSession } from './peer-session.ts';
import type { Peer } from './peer.ts';
import { Peers } from './peers.ts';
import type { SpaceSync } from './space-sync.ts';
import { TabLinks } from './tab-links.ts';

export { dialInvitation, listenInvitation, openRecords, visitMailbox };

/** A sign of life after waking up takes no longer, or the session is dead. */
const WAKE_TIMEOUT_MS = 3_000;
/** So long after a session with another tab has ended, it is looked whether the tab is still there. */
const TAB_AGAIN_MS = 2_000;

/** What connections need of the mesh. */
export interface ConnectionsOptions {
  readonly mesh: MeshOptions;
  /** Name of this running program among those of the same device. */
  readonly instance: string;
  readonly spaces: ReadonlyMap<string, KubeSpace>;
  /** Something has changed: of these spaces, or of none of them. */
  readonly changed: (...spaces: readonly string[]) => void;
  readonly onPresence: (space: string, peer: Peer, bytes: Uint8Array) => void;
  readonly onGone: (peer: Peer) => void;
  /** A space has just come into sync with a peer. */
  readonly onSpace: (session: PeerSession, space: string) => void;
  readonly signal: AbortSignal;
}

/** All connections of a mesh. Disposal ends every one. */
export class Connections implements Disposable {
  readonly peers: Peers;
  readonly #options: ConnectionsOptions;
  readonly #kubes = new Map<string, KubeConnection>();
  readonly #tabs: TabLinks | undefined;

  /** Meets other tabs at once; KUBEs when told to. */
  constructor(options: ConnectionsOptions) {
    this.#options = options;
    const { changed, instance, mesh, onGone, onPresence, onSpace, spaces } = options;
    const { clock, rng, keys, log, agreer, cursors, rtc, bus, busName } = mesh;
    this.peers = new Peers({
      clock,
      rng,
      keys,
      log,
      agreer,
      cursors,
      rtc,
      instance,
      iceServers: mesh.iceServers ?? [],
      spaces,
      onPresence,
      onChange: changed,
      onGone,
      onSpace,
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

  /** A space was added, or something else was said of it. */
  added(space: KubeSpace, isNew: boolean): void {
    for (const kube of this.#kubes.values()) kube.refresh(space.id);
    if (isNew) for (const session of this.peers.sessions) session.offer([space]);
    if (this.#options.spaces.size === 1) this.announce();
  }

  /** Says to other tabs that we are here. */
  announce(): void {
    this.#tabs?.announce();
  }

  /** Takes a space out of every session, room and mailbox. */
  removed(id: string): void {
    for (const session of this.peers.sessions) session.remove(id);
    for (const kube of this.#kubes.values()) kube.remove(id);
  }

  /** Asks again who may have a space. */
  recheck(id: string): void {
    for (const session of this.peers.sessions) void session.recheck(id);
  }

  /** Compares a space's log with everybody again. */
  greet(id: string): void {
    for (const sync of this.#syncsOf(id)) sync.helloAnew();
  }

  /** Asks everybody for what a space's log lacks. */
  askAnew(id: string): void {
    for (const sync of this.#syncsOf(id)) sync.askAnew();
  }

  /** Connects to a KUBE and stays connected. */
  connectKube(url: string, webSockets: WebSockets): void {
    const { changed, mesh, spaces } = this.#options;
    const { clock, rng, keys, log, cursors } = mesh;
    const kube = new KubeConnection({
      url,
      webSockets,
      clock,
      rng,
      keys,
      log,
      cursors,
      peers: this.peers,
      spaces,
      onChange: (space) => changed(...(space === undefined ? [] : [space])),
    });
    this.#kubes.set(url, kube);
  }

  /** Leaves a KUBE. */
  disconnectKube(url: string): void {
    const kube = this.#kubes.get(url);
    this.#kubes.delete(url);
    kube?.[Symbol.dispose]();
  }

  /** Mailboxes of a space with which it is in sync. */
  mailboxesOf(space: string): readonly MailboxSource[] {
    return [...this.#kubes.values()].flatMap((kube) => {
      const session = kube.mailboxOf(space);
      const isOpen = session?.syncOf(space) !== undefined && kube.answerOf(space) === 'open';
      return isOpen ? [new MailboxSource({ url: kube.url, session, space })] : [];
    });
  }

  /** KUBEs to which a connection is open now, by address. */
  get reached(): readonly string[] {
    return [...this.#kubes.values()].filter(({ isOnline }) => isOnline).map(({ url }) => url);
  }

  /** How a space stands now. */
  spaceStatus(space: KubeSpace): SpaceStatus {
    return spaceStatus(space, this.peers, [...this.#kubes.values()]);
  }

  /** A space agrees with everybody who is connected. */
  agrees(space: KubeSpace): boolean {
    return agreesWithAll(space, this.peers, [...this.#kubes.values()]);
  }

  /** Programs with which a space is in sync, or that refuse it. */
  peersOf(id: string): readonly SpacePeer[] {
    return peersOfSpace(id, this.peers, this.#options.mesh.clock.monotonicMs());
  }

  /** How everything stands now. */
  get status(): MeshStatus {
    const { mesh, spaces } = this.#options;
    return meshStatus({
      nowMs: mesh.clock.monotonicMs(),
      spaces,
      kubes: [...this.#kubes.values()],
      peers: this.peers,
    });
  }

  /** Finds out soon what is still alive. */
  wake(): void {
    for (const kube of this.#kubes.values()) kube.wake();
    for (const peer of this.peers.byName.values()) peer.wake(WAKE_TIMEOUT_MS);
  }

  [Symbol.dispose](): void {
    for (const kube of this.#kubes.values()) kube[Symbol.dispose]();
    this.peers.close();
    this.#tabs?.[Symbol.dispose]();
  }

  /** Sync of a space with everybody who is here. */
  *#syncsOf(id: string): Generator<SpaceSync> {
    const sessions = [...this.peers.bestOf(id)].map(({ session }) => session);
    const mailboxes = [...this.#kubes.values()].flatMap((kube) => kube.mailboxOf(id) ?? []);
    for (const session of [...sessions, ...mailboxes]) {
      const sync = session.syncOf(id);
      if (sync !== undefined) yield sync;
    }
  }

  /** Tabs of one profile hold the same spaces, so that any of them will do for the greeting. */
  async #meetTab(link: Link, initiates: boolean): Promise<void> {
    const { mesh, signal, spaces } = this.#options;
    const [first] = spaces.values();
    const secrets = initiates ? (first?.secrets.slice(0, 1) ?? []) : undefined;
    const role = initiates ? 'initiator' : 'responder';
    const end = await this.peers.run({
      link,
      role,
      ...(secrets === undefined ? {} : { secrets }),
    });
    mesh.log?.event('debug', 'mesh.tab.ended', { end });
    await mesh.clock.sleep(TAB_AGAIN_MS, signal).then(
      () => this.announce(),
      () => undefined,
    );
  }
}
