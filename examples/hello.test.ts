// Examples that newcomers copy must be what runs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const HELLO = fileURLToPath(new URL('hello.ts', import.meta.url));
const README = new URL('../README.md', import.meta.url);

test('the example of the README is examples/hello.ts, without its first line', () => {
  const shown = /```ts\n(?<code>.*?)```/su.exec(readFileSync(README, 'utf8'))?.groups?.['code'];
  const [, ...lines] = readFileSync(HELLO, 'utf8').split('\n');
  expect(shown?.trim()).toBe(lines.join('\n').trim());
});

test('the example runs in an empty folder, shows the object and takes the change back', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atoll-hello-'));
  try {
    const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', HELLO], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    expect(run.stdout).toContain(`[ 'Pack' ]`);
    expect(run.stdout).toContain('Pack: Tent, rope, tea.');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
