/** Records of a mailbox: replaced by whoever has the token, bounded, durable, and no more than bytes. */
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import type { Store } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { KEPT, MailboxRecords, RECORD_OLD_MS, recordBytesByMailbox } from './mailbox-records.ts';
import { RECORDS_MAX, RECORD_BYTES_MAX, decodeRecords } from './state-messages.ts';

const MAILBOX = 'ab'.repeat(32);

class Scene {
  readonly store: Store = new MemoryStore(new MemoryDisk(new SimRng(1)));
  nowMs = 1_000;
  bytes = 0;
  roomBytes = 1_000_000;

  open(mailbox = MAILBOX): MailboxRecords {
    const clock = { nowMs: () => this.nowMs } as never;
    const count = async (bytes: number): Promise<boolean> => {
      if (bytes > 0 && this.bytes + bytes > this.roomBytes) return false;
      this.bytes += bytes;
      return true;
    };
    return new MailboxRecords({ store: this.store, clock, mailbox, count });
  }
}

const token = (no: number): string => no.toString(16).padStart(64, '0');
const record = (fill: number, length = 100): Uint8Array => new Uint8Array(length).fill(fill);

async function fills(records: MailboxRecords): Promise<readonly (number | undefined)[]> {
  return decodeRecords(await records.kept())
    .map(([fill]) => fill)
    .sort();
}

test('a token has one record, which the next one replaces; an empty one is none', async () => {
  const scene = new Scene();
  const records = scene.open();
  await records.keep(token(1), record(1));
  await records.keep(token(2), record(2));
  await records.keep(token(1), record(3, 300));
  expect(await fills(records)).toEqual([2, 3]);
  expect(scene.bytes).toBe(400);
  await records.keep(token(1), new Uint8Array(0));
  expect(await fills(scene.open())).toEqual([2]);
  expect(scene.bytes).toBe(100);
  expect(await fills(scene.open('cd'.repeat(32)))).toEqual([]);
  expect([...(await recordBytesByMailbox(scene.store))]).toEqual([[MAILBOX, 100]]);
});

test('who reads all records learns no token, so that he cannot replace one', async () => {
  const scene = new Scene();
  const records = scene.open();
  await records.keep(token(0xbeef), record(1));
  const names = (await scene.store.names('')).join(' ');
  expect(names).not.toContain('beef');
  expect(Buffer.from(await records.kept()).toString('hex')).not.toContain('beef');
});

test('a full mailbox refuses a new record, renews old ones, and gives up what nobody renewed', async () => {
  const scene = new Scene();
  const records = scene.open();
  for (let no = 0; no < RECORDS_MAX; no++) await records.keep(token(no), record(no + 1));
  expect(await records.keep(token(99), record(99))).toEqual(Uint8Array.of(KEPT.full));
  expect(await records.keep(token(3), record(50))).toEqual(Uint8Array.of(KEPT.kept));
  scene.nowMs += RECORD_OLD_MS + 1;
  await records.keep(token(3), record(51));
  expect(await records.keep(token(99), record(99))).toEqual(Uint8Array.of(KEPT.kept));
  expect(await records.keep(token(98), record(98))).toEqual(Uint8Array.of(KEPT.kept));
  const left = await fills(records);
  expect(left).toHaveLength(RECORDS_MAX);
  expect(left).toContain(51);
  expect(scene.bytes).toBe(RECORDS_MAX * 100);
});

test('without room nothing is changed, and the largest records fit into one answer', async () => {
  const scene = new Scene();
  scene.roomBytes = 150;
  const records = scene.open();
  await records.keep(token(1), record(1));
  expect(await records.keep(token(1), record(2, 200))).toEqual(Uint8Array.of(KEPT.full));
  expect(await fills(records)).toEqual([1]);
  scene.roomBytes = Number.POSITIVE_INFINITY;
  for (let no = 0; no < RECORDS_MAX; no++) {
    await records.keep(token(no), record(no + 1, RECORD_BYTES_MAX));
  }
  expect(decodeRecords(await records.kept())).toHaveLength(RECORDS_MAX);
});
