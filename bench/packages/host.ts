/**
 * The first peer, in a process of its own: a client on an imported profile that invites, serves and edits.
 * `node host.ts PROFILE KUBE`, asked by messages.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { createClient } from '../../packages/atoll/src/node.ts';
import { liveUntil, type Space } from '@atoll/client';
import type { Message } from './child.ts';

/** Apart enough that no two edits share a block. */
const EDIT_EVERY_MS = 15;
const ROWS_A_MESSAGE = 300;
const RAW_BYTES = 700;

const [profile = '', kube = ''] = process.argv.slice(2);
const client = await createClient({ profile, kubes: [kube] });

function spaceOf(question: Message): Space {
  const space = client.spaces.get(String(question['space']));
  if (space === undefined) throw new RangeError('no such space');
  return space;
}

async function invite(question: Message): Promise<Message> {
  const invitation = await spaceOf(question).invite({ role: 'writer' });
  const state = await liveUntil(
    invitation.state,
    (now) => now.at === 'waiting' && now.connected,
    AbortSignal.timeout(20_000),
  );
  return { url: invitation.url, digits: 'digits' in state ? state.digits : '' };
}

/** Writes the time of writing into one property, again and again. */
async function edit(question: Message): Promise<Message> {
  const space = spaceOf(question);
  const object = space.db.findByKey('Package', 'name', String(question['name']));
  if (object === undefined) throw new RangeError('no such package');
  for (let at = 0; at < Number(question['count']); at++) {
    (object as unknown as { summary: string }).summary = String(process.hrtime.bigint());
    await sleep(EDIT_EVERY_MS);
  }
  await space.flush();
  return {};
}

async function withSocket(
  url: unknown,
  work: (socket: WebSocket) => Promise<void>,
): Promise<Message> {
  const socket = new WebSocket(String(url), { perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  await work(socket);
  socket.close();
  return {};
}

/** The same times as bare messages of about the size of a sealed edit. */
function raw(question: Message): Promise<Message> {
  return withSocket(question['url'], async (socket) => {
    const message = Buffer.alloc(RAW_BYTES);
    for (let at = 0; at < Number(question['count']); at++) {
      message.writeBigUInt64BE(process.hrtime.bigint());
      socket.send(message);
      await sleep(EDIT_EVERY_MS);
    }
  });
}

/** The same rows as plain lines of JSON. */
function plain(question: Message): Promise<Message> {
  const bytes = readFileSync(String(question['file']));
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString().trim();
  const lines = text.split('\n');
  return withSocket(question['url'], async (socket) => {
    process.send?.({ at: 'go' });
    for (let at = 0; at < lines.length; at += ROWS_A_MESSAGE) {
      socket.send(lines.slice(at, at + ROWS_A_MESSAGE).join('\n'));
    }
    while (socket.bufferedAmount > 0) await sleep(5);
  });
}

const TASKS: Readonly<Record<string, (question: Message) => Promise<Message>>> = {
  invite,
  edit,
  raw,
  plain,
};

process.on('message', (question: Message) => {
  const task = TASKS[String(question['do'])];
  if (task === undefined) {
    void client.close().finally(() => process.exit(0));
    return;
  }
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
