import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'atoll-leave-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; last: Record<string, unknown> }> {
  let stdout = '';
  const code = await runCli({
    args: [...args, '--json'],
    env: { ATOLL_HOME: join(dir, 'home') },
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: () => undefined },
  });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  return { code, last: line === '' ? {} : (JSON.parse(line) as Record<string, unknown>) };
}

test('a space in which nobody else is is left only when it is said that it may be lost', async () => {
  await run('init', '--name', 'Ann');
  const { last: made } = await run('space', 'create', 'Scratch');
  const refused = await run('space', 'leave', 'Scratch');
  expect(refused.code).toBe(1);
  expect(refused.last['error']).toMatchObject({ code: 'CLIENT_ONLY_MEMBER' });
  expect((await run('space', 'info', 'Scratch')).code).toBe(0);
  const left = await run('space', 'leave', 'Scratch', '--discard');
  expect(left).toEqual({ code: 0, last: { space: made['space'], left: true } });
  expect((await run('space', 'list')).last).toEqual({});
  expect((await run('space', 'info', 'Scratch')).code).toBe(1);
});
