/** Chunks between two sides: what honest ones get from each other, and what ends a session. */
import { ready } from '@atoll/crypto';
import { utf8 } from '@atoll/kernel';
import { beforeAll, describe, expect, test } from 'vitest';
import { CHUNK_BYTES_MAX, chunkIdOf } from './chunk.ts';
import { decodeChunkMessage, encodeChunkMessage, type ChunkMessage } from './chunk-messages.ts';
import { ChunkSync, REQUESTS_IN_MAX, type ChunkHolder } from './chunk-sync.ts';

beforeAll(ready);

const ONE = utf8('a sealed chunk');

/** One side whose messages the test reads, and what ended it. */
function side(holder: Partial<ChunkHolder> = {}): {
  sync: ChunkSync;
  sent: ChunkMessage[];
  faults: string[];
} {
  const sent: ChunkMessage[] = [];
  const faults: string[] = [];
  const stream = {
    send: (bytes: Uint8Array): void => void sent.push(decodeChunkMessage(bytes)),
    drained: (): Promise<void> => Promise.resolve(),
  };
  const sync: ChunkSync = new ChunkSync({
    stream,
    holder: {
      read: async () => undefined,
      has: async (ids) => ids.map(() => false),
      ...holder,
    },
    onFault: (fault) => {
      faults.push(fault);
      sync.stop();
    },
  });
  return { sync, sent, faults };
}

async function turns(): Promise<void> {
  for (let at = 0; at < 50; at++) await Promise.resolve();
}

test('what is asked is answered in order', async () => {
  const id = chunkIdOf(ONE);
  const { sent, sync } = side({
    read: async (wanted) => (wanted === id ? ONE : undefined),
    has: async (ids) => ids.map((wanted) => wanted === id),
  });
  sync.receive(encodeChunkMessage({ say: 'ask', ids: ['00'.repeat(32), id] }));
  sync.receive(encodeChunkMessage({ say: 'get', id }));
  sync.receive(encodeChunkMessage({ say: 'get', id: '00'.repeat(32) }));
  sync.receive(encodeChunkMessage({ say: 'put', bytes: ONE }));
  await turns();
  expect(sent).toEqual([
    { say: 'have', have: [false, true] },
    { say: 'chunk', bytes: ONE },
    { say: 'lack' },
    { say: 'taken', answer: 'refused' },
  ]);
});

test('a holder is told what nothing names, and says what it keeps; a member keeps all it has', async () => {
  const id = chunkIdOf(ONE);
  const other = '00'.repeat(32);
  const dropped: string[] = [];
  const server = side({
    drop: async (ids) => {
      dropped.push(...ids);
      return ids.map((each) => each === other);
    },
  });
  server.sync.receive(encodeChunkMessage({ say: 'drop', ids: [id, other] }));
  const member = side({ has: async (ids) => ids.map((each) => each === id) });
  member.sync.receive(encodeChunkMessage({ say: 'drop', ids: [id, other] }));
  await turns();
  expect(dropped).toEqual([id, other]);
  expect(server.sent).toEqual([{ say: 'have', have: [false, true] }]);
  expect(member.sent).toEqual([{ say: 'have', have: [true, false] }]);
  const asking = side();
  const kept = asking.sync.drop([id]);
  asking.sync.receive(encodeChunkMessage({ say: 'have', have: [true] }));
  expect(await kept).toEqual([true]);
});

describe('a peer', () => {
  test('that gives other bytes than those of the name is hostile, and nothing of it is used', async () => {
    const { faults, sync } = side();
    const got = sync.get(chunkIdOf(ONE));
    sync.receive(encodeChunkMessage({ say: 'chunk', bytes: utf8('another chunk') }));
    expect(await got).toBeUndefined();
    expect(faults).toEqual(['SESSION_HOSTILE']);
  });

  test('that answers what nobody asked breaks the protocol', () => {
    const { faults, sync } = side();
    sync.receive(encodeChunkMessage({ say: 'chunk', bytes: ONE }));
    expect(faults).toEqual(['SESSION_MALFORMED']);
  });

  test('that answers with flags for another number of chunks breaks the protocol', async () => {
    const { faults, sync } = side();
    const asked = sync.ask([chunkIdOf(ONE)]);
    sync.receive(encodeChunkMessage({ say: 'have', have: [true, true] }));
    expect(faults).toEqual(['SESSION_MALFORMED']);
    expect(await asked).toBeUndefined();
  });

  test('that asks for more than it may at once floods', () => {
    const { faults, sync } = side({ read: () => new Promise(() => {}) });
    const get = encodeChunkMessage({ say: 'get', id: chunkIdOf(ONE) });
    for (let at = 0; at <= REQUESTS_IN_MAX + 1; at++) sync.receive(get);
    expect(faults).toEqual(['SESSION_FLOOD']);
  });

  test('that sends a chunk longer than chunks are breaks the protocol', () => {
    const { faults, sync } = side();
    void sync.get(chunkIdOf(ONE));
    const bytes = new Uint8Array(CHUNK_BYTES_MAX + 1);
    sync.receive(encodeChunkMessage({ say: 'chunk', bytes }));
    expect(faults).toEqual(['SESSION_MALFORMED']);
  });

  test('whose session ends leaves nobody waiting', async () => {
    const { sync } = side();
    const all = [sync.get(chunkIdOf(ONE)), sync.ask([chunkIdOf(ONE)]), sync.put(ONE)];
    sync.stop();
    expect(await Promise.all(all)).toEqual([undefined, undefined, undefined]);
  });
});

test('bytes behind the end of a message, and bits behind the last flag, are refused', () => {
  const lack = encodeChunkMessage({ say: 'lack' });
  expect(() => decodeChunkMessage(Uint8Array.of(...lack, 0))).toThrow();
  const have = encodeChunkMessage({ say: 'have', have: [true] });
  have[have.length - 1] = 3;
  expect(() => decodeChunkMessage(have)).toThrow();
});
