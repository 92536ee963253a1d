import { expect, test } from 'vitest';
import { COMMANDS } from './commands.ts';
import { findCommand, runCli } from './run-cli.ts';

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const code = await runCli({
    args,
    env: { ATOLL_HOME: '/nonexistent' },
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code, stdout, stderr };
}

test('help names every command, and each command explains itself', async () => {
  const { code, stdout } = await run('help');
  expect(code).toBe(0);
  for (const { name } of COMMANDS) {
    expect(stdout).toContain(`  ${name}`);
    const own = await run(...name.split(' '), '--help');
    expect(own.code).toBe(0);
    expect(own.stdout).toContain(`atoll ${name}`);
  }
});

test('every command can be loaded', async () => {
  for (const { load } of COMMANDS) expect(typeof (await load())).toBe('function');
});

test('the longest name wins, and half a name says what there is', async () => {
  expect(findCommand(['space', 'info', 'X']).name).toBe('space info');
  expect(() => findCommand(['space'])).toThrow('atoll space create, atoll space list');
});

test('a wrong command line ends with 2, shows the usage, and touches nothing', async () => {
  const { code, stderr, stdout } = await run('space', 'info');
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toBe('CLI_USAGE: SPACE is missing.\n\n  atoll space info SPACE\n');
  expect((await run('nothing')).code).toBe(2);
});
