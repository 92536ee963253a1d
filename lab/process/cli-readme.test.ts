// The examples of the command's README, run in their order as one script, in a folder of their own.
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ATOLL } from './cli-world.ts';

const README = new URL('../../apps/cli/README.md', import.meta.url);

function examples(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n([^]*?)^```$/gmu)].map(([, block = '']) => block);
}

// A hundred runs of the program, one after another.
const TIMEOUT_MS = 300_000;

test('every example of the README works as it stands there', { timeout: TIMEOUT_MS }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-readme-'));
  const shim = join(dir, 'atoll');
  await writeFile(shim, `#!/bin/sh\nexec "${process.execPath}" "${ATOLL}" "$@"\n`);
  await chmod(shim, 0o755);
  // Files that a reader has: what is in them says nothing.
  for (const name of ['rose.jpg', 'plan.pdf'])
    await writeFile(join(dir, name), name.repeat(20_000));
  const blocks = examples(await readFile(README, 'utf8'));
  expect(blocks.length).toBeGreaterThan(8);
  const marked = blocks.map((block, at) => `echo "== ${at}"\n${block}`);
  // Whatever the examples have started ends with the script.
  const script = ['set -eu', "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", ...marked].join(
    '\n',
  );
  const path = [dir, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn('bash', ['-c', script], {
    cwd: dir,
    env: { ...process.env, PATH: path, ATOLL_HOME: join(dir, 'none'), ATOLL_KUBE: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let shown = '';
  child.stdout.on('data', (data: Buffer) => (shown += data.toString()));
  child.stderr.on('data', (data: Buffer) => (shown += data.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const sections = shown.split(/^== \d+\n/mu).slice(1);
  await rm(dir, { recursive: true, force: true });
  expect(shown).not.toMatch(/^[A-Z]+_[A-Z_]+:/mu);
  expect(code, shown).toBe(0);
  expect(sections).toHaveLength(blocks.length);
  expect(sections[0]).toContain('You are Ann.');
  expect(sections[1]).toMatch(/Bob +writer/u);
  expect(sections[3]).toMatch(/^2$/mu);
  expect(sections[4]).toContain('March: Prune.');
  expect(sections[5]).toMatch(/0 +"water"/u);
  expect(sections[5]).toMatch(/Book\n.* {4}Autumn\n.* {4}Spring/u);
  expect(sections[6]).toMatch(/Near {2}\S+ → /u);
  expect(sections[8]).toContain('Quince');
  expect(sections[9]).toContain('"refs":3,"unresolved":0,"added":0,"changed":0');
  expect(sections[10]).toContain("Ann's laptop");
  expect(sections[10]).toMatch(/Ann's phone +[0-9a-f]{64} +suspended, by Ann's laptop on/u);
  expect(sections[11]).toContain('You are Cleo again');
  expect(sections[11]).toContain('Old laptop is removed.');
  expect(sections[11]).toMatch(/This device was wiped with the 24 words on .* lies at the server/u);
  expect(sections[11]).toContain('This profile was wiped with the 24 words on');
  expect(sections[12]).toContain('Cleo');
  expect(sections[13]).toContain('"name":"rose.jpg"');
  expect(sections[14]).toContain('Bob is writer over just this.');
  expect(sections[14]).toMatch(/Bob .* writer over just-this, from Ann, until epoch 1/u);
  expect(sections[14]).toContain('Bob has no right over just this any more.');
  expect(sections[15]).toMatch(/because {2}admin, by Ann on .*, through Crew/u);
  expect(sections[15]).toMatch(/Bob +reader/u);
  expect(sections[16]).toMatch(/Bob +reader +[0-9a-f]{64}$/mu);
  expect(sections[16]).toMatch(/Surprise +owner +read by Ann /u);
  expect(sections[17]).toMatch(/Bob +verified +from Garden/u);
  expect(sections[17]).toMatch(/holds +org\.example\.Gardener +Ann of Bob +since=2019$/mu);
  expect(sections[17]).toMatch(/revoked +org\.example\.Gardener +Ann of Bob/u);
});
