/** Answers to plain HTTP requests: health, metrics, and the application. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import type { Encoding, SiteFile, StaticSite } from './static-site.ts';

/** Content that is named by its content is kept for a year; everything else is asked for again. */
const CACHE = { immutable: 'public, max-age=31536000, immutable', fresh: 'no-cache' } as const;
const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/u;

const NOT_BUILT = 'The application is not built. In the repository: npm run build.\n';

/** What pages are made of. */
export interface WebPagesOptions {
  readonly site: StaticSite;
  readonly metrics: Metrics;
  /** Show metrics to everybody, not to this machine alone. */
  readonly publicMetrics: boolean;
  /** Plain facts for the health page. */
  readonly health: () => Readonly<Record<string, string | number | boolean>>;
}

/** One answer. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** Handles every request that is no WebSocket. */
export class WebPages {
  readonly #options: WebPagesOptions;
  readonly #count: (labels: { readonly status: string }) => void;

  constructor(options: WebPagesOptions) {
    this.#options = options;
    this.#count = options.metrics.counter('kube_http_requests_total', 'Answers to HTTP requests.');
  }

  /** Answers a request. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#answer(request);
    } catch {
      answer = text(500, 'The server failed.\n');
    }
    this.#count({ status: String(answer.status) });
    const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
    const withBody = request.method !== 'HEAD' && answer.status !== 304;
    response.writeHead(answer.status, {
      ...SECURITY_HEADERS,
      ...answer.headers,
      ...(answer.status === 304 ? {} : { 'content-length': String(body.length) }),
    });
    response.end(withBody ? body : undefined);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const refusal = text(405, 'Only GET and HEAD.\n');
      return { ...refusal, headers: { ...refusal.headers, allow: 'GET, HEAD' } };
    }
    const path = pathOf(request.url ?? '/');
    if (path === undefined) return text(400, 'The path is not one.\n');
    if (path === '/healthz') {
      return json(200, { status: 'ok', ...this.#options.health() });
    }
    if (path === '/metrics') return this.#metrics(request);
    return this.#page(request, path);
  }

  #metrics(request: IncomingMessage): Answer {
    const { metrics, publicMetrics } = this.#options;
    if (!publicMetrics && !LOOPBACK.test(request.socket.remoteAddress ?? '')) {
      return text(403, 'Metrics are for this machine.\n');
    }
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', ...noStore },
      body: metrics.text(),
    };
  }

  async #page(request: IncomingMessage, path: string): Promise<Answer> {
    const { site } = this.#options;
    if (site.isEmpty && path === '/') return text(404, NOT_BUILT);
    const file = site.find(path);
    if (file === undefined) return text(404, 'There is no such file.\n');
    const headers = headersOf(file);
    if (request.headers['if-none-match'] === file.etag) return { status: 304, headers, body: '' };
    const { encoding, bytes } = await file.body(encodingFor(request));
    const encoded = encoding === 'identity' ? {} : { 'content-encoding': encoding };
    return { status: 200, headers: { ...headers, ...encoded }, body: bytes };
  }
}

const noStore = { 'cache-control': 'no-store' } as const;

function headersOf(file: SiteFile): Record<string, string> {
  return {
    'content-type': file.type,
    'cache-control': file.isImmutable ? CACHE.immutable : CACHE.fresh,
    etag: file.etag,
    vary: 'accept-encoding',
  };
}

/** Decoded path without query; `undefined` for what is no path. */
function pathOf(url: string): string | undefined {
  const end = url.search(/[?#]/u);
  const raw = end < 0 ? url : url.slice(0, end);
  if (!raw.startsWith('/')) return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

function encodingFor(request: IncomingMessage): Encoding {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (/\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/u.test(accepted)) return 'br';
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/u.test(accepted) ? 'gzip' : 'identity';
}

function text(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...noStore }, body };
}

function json(status: number, value: unknown): Answer {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...noStore };
  return { status, headers, body: `${JSON.stringify(value)}\n` };
}
