// The server as a process: the first line, the end on a signal, the end without one.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

const BIN = new URL('../../apps/kube/bin/kube.mjs', import.meta.url).pathname;

interface Running {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly url: string;
}

async function start(
  dir: string,
  command: readonly string[] = [process.execPath, BIN],
): Promise<Running> {
  const [program, ...before] = command as [string, ...string[]];
  const args = [...before, 'start', '--port', '0', '--data', dir, '--json'];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    reader.on('line', (line) => {
      lines.push(line);
      resolve((JSON.parse(line) as { url: string }).url);
    });
  });
  return { child, lines, url };
}

function end(
  child: ChildProcess,
  signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL',
): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill(signal);
  });
}

test('kube start says where it listens in its first line and ends with 0 on a signal', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-kube-process-'));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { child, lines, url } = await start(dir);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await end(child, signal)).toBe(0);
    expect(lines).toHaveLength(1);
  }
  await rm(dir, { recursive: true, force: true });
});

test('a killed server leaves no lock behind that would keep the next from starting', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-kube-process-'));
  const first = await start(dir);
  await end(first.child, 'SIGKILL');
  const second = await start(dir);
  expect((await fetch(`${second.url}/healthz`)).status).toBe(200);
  expect(await end(second.child, 'SIGTERM')).toBe(0);
  await rm(dir, { recursive: true, force: true });
});

test('a command line that is not understood ends with 2 and shows the usage', async () => {
  const child = spawn(process.execPath, [BIN, 'start', '--prot', '1'], { stdio: 'pipe' });
  let shown = '';
  child.stderr.on('data', (data: Buffer) => (shown += data.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(code).toBe(2);
  expect(shown).toContain('KUBE_ARGUMENTS');
  expect(shown).toContain('kube start [options]');
  expect(shown).not.toMatch(/\n\s+at /u);
});

test('a server started through npx ends with it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-kube-process-'));
  const { child, url } = await start(dir, ['npx', 'kube']);
  await end(child, 'SIGTERM');
  const answers = async (): Promise<boolean> => fetch(`${url}/healthz`).then(Boolean, () => false);
  while (await answers()) await new Promise((next) => setTimeout(next, 50));
  await rm(dir, { recursive: true, force: true });
});
