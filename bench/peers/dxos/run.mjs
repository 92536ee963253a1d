// DXOS 0.8.3: two clients in one process with its memory transport and memory signaling; storage in memory
// too, as its own tests have it, so that nothing here is durable and nothing can be opened again.
import { Client } from '@dxos/client';
import { Filter, live } from '@dxos/client/echo';
import { TestBuilder, performInvitation } from '@dxos/client/testing';
import { TypedObject } from '@dxos/echo-schema';
import { Schema } from 'effect';
import {
  BATCH,
  CHANGES,
  NEXT_PROJECT,
  PROJECT,
  PROJECTS,
  check,
  count,
  memory,
  rowAt,
  stage,
  until,
} from '../workload.ts';

class Task extends TypedObject({ typename: 'bench.org/type/Task', version: '0.1.0' })({
  title: Schema.String,
  done: Schema.Boolean,
  priority: Schema.Number,
  project: Schema.String,
  estimate: Schema.Number,
  note: Schema.String,
}) {}

const builder = new TestBuilder();

async function peer(name) {
  const client = new Client({ services: builder.createLocalClientServices(), types: [Task] });
  await client.initialize();
  await client.halo.createIdentity({ displayName: name });
  return client;
}

const ada = await peer('Ada');
const space = await ada.spaces.create();
await space.waitUntilReady();
await stage('create', async () => {
  for (let at = 0; at < count; at += BATCH) {
    for (let each = at; each < Math.min(count, at + BATCH); each++) {
      space.db.add(live(Task, rowAt(each)));
    }
    await space.db.flush();
  }
});
memory('memory');
const find = async (db, project = PROJECT) =>
  (await db.query(Filter.type(Task, { project })).run()).objects;
await stage('query', async () => check((await find(space.db)).length, count / PROJECTS));
await stage('query again', async () =>
  check((await find(space.db, NEXT_PROJECT)).length, count / PROJECTS),
);
const [task] = await find(space.db);
await stage(
  'change',
  async () => {
    for (let at = 0; at < CHANGES; at++) {
      task.title = `changed ${at}`;
      await space.db.flush();
    }
  },
  CHANGES,
);
const bob = await peer('Bob');
await stage('join', async () => {
  const results = await Promise.all(performInvitation({ host: space, guest: bob.spaces }));
  for (const { error } of results) if (error) throw error;
});
const joined = await stage('sync', async () => {
  let other;
  await until(() => (other = bob.spaces.get(space.key)) !== undefined, 10);
  await other.waitUntilReady();
  await until(
    async () => (await other.db.query(Filter.type(Task)).run()).objects.length >= count,
    50,
  );
  return other;
});
const theirs = (await find(joined.db)).find(({ id }) => id === task.id);
await stage(
  'sync a change',
  async () => {
    for (let at = 0; at < 20; at++) {
      task.title = `seen ${at}`;
      await until(() => theirs.title === `seen ${at}`);
    }
  },
  20,
);
process.exit(0);
