// What the guides in docs/ show is what runs, and what it prints: each names its program in examples/.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const DOCS = fileURLToPath(new URL('../docs', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Guides that are one program from the first block to the last. */
const GUIDES = readdirSync(DOCS)
  .map((name) => name.replace(/\.md$/u, ''))
  .filter((name) => existsSync(join(HERE, `${name}.ts`)));

function blocks(document: string, language: string): string {
  const found = [...document.matchAll(/```(?<language>\w*)\n(?<code>.*?)```/gsu)];
  return found
    .filter(({ groups }) => groups?.['language'] === language)
    .map(({ groups }) => groups?.['code'] ?? '')
    .join('\n');
}

/** Blank lines also stand between the blocks of a document. */
function lines(text: string): string {
  return text.replaceAll(/\n+/gu, '\n').trim();
}

test('there are guides to look at', () => {
  expect(GUIDES).toEqual(expect.arrayContaining(['queries', 'text', 'undo']));
});

describe.each(GUIDES)('docs/%s.md', (name) => {
  const document = readFileSync(join(DOCS, `${name}.md`), 'utf8');
  const program = join(HERE, `${name}.ts`);

  test('shows its program, without the first line', () => {
    const [, ...code] = readFileSync(program, 'utf8').split('\n');
    expect(blocks(document, 'ts').trim()).toBe(code.join('\n').trim());
  });

  test('shows what the program prints', () => {
    const folder = mkdtempSync(join(tmpdir(), `atoll-${name}-`));
    try {
      const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      expect(lines(run.stdout)).toBe(lines(blocks(document, 'text')));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
