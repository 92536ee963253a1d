/**
 * Raw links for invitations, through a room that only the code leads to. Each uses a connection of its
 * own, so that a server cannot tell which spaces belong to who invites or joins. What is spoken over
 * the link is not known here.
 */
import type { Clock, Link, Log, Rng, WebSockets } from '@atoll/kernel';
import { BaseLink } from './base-link.ts';
import { MeshError } from './mesh-error.ts';
import { SignalingClient } from './signaling-client.ts';

/** The first message of a guest, and the answer that tells a host from other guests. */
const KNOCK: Uint8Array<ArrayBuffer> = Uint8Array.of(1);
const ANSWER: Uint8Array<ArrayBuffer> = Uint8Array.of(2);
/** A host that is not there by then is not online. */
export const DIAL_TIMEOUT_MS = 30_000;
/** Guests at one time; an invitation is for one, and a few may try. */
const GUESTS_MAX = 4;

/** What invitation links need. */
export interface InvitationPorts {
  readonly webSockets: WebSockets;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log?: Log | undefined;
}

/** A link whose first message has been taken off. */
class KnockedLink extends BaseLink {
  readonly path: Link['path'];
  readonly #inner: Link;

  constructor(inner: Link) {
    super();
    this.path = inner.path;
    this.#inner = inner;
    void inner.ended.then((end) => this.finish(end));
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }

  send(message: Uint8Array): void {
    this.#inner.send(message);
  }

  override drained(lowBytes: number): Promise<void> {
    return this.#inner.drained(lowBytes);
  }

  arrive(message: Uint8Array<ArrayBuffer>): void {
    this.deliver(message);
  }

  protected shut(): void {
    this.#inner.close();
  }
}

/** Where a host waits. */
export interface ListenAt {
  readonly url: string;
  /** 32 bytes in hex. */
  readonly room: string;
  /** How long others who answer the same invitation come first; asked for with each knock. */
  readonly delayMs?: () => number;
}

/** Several may answer; whoever comes later finds that the guest has gone to somebody else. */
async function answer(clock: Clock, at: ListenAt, link: Link, take: () => void): Promise<void> {
  const delayMs = at.delayMs?.() ?? 0;
  if (delayMs > 0) {
    const gone = new AbortController();
    void link.ended.then(() => gone.abort());
    const isThere = await clock.sleep(delayMs, gone.signal).then(
      () => true,
      () => false,
    );
    if (!isThere) return;
  }
  link.send(ANSWER);
  take();
}

/** Waits for guests in a room until disposed; each gets a link. `room` is 32 bytes in hex. */
export function listenInvitation(
  ports: InvitationPorts,
  at: ListenAt,
  onGuest: (link: Link) => void,
): Disposable {
  let guests = 0;
  const client = connect(ports, at.url, (_peer, link) => {
    if (guests >= GUESTS_MAX) {
      link.close();
      return;
    }
    guests++;
    void link.ended.then(() => guests--);
    knocked(link, KNOCK, (guest) => void answer(ports.clock, at, link, () => onGuest(guest)));
  });
  client.join(at.room);
  return client;
}

/**
 * A link to the host of a room. Closing it ends the connection.
 * @throws MeshError `MESH_UNREACHABLE` when no host answers in time, `MESH_CLOSED` when aborted.
 */
export async function dialInvitation(
  ports: InvitationPorts,
  at: { readonly url: string; readonly room: string },
  signal: AbortSignal,
): Promise<Link> {
  const { promise, resolve } = Promise.withResolvers<Link>();
  const links = new Set<Link>();
  const client = connect(ports, at.url, undefined, (peer) => {
    const link = client.dial(peer);
    links.add(link);
    knocked(link, ANSWER, (host) => {
      // One host is enough: the others need not wait for their turn.
      for (const other of links) if (other !== link) other.close();
      resolve(host);
    });
    link.send(KNOCK);
  });
  client.join(at.room);
  const patience = new AbortController();
  const until = AbortSignal.any([signal, patience.signal]);
  const timeout = ports.clock.sleep(DIAL_TIMEOUT_MS, until).then(
    () => 'late' as const,
    () => 'aborted' as const,
  );
  const outcome = await Promise.race([promise, timeout]);
  patience.abort();
  if (typeof outcome === 'string') {
    client[Symbol.dispose]();
    if (outcome === 'late') throw new MeshError('MESH_UNREACHABLE', 'the inviter is not online');
    throw new MeshError('MESH_CLOSED', 'joining was cancelled');
  }
  void outcome.ended.then(() => client[Symbol.dispose]());
  return outcome;
}

function connect(
  ports: InvitationPorts,
  url: string,
  onLink: ((peer: string, link: Link) => void) | undefined,
  onPeer?: (peer: string) => void,
): SignalingClient {
  const { webSockets, clock, rng, log } = ports;
  return new SignalingClient({
    url,
    webSockets,
    clock,
    rng,
    ...(log === undefined ? {} : { log }),
    events: {
      ...(onLink === undefined ? {} : { onLink }),
      ...(onPeer === undefined ? {} : { onPeer: (_room: string, peer: string) => onPeer(peer) }),
    },
  });
}

/** Hands the link over once the expected first message has come. */
function knocked(link: Link, expected: Uint8Array, take: (link: Link) => void): void {
  let rest: KnockedLink | undefined;
  link.onMessage((message) => {
    if (rest !== undefined) {
      rest.arrive(message);
    } else if (message.length === 1 && message[0] === expected[0]) {
      rest = new KnockedLink(link);
      take(rest);
    } else link.close();
  });
}
