/**
 * Bytes of a store that are not what was written, anywhere: noticed with a code, never shown or given away as
 * if they were true, and repaired from the log, from an epoch or from peers.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ready } from '@atoll/crypto';
import { Space, type SpacePorts } from '@atoll/echo';
import { StoreError, type NewBlock, type Store } from '@atoll/kernel';
import { NodeStore, nodeRng } from '@atoll/platform-node';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';
import { Person, exchange, rootOf } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../../packages/echo/src/testing/random-edits.ts';

beforeAll(() => ready());

interface Scene {
  readonly jun: Person;
  /** A whole replica. */
  readonly ada: Space;
  /** Jun's space; closed, all that both wrote in the store. */
  readonly closed: Space;
}

async function scene(seed: number, store?: Store): Promise<Scene> {
  const founder = await Person.make('Ada', seed);
  const jun = await Person.make('Jun', seed + 1, store);
  const ada = await founder.found();
  const closed = await jun.join(ada, founder.deviceSigner, 'writer');
  const random = randomFrom(seed);
  for (let round = 0; round < 6; round++) {
    for (const space of [ada, closed]) {
      for (let edit = 0; edit < 4; edit++) {
        randomEdit(space.database, random);
        await space.flush();
      }
    }
    await exchange(ada, closed);
  }
  await closed[Symbol.asyncDispose]();
  return { jun, ada, closed };
}

/** The same store with other bytes where `damage` says so. */
async function copyOf(
  { closed, jun }: Scene,
  damage: {
    readonly block?: (block: NewBlock, at: number) => NewBlock;
    readonly value?: (name: string, bytes: Uint8Array) => Uint8Array | undefined;
  },
): Promise<MemoryStore> {
  const { store } = jun.ports;
  const copy = new MemoryStore(new MemoryDisk(new SimRng(1)));
  const stored = await store.read(closed.id, 0, 10_000);
  const blocks = stored.map((block, at): NewBlock => {
    const same: NewBlock = { ...block, space: closed.id, origin: 'received' };
    return damage.block?.(same, at) ?? same;
  });
  const values = new Map<string, Uint8Array | undefined>();
  for (const name of await store.names('')) {
    const bytes = (await store.value(name)) ?? new Uint8Array(0);
    values.set(name, damage.value === undefined ? bytes : damage.value(name, bytes));
  }
  await copy.commit({ blocks, values });
  return copy;
}

interface Opened {
  readonly space: Space;
  /** Codes of what was told. */
  readonly codes: readonly unknown[];
}

async function open({ closed, jun }: Scene, store: Store): Promise<Opened> {
  const codes: unknown[] = [];
  const ports: SpacePorts = {
    ...jun.ports,
    store,
    log: {
      event: (_level, _event, details) => {
        if (details?.['code'] !== undefined) codes.push(details['code']);
      },
    },
  };
  const { ring } = closed.keys;
  const space = await Space.open(ports, { space: closed.id, ring, writer: jun.writer() });
  return { space, codes };
}

function flipped(bytes: Uint8Array, random: (below: number) => number): Uint8Array<ArrayBuffer> {
  const wrong = bytes.slice() as Uint8Array<ArrayBuffer>;
  const at = random(wrong.length);
  wrong[at] = (wrong[at] ?? 0) ^ (1 << random(8));
  return wrong;
}

const isPage = (name: string): boolean => name.startsWith('snapshot/');

test('any byte of any block of the log: told of, kept from others, and given again by a peer', async () => {
  const random = randomFrom(5);
  const place = await scene(100);
  const { length } = await place.jun.ports.store.read(place.closed.id, 0, 10_000);
  for (let at = 0; at < length; at++) {
    const store = await copyOf(place, {
      block: (block, no) => (no === at ? { ...block, bytes: flipped(block.bytes, random) } : block),
      value: (name, bytes) => (isPage(name) ? undefined : bytes),
    });
    const first = await open(place, store);
    expect(first.codes).toContain('FEED_LOG_CORRUPT');
    const refused = [...place.ada.replica.refusals];
    await exchange(first.space, place.ada);
    await exchange(first.space, place.ada);
    expect([...place.ada.replica.refusals]).toEqual(refused);
    expect(rootOf(first.space)).toBe(rootOf(place.ada));
    await first.space[Symbol.asyncDispose]();
  }
});

test('what was given again lies in the store, unless it was the end of its feed', async () => {
  const random = randomFrom(6);
  const place = await scene(200);
  const blocks = await place.jun.ports.store.read(place.closed.id, 0, 10_000);
  const greatest = new Map(blocks.map(({ feed, seq }) => [feed, seq]));
  for (let at = 1; at < blocks.length - 1; at += 3) {
    if (greatest.get(blocks[at]?.feed as never) === blocks[at]?.seq) continue;
    const store = await copyOf(place, {
      block: (block, no) => (no === at ? { ...block, bytes: flipped(block.bytes, random) } : block),
      value: (name, bytes) => (isPage(name) ? undefined : bytes),
    });
    const first = await open(place, store);
    await exchange(first.space, place.ada);
    await first.space[Symbol.asyncDispose]();
    const again = await open(place, store);
    expect(again.codes).not.toContain('FEED_LOG_CORRUPT');
    expect(rootOf(again.space)).toBe(rootOf(place.ada));
  }
});

test('a block under a snapshot: found when it is asked for, and repaired at the next opening', async () => {
  const random = randomFrom(7);
  const place = await scene(300);
  for (let at = 0; at < 12; at++) {
    const store = await copyOf(place, {
      block: (block, no) =>
        no === at * 3 ? { ...block, bytes: flipped(block.bytes, random) } : block,
    });
    const first = await open(place, store);
    expect(rootOf(first.space)).toBe(rootOf(place.ada));
    // A newcomer asks for everything.
    for await (const run of first.space.replica.missingFor([])) {
      expect(await place.ada.replica.receive(run, 'peer')).toMatchObject({ at: 'known' });
    }
    expect(first.codes).toContain('FEED_LOG_CORRUPT');
    await first.space[Symbol.asyncDispose]();
    const again = await open(place, store);
    await exchange(again.space, place.ada);
    await exchange(again.space, place.ada);
    expect(rootOf(again.space)).toBe(rootOf(place.ada));
  }
});

test('the row of a block says another feed, number or hash than its bytes: told of and given again', async () => {
  const place = await scene(400);
  const changes: readonly ((block: NewBlock) => NewBlock)[] = [
    (block) => ({ ...block, seq: block.seq + 1000 }),
    (block) => ({ ...block, feed: `${'0'.repeat(8)}${block.feed.slice(8)}` as typeof block.feed }),
    (block) => ({ ...block, hash: `${'0'.repeat(8)}${block.hash.slice(8)}` as typeof block.hash }),
  ];
  for (const change of changes) {
    for (const at of [2, 9, 17]) {
      const store = await copyOf(place, {
        block: (block, no) => (no === at ? change(block) : block),
        value: (name, bytes) => (isPage(name) ? undefined : bytes),
      });
      const { codes, space } = await open(place, store);
      expect(codes).toContain('FEED_LOG_CORRUPT');
      await exchange(space, place.ada);
      await exchange(space, place.ada);
      expect(rootOf(space)).toBe(rootOf(place.ada));
      await space[Symbol.asyncDispose]();
    }
  }
});

test('any byte of a named value: a space opens to the same state, and writes on without a gap', async () => {
  const random = randomFrom(8);
  const place = await scene(500);
  const names = await place.jun.ports.store.names('');
  const root = rootOf(place.ada);
  for (const target of names) {
    for (let times = 0; times < 4; times++) {
      const store = await copyOf(place, {
        value: (name, bytes) => (name === target ? flipped(bytes, random) : bytes),
      });
      const { codes, space } = await open(place, store);
      expect(rootOf(space), target).toBe(root);
      if (isPage(target)) expect(codes, target).toContain('SNAPSHOT_CORRUPT');
      randomEdit(space.database, random);
      await space.flush();
      await exchange(space, place.ada);
      await exchange(space, place.ada);
      expect(rootOf(space), target).toBe(rootOf(place.ada));
      await space[Symbol.asyncDispose]();
    }
  }
});

test('any bytes of the file of a Node store: a code, or the same state once a peer was met', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'atoll-corrupt-'));
  try {
    const file = join(folder, 'blocks.sqlite');
    const written = NodeStore.open(folder, nodeRng);
    const place = await scene(600, written);
    await written[Symbol.asyncDispose]();
    const whole = readFileSync(file);
    const random = randomFrom(9);
    const outcomes = new Map<string, number>();
    for (let times = 0; times < 60; times++) {
      const wrong = mkdtempSync(join(folder, 'wrong-'));
      const bytes = Buffer.from(whole);
      for (let flips = 1 + random(4); flips > 0; flips--) {
        const at = random(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
      }
      writeFileSync(join(wrong, 'blocks.sqlite'), bytes);
      const outcome = await outcomeOf(place, wrong);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].filter((outcome) => outcome.startsWith('WRONG'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function outcomeOf(place: Scene, folder: string): Promise<string> {
  try {
    await using store = NodeStore.open(folder, nodeRng);
    const { codes, space } = await open(place, store);
    await exchange(space, place.ada);
    await exchange(space, place.ada);
    const isRight = rootOf(space) === rootOf(place.ada);
    await space[Symbol.asyncDispose]();
    return isRight ? 'right' : `WRONG ${codes.join()}`;
  } catch (failure) {
    if (failure instanceof StoreError) return failure.code;
    throw failure;
  }
}
