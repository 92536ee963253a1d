// What docs/text.md shows is what runs, and what it prints.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('text.ts', import.meta.url));
const DOCUMENT = readFileSync(new URL('../docs/text.md', import.meta.url), 'utf8');

function blocks(language: string): string {
  const found = [...DOCUMENT.matchAll(/```(?<language>\w*)\n(?<code>.*?)```/gsu)];
  return found
    .filter(({ groups }) => groups?.['language'] === language)
    .map(({ groups }) => groups?.['code'] ?? '')
    .join('\n');
}

test('the code of docs/text.md is examples/text.ts, without its first line', () => {
  const [, ...lines] = readFileSync(PROGRAM, 'utf8').split('\n');
  expect(blocks('ts').trim()).toBe(lines.join('\n').trim());
});

test('the code of docs/text.md prints what stands under it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atoll-text-'));
  try {
    const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    // Blank lines also stand between the blocks of the document.
    const lines = (text: string): string => text.replaceAll(/\n+/gu, '\n').trim();
    expect(lines(run.stdout)).toBe(lines(blocks('text')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
