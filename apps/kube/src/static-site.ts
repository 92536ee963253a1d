/**
 * The built application from memory: a fixed table of files, so that no request can name anything else.
 * Compressed once for each encoding.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** A built application above this is none of ours. */
const SITE_BYTES_MAX: number = 128 * 1024 * 1024;
/** Files below this are not worth compressing. */
const COMPRESS_BYTES_MIN = 1024;
/** Good compression in tens of milliseconds a file; it happens once. */
const BROTLI_QUALITY = 9;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const COMPRESSIBLE = /^(text\/|application\/(json|wasm|manifest)|image\/(svg|x-icon))/u;
/** Names that the bundler makes from the content: they never change what they name. */
const CONTENT_NAMED = /^\/assets\/.+-[\w-]{8,}\.\w+$/u;

/** How a body can be encoded. */
export type Encoding = 'br' | 'gzip' | 'identity';

/** One file of the site. */
export interface SiteFile {
  readonly type: string;
  readonly etag: string;
  /** True when the name changes with the content. */
  readonly isImmutable: boolean;
  /** The content in an encoding, or `identity` where compressing would not help. */
  body(encoding: Encoding): Promise<{ readonly encoding: Encoding; readonly bytes: Uint8Array }>;
}

/** Files by path, `/` being the page. */
export class StaticSite {
  readonly #files: ReadonlyMap<string, SiteFile>;

  private constructor(files: ReadonlyMap<string, SiteFile>) {
    this.#files = files;
  }

  /** Reads a directory whole; an absent one gives an empty site. */
  static async load(dir: string): Promise<StaticSite> {
    const files = new Map<string, SiteFile>();
    let sizeBytes = 0;
    for (const path of await filesIn(dir)) {
      sizeBytes += (await stat(path)).size;
      if (sizeBytes > SITE_BYTES_MAX) break;
      const name = `/${relative(dir, path).split(sep).join('/')}`;
      files.set(name, siteFile(name, await readFile(path)));
    }
    return new StaticSite(files);
  }

  /** True when there is no page to show. */
  get isEmpty(): boolean {
    return !this.#files.has('/index.html');
  }

  /** The file at a decoded path; pages of the application are all the one page. */
  find(path: string): SiteFile | undefined {
    const file = this.#files.get(path);
    if (file !== undefined) return file;
    // A path that names a file which is not there is missing; any other is a place in the application.
    return extname(path) === '' ? this.#files.get('/index.html') : undefined;
  }
}

async function filesIn(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return [];
  }
}

function siteFile(name: string, content: Buffer): SiteFile {
  const type = TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
  const helps = COMPRESSIBLE.test(type) && content.length >= COMPRESS_BYTES_MIN;
  const compressed = new Map<Encoding, Promise<Uint8Array>>();
  return {
    type,
    etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    isImmutable: CONTENT_NAMED.test(name),
    async body(encoding) {
      if (!helps || encoding === 'identity') return { encoding: 'identity', bytes: content };
      let bytes = compressed.get(encoding);
      if (bytes === undefined) {
        bytes = compress(encoding, content);
        compressed.set(encoding, bytes);
      }
      return { encoding, bytes: await bytes };
    },
  };
}

async function compress(encoding: 'br' | 'gzip', content: Buffer): Promise<Uint8Array> {
  if (encoding === 'gzip') return promisify(gzip)(content, { level: 9 });
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  return promisify(brotliCompress)(content, { params });
}
