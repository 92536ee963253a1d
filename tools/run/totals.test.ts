// The closing line of `npm test` is only worth something if it counts what broke outside a test, too.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TestTree } from '../test-tree.ts';
import { ROOT } from './command.ts';
import { TOTALS_VARIABLE, type Totals } from './totals.ts';

const REPORTER = `${ROOT}tools/run/totals-reporter.ts`;
const CONFIG = `import { totalsReporter } from ${JSON.stringify(REPORTER)};
export default { test: { globals: true, reporters: totalsReporter() } };`;

function totalsOf(files: Readonly<Record<string, string>>): Totals {
  using tree = new TestTree({ 'vitest.config.js': CONFIG, ...files });
  spawnSync(process.execPath, [`${ROOT}node_modules/vitest/vitest.mjs`, 'run'], {
    cwd: tree.root,
    env: { ...process.env, [TOTALS_VARIABLE]: 'trial', ATOLL_TOOLS_ROOT: tree.root },
  });
  return JSON.parse(readFileSync(`${tree.root}.cache/test-totals/trial.json`, 'utf8')) as Totals;
}

test('tests are counted by how they ended', () => {
  const file = `test('a', () => {}); test('b', () => { throw new Error('too wide'); }); test.skip('c', () => {});`;
  expect(totalsOf({ 'a.test.js': file })).toEqual({
    passed: 1,
    failed: 1,
    skipped: 1,
    failures: ['a.test.js > b: too wide'],
  });
});

test('a file that cannot be loaded is a failure', () => {
  const files = { 'a.test.js': `test('a', () => {});`, 'b.test.js': `import './nowhere.js';` };
  expect(totalsOf(files)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
    failures: [expect.stringContaining('b.test.js: ')],
  });
});

test('a rejection that nobody catches is a failure', () => {
  const file = `test('a', async () => { void Promise.reject(new Error('x')); await new Promise((r) => setTimeout(r, 20)); });`;
  expect(totalsOf({ 'a.test.js': file })).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
    failures: ['outside of any test: x'],
  });
});
