// What docs/types.md shows must be what runs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const EXAMPLE = fileURLToPath(new URL('task-type.ts', import.meta.url));
const DOCUMENT = new URL('../docs/types.md', import.meta.url);

test('the code of docs/types.md is that of examples/task-type.ts, in its order', () => {
  const code = readFileSync(EXAMPLE, 'utf8');
  const blocks = [...readFileSync(DOCUMENT, 'utf8').matchAll(/```ts\n(?<code>.*?)```/gsu)];
  expect(blocks.length).toBeGreaterThan(8);
  let from = 0;
  for (const block of blocks) {
    const at = code.indexOf(block.groups?.['code'] ?? '', from);
    expect(at, block[0]).toBeGreaterThanOrEqual(from);
    from = at + 1;
  }
});

test('the examples print what their comments say', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atoll-types-'));
  try {
    const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', EXAMPLE], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    const said = readFileSync(EXAMPLE, 'utf8').matchAll(/console\.log\(.*\); \/\/ (?<said>.*)$/gmu);
    for (const line of said) {
      // A comment may leave something out before or behind.
      for (const part of (line.groups?.['said'] ?? '').split('…')) {
        expect(run.stdout).toContain(part.trim());
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
