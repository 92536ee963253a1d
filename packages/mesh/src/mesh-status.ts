/** How the mesh stands, as a user would want to know it: true, per space and per peer. */
import type { MailboxWarning } from './acknowledged.ts';
import type { KubeConnection, KubeStatus } from './kube-connection.ts';
import type { KubeSpace } from './kube-line.ts';
import type { Peer } from './peer.ts';
import type { Peers } from './peers.ts';
import type { SpaceRefusal } from './session-messages.ts';
import type { Session } from './session.ts';
import type { SyncProgress } from './space-sync.ts';

/** The best way to others: none, through a server, other tabs only, or directly. */
export type Reach = 'offline' | 'tabs' | 'relay' | 'direct';

/** Another running program, and how it is reached. */
export interface PeerReach {
  /** Session key and instance. */
  readonly peer: string;
  /** Session key of its device, in hex. */
  readonly remote: string;
  readonly reach: Exclude<Reach, 'offline'>;
  /** Round trip, once measured. */
  readonly rttMs: number | undefined;
  /** Milliseconds since something was heard. */
  readonly silentMs: number;
}

/** The same with all that is known of it. */
export interface PeerStatus extends PeerReach {
  /** Of all sessions with it. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Spaces in sync with it. */
  readonly spaces: readonly string[];
  /** Spaces of which it says nothing, with its reason. */
  readonly refusals: ReadonlyMap<string, SpaceRefusal>;
}

/** Another running program as a space sees it. */
export interface SpacePeer extends PeerReach {
  /** It is known to have exactly what we have of the space. */
  readonly agreed: boolean;
  /** It says nothing of the space, and why. */
  readonly refusal?: SpaceRefusal;
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
  /** Runs that came and continue what is not here: somebody has more than could be taken in. */
  readonly waiting: number;
  /** Somebody has said that his log is another than ours; it may be that it was compared some time ago. */
  readonly differs: boolean;
  /** Bytes that wait to be sent. */
  readonly pendingBytes: number;
  /** Transfers to us under way: blocks that came of those announced. */
  readonly receiving: { readonly blocks: number; readonly expected: number } | undefined;
  /** Code of the last thing that was refused, if any. */
  readonly refused: string | undefined;
  /** What is wrong with a mailbox of the space, if anything. */
  readonly warning: MailboxWarning | undefined;
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
  readonly spaces: ReadonlyMap<string, KubeSpace>;
  readonly kubes: readonly KubeConnection[];
  readonly peers: Peers;
}): MeshStatus {
  const peers: PeerStatus[] = [];
  for (const peer of of.peers.byName.values()) {
    const session = peer.best?.session;
    if (session !== undefined) peers.push(peerStatus(peer, session, of.nowMs));
  }
  return {
    kubes: of.kubes.map((kube) => kube.status),
    peers,
    spaces: new Map(
      [...of.spaces].map(([id, space]) => [id, spaceStatus(space, of.peers, of.kubes)]),
    ),
  };
}

/** Programs with which a space is in sync, or that say nothing of it and why. */
export function peersOfSpace(space: string, peers: Peers, nowMs: number): readonly SpacePeer[] {
  const found: SpacePeer[] = [];
  for (const peer of peers.byName.values()) {
    const session = peer.best?.session;
    const refusal = peer.refusals.get(space);
    const sync = peer.bestOf(space)?.session.syncOf(space);
    if (session === undefined || (refusal === undefined && sync === undefined)) continue;
    found.push({
      ...peerReach(peer, session, nowMs),
      agreed: refusal === undefined && sync?.isAgreed === true,
      ...(refusal === undefined ? {} : { refusal }),
    });
  }
  return found;
}

/**
 * A space agrees with everybody who is connected. A server that has not said yet what it thinks of a
 * mailbox may still have news.
 */
export function agreesWithAll(
  space: KubeSpace,
  peers: Peers,
  kubes: readonly KubeConnection[],
): boolean {
  const answers = kubes.filter(({ isOnline }) => isOnline).map((kube) => kube.answerOf(space.id));
  if (answers.includes(undefined)) return false;
  const status = spaceStatus(space, peers, kubes);
  return status.settled && (status.mailboxSettled || !answers.includes('open'));
}

function peerReach(peer: Peer, session: Session, nowMs: number): PeerReach {
  return {
    peer: peer.name,
    remote: session.remote,
    reach: reachOf(session),
    rttMs: session.mux.rttMs,
    silentMs: nowMs - Math.max(...peer.sessions.map((each) => each.session.mux.heardMs)),
  };
}

function peerStatus(peer: Peer, session: Session, nowMs: number): PeerStatus {
  const sessions = peer.sessions.map((each) => each.session);
  const sum = (bytesOf: (session: Session) => number): number =>
    sessions.reduce((bytes, each) => bytes + bytesOf(each), 0);
  return {
    ...peerReach(peer, session, nowMs),
    bytesIn: sum(({ channel }) => channel.bytesIn),
    bytesOut: sum(({ channel }) => channel.bytesOut),
    refusals: peer.refusals,
    spaces: [...new Set(sessions.flatMap(({ spaces }) => spaces))],
  };
}

const REACHES: readonly Reach[] = ['offline', 'tabs', 'relay', 'direct'];

/** Looks at one space. */
export function spaceStatus(
  space: KubeSpace,
  peersOf: Peers,
  kubes: readonly KubeConnection[],
): SpaceStatus {
  const { id } = space;
  let reach = 0;
  let pendingBytes = 0;
  let agreed = 0;
  let behind = 0;
  let receiving: SpaceStatus['receiving'];
  let refused: SyncProgress['refused'];
  const count = (list: readonly Session[]): number => {
    let found = 0;
    for (const session of list) {
      const sync = session.syncOf(id);
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
  // Who only reads keeps nothing for anybody.
  const members = peersOf
    .bestOf(id)
    .map(({ session }) => session)
    .filter((session) => session.syncOf(id)?.isOneWay !== true);
  const peers = count(members);
  const agreedPeers = agreed;
  const mailboxes = kubes.flatMap((kube) => kube.mailboxOf(id) ?? []);
  const found = count(mailboxes);
  const sessions = [...members, ...mailboxes];
  // A line that rests, because others have their turn, had a mailbox that agreed.
  const rested = kubes.filter((kube) => kube.isRested(space)).length;
  const mailbox = found + rested > 0;
  const waiting = space.replica.waiting ?? 0;
  const settled = agreed + rested > 0 && behind === 0 && pendingBytes === 0 && waiting === 0;
  return {
    reach: REACHES[reach] ?? 'offline',
    peers,
    mailbox,
    mailboxSettled: mailbox && agreed - agreedPeers === found,
    settled,
    waiting,
    differs: sessions.some((session) => session.syncOf(id)?.isOther === true),
    pendingBytes,
    receiving,
    refused,
    warning: warningOf(id, mailboxes),
  };
}

function warningOf(space: string, mailboxes: readonly Session[]): MailboxWarning | undefined {
  const syncs = mailboxes.map((session) => session.syncOf(space)?.progress.warning);
  return syncs.find((warning) => warning !== undefined);
}

function reachOf(session: Session): Exclude<Reach, 'offline'> {
  const { path } = session;
  if (path === 'relay' || path === 'tabs') return path;
  return 'direct';
}
