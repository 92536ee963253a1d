// A server that is killed while members upload: what it acknowledged is there after the restart, and the
// members bring the rest by themselves.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { MemberSpace, TestMember } from '../../apps/kube/src/testing/test-member.ts';

const BIN = new URL('../../apps/kube/bin/kube.mjs', import.meta.url).pathname;
const KILLS = 4;
const BLOCKS_A_COMMIT = 8;

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

function start(dir: string, port: number): Promise<Running> {
  const args = [BIN, 'start', '--port', String(port), '--data', dir, '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const reader = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    reader.once('line', (line) => {
      resolve({ child, url: (JSON.parse(line) as { url: string }).url });
    });
  });
}

function kill(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<unknown> {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill(signal);
  });
}

/** Runs that the server has stored since its start. */
async function storedRuns(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/kube_mailbox_runs_total\{result="stored"\} (\d+)/u.exec(text)?.[1] ?? 0);
}

test(`a server killed ${KILLS} times during uploads ends with everything that was written`, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-kube-kill-'));
  const space = new MemberSpace(9);
  let server = await start(dir, 0);
  const { port } = new URL(server.url);
  const socketUrl = `${server.url.replace('http', 'ws')}/atoll/v1`;
  using writer = await TestMember.join(space, socketUrl);
  let written = 0;
  for (let round = 0; round < KILLS; round++) {
    // Killed while runs stream in, later in each round.
    while ((await storedRuns(server.url)) < 1 + round * 3) {
      await writer.write(BLOCKS_A_COMMIT);
      written += BLOCKS_A_COMMIT;
    }
    await kill(server.child, 'SIGKILL');
    server = await start(dir, Number(port));
  }
  using reader = await TestMember.join(space, socketUrl);
  await reader.has(written);
  expect(reader.replica.headsRoot()).toEqual(writer.replica.headsRoot());
  await kill(server.child, 'SIGTERM');
  await rm(dir, { recursive: true, force: true });
});
