// `npm run build`, second half: writes what gets published into `dist/` of each published folder, with
// a manifest of its own, and checks the result as an installer would see it.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { build, type InlineConfig } from 'tsdown';
import { inOneFile, modulesAtOnce, type BuiltFile } from './at-once.ts';
import { checkInstalled } from './installed.ts';
import { LIBRARIES } from './layers.ts';
import { runCommand, ROOT } from './run/command.ts';

/** One published package. */
interface Published {
  readonly folder: string;
  readonly name: string;
  readonly description: string;
  /** Built file by source. */
  readonly entries: Readonly<Record<string, string>>;
  /** Entries of which what all of them load at once is one file. */
  readonly atOnce?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  /** The built workspace application, which the server serves, lies inside as `site`. */
  readonly contains?: 'site';
  /** Packages that stay outside the bundle although they are ours, and what they are published as. */
  readonly ours?: Readonly<Record<string, string>>;
}

/** Started as a process or thread of its own by an adapter of Node, which looks for it beside itself. */
const STORE_WORKER = { 'store-worker': '../../packages/platform-node/src/store-worker.ts' };
const STARTED = { 'rtc-child': '../../packages/platform-node/src/rtc-child.ts', ...STORE_WORKER };

const typed = (name: string): Readonly<Record<string, string>> => ({
  types: `./${name}.d.ts`,
  default: `./${name}.js`,
});

/** A library for applications that have `atoll` already: it brings no second copy of it. */
const onTop = (folder: string, description: string): Published => ({
  folder: `packages/${folder}`,
  name: `@atoll/${folder}`,
  description,
  entries: { index: 'src/index.ts' },
  exports: { '.': typed('index') },
  ours: { '@atoll/client': 'atoll' },
});

const PUBLISHED: readonly Published[] = [
  {
    folder: 'packages/atoll',
    name: 'atoll',
    description:
      'Shared objects and text, end-to-end encrypted, offline first, without a server of ours.',
    entries: { browser: 'src/browser.ts', node: 'src/node.ts', ...STARTED },
    atOnce: ['browser', 'node'],
    exports: { '.': { browser: typed('browser'), node: typed('node'), default: typed('browser') } },
  },
  onTop('react', 'React hooks for Atoll.'),
  onTop('text-formats', 'Rich texts of Atoll to and from Markdown and HTML.'),
  onTop('editor-prosemirror', 'ProseMirror over the rich texts of Atoll.'),
  onTop('editor-codemirror', 'CodeMirror over the plain texts of Atoll.'),
  onTop('model-sheet', 'Spreadsheets inside the spaces of Atoll.'),
  onTop('model-yjs', 'Yjs documents inside the spaces of Atoll.'),
  {
    folder: 'apps/kube',
    name: '@atoll/kube',
    description: 'The Atoll server: signaling, relay, blind mailbox, hosting.',
    entries: { main: 'src/main.ts', ...STORE_WORKER },
    bin: { kube: './bin/kube.mjs' },
    contains: 'site',
  },
  {
    folder: 'apps/cli',
    name: '@atoll/cli',
    description: 'Atoll on the command line.',
    entries: { main: 'src/main.ts', ...STARTED },
    bin: { atoll: './bin/atoll.mjs' },
  },
];

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, 'utf8')) as Manifest;

/** Exact versions of libraries, from the manifests of the packages that own them. */
function versionOf(library: string): string {
  for (const owner of LIBRARIES[library] ?? []) {
    const { dependencies, peerDependencies } = readManifest(owner);
    const version = dependencies?.[library] ?? peerDependencies?.[library];
    if (version !== undefined) return version;
  }
  throw new Error(`no package declares ${library}`);
}

/** A pattern for a package and its subpaths. */
const startsWith = (name: string): RegExp => new RegExp(String.raw`^${name}(/|$)`, 'u');

/** What is tried here is one version; an application may have any later one that keeps its promises. */
const asRange = (version: string): string => (/^\d/u.test(version) ? `^${version}` : version);

function chunksOf(
  bundles: Awaited<ReturnType<typeof build>>,
): readonly (BuiltFile & { readonly code: string })[] {
  return bundles.flatMap(({ chunks }) => chunks).filter((chunk) => chunk.type === 'chunk');
}

/** Builds the bundle; returns the libraries that it imports, with their versions. */
async function bundle(item: Published): Promise<Record<string, string>> {
  const options = {
    config: false,
    cwd: ROOT + item.folder,
    entry: { ...item.entries },
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    outDir: 'dist',
    clean: true,
    dts: item.exports === undefined ? false : { oxc: true },
    hash: false,
    logLevel: 'warn',
    fixedExtension: false,
    tsconfig: `${ROOT}tsconfig.json`,
    deps: {
      neverBundle: [
        /^node:/u,
        ...[...Object.keys(LIBRARIES), ...Object.keys(item.ours ?? {})].map(startsWith),
      ],
      alwaysBundle: [/^@atoll\//u],
    },
  } satisfies InlineConfig;
  const first = await build(options);
  const modules = modulesAtOnce(chunksOf(first), item.atOnce ?? []);
  // Built again, with what every application loads at once in one file.
  const bundles =
    modules.size === 0 ? first : await build({ ...options, outputOptions: inOneFile(modules) });
  const imports = chunksOf(bundles).flatMap((chunk) => [
    ...chunk.imports,
    ...importedLater(chunk.code),
  ]);
  const libraries = Object.keys(LIBRARIES).filter((library) =>
    imports.some((name) => name === library || name.startsWith(`${library}/`)),
  );
  return Object.fromEntries(libraries.sort().map((library) => [library, versionOf(library)]));
}

/** What a chunk imports when it is asked for: of these the bundler lists its own chunks only. */
function importedLater(code: string): string[] {
  return [...code.matchAll(/\bimport\(\s*["'](?<name>[^"']+)["']\s*\)/gu)].map(
    ({ groups }) => groups?.['name'] ?? '',
  );
}

/** Points what stays outside the bundle to the name under which it is published. */
function renameOurs(item: Published, dist: string): void {
  for (const file of readdirSync(dist).filter((name) => /\.(js|d\.ts)$/u.test(name))) {
    const text = Object.entries(item.ours ?? {}).reduce(
      (all, [from, to]) => all.replaceAll(`"${from}"`, `"${to}"`),
      readFileSync(`${dist}/${file}`, 'utf8'),
    );
    writeFileSync(`${dist}/${file}`, text);
  }
}

function writeManifest(item: Published, dist: string, libraries: Record<string, string>): void {
  const { version, license, peerDependencies = {} } = readManifest(item.folder);
  const isPeer = (name: string): boolean => peerDependencies[name] !== undefined;
  const dependencies = Object.entries(libraries).filter(([name]) => !isPeer(name));
  // There must be one of each: one client, one editor, one document.
  const peers = [
    ...Object.values(item.ours ?? {}).map((name) => [name, version] as const),
    ...Object.entries(peerDependencies),
  ].map(([name, wanted]) => [name, asRange(wanted)]);
  const manifest = {
    name: item.name,
    version,
    description: item.description,
    license,
    type: 'module',
    sideEffects: item.exports !== undefined ? false : undefined,
    engines: { node: '>=24' },
    exports: item.exports,
    bin: item.bin,
    files: ['**'],
    dependencies: Object.fromEntries(dependencies),
    peerDependencies: peers.length === 0 ? undefined : Object.fromEntries(peers),
  };
  writeFileSync(`${dist}/package.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** The programs as an installer's `bin` starts them. */
function writeBins(item: Published, dist: string): void {
  for (const path of Object.values(item.bin ?? {})) {
    mkdirSync(`${dist}/bin`, { recursive: true });
    const source = readFileSync(`${ROOT}${item.folder}/${path}`, 'utf8');
    writeFileSync(`${dist}/${path}`, source.replaceAll('../src/main.ts', '../main.js'), {
      mode: 0o755,
    });
  }
}

async function check(item: Published, dist: string): Promise<boolean> {
  const commands = [['publint', 'run', dist, '--strict', '--pack', 'false']];
  if (item.exports !== undefined) commands.push(['attw', '--pack', dist, '--profile', 'esm-only']);
  const outcomes = await Promise.all(commands.map((command) => runCommand(command)));
  for (const { ok, output } of outcomes) if (!ok) process.stdout.write(output);
  return outcomes.every(({ ok }) => ok);
}

/** The declarations as a user's compiler reads them: no name may be missing on the way. */
async function checkTypes(): Promise<boolean> {
  const folder = `${ROOT}.cache/pack`;
  mkdirSync(folder, { recursive: true });
  const libraries = PUBLISHED.filter((item) => item.exports !== undefined);
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    types: ['node'],
    paths: { atoll: ['../../packages/atoll/dist/node.d.ts'] },
  };
  const files = libraries.flatMap(({ folder: path, entries }) =>
    Object.keys(entries).map((name) => `../../${path}/dist/${name}.d.ts`),
  );
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }));
  const { ok, output } = await runCommand(['tsgo', '-p', folder]);
  if (!ok) process.stdout.write(output);
  return ok;
}

let good = true;
for (const item of PUBLISHED) {
  const dist = `${ROOT}${item.folder}/dist`;
  const libraries = await bundle(item);
  renameOurs(item, dist);
  writeManifest(item, dist, libraries);
  writeBins(item, dist);
  copyFileSync(`${ROOT}LICENSE`, `${dist}/LICENSE`);
  const site = `${ROOT}apps/workspace/dist`;
  if (item.contains === 'site' && existsSync(site)) {
    cpSync(site, `${dist}/site`, { recursive: true });
  }
  const readme = `${ROOT}${item.folder}/README.md`;
  if (existsSync(readme)) copyFileSync(readme, `${dist}/README.md`);
  good = (await check(item, dist)) && good;
}
good = (await checkTypes()) && good;
const libraries = PUBLISHED.filter((item) => item.exports !== undefined);
good = (await checkInstalled(libraries.map(({ folder }) => `${ROOT}${folder}/dist`))) && good;
if (!good) process.exitCode = 1;
