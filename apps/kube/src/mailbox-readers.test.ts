/** Who follows a public space has the key that reads its mailbox: on a real KUBE it changes nothing there. */
import {
  SignalingClient,
  KUBE_PEER,
  RECORDS_MAX,
  chunkIdOf,
  mailboxIdOf,
  type MailboxAccess,
} from '@atoll/mesh';
import { nodeClock, nodeRng } from '@atoll/platform-node';
import { simSigner } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { signedElsewhere, testMailbox } from '../../../packages/mesh/src/testing/mailbox-keys.ts';
import { RawMailbox } from '../../../packages/mesh/src/testing/raw-mailbox.ts';
import { MemberSpace, TestMember } from './testing/test-member.ts';
import { TestServer, testWebSockets } from './testing/test-server.ts';

const TAG = 'ab'.repeat(32);
const PIECE = new Uint8Array(500).fill(3);

async function open(
  server: TestServer,
  access: MailboxAccess,
  changes?: Parameters<typeof RawMailbox.open>[3],
): Promise<RawMailbox & Disposable> {
  const ports = { clock: nodeClock, rng: nodeRng };
  const welcome = Promise.withResolvers<undefined>();
  const client = new SignalingClient({
    ...{ url: server.socketUrl, webSockets: testWebSockets, ...ports },
    events: { onWelcome: () => welcome.resolve(undefined) },
  });
  await welcome.promise;
  const mailbox = await RawMailbox.open(client.dial(KUBE_PEER), ports, access, changes);
  return Object.assign(mailbox, { [Symbol.dispose]: () => client[Symbol.dispose]() });
}

/** A space in whose mailbox 20 blocks lie, and a run that was not sent there. */
async function filled(server: TestServer, seed: number) {
  const space = new MemberSpace(seed);
  const writer = await TestMember.join(space, server.socketUrl);
  await writer.write(20);
  using reader = await TestMember.join(space, server.socketUrl);
  await reader.has(20);
  writer[Symbol.dispose]();
  const feed = space.bench.feed();
  for (let at = 0; at < 30; at++) feed.write(new Uint8Array(1000));
  return { space, run: await feed.run(0) };
}

function refused(server: TestServer, what: string): number {
  return server.kube.metrics.value('kube_mailbox_writes_refused_total', { what });
}

test('an honest follower reads all, and what it has of its own stays with it', async () => {
  await using server = await TestServer.start();
  const { space } = await filled(server, 1);
  using follower = await TestMember.join(space, server.socketUrl, { readsOnly: true });
  await follower.has(20);
  const bytes = server.kube.metrics.value('kube_mailbox_bytes');
  await follower.write(5);
  using member = await TestMember.join(space, server.socketUrl);
  await member.write(1);
  await follower.has(26);
  expect(member.replica.index.blockCount).toBe(21);
  expect(server.kube.metrics.value('kube_mailbox_bytes')).toBeLessThan(bytes + 1500);
  expect(refused(server, 'blocks')).toBe(0);
});

test('a follower who sends blocks all the same is refused, told why and counted, again and again', async () => {
  await using server = await TestServer.start({}, { mailboxBytesMax: 60_000 });
  const { run, space } = await filled(server, 2);
  const bytes = server.kube.metrics.value('kube_mailbox_bytes');
  for (let tries = 1; tries <= 3; tries++) {
    using hostile = await open(server, testMailbox(space.secret, { readsOnly: true }));
    expect(hostile.answer).toBe('open');
    hostile.push(run);
    expect(await hostile.ended).toBe('SESSION_READS_ONLY');
    expect(refused(server, 'blocks')).toBe(tries);
  }
  expect(server.kube.metrics.value('kube_mailbox_bytes')).toBe(bytes);
  // There is still all the room that there was for those who are never there together.
  using late = await TestMember.join(space, server.socketUrl);
  await late.has(20);
  await late.write(5);
  using other = await TestMember.join(space, server.socketUrl);
  await other.has(25);
});

test('a follower leaves no piece of a file and lets none go; members do both', async () => {
  await using server = await TestServer.start({}, { chunkGraceMs: 0.001 });
  const { space } = await filled(server, 3);
  const id = chunkIdOf(PIECE);
  using member = await open(server, testMailbox(space.secret));
  const { say } = await member.piece({ say: 'put', bytes: PIECE });
  expect(say).toBe('taken');
  using hostile = await open(server, testMailbox(space.secret, { readsOnly: true }));
  expect(await hostile.piece({ say: 'get', id })).toEqual({ say: 'chunk', bytes: PIECE });
  const other = PIECE.slice(1);
  const put = await hostile.piece({ say: 'put', bytes: other });
  expect(put).toEqual({ say: 'taken', answer: 'refused' });
  expect(await hostile.piece({ say: 'drop', ids: [id] })).toEqual({ say: 'have', have: [true] });
  expect(refused(server, 'piece')).toBe(1);
  expect(refused(server, 'letting-go')).toBe(1);
  const both = { say: 'ask', ids: [id, chunkIdOf(other)] } as const;
  expect(await member.piece(both)).toEqual({ say: 'have', have: [true, false] });
  expect(await member.piece({ say: 'drop', ids: [id] })).toEqual({ say: 'have', have: [false] });
});

test('a follower gives nothing that stands for lost history, and no record', async () => {
  await using server = await TestServer.start();
  const { space } = await filled(server, 4);
  using hostile = await open(server, testMailbox(space.secret, { readsOnly: true }));
  const give = { say: 'give', tag: TAG, name: TAG, bytes: PIECE } as const;
  expect(await hostile.state(give)).toEqual({ say: 'none' });
  const stand = { tag: TAG, parts: 1, grounds: [] };
  expect(await hostile.state({ say: 'stand', stand })).toEqual({ say: 'none' });
  expect(await hostile.state({ say: 'keep', token: TAG, bytes: PIECE })).toEqual({ say: 'none' });
  expect([refused(server, 'stand'), refused(server, 'record')]).toEqual([2, 1]);
  using member = await open(server, testMailbox(space.secret));
  expect(await member.state(give)).toEqual({ say: 'answer', bytes: Uint8Array.of(0) });
});

test('a follower cannot say that he writes, name himself as the writer, or be first with other keys', async () => {
  await using server = await TestServer.start();
  const { space } = await filled(server, 5);
  const { readKey, signer, writeKey } = testMailbox(space.secret, { readsOnly: true });
  const own = simSigner(nodeRng.bytes(32));
  const access = { readKey, writeKey, signer };
  using claims = await open(server, access, { writes: true });
  expect(claims.answer).toBe('refused');
  using foreign = await open(server, { ...access, signer: own });
  expect(foreign.answer).toBe('refused');
  // A mailbox with other writers is another one, in which nothing lies.
  const other = { readKey, writeKey: own.publicKey, signer: own };
  expect(mailboxIdOf(other)).not.toBe(mailboxIdOf(access));
  using elsewhere = await open(server, other);
  expect(elsewhere.answer).toBe('open');
  expect(await elsewhere.piece({ say: 'ask', ids: [chunkIdOf(PIECE)] })).toEqual({
    say: 'have',
    have: [false],
  });
});

test('what was signed for one session opens nothing in another', async () => {
  await using server = await TestServer.start();
  const { space } = await filled(server, 6);
  const access = testMailbox(space.secret);
  const signature = await signedElsewhere(access);
  using replayed = await open(server, testMailbox(space.secret, { readsOnly: true }), {
    writes: true,
    signature,
  });
  expect(replayed.answer).toBe('refused');
});

test('a mailbox of records, which many may write, takes no log and no piece; that of a space no record', async () => {
  await using server = await TestServer.start();
  const { run, space } = await filled(server, 7);
  const key = simSigner(nodeRng.bytes(32));
  const records = { readKey: key.publicKey, writeKey: key.publicKey, signer: key };
  using many = await open(server, records);
  const keep = { say: 'keep', token: TAG, bytes: PIECE } as const;
  expect(await many.state(keep)).toEqual({ say: 'answer', bytes: Uint8Array.of(0) });
  expect(await many.piece({ say: 'put', bytes: PIECE })).toEqual({
    say: 'taken',
    answer: 'refused',
  });
  const bytes = server.kube.metrics.value('kube_mailbox_bytes');
  many.push(run);
  expect(await many.ended).toBe('SESSION_READS_ONLY');
  expect(server.kube.metrics.value('kube_mailbox_bytes')).toBe(bytes);
  using member = await open(server, testMailbox(space.secret));
  expect(await member.state(keep)).toEqual({ say: 'none' });
});

test('a stranger who fills a mailbox of records fills that one, with fifteen records, and is counted', async () => {
  await using server = await TestServer.start();
  const key = simSigner(nodeRng.bytes(32));
  const records = { readKey: key.publicKey, writeKey: key.publicKey, signer: key };
  const of = (result: string): number =>
    server.kube.metrics.value('kube_records_total', { result });
  using many = await open(server, records);
  const says: unknown[] = [];
  for (let at = 0; at < RECORDS_MAX + 30; at++) {
    const token = at.toString(16).padStart(64, '0');
    says.push(await many.state({ say: 'keep', token, bytes: PIECE }));
  }
  const kept = { say: 'answer', bytes: Uint8Array.of(0) };
  const full = { say: 'answer', bytes: Uint8Array.of(1) };
  expect(says).toEqual([...Array(RECORDS_MAX).fill(kept), ...Array(30).fill(full)]);
  expect([of('kept'), of('full')]).toEqual([RECORDS_MAX, 30]);
  const bytes = server.kube.metrics.value('kube_mailbox_bytes');
  expect(bytes).toBe(RECORDS_MAX * PIECE.length);
  // Whoever knows a token puts another one in its place, or none; it grows by nothing else.
  const token = '0'.repeat(64);
  expect(await many.state({ say: 'keep', token, bytes: PIECE })).toEqual(kept);
  expect(server.kube.metrics.value('kube_mailbox_bytes')).toBe(bytes);
  expect(await many.state({ say: 'keep', token, bytes: new Uint8Array(0) })).toEqual(kept);
  expect(of('dropped')).toBe(1);
  expect(server.kube.metrics.value('kube_mailbox_bytes')).toBe(bytes - PIECE.length);
});
