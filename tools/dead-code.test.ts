// What the dead-code check must find, and what it must leave alone.
import { expect, test } from 'vitest';
import { TestTree } from './test-tree.ts';

const MANIFEST = JSON.stringify({ name: '@atoll/a', exports: { '.': './src/index.ts' } });
const TIDY = {
  'packages/a/package.json': MANIFEST,
  'packages/a/src/index.ts': `export { used } from './used.ts';`,
  'packages/a/src/used.ts': `export const used = 1;`,
};

test('a tree in which everything is used passes', () => {
  using tree = new TestTree(TIDY);
  expect(tree.run('dead-code.ts')).toEqual({ ok: true, output: '' });
});

test('a file that only its test imports is found', () => {
  using tree = new TestTree({
    ...TIDY,
    'packages/a/src/lonely.ts': `export const lonely = 1;`,
    'packages/a/src/lonely.test.ts': `import { lonely } from './lonely.ts'; lonely;`,
  });
  expect(tree.run('dead-code.ts').output).toContain('packages/a/src/lonely.ts: nothing but tests');
});

test('an export that nobody imports is found, and one that a test imports is not', () => {
  using tree = new TestTree({
    ...TIDY,
    'packages/a/src/used.ts': `export const used = 1; export const idle = 2; export const LIMIT = 3;`,
    'packages/a/src/used.test.ts': `import { LIMIT } from './used.ts'; LIMIT;`,
  });
  const { ok, output } = tree.run('dead-code.ts');
  expect(ok).toBe(false);
  expect(output).toContain('idle is exported and never imported');
  expect(output).not.toContain('LIMIT');
});

test('a module that is started by its address is alive', () => {
  using tree = new TestTree({
    ...TIDY,
    'packages/a/src/used.ts': `export const used = new URL('./job.ts', import.meta.url);`,
    'packages/a/src/job.ts': `console.log(1);`,
  });
  expect(tree.run('dead-code.ts').output).toBe('');
});

test('declared and imported dependencies must be the same', () => {
  using tree = new TestTree({
    ...TIDY,
    'packages/a/package.json': MANIFEST.replace('{', '{"dependencies":{"idle-library":"1.0.0"},'),
    'packages/a/src/used.ts': `import { x } from 'secret-library'; export const used = x;`,
  });
  const { output } = tree.run('dead-code.ts');
  expect(output).toContain('idle-library is declared and never imported');
  expect(output).toContain('secret-library is imported and not declared');
});
