// What docs/queries.md shows is what runs, and what it prints.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('queries.ts', import.meta.url));
const DOCUMENT = readFileSync(new URL('../docs/queries.md', import.meta.url), 'utf8');

function blocks(language: string): string {
  const found = [...DOCUMENT.matchAll(/```(?<language>\w*)\n(?<code>.*?)```/gsu)];
  return found
    .filter(({ groups }) => groups?.['language'] === language)
    .map(({ groups }) => groups?.['code'] ?? '')
    .join('\n');
}

test('the code of docs/queries.md is examples/queries.ts, without its first line', () => {
  const [, ...lines] = readFileSync(PROGRAM, 'utf8').split('\n');
  expect(blocks('ts').trim()).toBe(lines.join('\n').trim());
});

test('the code of docs/queries.md prints what stands under it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atoll-queries-'));
  try {
    const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    expect(run.stdout.trim()).toBe(blocks('text').replaceAll('\n\n', '\n').trim());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
