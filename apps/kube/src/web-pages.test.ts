/** The HTTP side: the application, health, metrics, and requests that are none. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { TestServer } from './testing/test-server.ts';

const PAGE = `<!doctype html><title>Workspace</title>${'<p>long enough</p>'.repeat(100)}`;
const SCRIPT = `console.log('workspace');${'// padding\n'.repeat(200)}`;

async function withSite(): Promise<TestServer> {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-kube-'));
  await mkdir(join(dir, 'site', 'assets'), { recursive: true });
  await writeFile(join(dir, 'site', 'index.html'), PAGE);
  await writeFile(join(dir, 'site', 'assets', 'main-a1B2c3D4.js'), SCRIPT);
  await writeFile(join(dir, 'site', 'engine.wasm'), new Uint8Array([0, 97, 115, 109]));
  return TestServer.start({ dir });
}

/** A request as it is written, for what no client library would send. */
function raw(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(request));
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('the application', () => {
  test('comes with its types, and any place in it is the one page', async () => {
    await using server = await withSite();
    const page = await fetch(`${server.url}/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toBe(PAGE);
    expect(await (await fetch(`${server.url}/space/12ab/tasks?x=1`)).text()).toBe(PAGE);
    const script = await fetch(`${server.url}/assets/main-a1B2c3D4.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const wasm = await fetch(`${server.url}/engine.wasm`);
    expect(wasm.headers.get('content-type')).toBe('application/wasm');
    expect((await fetch(`${server.url}/assets/gone-a1B2c3D4.js`)).status).toBe(404);
  });

  test('is kept for a year where the name follows the content, and asked for again elsewhere', async () => {
    await using server = await withSite();
    const script = await fetch(`${server.url}/assets/main-a1B2c3D4.js`);
    expect(script.headers.get('cache-control')).toContain('immutable');
    const page = await fetch(`${server.url}/`);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const etag = page.headers.get('etag') ?? '';
    const again = await fetch(`${server.url}/`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  test('is compressed as the client asks', async () => {
    await using server = await withSite();
    const get = async (encoding: string): Promise<{ encoding: string | null; body: Buffer }> => {
      const answer = await raw(
        server.url,
        `GET / HTTP/1.0\r\nHost: x\r\nAccept-Encoding: ${encoding}\r\n\r\n`,
      ).then((text) => text.split('\r\n\r\n')[0] ?? '');
      const name = /content-encoding: (\w+)/u.exec(answer)?.[1] ?? null;
      const response = await fetch(`${server.url}/`, { headers: { 'accept-encoding': encoding } });
      return { encoding: name, body: Buffer.from(await response.arrayBuffer()) };
    };
    expect((await get('gzip, br')).encoding).toBe('br');
    expect((await get('gzip, br;q=0')).encoding).toBe('gzip');
    expect((await get('identity')).encoding).toBeNull();
    // The client has decoded the bodies; decoding them once more must fail.
    const { body } = await get('br');
    expect(body.toString()).toBe(PAGE);
    expect(() => brotliDecompressSync(body)).toThrow();
    expect(() => gunzipSync(body)).toThrow();
  });

  test('may load its own code only, and cannot be framed', async () => {
    await using server = await withSite();
    const { headers } = await fetch(`${server.url}/`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("script-src 'self' 'unsafe-inline'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('that was not built is said to be missing', async () => {
    await using server = await TestServer.start();
    const answer = await fetch(`${server.url}/`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('not built');
  });
});

describe('requests', () => {
  test('cannot leave the site by any path', async () => {
    await using server = await withSite();
    const paths = [
      '/../data/kube.json',
      '/..%2f..%2fetc/passwd',
      '/%2e%2e/%2e%2e/etc/hosts.txt',
      '//etc/passwd.txt',
    ];
    for (const path of paths) {
      const answer = await raw(server.url, `GET ${path} HTTP/1.0\r\nHost: x\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 (404|200)/u);
      expect(answer).not.toContain('root:');
      if (answer.includes(' 200 ')) expect(answer).toContain('Workspace');
    }
    const broken = await raw(server.url, 'GET /%zz HTTP/1.0\r\nHost: x\r\n\r\n');
    expect(broken).toContain(' 400 ');
  });

  test('that are none get a short refusal, and the server goes on', async () => {
    await using server = await withSite();
    expect(await raw(server.url, 'HELLO\r\n\r\n')).toContain('400');
    const long = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`;
    expect(await raw(server.url, long)).toMatch(/^HTTP\/1\.1 4/u);
    const post = await fetch(`${server.url}/`, { method: 'POST', body: 'x' });
    expect(post.status).toBe(405);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});

describe('for the operator', () => {
  test('health and metrics say how the server is, without anybody in them', async () => {
    await using server = await withSite();
    const health = (await (await fetch(`${server.url}/healthz`)).json()) as object;
    expect(health).toEqual({ status: 'ok', name: server.kube.name, connections: 0 });
    await fetch(`${server.url}/nowhere.txt`);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toContain('kube_http_requests_total{status="404"} 1');
    expect(text).toContain('# TYPE kube_connections gauge\nkube_connections 0');
    expect(text).not.toContain('127.0.0.1');
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/u);
    }
  });

  test('a second server does not start in the same data directory, and says so', async () => {
    await using server = await TestServer.start();
    const second = TestServer.start({ dir: server.dir });
    await expect(second).rejects.toMatchObject({ code: 'KUBE_DATA_IN_USE' });
  });

  test('a port that is taken is an error with a code', async () => {
    await using server = await TestServer.start();
    const port = Number(new URL(server.url).port);
    await expect(TestServer.start({ port })).rejects.toMatchObject({ code: 'KUBE_PORT' });
  });
});
