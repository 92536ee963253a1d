// The published libraries as an application has them: packed, installed by npm into an empty folder
// without a network, compiled against and run. Third-party libraries come from this repository's own
// installation.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, runCommand } from './run/command.ts';

/** What the compiler needs besides. */
const FOR_TYPES = ['@types/node', '@types/react'];

/** A program that uses each library and mounts nothing. */
const PROGRAM = `
import { docOf } from '@atoll/editor-codemirror';
import { docOf as richDocOf, documentOf } from '@atoll/editor-prosemirror';
import { sheetModel } from '@atoll/model-sheet';
import { yjsModel, type YjsDocument } from '@atoll/model-yjs';
import { useCount } from '@atoll/react';
import { documentOfMarkdown, htmlOf, markdownOf } from '@atoll/text-formats';
import { createClient, defineType, s, type RichDocument, type Space } from 'atoll';
import { deepEqual, equal } from 'node:assert/strict';

const Note = defineType('org.example.Note', {
  title: s.text(),
  page: s.richText(),
  board: s.model<YjsDocument>('org.yjs.document', 1),
});

export const useNotes = (space: Space): number => useCount(space, (db) => db.query(Note));

const read: RichDocument = documentOfMarkdown('# Tea\\n\\nGreen, *not* black.\\n');
equal(htmlOf(read), '<h1>Tea</h1><p>Green, <em>not</em> black.</p>');

await using client = await createClient({ profile: 'profile' });
client.models.register(yjsModel);
client.models.register(sheetModel);
await client.halo.createIdentity({ displayName: 'Ada' });
const { db } = await client.spaces.create({ name: 'Kitchen' });
const note = db.add(Note, { title: 'Tea' });
note.page.setDocument(read);
equal(markdownOf(note.page.toDocument()), markdownOf(read));
deepEqual(documentOf(richDocOf(note.page.toDocument())), note.page.toDocument());
equal(docOf(note.title).toString(), 'Tea');
const shared = note.board.open().doc;
shared.getText('t').insert(0, 'Green');
equal(note.board.open().doc.getText('t').toString(), 'Green');
console.log('used');
`;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest;

/** Where a package that `from` needs is installed; `undefined` if it is not, as optional ones may be. */
function folderOf(name: string, from: string): string | undefined {
  const paths = createRequire(`${from}/package.json`).resolve.paths(name) ?? [];
  return paths.map((path) => `${path}/${name}`).find((path) => existsSync(`${path}/package.json`));
}

/** Folders by name of what these packages need of others, and what those need. */
function thirdParties(dists: readonly string[], besides: readonly string[]): Map<string, string> {
  const ours = new Set(dists.map((dist) => manifestOf(dist).name));
  const found = new Map<string, string>();
  const waiting = [...dists];
  const need = (names: readonly string[], from: string): void => {
    for (const name of names) {
      const folder = ours.has(name) || found.has(name) ? undefined : folderOf(name, from);
      if (folder === undefined) continue;
      found.set(name, folder);
      waiting.push(folder);
    }
  };
  need(besides, ROOT);
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const { dependencies = {}, peerDependencies = {} } = manifestOf(folder);
    need([...Object.keys(dependencies), ...Object.keys(peerDependencies)], folder);
  }
  return found;
}

/** Writes the application's manifest, program and compiler's settings. */
async function writeApplication(folder: string, dists: readonly string[]): Promise<void> {
  const dependencies: Record<string, string> = {};
  for (const dist of dists) {
    await run(['npm', 'pack', dist, '--pack-destination', folder, '--silent'], folder);
    const { name, version } = manifestOf(dist);
    const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    dependencies[name] = `file:${folder}/${file}`;
  }
  for (const [name, from] of thirdParties(dists, FOR_TYPES)) dependencies[name] = `file:${from}`;
  const manifest = { name: 'application', private: true, type: 'module', dependencies };
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    types: ['node'],
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['main.ts'] }),
  );
  writeFileSync(join(folder, 'main.ts'), PROGRAM);
}

/** @throws Error with what the command printed. */
async function run(command: readonly string[], cwd: string): Promise<void> {
  const { ok, output } = await runCommand(command, { cwd });
  if (!ok) throw new Error(`${command.join(' ')}\n${output}`);
}

/** Installs, compiles, runs. Prints what failed. */
export async function checkInstalled(dists: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'atoll-installed-'));
  try {
    await writeApplication(folder, dists);
    // Copies, not links: what is found must be found in this folder.
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    const settings = ['--offline', '--install-links', '--cache', join(folder, '.npm')];
    await run(['npm', 'install', ...settings, ...quiet], folder);
    await run(['tsgo', '-p', folder], folder);
    await run(['node', '--disable-warning=ExperimentalWarning', 'main.ts'], folder);
    return true;
  } catch (failure) {
    process.stdout.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
