/** How the mesh stands, as a user would want to know it: true, per space and per peer. */
import type { KubeConnection, KubeStatus } from './kube-connection.ts';
import type { Peers } from './peers.ts';
import type { Session } from './session.ts';
import type { SyncProgress } from './space-sync.ts';

/** The best way to others: none, through a server, other tabs only, or directly. */
export type Reach = 'offline' | 'tabs' | 'relay' | 'direct';

/** Another running program. */
export interface PeerStatus {
  /** Session key and instance. */
  readonly peer: string;
  /** Session key of its device, in hex. */
  readonly remote: string;
  readonly reach: Exclude<Reach, 'offline'>;
  /** Round trip, once measured. */
  readonly rttMs: number | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Milliseconds since something was heard. */
  readonly silentMs: number;
  /** Spaces in sync with it. */
  readonly spaces: readonly string[];
}

/** A space, over all its connections. */
export interface SpaceStatus {
  readonly reach: Reach;
  /** Other programs with which it is in sync. */
  readonly peers: number;
  /** A KUBE's mailbox is in sync. */
  readonly mailbox: boolean;
  /** Every such mailbox is known to have exactly what we have. */
  readonly mailboxSettled: boolean;
  /** Somebody is known to have exactly what we have, and nobody is known to have more. */
  readonly settled: boolean;
  /** Bytes that wait to be sent. */
  readonly pendingBytes: number;
  /** Transfers to us under way: blocks that came of those announced. */
  readonly receiving: { readonly blocks: number; readonly expected: number } | undefined;
  /** Code of the last thing that was refused, if any. */
  readonly refused: string | undefined;
}

/** Everything. */
export interface MeshStatus {
  readonly kubes: readonly KubeStatus[];
  readonly peers: readonly PeerStatus[];
  readonly spaces: ReadonlyMap<string, SpaceStatus>;
}

/** Looks at everything once. */
export function meshStatus(of: {
  readonly nowMs: number;
  readonly spaces: readonly string[];
  readonly kubes: readonly KubeConnection[];
  readonly peers: Peers;
}): MeshStatus {
  const peers: PeerStatus[] = [];
  for (const peer of of.peers.byName.values()) {
    const session = peer.best?.session;
    if (session !== undefined) peers.push(peerStatus(peer.name, session, of.nowMs));
  }
  const mailboxes = of.kubes.flatMap((kube) => kube.mailboxes?.session ?? []);
  const sessions = of.peers.best.map(({ session }) => session);
  return {
    kubes: of.kubes.map((kube) => kube.status),
    peers,
    spaces: new Map(of.spaces.map((space) => [space, spaceStatus(space, sessions, mailboxes)])),
  };
}

function peerStatus(peer: string, session: Session, nowMs: number): PeerStatus {
  return {
    peer,
    remote: session.remote,
    reach: reachOf(session),
    rttMs: session.mux.rttMs,
    bytesIn: session.channel.bytesIn,
    bytesOut: session.channel.bytesOut,
    silentMs: nowMs - session.mux.heardMs,
    spaces: session.spaces,
  };
}

const REACHES: readonly Reach[] = ['offline', 'tabs', 'relay', 'direct'];

function spaceStatus(
  space: string,
  sessions: readonly Session[],
  mailboxes: readonly Session[],
): SpaceStatus {
  let reach = 0;
  let pendingBytes = 0;
  let agreed = 0;
  let behind = 0;
  let receiving: SpaceStatus['receiving'];
  let refused: SyncProgress['refused'];
  const count = (list: readonly Session[]): number => {
    let found = 0;
    for (const session of list) {
      const sync = session.syncOf(space);
      if (sync === undefined) continue;
      found++;
      const { progress } = sync;
      reach = Math.max(reach, REACHES.indexOf(reachOf(session)));
      pendingBytes += sync.sending.queuedBytes;
      refused = progress.refused ?? refused;
      if (sync.isAgreed) agreed++;
      if (progress.state === 'pulling' || sync.sending.state === 'serving') behind++;
      if (progress.state !== 'pulling') continue;
      receiving = {
        blocks: (receiving?.blocks ?? 0) + progress.pulledBlocks,
        expected: (receiving?.expected ?? 0) + progress.expectedBlocks,
      };
    }
    return found;
  };
  const peers = count(sessions);
  const agreedPeers = agreed;
  const found = count(mailboxes);
  const mailbox = found > 0;
  const settled = agreed > 0 && behind === 0 && pendingBytes === 0;
  return {
    reach: REACHES[reach] ?? 'offline',
    peers,
    mailbox,
    mailboxSettled: mailbox && agreed - agreedPeers === found,
    settled,
    pendingBytes,
    receiving,
    refused,
  };
}

function reachOf(session: Session): Exclude<Reach, 'offline'> {
  const { path } = session;
  if (path === 'relay' || path === 'tabs') return path;
  return 'direct';
}
