// The rules must refuse what the table forbids: a check that never fails proves nothing.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LAYERS, LIBRARIES } from './layers.ts';
import { ROOT } from './run/command.ts';

/** A small tree in which each file breaks one rule, except those named `fine`. */
const FILES: Readonly<Record<string, string>> = {
  'packages/kernel/src/index.ts': `export interface Id { x: 1 }\nexport const id = 1;\n`,
  'packages/kernel/src/clock.ts': `import { hostname } from 'node:os';\nexport const name = hostname();\n`,
  'packages/halo/src/index.ts': `export interface Access { x: 1 }\n`,
  'packages/echo/src/index.ts': `import type { Access } from '@atoll/halo';\nexport type Fine = Access;\n`,
  'packages/echo/src/deep.ts': `import type { Id } from '../../kernel/src/clock.ts';\nexport type B = Id;\n`,
  'packages/mesh/src/index.ts': `import type { Access } from '@atoll/halo';\nexport type B = Access;\n`,
  'packages/feed/src/a.ts': `import { b } from './b.ts';\nexport const a = (): number => b();\n`,
  'packages/feed/src/b.ts': `import { a } from './a.ts';\nexport const b = (): number => a();\n`,
  'packages/schema/src/index.ts': `import WebSocket from 'ws';\nexport const socket = WebSocket;\n`,
  'apps/kube/src/main.ts': `import type { Fine } from '@atoll/echo';\nexport type Bad = Fine;\n`,
  'apps/kube/src/fine.ts': `import { id } from '@atoll/kernel';\nimport 'node:fs';\nexport const fine = id;\n`,
  'packages/codec/src/x.test.ts': `export const x = 1;\n`,
  'packages/codec/src/index.ts': `import { x } from './x.test.ts';\nexport const y = x;\n`,
  'packages/unknown/src/index.ts': `import { id } from '@atoll/kernel';\nexport const copy = id;\n`,
};

interface Report {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

let root = '';
let broken: string[] = [];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'atoll-layers-'));
  mkdirSync(join(root, 'tools'));
  mkdirSync(join(root, 'node_modules/@atoll'), { recursive: true });
  cpSync(`${ROOT}.dependency-cruiser.js`, join(root, '.dependency-cruiser.js'));
  cpSync(`${ROOT}tools/layers.ts`, join(root, 'tools/layers.ts'));
  cpSync(`${ROOT}tsconfig.json`, join(root, 'tsconfig.json'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  mkdirSync(join(root, 'node_modules/ws'));
  writeFileSync(join(root, 'node_modules/ws/index.js'), 'export default 1;');
  writeFileSync(
    join(root, 'node_modules/ws/package.json'),
    '{"name":"ws","type":"module","exports":"./index.js"}',
  );
  for (const [path, text] of Object.entries(FILES)) {
    const folder = dirname(dirname(path));
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
    const name = `@atoll/${folder.split('/')[1] ?? ''}`;
    const exports = { '.': './src/index.ts' };
    writeFileSync(join(root, folder, 'package.json'), JSON.stringify({ name, exports }));
  }
  for (const name of ['kernel', 'halo', 'echo']) {
    symlinkSync(join(root, 'packages', name), join(root, 'node_modules/@atoll', name));
  }
  const binary = `${ROOT}node_modules/.bin/depcruise`;
  const args = ['--config', '.dependency-cruiser.js', '--output-type', 'json', 'packages', 'apps'];
  const { stdout, stderr } = spawnSync(binary, args, { cwd: root, encoding: 'utf8' });
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as Report;
  broken = report.summary.violations.map(({ from, rule }) => `${rule.name} by ${from}`);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ['a type that mesh takes from halo', 'layer:packages/mesh by packages/mesh/src/index.ts'],
  ['a type that the server takes from echo', 'layer:apps/kube by apps/kube/src/main.ts'],
  ['Node in the kernel', 'node-through-ports by packages/kernel/src/clock.ts'],
  ['a library in a second package', 'library:ws by packages/schema/src/index.ts'],
  ['a cycle of two files', 'no-circular by packages/feed/src/a.ts'],
  ['a way into a package past its index', 'through-the-door by packages/echo/src/deep.ts'],
  ['a program that needs its tests', 'tests-stay-tests by packages/codec/src/index.ts'],
  ['a package without a row', 'in-table by packages/unknown/src/index.ts'],
])('%s is refused', (_what, violation) => {
  expect(broken).toContain(violation);
});

test('what the table allows is not refused', () => {
  expect(broken.filter((violation) => violation.includes('fine'))).toEqual([]);
  expect(broken.filter((violation) => violation.includes('echo/src/index'))).toEqual([]);
});

test('nothing that moves or stores blocks may import what reads them', () => {
  for (const folder of ['packages/mesh', 'apps/kube']) {
    const allowed = LAYERS.find((layer) => layer.folder === folder)?.mayImport ?? [];
    expect(allowed).not.toContain('packages/echo');
    expect(allowed).not.toContain('packages/schema');
    expect(allowed).not.toContain('packages/client');
  }
});

test('a layer imports only layers that stand above it in the table', () => {
  const order = LAYERS.map((layer) => layer.folder);
  for (const layer of LAYERS.filter(({ folder }) => folder !== 'packages/testkit')) {
    for (const other of layer.mayImport) {
      expect([layer.folder, order.indexOf(other) < order.indexOf(layer.folder)]).toEqual([
        layer.folder,
        true,
      ]);
    }
  }
});

test('every library has an owner that exists', () => {
  const folders = new Set(LAYERS.map((layer) => layer.folder));
  for (const owners of Object.values(LIBRARIES)) {
    for (const owner of owners) expect(folders).toContain(owner);
  }
});
