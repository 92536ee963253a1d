import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.fixture.ts';

const { dir, run } = commandLine();

test(
  'a device is listed with its standing, and called otherwise',
  { timeout: 60_000 },
  async () => {
    await run('init', '--name', 'Ann', '--device', 'Laptop');
    const { last } = await run('device', 'list');
    expect(last).toMatchObject({ name: 'Laptop', standing: 'active', votes: true, notes: [] });
    const key = String(last['device']);
    expect((await run('device', 'rename', key.slice(0, 6), 'Old laptop')).code).toBe(0);
    expect((await run('device', 'list')).last).toMatchObject({ device: key, name: 'Old laptop' });
  },
);

test('what cannot be done with a device is refused with a code', { timeout: 60_000 }, async () => {
  const words = join(dir, 'words.txt');
  writeFileSync(words, `${'abandon '.repeat(23)}art`);
  const refusals: readonly (readonly [string, readonly string[]])[] = [
    ['CLI_DEVICE_UNKNOWN', ['device', 'suspend', 'Tablet']],
    ['CLI_DEVICE_UNKNOWN', ['device', 'rename', 'Tablet', 'x']],
    ['CLIENT_THIS_DEVICE', ['device', 'suspend', 'Old laptop']],
    ['CLIENT_AGREED_ALREADY', ['device', 'agree', 'Old laptop']],
    ['CLIENT_THIS_DEVICE', ['device', 'remove', 'Old laptop', '--words-file', words]],
    ['CLIENT_THIS_DEVICE', ['device', 'restore', '--words-file', words]],
    ['CLI_USAGE', ['device', 'remove', 'Old laptop']],
    ['CLI_USAGE', ['device', 'rename', 'Old laptop', ' ']],
    ['CLI_FILE', ['device', 'restore', '--words-file', join(dir, 'none')]],
  ];
  for (const [code, args] of refusals) {
    const { code: exit, last } = await run(...args);
    expect(last['error'], args.join(' ')).toMatchObject({ code });
    expect(exit).toBe(code === 'CLI_USAGE' ? 2 : 1);
  }
});
