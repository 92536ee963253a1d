// What `npm run build` would find after half a minute: a name that users need and `atoll` does not give.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findFiles } from './source-files.ts';
import { ROOT } from './run/command.ts';

/** Names inside the braces of each import or export from `specifier`, as they are called outside. */
function named(text: string, keyword: 'import' | 'export', specifier: string): string[] {
  const statement = String.raw`${keyword}\s+(?:type\s+)?\{([^}]*)\}\s*from\s*'(${specifier})'`;
  return [...text.matchAll(new RegExp(statement, 'gu'))].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type\s+/u, ''))
      .filter((name) => name !== '')
      .map((name) => (keyword === 'import' ? name.replace(/ as .*/u, '') : name)),
  );
}

const read = (path: string): string => readFileSync(ROOT + path, 'utf8');
const given = new Set(named(read('packages/atoll/src/names.ts'), 'export', '@atoll/[a-z]+'));

test('every name of the client that its interfaces are made of is given by atoll', () => {
  const index = read('packages/client/src/index.ts');
  const interfaces = named(index, 'export', String.raw`\./(?:api|database|history-api|live)\.ts`);
  // Used between our own packages alone.
  const inner = new Set(['LiveCell', 'canonicalForm', 'sameData']);
  expect(interfaces.length).toBeGreaterThan(50);
  expect(interfaces.filter((name) => !given.has(name) && !inner.has(name))).toEqual([]);
});

test('every name of the client that a published package on top of it takes is given by atoll', () => {
  const sources = findFiles([
    'packages/{react,text-formats,editor-*,model-*}/src/**/*.ts',
    'packages/react/src/**/*.tsx',
  ]);
  const taken = sources
    .filter((path) => !/\.(test|fixture)\.tsx?$/u.test(path) && !path.includes('/testing/'))
    .flatMap((path) => named(read(path), 'import', '@atoll/client'));
  expect(taken.length).toBeGreaterThan(10);
  expect([...new Set(taken)].filter((name) => !given.has(name))).toEqual([]);
});
