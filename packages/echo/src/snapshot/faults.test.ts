/** What may happen to a snapshot: a crash at every commit, bytes that changed, a log that is another. */
import type { Store } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { Space } from '../space/space.ts';
import { Person, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { RecordedStore } from './testing/recorded-store.ts';

const NEVER = { blocks: 1e9, bytes: 1e9, blocksAtClose: 1e9, bytesAtClose: 1e9 };
const isPage = (name: string): boolean => name.startsWith('snapshot/');

interface Opened {
  readonly space: Space;
  /** Codes with which snapshots were dropped. */
  readonly dropped: readonly unknown[];
}

async function open(person: Person, closed: Space, store: Store, slot = 0): Promise<Opened> {
  const dropped: unknown[] = [];
  const log = {
    event: (
      _level: string,
      event: string,
      details?: { readonly [name: string]: unknown },
    ): void => {
      if (event === 'space.snapshot-dropped') dropped.push(details?.['code']);
    },
  };
  const { ring } = closed.keys;
  const writer = { ...person.writer({ slot }), snapshots: NEVER };
  const space = await Space.open(
    { ...person.ports, store, log },
    { space: closed.id, ring, writer },
  );
  return { space, dropped };
}

/** A space with two snapshots behind it and a tail, closed. */
async function written(
  seed: number,
): Promise<{ person: Person; store: RecordedStore; space: Space }> {
  const store = new RecordedStore();
  const person = await Person.make('Ada', seed, store);
  const writer = { ...person.writer(), snapshots: NEVER };
  const space = await Space.found(person.ports, writer);
  const random = randomFrom(seed);
  for (let round = 0; round < 3; round++) {
    for (let edit = 0; edit < 12; edit++) {
      randomEdit(space.database, random);
      if (random(3) === 0) space.database.commit();
      if (random(5) === 0) await space.flush();
    }
    await space.flush();
    if (round < 2) expect(await space.writeSnapshot()).toBe(true);
    if (round === 0) space.stateRoot();
  }
  await space[Symbol.asyncDispose]();
  return { person, store, space };
}

test('a crash after any commit leaves the state of the log that was committed', async () => {
  for (const seed of [1, 2]) {
    const { person, store, space } = await written(seed);
    let opened = 0;
    for (let commits = 0; commits <= store.batches.length; commits++) {
      const crashed = await store.after(commits);
      if ((await crashed.lastPosition(space.id)) === 0) continue;
      const whole = await open(person, space, await store.after(commits, isPage));
      const again = await open(person, space, crashed);
      expect(rootOf(again.space)).toBe(rootOf(whole.space));
      expect(again.dropped).toEqual([]);
      // What is left of a snapshot that was never finished is removed with the next.
      expect(await again.space.writeSnapshot()).toBe(true);
      const twice = await open(person, space, crashed);
      expect(rootOf(twice.space)).toBe(rootOf(whole.space));
      expect(twice.dropped).toEqual([]);
      opened++;
    }
    expect(opened).toBeGreaterThan(8);
  }
});

test('a page with any byte changed is noticed, told of and made anew', async () => {
  const { person, store, space } = await written(11);
  const random = randomFrom(12);
  const root = rootOf((await open(person, space, await store.after(1e9, isPage))).space);
  for (const name of (await store.names('')).filter(isPage)) {
    const bytes = (await store.value(name)) as Uint8Array;
    for (const at of [0, bytes.length - 1, random(bytes.length), random(bytes.length)]) {
      const wrong = bytes.slice();
      wrong[at] = (wrong[at] as number) ^ (1 << random(8));
      const damaged = await store.after(1e9);
      await damaged.commit({ values: new Map([[name, wrong]]) });
      const again = await open(person, space, damaged);
      expect(again.dropped).toEqual(['SNAPSHOT_CORRUPT']);
      expect(rootOf(again.space)).toBe(root);
      expect(await again.space.writeSnapshot()).toBe(true);
      const repaired = await open(person, space, damaged);
      expect(repaired.dropped).toEqual([]);
      expect(rootOf(repaired.space)).toBe(root);
    }
  }
});

test('pages that are missing or exchanged are noticed', async () => {
  const { person, store, space } = await written(21);
  const root = rootOf((await open(person, space, await store.after(1e9, isPage))).space);
  const names = (await store.names('')).filter((name) => isPage(name) && !name.endsWith('/head'));
  const [first, second] = names as [string, string];
  const missing = await store.after(1e9);
  await missing.commit({ values: new Map([[second, undefined]]) });
  const exchanged = await store.after(1e9);
  await exchanged.commit({ values: new Map([[first, await store.value(second)]]) });
  for (const [damaged, code] of [
    [missing, 'SNAPSHOT_MISSING'],
    [exchanged, 'SNAPSHOT_CORRUPT'],
  ] as const) {
    const again = await open(person, space, damaged);
    expect(again.dropped).toEqual([code]);
    expect(rootOf(again.space)).toBe(root);
  }
});

test('a snapshot that knows more than the log is dropped', async () => {
  const { person, store, space } = await written(31);
  const restored = new RecordedStore();
  const blocks = await store.read(space.id, 0, 1000);
  const early = blocks.slice(0, Math.floor(blocks.length / 2));
  const batch = early.map((block) => ({ ...block, space: space.id, origin: 'received' as const }));
  await restored.commit({ blocks: batch });
  const whole = await open(person, space, await restored.after(1e9));
  for (const name of await store.names('')) {
    await restored.commit({ values: new Map([[name, await store.value(name)]]) });
  }
  const again = await open(person, space, restored);
  expect(again.dropped).toEqual(['SNAPSHOT_AHEAD']);
  expect(rootOf(again.space)).toBe(rootOf(whole.space));
});

test('what another window has written is left to it', async () => {
  const { person, store, space } = await written(41);
  const one = await open(person, space, store);
  const two = await open(person, space, store);
  randomEdit(one.space.database, randomFrom(1));
  await one.space.flush();
  expect(await one.space.writeSnapshot()).toBe(true);
  expect(await two.space.writeSnapshot()).toBe(false);
  const third = await open(person, space, store, 1);
  expect(await third.space.writeSnapshot()).toBe(false);
  expect(third.dropped).toEqual([]);
});

test('rows of a snapshot are folded again from the log when it changes what is void', async () => {
  for (const seed of [51, 52, 53, 54]) {
    const { person, store, space } = await written(seed);
    const random = randomFrom(seed);
    const whole = (await open(person, space, await store.after(1e9, isPage))).space;
    const again = (await open(person, space, store)).space;
    const count = whole.index.branches.blockCount;
    const numbers = Array.from({ length: count }, (_, no) => no).filter(() => random(4) === 0);
    for (const each of [whole, again]) {
      const changed = (await each.readBlocks(numbers)).map((block) => ({ ...block, isVoid: true }));
      const voids = new Set(changed.map(({ block }) => block.no));
      const needed = await each.readBlocks(each.database.blocksToRefold(changed));
      const blocks = needed.map((one) => ({ ...one, isVoid: voids.has(one.block.no) }));
      each.database.refold(changed, blocks);
    }
    expect(rootOf(again)).toBe(rootOf(whole));
    expect(await again.writeSnapshot()).toBe(true);
    expect(rootOf((await open(person, space, store)).space)).toBe(rootOf(whole));
  }
});
