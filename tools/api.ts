// `npm run api`: compares the public surface of every package with api/<package>.api.md, which a
// reviewer reads first. `-- --update` rewrites the reports after an intended change.
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type IConfigFile,
} from '@microsoft/api-extractor';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { findFiles } from './source-files.ts';
import { ROOT, runCommand } from './run/command.ts';

const CACHE = `${ROOT}.cache/api`;
const DECLARATIONS = `${CACHE}/declarations`;
const update = process.argv.includes('--update');

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** A door into a package: the name its report gets and the declaration file behind it. */
interface Door {
  readonly report: string;
  readonly specifier: string;
  readonly folder: string;
  readonly entry: string;
}

/** Declarations of everything, written next to nothing else, with extensions a compiler resolves. */
async function emitDeclarations(): Promise<boolean> {
  rmSync(CACHE, { recursive: true, force: true });
  mkdirSync(DECLARATIONS, { recursive: true });
  writeFileSync(
    `${CACHE}/tsconfig.json`,
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: {
        noEmit: false,
        emitDeclarationOnly: true,
        rootDir: '../..',
        outDir: 'declarations',
      },
      include: ['../../packages/*/src/**/*'],
      exclude: ['../../**/*.test.ts', '../../**/*.test.tsx'],
    }),
  );
  const { ok, output } = await runCommand(['tsgo', '-p', `${CACHE}/tsconfig.json`]);
  if (!ok) process.stdout.write(output);
  for (const path of findFiles(['.cache/api/declarations/**/*.d.ts'])) {
    const text = readFileSync(ROOT + path, 'utf8');
    const resolvable = text.replaceAll(
      /(from '|import\(["'])(\.[^'"]+)\.tsx?(?=["'])/gu,
      '$1$2.js',
    );
    writeFileSync(ROOT + path, resolvable);
  }
  return ok;
}

function doorsOf(manifestPath: string): Door[] {
  const { name, exports } = JSON.parse(readFileSync(ROOT + manifestPath, 'utf8')) as Manifest;
  const folder = dirname(manifestPath);
  const short = folder.replace(/^packages\//u, '');
  return Object.entries(exports).flatMap(([key, target]) => {
    const byCondition = typeof target === 'string' ? { '': target } : target;
    return Object.entries(byCondition)
      .filter(([condition]) => condition !== 'default' && condition !== 'types')
      .map(([condition, path]) => ({
        report: [short, key.slice(2), condition].filter((part) => part !== '').join('.'),
        specifier: name + key.slice(1),
        folder,
        entry: `${DECLARATIONS}/${folder}/${path.replace(/\.tsx?$/u, '.d.ts')}`,
      }));
  });
}

function configFor(door: Door, paths: Readonly<Record<string, string[]>>): ExtractorConfig {
  const configObject: IConfigFile = {
    projectFolder: ROOT + door.folder,
    mainEntryPointFilePath: door.entry,
    newlineKind: 'lf',
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          target: 'es2024',
          lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
          module: 'nodenext',
          moduleResolution: 'nodenext',
          strict: true,
          skipLibCheck: true,
          types: ['node'],
          paths,
        },
      },
    },
    apiReport: {
      enabled: true,
      reportFileName: `${door.report}.api.md`,
      reportFolder: `${ROOT}api`,
      reportTempFolder: `${CACHE}/reports`,
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      extractorMessageReporting: {
        default: { logLevel: ExtractorLogLevel.Error },
        // No release tags: what is exported is public.
        'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
        // Types that a signature needs and the door does not name stand in the report itself.
        'ae-forgotten-export': { logLevel: ExtractorLogLevel.None },
        // Fields that their names explain.
        'ae-undocumented': { logLevel: ExtractorLogLevel.None },
        'ae-unresolved-link': { logLevel: ExtractorLogLevel.None },
      },
      tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
    },
  };
  return ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: `${ROOT}${door.folder}/package.json`,
  });
}

/** Compares or rewrites one report; returns what is wrong. */
function extract(door: Door, paths: Readonly<Record<string, string[]>>): string[] {
  const messages: string[] = [];
  const result = Extractor.invoke(configFor(door, paths), {
    localBuild: update,
    messageCallback(message) {
      message.handled = true;
      if (message.logLevel === ExtractorLogLevel.Error) messages.push(message.text);
    },
  });
  const stale =
    !update && result.apiReportChanged ? ['the report is stale: `npm run api -- --update`'] : [];
  return [...messages, ...stale].map((text) => `api/${door.report}.api.md: ${text}`);
}

mkdirSync(`${ROOT}api`, { recursive: true });
const emitted = await emitDeclarations();
const doors = findFiles(['packages/*/package.json'])
  .flatMap(doorsOf)
  .filter((door) => existsSync(door.entry));
const paths = Object.fromEntries(doors.map((door) => [door.specifier, [door.entry]]));
const expected = new Set(doors.map((door) => `${door.report}.api.md`));
const problems = doors.flatMap((door) => extract(door, paths));
for (const name of readdirSync(`${ROOT}api`).filter((file) => file.endsWith('.api.md'))) {
  if (expected.has(name)) continue;
  if (update) rmSync(`${ROOT}api/${name}`);
  else problems.push(`api/${name}: no such package`);
}
if (problems.length > 0) process.stdout.write(`${problems.join('\n')}\n`);
if (problems.length > 0 || !emitted) process.exitCode = 1;
