// Keys under a passphrase, by the real command: with a file, with the keyring of the system, and without either.
import { execFile } from 'node:child_process';
import { access, readFile, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ATOLL, CliWorld } from './cli-world.ts';

const run = promisify(execFile);

async function has(tool: string): Promise<boolean> {
  const dirs = (process.env['PATH'] ?? '').split(delimiter);
  const found = await Promise.allSettled(dirs.map((dir) => access(join(dir, tool))));
  return found.some(({ status }) => status === 'fulfilled');
}

const tools = ['secret-tool', 'gnome-keyring-daemon', 'dbus-run-session'];
const hasKeyring = (await Promise.all(tools.map(has))).every(Boolean);

/** A profile, files with passphrases, and the command in an environment of its own. */
async function scene(world: CliWorld): Promise<{
  readonly home: string;
  readonly file: (name: string, content: string) => Promise<string>;
  readonly atoll: (args: readonly string[], env?: Record<string, string>) => Promise<string>;
}> {
  const home = join(world.dir, 'ann');
  return {
    home,
    file: async (name, content) => {
      const path = join(world.dir, name);
      await writeFile(path, `${content}\n`, { mode: 0o600 });
      return path;
    },
    atoll: async (args, env = {}) => {
      const whole = { ...process.env, ATOLL_HOME: home, ATOLL_KUBE: '', ...env };
      return run(process.execPath, [ATOLL, ...args, '--json'], { env: whole }).then(
        ({ stdout }) => stdout,
        (failure: { readonly stdout: string }) => failure.stdout,
      );
    },
  };
}

test('a passphrase is asked of every run, can be changed and removed, and hides every key', async () => {
  await using world = await CliWorld.open({ kube: false });
  const { atoll, file, home } = await scene(world);
  await atoll(['init', '--name', 'Ann']);
  const [first, second] = [await file('first', 'one good phrase'), await file('second', 'another')];
  expect(await atoll(['passphrase', '--new-file', await file('short', 'abc')])).toContain(
    'CLI_USAGE',
  );
  expect(await atoll(['passphrase', '--new-file', first])).toContain('"protected":true');
  expect(await readdir(home)).not.toContain('keys.key');
  // Without a session bus there is no keyring either, whatever this machine has.
  const bare = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };
  expect(await atoll(['whoami'], bare)).toContain('CLI_LOCKED');
  expect(await atoll(['whoami'], { ...bare, ATOLL_PASSPHRASE_FILE: second })).toContain(
    'STORE_PASSPHRASE',
  );
  const open = { ...bare, ATOLL_PASSPHRASE_FILE: first };
  expect(await atoll(['whoami'], open)).toContain('"name":"Ann"');
  expect(await atoll(['unlock'], open)).toContain('CLI_NO_KEYRING');
  const third = await file('third', 'a longer passphrase');
  expect(await atoll(['passphrase', '--new-file', third], open)).toContain('"protected":true');
  expect(await atoll(['whoami'], open)).toContain('STORE_PASSPHRASE');
  const again = { ...bare, ATOLL_PASSPHRASE_FILE: third };
  expect(await atoll(['passphrase', '--remove'], again)).toContain('"protected":false');
  expect(await atoll(['whoami'], bare)).toContain('"name":"Ann"');
  expect((await readFile(join(home, 'keys.sealed'))).toString('latin1')).not.toContain('Ann');
});

test.skipIf(!hasKeyring)(
  'the keyring of the system opens a profile from unlock to lock',
  async () => {
    await using world = await CliWorld.open({ kube: false });
    const { atoll, file, home } = await scene(world);
    await atoll(['init', '--name', 'Ann']);
    const phrase = await file('phrase', 'one good phrase');
    await atoll(['passphrase', '--new-file', phrase]);
    const script = [
      'printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null',
      'a() { "$NODE" "$ATOLL" "$@" --json 2>/dev/null || true; }',
      'a whoami',
      'ATOLL_PASSPHRASE_FILE="$PHRASE" a unlock',
      'a whoami',
      'a lock',
      'a whoami',
    ].join('\n');
    const { stdout } = await run('dbus-run-session', ['--', 'sh', '-c', script], {
      env: {
        ...process.env,
        ...{ NODE: process.execPath, ATOLL, PHRASE: phrase, ATOLL_HOME: home, ATOLL_KUBE: '' },
        ...{ HOME: world.dir, XDG_RUNTIME_DIR: world.dir, XDG_DATA_HOME: world.dir },
      },
    });
    const said = stdout.trim().split('\n');
    expect(said[0]).toContain('CLI_LOCKED');
    expect(said.slice(1)).toEqual([
      '{"unlocked":true}',
      expect.stringContaining('"name":"Ann"'),
      '{"locked":true}',
      expect.stringContaining('CLI_LOCKED'),
    ]);
  },
);
