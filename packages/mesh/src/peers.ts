/** Everybody we have a session with: opens sessions over links, whoever brought the link. */
import {
  toHex,
  type Agreer,
  type Clock,
  type KeyPlatform,
  type Link,
  type Log,
  type Rng,
  type Rtc,
} from '@atoll/kernel';
import { Peer } from './peer.ts';
import {
  PeerSession,
  type Alias,
  type PeerSessionOptions,
  type SharedSpace,
} from './peer-session.ts';
import { openSecureChannel } from './secure-channel.ts';
import type { SessionEnd } from './session-end.ts';
import type { SessionRole, SessionSecret } from './session-secret.ts';
import type { Cursors } from './session.ts';

/**
 * Sessions at once, handshakes included: through a KUBE there is one for each space and peer. Who is not
 * met this way is met through the mailbox.
 */
export const SESSIONS_MAX = 512;
/** Peers for which a direct connection is tried: a full mesh of six, and no browser minds. */
export const DIRECT_PEERS_MAX = 6;

/** What peers need of the mesh. */
export interface PeersOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly keys?: KeyPlatform | undefined;
  readonly log?: Log | undefined;
  readonly agreer: Agreer;
  readonly instance: string;
  readonly cursors: Cursors;
  readonly rtc?: Rtc | undefined;
  readonly iceServers: readonly string[];
  readonly spaces: ReadonlyMap<string, SharedSpace>;
  readonly onPresence: (space: string, peer: Peer, bytes: Uint8Array) => void;
  /** A peer has come or gone, or something of these spaces has changed with it. */
  readonly onChange: (...spaces: readonly string[]) => void;
  readonly onGone: (peer: Peer) => void;
  /** A space has just come into sync with a peer. */
  readonly onSpace: (session: PeerSession, space: string) => void;
}

/** A link and what is known of it. */
export interface LinkToPeer {
  readonly link: Link;
  readonly role: SessionRole;
  /** Initiator: what to greet with. Responder: all secrets, when absent. */
  readonly secrets?: readonly SessionSecret[];
  readonly context?: Uint8Array;
  readonly day?: number | undefined;
  /** The only space to be spoken of: through a KUBE, each space has connections of its own. */
  readonly only?: string;
  /** Whom it must turn out to be. */
  readonly expect?: string;
}

/** All peers by name. */
export class Peers {
  readonly byName: Map<string, Peer> = new Map();
  readonly #options: PeersOptions;
  readonly #sessions = new Set<PeerSession>();
  #opening = 0;
  #closed = false;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  /** Runs a session over a link until it ends, and says why it did. */
  async run(to: LinkToPeer): Promise<SessionEnd> {
    const { clock, rng, keys } = this.#options;
    const { agreer } = this.#asWhom(to);
    if (this.#closed || this.#sessions.size + this.#opening >= SESSIONS_MAX) {
      to.link.close();
      return 'SESSION_CLOSED';
    }
    this.#opening++;
    const channel = await openSecureChannel({
      link: to.link,
      role: to.role,
      clock,
      rng,
      keys,
      agreer,
      secrets: to.secrets ?? this.#openly().flatMap((space) => space.secrets),
      purpose: 'peer',
      ...(to.context === undefined ? {} : { context: to.context }),
      ...(to.day === undefined ? {} : { day: to.day }),
    });
    this.#opening--;
    if (typeof channel === 'string') return channel;
    const session: PeerSession = new PeerSession(
      channel,
      this.#sessionOptions(() => session, to),
    );
    this.#sessions.add(session);
    if (this.#closed) session.session.close('SESSION_CLOSED');
    else session.start();
    const end = await session.session.ended;
    this.#sessions.delete(session);
    this.#drop(session);
    return end;
  }

  /** Sessions that carry sync of a space, one a peer. */
  bestOf(space: string): readonly PeerSession[] {
    return [...this.byName.values()].flatMap((peer) => peer.bestOf(space) ?? []);
  }

  /** All sessions, with those that only stand by. */
  get sessions(): readonly PeerSession[] {
    return [...this.#sessions];
  }

  /** Ends every session. */
  close(): void {
    this.#closed = true;
    this.hangUp(() => true);
  }

  /** Ends sessions, by the path that they run over. New ones may begin. */
  hangUp(which: (path: Link['path']) => boolean): void {
    for (const session of [...this.#sessions]) {
      if (which(session.session.path)) session.session.close('SESSION_CLOSED');
    }
  }

  #sessionOptions(self: () => PeerSession, to: LinkToPeer): PeerSessionOptions {
    const { clock, rng, log, cursors, rtc, spaces } = this.#options;
    const { instance, isAlias } = this.#asWhom(to);
    const { onChange, onPresence, onSpace } = this.#options;
    const peer = (): Peer | undefined => this.byName.get(self().peer ?? '');
    const { only } = to;
    return {
      clock,
      rng,
      log,
      cursors,
      instance,
      // A direct connection would show where it is that somebody reads by a link.
      rtc: rtc !== undefined && !isAlias,
      isForOne: only !== undefined,
      spaces: () => {
        if (only === undefined) return this.#openly();
        const space = spaces.get(only);
        return space === undefined ? [] : [space];
      },
      onMatched: () => peer()?.choose(),
      onMet: (session) => this.#met(session, to),
      onRtc: (attempt, signal) => peer()?.signal(self(), attempt, signal),
      onProgress: (space) => onChange(space),
      onDatagram: (space, bytes) => {
        const from = peer();
        if (from !== undefined) onPresence(space, from, bytes);
      },
      onSpaces: (space) => {
        onSpace(self(), space);
        onChange(space);
      },
    };
  }

  /** Spaces that may be spoken of with whoever else is met: not those in which we are met as somebody else. */
  #openly(): readonly SharedSpace[] {
    return [...this.#options.spaces.values()].filter(({ alias }) => alias === undefined);
  }

  /** The key and the name by which we are met over a link. */
  #asWhom({ only }: LinkToPeer): Alias & { readonly isAlias: boolean } {
    const { agreer, instance, spaces } = this.#options;
    const alias = only === undefined ? undefined : spaces.get(only)?.alias;
    return { ...(alias ?? { agreer, instance }), isAlias: alias !== undefined };
  }

  #met(session: PeerSession, to: LinkToPeer): void {
    const { clock, rtc, iceServers } = this.#options;
    const { agreer, instance, isAlias } = this.#asWhom(to);
    const name = session.peer;
    const own = `${toHex(agreer.publicKey)}:${instance}`;
    if (name === undefined || name === own || (to.expect !== undefined && to.expect !== name)) {
      session.session.close(name === own ? 'SESSION_SELF' : 'SESSION_CLOSED');
      return;
    }
    let peer = this.byName.get(name);
    if (peer === undefined) {
      peer = new Peer(name, session.session.remote, {
        clock,
        initiates: own < name,
        rtc: this.byName.size < DIRECT_PEERS_MAX && !isAlias ? rtc : undefined,
        iceServers,
        onDirectLink: (link, via) => void this.#direct(link, via, name),
      });
      this.byName.set(name, peer);
    }
    peer.add(session);
    this.#options.onChange(...session.sharedSpaces);
  }

  /** The direct session is bound to the one that negotiated it, and must reach the same program. */
  async #direct(link: Link, via: PeerSession, name: string): Promise<void> {
    const { channel } = via.session;
    const secrets = via.sharedSpaces.flatMap(
      (space) => this.#options.spaces.get(space)?.secrets ?? [],
    );
    const end = await this.run({
      link,
      role: channel.role,
      secrets,
      context: channel.handshakeHash,
      day: 0,
      expect: name,
    });
    this.#options.log?.event('debug', 'mesh.direct.ended', { end });
  }

  #drop(session: PeerSession): void {
    const peer = this.byName.get(session.peer ?? '');
    if (peer !== undefined && !peer.drop(session)) {
      this.byName.delete(peer.name);
      this.#options.onGone(peer);
    }
    this.#options.onChange(...session.sharedSpaces);
  }
}
