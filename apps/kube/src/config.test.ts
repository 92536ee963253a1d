/** The command line and kube.json. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { DEFAULT_LIMITS } from './limits.ts';

async function dirWith(content?: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-kube-'));
  if (content !== undefined) await writeFile(join(dir, 'kube.json'), content);
  return dir;
}

test('without anything given the server listens on this machine alone', async () => {
  const config = await readConfig(['--data', await dirWith()]);
  expect(config).toMatchObject({ host: '127.0.0.1', port: 8787, trustProxy: false, json: false });
  expect(config.limits).toEqual(DEFAULT_LIMITS);
});

test('the command line wins over the file, and the file over the defaults', async () => {
  const dir = await dirWith('{"port": 4000, "name": "home", "limits": {"connectionsMax": 5}}');
  const config = await readConfig(['--data', dir, '--port', '0', '--json']);
  expect(config).toMatchObject({ port: 0, name: 'home', json: true });
  expect(config.limits).toEqual({ ...DEFAULT_LIMITS, connectionsMax: 5 });
});

test.each([
  ['{"limits": {"conectionsMax": 5}}', 'KUBE_CONFIG'],
  ['{"limits": {"connectionsMax": -1}}', 'KUBE_CONFIG'],
  ['{"colour": "blue"}', 'KUBE_CONFIG'],
  ['{"port": "80"}', 'KUBE_CONFIG'],
  ['[1', 'KUBE_CONFIG'],
  ['{"port": 70000}', 'KUBE_ARGUMENTS'],
])('the file %s is refused with %s', async (content, code) => {
  await expect(readConfig(['--data', await dirWith(content)])).rejects.toMatchObject({ code });
});

test.each([[['--port', 'x']], [['--port', '-1']], [['--nonsense']], [['stray']]])(
  'the arguments %j are refused',
  async (args) => {
    const given = readConfig(['--data', await dirWith(), ...args]);
    await expect(given).rejects.toMatchObject({ code: 'KUBE_ARGUMENTS' });
  },
);
