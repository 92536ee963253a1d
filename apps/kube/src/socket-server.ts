/**
 * The WebSocket endpoint: takes connections within the limits, hands them to the signaling service, and
 * gives relay links to the KUBE itself to the mailboxes.
 */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorCode, type Agreer, type Link, type Log, type PlatformBase } from '@atoll/kernel';
import { SignalingHost, serveMailboxes } from '@atoll/mesh';
import { WebSocketServer, type WebSocket } from 'ws';
import { AllowanceByAddress } from './allowance.ts';
import { clientAddress } from './client-address.ts';
import type { KubeLimits } from './limits.ts';
import type { MailboxChunks } from './mailbox-chunks.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { Metrics } from './metrics.ts';
import { SOCKET_MESSAGE_BYTES_MAX, SocketLink } from './socket-link.ts';

/** Path of the endpoint under the server's address. */
export const SOCKET_PATH = '/atoll/v1';
/** Memory that all sockets together may hold for slow readers; new connections are refused above it. */
const BUFFERED_BYTES_MAX: number = 512 * 1024 * 1024;

/** What the endpoint is made of. */
export interface SocketServerOptions {
  readonly platform: Pick<PlatformBase, 'clock' | 'rng' | 'ed25519'>;
  readonly kubeName: string;
  readonly agreer: Agreer;
  readonly mailboxes: Mailboxes;
  readonly chunks: MailboxChunks;
  readonly limits: KubeLimits;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly trustProxy: boolean;
}

type Count = (labels?: Readonly<Record<string, string>>, by?: number) => void;

/** Counters that the endpoint keeps. */
interface Counters {
  readonly connections: Count;
  readonly refused: Count;
  readonly throttled: Count;
  readonly messages: Count;
  readonly bytes: Count;
  readonly sessions: Count;
  readonly writesRefused: Count;
}

/** Takes upgrades and serves them until it is disposed. */
export class SocketServer implements Disposable {
  readonly #options: SocketServerOptions;
  readonly #server: WebSocketServer;
  readonly #host: SignalingHost;
  readonly #count: Counters;
  readonly #links: Set<SocketLink> = new Set();
  readonly #openByAddress: Map<string, number> = new Map();
  readonly #addressByConnection: Map<number, string> = new Map();
  readonly #connects: AllowanceByAddress;
  readonly #sessions: AllowanceByAddress;
  readonly #mailboxOpens: AllowanceByAddress;
  #closing = false;

  constructor(options: SocketServerOptions) {
    const { limits, platform, metrics } = options;
    this.#options = options;
    this.#count = declare(metrics);
    this.#connects = new AllowanceByAddress(rate(limits.connectBurst, limits.connectPerSecond));
    this.#sessions = new AllowanceByAddress(rate(limits.sessionBurst, limits.sessionsPerSecond));
    this.#mailboxOpens = new AllowanceByAddress(
      rate(limits.mailboxBurst, limits.mailboxesPerSecond),
    );
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: SOCKET_MESSAGE_BYTES_MAX,
      // Sealed bytes do not compress, and a compressed giant would cost memory to refuse.
      perMessageDeflate: false,
    });
    this.#host = new SignalingHost({
      kubeName: options.kubeName,
      clock: platform.clock,
      rng: platform.rng,
      limits: { idleMs: limits.idleMs },
      observer: {
        received: (bytes) => this.#traffic('in', bytes),
        sent: (bytes) => this.#traffic('out', bytes),
        refused: (code) => this.#count.refused({ code }),
      },
      onLink: (link, connection) => this.#onLink(link, connection),
    });
    metrics.gauge('kube_connections', 'Open WebSockets.', () => this.#links.size);
    metrics.gauge('kube_rooms', 'Rooms with a connection in them.', () => this.#host.counts.rooms);
    const buffered = 'Bytes that sockets hold for slow readers.';
    metrics.gauge('kube_buffered_bytes', buffered, () => this.#bufferedBytes());
  }

  /** Open connections. */
  get connections(): number {
    return this.#links.size;
  }

  /** Answers a request to change to the WebSocket protocol. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined); // A reset before the handshake is nobody's business.
    const address = clientAddress(request, this.#options.trustProxy);
    const status = this.#statusFor(request, address);
    if (status !== undefined) {
      this.#count.refused({ code: `HTTP_${status}` });
      const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`;
      socket.end(`${head}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#accept(webSocket, address);
    });
  }

  /** Ends every connection and takes no more. */
  [Symbol.dispose](): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#host[Symbol.dispose]();
    for (const link of this.#links) link.close();
    this.#server.close();
  }

  /** The status of the refusal, or `undefined` when the connection may come. */
  #statusFor(request: IncomingMessage, address: string): number | undefined {
    const { limits, platform } = this.#options;
    const path = (request.url ?? '').split('?')[0];
    if (path !== SOCKET_PATH) return 404;
    if (this.#closing || this.#links.size >= limits.connectionsMax) return 503;
    if (this.#bufferedBytes() > BUFFERED_BYTES_MAX) return 503;
    const open = this.#openByAddress.get(address) ?? 0;
    if (open >= limits.connectionsPerAddressMax) return 429;
    return this.#connects.take(address, platform.clock.monotonicMs()) ? undefined : 429;
  }

  #accept(webSocket: WebSocket, address: string): void {
    const { limits, platform } = this.#options;
    const link = new SocketLink(webSocket, {
      clock: platform.clock,
      messages: rate(limits.messageBurst, limits.messagesPerSecond),
      bytes: rate(limits.byteBurst, limits.bytesPerSecond),
      onThrottle: () => this.#count.throttled(),
    });
    this.#count.connections();
    this.#links.add(link);
    this.#openByAddress.set(address, (this.#openByAddress.get(address) ?? 0) + 1);
    const connection = this.#host.attach(link);
    this.#addressByConnection.set(connection, address);
    void link.ended.then(() => {
      this.#links.delete(link);
      this.#addressByConnection.delete(connection);
      const left = (this.#openByAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#openByAddress.set(address, left);
      else this.#openByAddress.delete(address);
    });
  }

  /** A client has opened a channel to the KUBE itself: a session with its mailboxes. */
  #onLink(link: Link, connection: number): void {
    const address = this.#addressByConnection.get(connection) ?? 'unknown';
    const nowMs = this.#options.platform.clock.monotonicMs();
    if (!this.#sessions.take(address, nowMs)) {
      this.#count.refused({ code: 'KUBE_SESSION_RATE' });
      link.close();
      return;
    }
    this.#serve(link, address).catch((failure: unknown) => {
      link.close();
      this.#options.log.event('error', 'kube.session.failed', { code: errorCode(failure) });
    });
  }

  async #serve(link: Link, address: string): Promise<void> {
    const { platform, agreer, chunks, mailboxes, log } = this.#options;
    const end = await serveMailboxes(link, {
      ...platform,
      log,
      agreer,
      openMailbox: async (id) => {
        if (!this.#mailboxOpens.take(address, platform.clock.monotonicMs())) return 'busy';
        return mailboxes.acquire(id);
      },
      chunksOf: (id) => chunks.of(id),
      standOf: (id) => mailboxes.standOf(id),
      onWriteRefused: (what) => this.#count.writesRefused({ what }),
      closeMailbox: (id) => {
        mailboxes.release(id).catch((failure: unknown) => {
          log.event('error', 'kube.mailbox.failed', { code: errorCode(failure) });
        });
      },
    });
    this.#count.sessions({ end });
  }

  #traffic(direction: 'in' | 'out', bytes: number): void {
    this.#count.messages({ direction });
    this.#count.bytes({ direction }, bytes);
  }

  #bufferedBytes(): number {
    let sum = 0;
    for (const link of this.#links) sum += link.bufferedBytes;
    return sum;
  }
}

function rate(burst: number, perSecond: number): { burst: number; perSecond: number } {
  return { burst, perSecond };
}

function declare(metrics: Metrics): Counters {
  return {
    connections: metrics.counter('kube_connections_total', 'WebSockets taken.'),
    refused: metrics.counter('kube_refused_total', 'Connections, sessions and messages refused.'),
    throttled: metrics.counter('kube_throttled_total', 'Times a socket was not read for a while.'),
    messages: metrics.counter('kube_messages_total', 'Messages of clients, by direction.'),
    bytes: metrics.counter('kube_bytes_total', 'Bytes of messages of clients, by direction.'),
    sessions: metrics.counter('kube_sessions_total', 'Sessions with mailboxes, by their end.'),
    writesRefused: metrics.counter(
      'kube_mailbox_writes_refused_total',
      'Writings that the key of a mailbox does not allow.',
    ),
  };
}
