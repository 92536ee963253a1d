/** Who edits, in a process of its own: `node writer.ts PROFILE KUBE`, asked by messages. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AtollClient, liveUntil } from '@atoll/client';
import { openNodePlatform } from '@atoll/platform-node';
import { defineType, s } from '@atoll/schema';
import { WebSocket } from 'ws';
import type { Message } from '../packages/child.ts';
import { notingPlatform, nowNs, type Moments } from './moments.ts';

const EDIT_EVERY_MS = 15;
/** About the size of a sealed edit. */
const RAW_BYTES = 700;
const Note = defineType('bench.Note', { text: s.string() });

let now: Moments = {};
const [dir = '', kube = ''] = process.argv.slice(2);
const platform = notingPlatform(await openNodePlatform({ dir }), (name) => {
  // Other things are sent, too; an edit leaves after it is durable.
  if (name === 'sent' && now['durable'] === undefined) return;
  now[name] ??= nowNs();
});
const client = await AtollClient.open(platform, { kubes: [kube] });
await client.halo.createIdentity({ displayName: 'Ann' });
const space = await client.spaces.create({ name: 'Bench' });
const object = space.db.add(Note, { text: '' });
await space.flush();

async function invite(): Promise<Message> {
  const invitation = await space.invite({ role: 'writer' });
  const state = await liveUntil(
    invitation.state,
    (shown) => shown.at === 'waiting' && shown.connected,
    AbortSignal.timeout(20_000),
  );
  const digits = 'digits' in state ? state.digits : '';
  return { url: invitation.url, digits, space: space.id, object: object.id };
}

async function edit(question: Message): Promise<Message> {
  const edits: Moments[] = [];
  for (let at = 0; at < Number(question['count']); at++) {
    now = { set: nowNs() };
    edits.push(now);
    object.text = String(at);
    await sleep(EDIT_EVERY_MS);
  }
  await space.flush();
  return { edits };
}

/** Bare messages with the time in them. */
async function raw(question: Message): Promise<Message> {
  const socket = new WebSocket(String(question['url']), { perMessageDeflate: false });
  await new Promise((resolve) => socket.once('open', resolve));
  const message = Buffer.alloc(RAW_BYTES);
  for (let at = 0; at < Number(question['count']); at++) {
    message.writeBigUInt64BE(process.hrtime.bigint());
    socket.send(message);
    await sleep(EDIT_EVERY_MS);
  }
  socket.close();
  return {};
}

const TASKS: Readonly<Record<string, (question: Message) => Promise<Message>>> = {
  invite,
  edit,
  raw,
};

process.on('message', (question: Message) => {
  const task = TASKS[String(question['do'])];
  if (task === undefined) process.exit(0);
  task(question).then(
    (answer) => process.send?.(answer),
    (failure: unknown) => {
      console.error(failure);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ at: 'ready' });
