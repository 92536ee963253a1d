/** What stands for lost history in a mailbox counts against the quotas, and over restarts. */
import { ready } from '@atoll/crypto';
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
    const ports = { store, ed25519: simEd25519, rng, log: new TestLog(), limits, metrics };
    return { mailboxes: await Mailboxes.open(ports), metrics };
  };
  const first = await open();
  await first.mailboxes.acquire(MAILBOX);
  const stand = await first.mailboxes.standOf(MAILBOX);
  const give = (name: string): Promise<Uint8Array> | undefined =>
    stand?.give(TAG, name.repeat(32), new Uint8Array(1_000));
  expect(await give('aa')).toEqual(Uint8Array.of(0));
  expect(await give('bb')).toEqual(Uint8Array.of(0));
  expect(await give('cc')).toEqual(Uint8Array.of(1));
  expect(await stand?.stand({ tag: TAG, parts: 2, grounds })).toEqual(Uint8Array.of(2));
  expect(first.metrics.value('kube_mailbox_bytes')).toBe(2_000);
  await first.mailboxes[Symbol.asyncDispose]();
  const second = await open();
  const mailbox = await second.mailboxes.acquire(MAILBOX);
  expect(second.metrics.value('kube_mailbox_bytes')).toBe(2_000);
  expect(typeof mailbox === 'string' ? [] : mailbox.tips()).toEqual(grounds);
  const again = await second.mailboxes.standOf(MAILBOX);
  expect(await again?.answer(new Uint8Array(32).fill(0xaa))).toEqual(new Uint8Array(1_000));
  await second.mailboxes[Symbol.asyncDispose]();
});
