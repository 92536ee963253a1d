// Promises age: each that SECURITY.md makes names a test, in its words, and the test is there.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROOT } from './run/command.ts';

const TEXT = readFileSync(`${ROOT}SECURITY.md`, 'utf8');
const [, AFTER = ''] = TEXT.split('## What is promised');
const PROMISES = (AFTER.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('- '));

test('SECURITY.md makes promises', () => {
  expect(PROMISES.length).toBeGreaterThan(10);
});

test.each(PROMISES.map((line) => [/\*\*(?<name>[^*]+)\*\*/u.exec(line)?.[1] ?? line, line]))(
  'the promise "%s" names tests that are there',
  (_, line) => {
    const links = [...line.matchAll(/\[(?<title>[^\]]+)\]\((?<path>[^)]+\.test\.ts)\)/gu)];
    if (!line.includes('(the two tests of worlds above)')) expect(links).not.toEqual([]);
    for (const { groups } of links) {
      const path = `${ROOT}${groups?.['path'] ?? ''}`;
      expect(existsSync(path), path).toBe(true);
      expect(readFileSync(path, 'utf8')).toContain(groups?.['title']);
    }
  },
);
