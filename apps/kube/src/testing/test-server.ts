/** A real KUBE on a loopback port with a data directory of its own, and plain clients for it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Link, Log, WebSockets } from '@atoll/kernel';
import { BaseLink } from '@atoll/mesh';
import { WebSocket } from 'ws';
import type { KubeConfig } from '../config.ts';
import { Kube } from '../kube.ts';
import { DEFAULT_LIMITS, type KubeLimits } from '../limits.ts';
import { SOCKET_PATH } from '../socket-server.ts';

/** Remembers what the server told its operator. */
export class TestLog implements Log {
  readonly events: string[] = [];

  event(level: string, name: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.events.push(`${level} ${name} ${JSON.stringify(fields)}`);
  }
}

/** A server that is removed with its data. */
export class TestServer implements AsyncDisposable {
  readonly kube: Kube;
  readonly dir: string;
  readonly log: TestLog;

  private constructor(kube: Kube, dir: string, log: TestLog) {
    this.kube = kube;
    this.dir = dir;
    this.log = log;
  }

  static async start(
    changes: Partial<KubeConfig> & { readonly dir?: string } = {},
    limits: Partial<KubeLimits> = {},
  ): Promise<TestServer> {
    const { dir = await mkdtemp(join(tmpdir(), 'atoll-kube-')), ...rest } = changes;
    const log = new TestLog();
    const config: KubeConfig = {
      host: '127.0.0.1',
      port: 0,
      dataDir: join(dir, 'data'),
      siteDir: join(dir, 'site'),
      json: true,
      trustProxy: false,
      publicMetrics: false,
      limits: { ...DEFAULT_LIMITS, ...limits },
      ...rest,
    };
    return new TestServer(await Kube.start(config, log), dir, log);
  }

  get url(): string {
    return this.kube.url;
  }

  get socketUrl(): string {
    return `${this.kube.url.replace('http', 'ws')}${SOCKET_PATH}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kube[Symbol.asyncDispose]();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** A client's end of a WebSocket as a link. */
class ClientLink extends BaseLink {
  readonly path = 'relay';
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.deliver(new Uint8Array(data));
    });
    socket.on('close', () => this.finish('lost'));
    socket.on('error', () => undefined);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(message, () => this.progressed());
  }

  protected shut(): void {
    this.#socket.close();
  }
}

/** WebSockets of a test client. */
export const testWebSockets: WebSockets = {
  async connect(url, signal): Promise<Link> {
    const socket = await openSocket(url);
    const link = new ClientLink(socket);
    signal.addEventListener('abort', () => link.close());
    return link;
  },
};

/** An open socket; rejects with the status of a refusal in its message. */
export function openSocket(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Resolves with the code with which the server closed a socket. */
export function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', resolve);
  });
}
