/** One running KUBE: its modules, opened and ended as one. */
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ready } from '@atoll/crypto';
import { Scope, toHex, type Log } from '@atoll/kernel';
import { openNodeBase } from '@atoll/platform-node';
import type { KubeConfig } from './config.ts';
import { KubeError } from './kube-error.ts';
import { MailboxChunks } from './mailbox-chunks.ts';
import { Mailboxes } from './mailboxes.ts';
import { Metrics } from './metrics.ts';
import { SocketServer } from './socket-server.ts';
import { StaticSite } from './static-site.ts';
import { WebPages } from './web-pages.ts';

/** Requests that send their headers slower than this hold a socket for nothing. */
const HEADERS_MS_MAX = 10_000;
/** Every request here is small. */
const REQUEST_MS_MAX = 30_000;
/** Longest headers of a request, in bytes. */
const HEADER_BYTES_MAX = 16_384;
/** Sockets of plain requests and WebSockets together, beyond the WebSockets that are allowed. */
const PLAIN_SOCKETS_MAX = 1024;
/** Requests that are under way when the server ends have so long. */
const END_MS_MAX = 2_000;
const NANOSECONDS_PER_SECOND = 1e9;

/** A server that listens. */
export class Kube implements AsyncDisposable {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  readonly name: string;
  readonly metrics: Metrics;
  readonly #scope: Scope;

  private constructor(fields: { url: string; name: string; metrics: Metrics; scope: Scope }) {
    this.url = fields.url;
    this.name = fields.name;
    this.metrics = fields.metrics;
    this.#scope = fields.scope;
  }

  /** Opens the data directory, then listens. @throws KubeError, StoreError. */
  static async start(config: KubeConfig, log: Log): Promise<Kube> {
    const scope = new Scope();
    try {
      await ready();
      const platform = await scope.use(
        openNodeBase({ dir: config.dataDir, log, quickCommitMs: 0 }),
      );
      const lock = await platform.locks.tryAcquire('kube');
      if (lock === undefined) {
        throw new KubeError('KUBE_DATA_IN_USE', `another KUBE runs in ${config.dataDir}`);
      }
      await scope.use(lock);
      const metrics = new Metrics();
      const agreer = await platform.keystore.agreer('kube-session');
      const name = config.name ?? `kube-${toHex(agreer.publicKey.subarray(0, 8))}`;
      const { limits } = config;
      const mailboxes = await scope.use(Mailboxes.open({ ...platform, limits, metrics, log }));
      const chunks = await MailboxChunks.open({ ...platform, limits, metrics, log });
      const { trustProxy } = config;
      const sockets = await scope.use(
        new SocketServer({
          platform,
          kubeName: name,
          agreer,
          mailboxes,
          chunks,
          limits,
          metrics,
          log,
          trustProxy,
        }),
      );
      watchProcess(metrics, scope);
      const pages = new WebPages({
        site: await StaticSite.load(config.siteDir),
        metrics,
        publicMetrics: config.publicMetrics,
        health: () => ({ name, connections: sockets.connections }),
      });
      const server = httpServer(pages, sockets, limits.connectionsMax);
      const url = await listen(server, config);
      scope.defer(() => {
        // Sockets first: an HTTP server waits for its upgraded connections.
        sockets[Symbol.dispose]();
        return stop(server);
      });
      return new Kube({ url, name, metrics, scope });
    } catch (failure) {
      await scope[Symbol.asyncDispose]();
      throw failure;
    }
  }

  /** Takes no more connections, ends those there are, and closes the store. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#scope[Symbol.asyncDispose]();
  }
}

function httpServer(pages: WebPages, sockets: SocketServer, connectionsMax: number): Server {
  const server = createServer(
    {
      headersTimeout: HEADERS_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      maxHeaderSize: HEADER_BYTES_MAX,
    },
    (request, response) => void pages.handle(request, response),
  );
  server.maxConnections = connectionsMax + PLAIN_SOCKETS_MAX;
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  server.on('clientError', (_failure, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  return server;
}

async function listen(server: Server, config: KubeConfig): Promise<string> {
  const { host, port } = config;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (failure) => {
      const what = `cannot listen on ${host}:${port}`;
      reject(new KubeError('KUBE_PORT', what, { cause: failure }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${bound}`;
}

/** Waits for requests under way, not for ever. */
async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await Promise.race([closed, sleep(END_MS_MAX, undefined, { ref: false })]);
  server.closeAllConnections();
}

function watchProcess(metrics: Metrics, scope: Scope): void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  scope.defer(() => void delay.disable());
  metrics.gauge('kube_event_loop_lag_seconds', 'The 99th percentile of event loop delay.', () => {
    const seconds = delay.percentile(99) / NANOSECONDS_PER_SECOND;
    delay.reset();
    return seconds;
  });
  const memory = 'Resident memory of the process.';
  metrics.gauge('process_resident_memory_bytes', memory, () => process.memoryUsage.rss());
  metrics.gauge('kube_uptime_seconds', 'Seconds since the start.', () => process.uptime());
}
