/** What stands for lost history in a mailbox counts against the quotas, and over restarts. */
import { ready } from '@atoll/crypto';
import { nodeClock } from '@atoll/platform-node';
import { MemoryDisk, MemoryStore, SimRng, simEd25519 } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from './limits.ts';
import { Mailboxes } from './mailboxes.ts';
import { Metrics } from './metrics.ts';
import { TestLog } from './testing/test-server.ts';

beforeAll(ready);

const MAILBOX = 'ab'.repeat(32);
const TAG = '01'.repeat(32);
const grounds = [{ feed: '11'.repeat(32), seq: 4, hash: '22'.repeat(32) }] as never;

test('it is held within the quota, and counted again by the next process', async () => {
  const rng = new SimRng(1);
  const disk = new MemoryDisk(rng);
  const open = async (): Promise<{ mailboxes: Mailboxes; metrics: Metrics }> => {
    const metrics = new Metrics();
    const limits = { ...DEFAULT_LIMITS, mailboxBytesMax: 2_500 };
    const store = new MemoryStore(disk);
    const clock = nodeClock;
    const ports = { store, clock, ed25519: simEd25519, rng, log: new TestLog(), limits, metrics };
    return { mailboxes: await Mailboxes.open(ports), metrics };
  };
  const first = await open();
  await first.mailboxes.acquire(MAILBOX);
  const stand = await first.mailboxes.standOf(MAILBOX);
  const give = (name: string): Promise<Uint8Array | undefined> | undefined =>
    stand?.give?.(TAG, name.repeat(32), new Uint8Array(1_000));
  expect(await give('aa')).toEqual(Uint8Array.of(0));
  expect(await give('bb')).toEqual(Uint8Array.of(0));
  expect(await give('cc')).toEqual(Uint8Array.of(1));
  expect(await stand?.stand?.({ tag: TAG, parts: 2, grounds })).toEqual(Uint8Array.of(2));
  expect(first.metrics.value('kube_mailbox_bytes')).toBe(2_000);
  await first.mailboxes[Symbol.asyncDispose]();
  const second = await open();
  const mailbox = await second.mailboxes.acquire(MAILBOX);
  expect(second.metrics.value('kube_mailbox_bytes')).toBe(2_000);
  expect(typeof mailbox === 'string' ? [] : mailbox.tips()).toEqual(grounds);
  const again = await second.mailboxes.standOf(MAILBOX);
  expect(await again?.answer(new Uint8Array(32).fill(0xaa), '')).toEqual(new Uint8Array(1_000));
  await second.mailboxes[Symbol.asyncDispose]();
});

test('records are held within the quota, and counted by the next process, log or none', async () => {
  const rng = new SimRng(2);
  const disk = new MemoryDisk(rng);
  const open = async (): Promise<{ mailboxes: Mailboxes; metrics: Metrics }> => {
    const metrics = new Metrics();
    const limits = { ...DEFAULT_LIMITS, mailboxBytesMax: 2_500 };
    const store = new MemoryStore(disk);
    const clock = nodeClock;
    const ports = { store, clock, ed25519: simEd25519, rng, log: new TestLog(), limits, metrics };
    return { mailboxes: await Mailboxes.open(ports), metrics };
  };
  const first = await open();
  await first.mailboxes.acquire(MAILBOX);
  const holder = await first.mailboxes.standOf(MAILBOX);
  const keep = (token: string, bytes: number): Promise<Uint8Array | undefined> | undefined =>
    holder?.keep?.(token.repeat(32), new Uint8Array(bytes).fill(7));
  expect(await keep('aa', 1_000)).toEqual(Uint8Array.of(0));
  expect(await keep('bb', 1_000)).toEqual(Uint8Array.of(0));
  expect(await keep('cc', 1_000)).toEqual(Uint8Array.of(1));
  // In place of the one that is there, and none where it is empty.
  expect(await keep('aa', 1_500)).toEqual(Uint8Array.of(0));
  expect(await keep('bb', 0)).toEqual(Uint8Array.of(0));
  await first.mailboxes[Symbol.asyncDispose]();
  const second = await open();
  expect(second.metrics.value('kube_mailbox_bytes')).toBe(1_500);
  await second.mailboxes.acquire(MAILBOX);
  expect(second.metrics.value('kube_mailbox_bytes')).toBe(1_500);
  const again = await second.mailboxes.standOf(MAILBOX);
  expect((await again?.kept?.())?.length).toBe(1 + 2 + 1_500);
  await second.mailboxes[Symbol.asyncDispose]();
});
