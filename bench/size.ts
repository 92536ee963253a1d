// What a browser downloads and what an installer gets, against the same of other libraries. Bundles are
// made by Vite in one run: minified, gzip level 9. Run: `npx node bench/size.ts [--parts] [--install]`.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { filesAtOnce, inOneFile, modulesAtOnce } from '../tools/at-once.ts';
import { charactersBySource, partOf } from './size/by-part.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const KIB = 1024;

const PAGE = 'the same as a page takes it: createClient, defineType, s';

/** What is bundled, by the name it has in the table; the first is the reference. Packages mean all they export. */
const BUNDLES: Readonly<Record<string, string>> = {
  'yjs (no sync, no storage, no encryption)': 'yjs',
  'atoll, whole client for a browser': 'atoll',
  [PAGE]: '{ createClient, defineType, s } atoll',
  'of which schema': '@atoll/schema',
  'of which a verified log: blocks, chains, signatures, seals': '{ LogReplica } @atoll/feed',
  'of which who may do what, with blocks': '{ SpaceAuthority } @atoll/halo',
  'of which objects: fold, texts, queries, undo, the root': '{ Database } @atoll/echo',
  'of which crypto with its libraries': '@atoll/crypto',
  'core: a space with objects, types and queries': '{ Space } @atoll/echo',
  'all that feed, halo and echo export': '@atoll/echo',
  'of which mesh (with crypto and feed)': '@atoll/mesh',
};

/** Bytes of a page's files: those that it loads before its first line runs, and with all that may follow. */
interface Size {
  readonly eager: number;
  readonly all: number;
  /** Bytes at once of each part, in proportion to its characters. */
  readonly parts: ReadonlyMap<string, number>;
}

interface Built {
  readonly files: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[];
  readonly chunks: readonly Rolldown.OutputChunk[];
}

/** Bytes of wasm files and scripts of a page that imports all of `specifier`, or the names before it. */
async function bundleBytes(specifier: string): Promise<Size> {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/size-'));
  try {
    const input = join(folder, 'page.js');
    const [, names = '* as all', from = specifier] = /^(\{.*\}) (.*)$/.exec(specifier) ?? [];
    const used = names === '* as all' ? 'all' : names;
    writeFileSync(input, `import ${names} from '${from}';\nglobalThis.used = ${used};\n`);
    const chunksOf = async (outputOptions: Rolldown.OutputOptions): Promise<Built> => {
      const { output } = (await build({
        root: folder,
        configFile: false,
        logLevel: 'silent',
        build: {
          write: false,
          target: 'es2024',
          sourcemap: 'hidden',
          rolldownOptions: { input, output: outputOptions },
        },
      })) as Rolldown.RolldownOutput;
      return { files: output, chunks: output.filter((file) => file.type === 'chunk') };
    };
    // As it is published: what is needed at once is one file.
    const modules = modulesAtOnce((await chunksOf({})).chunks, ['page']);
    const { chunks, files: output } = await chunksOf(inOneFile(modules));
    const sum = (files: Built['files']): number =>
      files
        .map((file) => gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }))
        .reduce((bytes, { length }) => bytes + length, 0);
    const atOnce = filesAtOnce(chunks);
    const eager = sum(atOnce);
    // Maps are beside the files, and no page loads them.
    const all = sum(output.filter(({ fileName }) => !fileName.endsWith('.map')));
    return { eager, all, parts: partsOf(atOnce, eager) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function partsOf(files: Built['chunks'], bytes: number): ReadonlyMap<string, number> {
  const characters = new Map<string, number>();
  for (const { code, map } of files) {
    if (map === null) continue;
    for (const [source, count] of charactersBySource({ code, ...map })) {
      const part = partOf(source);
      characters.set(part, (characters.get(part) ?? 0) + count);
    }
  }
  const whole = [...characters.values()].reduce((sum, count) => sum + count, 0);
  const sorted = [...characters].sort(([, a], [, b]) => b - a);
  return new Map(sorted.map(([part, count]) => [part, (count / whole) * bytes]));
}

/** Installs the packed library into an empty folder, as a user would. */
function installed(): { readonly bytes: number; readonly packages: number } {
  const folder = mkdtempSync(join(tmpdir(), 'atoll-install-'));
  try {
    const dist = join(ROOT, 'packages/atoll/dist');
    const [tarball = ''] = execFileSync('npm', ['pack', dist, '--silent'], {
      cwd: folder,
      encoding: 'utf8',
    })
      .trim()
      .split('\n');
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    spawnSync('npm', ['install', `./${tarball}`, '--no-audit', '--no-fund', '--silent'], {
      cwd: folder,
    });
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optional?: true }>;
    };
    const present = Object.keys(lock.packages).filter(
      (path) => path !== '' && globSync(join(folder, path)).length > 0,
    );
    const bytes = globSync('node_modules/**/*', { cwd: folder })
      .map((path) => statSync(join(folder, path)))
      .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
    return { bytes, packages: present.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const sizes = new Map<string, Size>();
for (const [name, specifier] of Object.entries(BUNDLES))
  sizes.set(name, await bundleBytes(specifier));
const reference = sizes.values().next().value?.eager ?? 1;
const kib = (bytes: number): string => (bytes / KIB).toFixed(1).padStart(7);
console.log('   KiB gzip: at once, with all that may be loaded later');
for (const [name, { all, eager }] of sizes) {
  const ratio = (eager / reference).toFixed(2).padStart(5);
  console.log(`${kib(eager)} ${kib(all)}  ${ratio}×  ${name}`);
}
if (process.argv.includes('--parts')) {
  console.log('\n   KiB gzip at once, by part of what a page takes');
  for (const [part, bytes] of sizes.get(PAGE)?.parts ?? []) console.log(`${kib(bytes)}  ${part}`);
}
if (process.argv.includes('--install')) {
  const { bytes, packages } = installed();
  console.log(
    `install: ${(bytes / 1_000_000).toFixed(1)} MB in ${packages} packages (after npm run build)`,
  );
}
