/**
 * A space whose history was dropped has no log to be folded again: its kept snapshot is all there is. Any byte of
 * it that changed is told of, nothing partial is shown or written upon, and peers give it again: those who have
 * the history, and those who have only their own snapshot of the same epoch.
 */
import { ready } from '@atoll/crypto';
import { Space, UndoLog } from '@atoll/echo';
import { MemoryStore, SimRng } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';
import { Person, exchange, rootOf } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../../packages/echo/src/testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../../packages/echo/src/testing/random-kinds.ts';
import { FaultDisk } from '../sim/fault-disk.ts';

interface Scene {
  readonly ada: Person;
  /** Ada's disk: an epoch, and some blocks above it. */
  readonly disk: FaultDisk;
  readonly closed: Space;
  readonly root: string;
  /** Has the whole history. */
  readonly whole: Space;
  /** Has dropped its history, too. */
  readonly pruned: Space;
}

let scene: Scene;

beforeAll(async () => {
  await ready();
  const disk = new FaultDisk(new SimRng(1));
  const ada = await Person.make('Ada', 1, new MemoryStore(disk));
  const closed = await ada.found();
  const whole = await (await Person.make('Jun', 2)).join(closed, ada.deviceSigner, 'writer');
  const pruned = await (await Person.make('Leo', 3)).join(closed, ada.deviceSigner, 'admin');
  const random = randomFrom(1);
  registerKinds(closed.database);
  for (let at = 0; at < 40; at++) {
    randomEdit(closed.database, random);
    randomKindsEdit(closed.database, random);
    await closed.flush();
  }
  const meet = async (): Promise<void> => {
    for (const other of [whole, pruned, whole, pruned]) await exchange(closed, other);
  };
  await meet();
  await closed.epochs.propose();
  await meet();
  await pruned.epochs.settled();
  await meet();
  expect(await pruned.epochs.dropHistory(0)).toBeGreaterThan(20);
  expect(await closed.epochs.dropHistory(0)).toBeGreaterThan(20);
  randomEdit(closed.database, random);
  await meet();
  const root = rootOf(closed);
  expect([rootOf(whole), rootOf(pruned)]).toEqual([root, root]);
  await closed[Symbol.asyncDispose]();
  scene = { ada, disk, closed, root, whole, pruned };
});

interface Opened {
  readonly space: Space;
  readonly store: MemoryStore;
  readonly codes: unknown[];
}

async function open(disk: FaultDisk): Promise<Opened> {
  const { ada, closed } = scene;
  const store = new MemoryStore(disk);
  const codes: unknown[] = [];
  const log = {
    event: (_: string, __: string, fields?: Readonly<Record<string, unknown>>): void => {
      if (fields?.['code'] !== undefined) codes.push(fields['code']);
    },
  };
  const writer = ada.writer({ mayContinue: false });
  const options = { space: closed.id, ring: closed.keys.ring, writer };
  return { space: await Space.open({ ...ada.ports, store, log }, options), store, codes };
}

const names = (): Promise<readonly string[]> => new MemoryStore(scene.disk).names('');
const pages = async (): Promise<string[]> =>
  (await names()).filter((name) => /^epoch-[0-9a-f]{16}\//.test(name));

/** A copy of the disk with a byte of one value changed. */
async function damaged(name: string, at: number): Promise<FaultDisk> {
  const disk = scene.disk.copy();
  const store = new MemoryStore(disk);
  const bytes = (await store.value(name)) ?? new Uint8Array(1);
  const place = at % bytes.length;
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (at % 8));
  await store.commit({ values: new Map([[name, bytes]]) });
  return disk;
}

test('a damaged page of the only snapshot: told, nothing partial shown or written, repaired by who has the history', async () => {
  for (const name of await pages()) {
    for (const at of [0, 77, 4099]) {
      const { codes, space } = await open(await damaged(name, at));
      expect(codes, name).toContain('SNAPSHOT_CORRUPT');
      expect(codes, name).toContain('FEED_LOG_CORRUPT');
      // Not a part of the state that could be taken for all of it.
      expect(space.database.count()).toBe(0);
      expect(space.myRole).toBeUndefined();
      expect(new UndoLog(space.database).canUndo).toBe(false);
      for (let round = 0; round < 2; round++) await exchange(space, scene.whole);
      expect(rootOf(space), name).toBe(scene.root);
      await space[Symbol.asyncDispose]();
    }
  }
});

test('and by who has dropped its history, too', async () => {
  for (const name of await pages()) {
    const disk = await damaged(name, 1234);
    const first = await open(disk);
    const { exchange: asking } = first.space;
    const answer = await scene.pruned.exchange.answer(asking.offerQuestion);
    const offer = answer === undefined ? undefined : asking.readOffer(answer);
    if (offer === undefined) throw new RangeError('an epoch is kept');
    await asking.fetch(offer, async (question) => {
      const part = await scene.pruned.exchange.answer(question);
      if (part === undefined) throw new RangeError('no answer');
      return part;
    });
    await first.space[Symbol.asyncDispose]();
    await asking.adopt(offer);
    const { space } = await open(disk);
    for (let round = 0; round < 2; round++) await exchange(space, scene.pruned);
    expect(rootOf(space), name).toBe(scene.root);
    await space[Symbol.asyncDispose]();
  }
});

test('any byte of the records beside it: the same state, which is still given to others', async () => {
  const records = (await names()).filter((name) => /^epoch(-seen|-trial)?\//.test(name));
  expect(records.length).toBeGreaterThan(1);
  for (const name of records) {
    const { length } = (await new MemoryStore(scene.disk).value(name)) ?? [];
    for (let at = 0; at < (length ?? 0); at += 3) {
      const disk = await damaged(name, at);
      const { codes, space } = await open(disk);
      expect(codes, `${name} at ${at}`).toEqual([]);
      expect(rootOf(space), `${name} at ${at}`).toBe(scene.root);
      expect(await space.epochs.archive.source()).toBeDefined();
      await space[Symbol.asyncDispose]();
    }
  }
});

test('a record that is damaged twice is told of, its pages stay, and a peer repairs it', async () => {
  const name = `epoch/${scene.closed.id}`;
  const disk = await damaged(name, 1);
  const store = new MemoryStore(disk);
  const bytes = (await store.value(name)) ?? new Uint8Array(2);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await store.commit({ values: new Map([[name, bytes]]) });
  const { codes, space, store: opened } = await open(disk);
  expect(codes).toContain('SNAPSHOT_CORRUPT');
  expect(await opened.names('epoch-')).toEqual(
    expect.arrayContaining([...(await new MemoryStore(scene.disk).names('epoch-'))]),
  );
  for (let round = 0; round < 2; round++) await exchange(space, scene.whole);
  expect(rootOf(space)).toBe(scene.root);
});
