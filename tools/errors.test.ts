// The table of error codes must follow the code, and say where the code says nothing.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TestTree } from './test-tree.ts';

const UNION = `export type AErrorCode =
  | 'A_LOST' // It is gone. Ask for it again.
  | 'A_BROKEN'; // It is broken.
`;

test('the meaning is the first sentence and the advice is the rest', () => {
  using tree = new TestTree({ 'packages/a/src/a-error.ts': UNION, 'docs/x.md': '' });
  expect(tree.run('errors.ts')).toEqual({ ok: true, output: '' });
  const written = readFileSync(`${tree.root}docs/errors.md`, 'utf8');
  expect(written).toContain('| `A_LOST` | It is gone. | Ask for it again. |');
  expect(written).toContain('| `A_BROKEN` | It is broken. | Handled inside.');
});

test('a table that lags behind the code fails the check', () => {
  using tree = new TestTree({ 'packages/a/src/a-error.ts': UNION, 'docs/x.md': '' });
  tree.run('errors.ts');
  expect(tree.run('errors.ts', '--check').ok).toBe(true);
  tree.write('packages/a/src/a-error.ts', UNION.replace('It is gone', 'It went'));
  expect(tree.run('errors.ts', '--check').output).toContain('stale');
});

test('a code without a comment and a code in two unions are refused', () => {
  using tree = new TestTree({
    'packages/a/src/a-error.ts': UNION,
    'packages/b/src/b-error.ts': `export type BErrorCode = 'A_LOST' | 'B_SILENT';`,
    'docs/x.md': '',
  });
  const { ok, output } = tree.run('errors.ts');
  expect(ok).toBe(false);
  expect(output).toContain('B_SILENT has no comment');
  expect(output).toContain('A_LOST is in AErrorCode and in BErrorCode');
});
