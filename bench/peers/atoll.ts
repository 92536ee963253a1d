/**
 * Atoll: two clients with stores of their own and a server on loopback, signed, encrypted and durable. The
 * server is a process of its own; the peers meet in it and in a direct connection, whichever is quicker.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineType, s } from '@atoll/schema';
import { liveUntil, type Client, type Space } from '@atoll/client';
import { createClient } from '../../packages/atoll/src/node.ts';
import {
  BATCH,
  CHANGES,
  NEXT_PROJECT,
  PROJECT,
  PROJECTS,
  bytesIn,
  check,
  count,
  figure,
  inFolder,
  memory,
  rowAt,
  stage,
  until,
} from './workload.ts';

const WAIT_MS = 60_000;
/** Batches between two waits for the disk. */
const BATCHES_A_FLUSH = 20;

const Task = defineType('bench.Task', {
  title: s.string(),
  done: s.boolean(),
  priority: s.integer(),
  project: s.string().index(),
  estimate: s.number(),
  note: s.string(),
});

async function startKube(data: string): Promise<{ child: ChildProcess; url: string }> {
  const bin = fileURLToPath(new URL('../../apps/kube/bin/kube.mjs', import.meta.url));
  const args = [bin, 'start', '--port', '0', '--data', data, '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(line.toString().split('\n')[0] ?? '') as { url: string };
  return { child, url };
}

async function write(profile: string, kube: string): Promise<string> {
  await using client = await createClient({ profile, kubes: [kube], online: false });
  await client.halo.createIdentity({ displayName: 'Ada' });
  const space = await client.spaces.create({ name: 'Bench' });
  await stage('create', async () => {
    for (let at = 0; at < count; at += BATCH) {
      space.db.transaction(() => {
        for (let each = at; each < at + BATCH; each++) space.db.add(Task, rowAt(each));
      });
      if ((at / BATCH) % BATCHES_A_FLUSH === 0) await space.flush();
    }
    await space.flush();
  });
  return space.id;
}

async function meet(ada: Space, bob: Client): Promise<Space> {
  const signal = AbortSignal.timeout(WAIT_MS);
  const invitation = await ada.invite({ role: 'writer' });
  const state = await liveUntil(
    invitation.state,
    (now) => now.at === 'waiting' && now.connected,
    signal,
  );
  const guest = bob.spaces.join(invitation.url);
  await liveUntil(guest.state, ({ at }) => at === 'digits', signal);
  guest.submit('digits' in state ? state.digits : '');
  await liveUntil(guest.state, ({ at }) => at === 'confirm', signal);
  guest.accept();
  await guest.done;
  const space = bob.spaces.get(ada.id);
  if (space === undefined) throw new RangeError('the space is not here');
  return space;
}

await inFolder(async (dir) => {
  const kube = await startKube(join(dir, 'kube'));
  const profile = join(dir, 'ada');
  const id = await write(profile, kube.url);
  figure('bytes', bytesIn(profile) / count);
  const ada = await stage('open', () => createClient({ profile, kubes: [kube.url] }));
  const space = ada.spaces.get(id);
  if (space === undefined) throw new RangeError('the space is not here');
  const all = space.db.query(Task);
  const tasks = all.where({ project: PROJECT });
  await stage('query', () => check(tasks.run().length, count / PROJECTS));
  await stage('query again', () => {
    check(all.where({ project: NEXT_PROJECT }).run().length, count / PROJECTS);
  });
  memory('memory');
  const task = tasks.first();
  if (task === undefined) throw new RangeError('no task');
  const changing = async (): Promise<void> => {
    for (let at = 0; at < CHANGES; at++) {
      task.title = `changed ${at}`;
      await space.flush();
    }
  };
  await stage('change', changing, CHANGES);
  const bob = await createClient({ profile: join(dir, 'bob'), kubes: [kube.url] });
  await bob.halo.createIdentity({ displayName: 'Bob' });
  const theirs = await stage('sync', async () => {
    const joined = await meet(space, bob);
    joined.db.register(Task);
    await until(() => joined.db.query(Task).count() === count, 5);
    return joined;
  });
  const seen = theirs.db.query(Task).where({ project: PROJECT }).first();
  const seeing = async (): Promise<void> => {
    for (let at = 0; at < CHANGES; at++) {
      task.title = `seen ${at}`;
      await until(() => seen?.title === `seen ${at}`, 0);
    }
  };
  await stage('sync a change', seeing, CHANGES);
  kube.child.kill();
});
process.exit(0);
