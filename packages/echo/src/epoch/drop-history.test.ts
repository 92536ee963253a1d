/** History that was dropped under an epoch: what stays, and that nothing is missed. */
import type { Store } from '@atoll/kernel';
import { MemoryDisk, MemoryStore } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { Space } from '../space/space.ts';
import { Person, exchange, meet, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../testing/random-kinds.ts';

/** Edits of every kind, each a block of its own. */
async function edit(space: Space, seed: number, count: number): Promise<void> {
  const random = randomFrom(seed);
  for (let at = 0; at < count; at++) {
    if (at % 2 === 0) randomEdit(space.database, random);
    else randomKindsEdit(space.database, random);
    await space.flush();
  }
}

function register(space: Space): void {
  registerKinds(space.database);
}

async function storedBlocks(store: Store, space: Space): Promise<number> {
  return (await store.read(space.id, 0, 100_000)).length;
}

async function reopen(person: Person, space: Space): Promise<Space> {
  const { ring } = space.keys;
  await space[Symbol.asyncDispose]();
  const again = await Space.open(person.ports, { space: space.id, ring, writer: person.writer() });
  register(again);
  return again;
}

test('history stays for the retention time, and then goes', async () => {
  const ada = await Person.make('Ada', 1);
  const space = await ada.found();
  register(space);
  await edit(space, 1, 60);
  await space.epochs.propose();
  expect(await space.epochs.dropHistory(1_000_000)).toBe(0);
  expect(await space.epochs.isHistoryWhole()).toBe(true);
  const before = await storedBlocks(ada.ports.store, space);
  expect(await space.epochs.dropHistory(0)).toBeGreaterThan(50);
  expect(await space.epochs.isHistoryWhole()).toBe(false);
  expect(await storedBlocks(ada.ports.store, space)).toBeLessThan(before - 50);
});

test('a space without its history opens to the same root, and its next epoch is sealed', async () => {
  for (const withSnapshot of [true, false]) {
    const ada = await Person.make('Ada', 2);
    let space = await ada.found();
    register(space);
    await edit(space, 2, 80);
    await space.epochs.propose();
    await edit(space, 3, 30);
    if (withSnapshot) await space.writeSnapshot();
    expect(await space.epochs.dropHistory(0)).toBeGreaterThan(50);
    const root = rootOf(space);
    space = await reopen(ada, space);
    expect(rootOf(space)).toBe(root);
    expect(await space.epochs.isHistoryWhole()).toBe(false);
    expect(space.epochs.status().current?.number).toBe(1);
    await edit(space, 4, 20);
    await space.epochs.propose();
    expect(space.epochs.status().current?.number).toBe(2);
    expect(await space.epochs.dropHistory(0)).toBeGreaterThan(20);
    const later = rootOf(space);
    space = await reopen(ada, space);
    expect(rootOf(space)).toBe(later);
  }
});

test('two admins who drop their history at different times agree on every later epoch', async () => {
  const ada = await Person.make('Ada', 5);
  const jun = await Person.make('Jun', 6);
  let one = await ada.found();
  register(one);
  await edit(one, 5, 30);
  const two = await jun.join(one, ada.deviceSigner, 'admin');
  register(two);
  await two.introduce();
  await exchange(one, two);
  await one.epochs.propose();
  await meet(one, two);
  for (let number = 2; number <= 4; number++) {
    await edit(one, number * 10, 15);
    await edit(two, number * 10 + 1, 15);
    await exchange(one, two);
    // Both go on writing: the votes are about a state that neither has any more.
    await edit(one, number * 10 + 2, 6);
    await edit(two, number * 10 + 3, 6);
    await Promise.all([one.epochs.propose(), two.epochs.propose()]);
    await meet(one, two);
    expect(one.epochs.status().current?.number).toBe(number);
    expect(two.epochs.status().current?.id).toBe(one.epochs.status().current?.id);
    expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
    if (number === 3) one = await reopen(ada, one);
    expect(rootOf(one)).toBe(rootOf(two));
  }
  expect(await two.epochs.dropHistory(0)).toBeGreaterThan(100);
  expect(one.epochs.status().refused + two.epochs.status().refused).toBe(0);
});

test('a kept snapshot that was damaged is told of, and what the log has is shown', async () => {
  const events: string[] = [];
  const ada = await Person.make('Ada', 9);
  const store = new MemoryStore(new MemoryDisk(ada.ports.rng));
  const ports = {
    ...ada.ports,
    store,
    log: { event: (_: unknown, name: string) => events.push(name) },
  };
  const space = await Space.found(ports, ada.writer());
  register(space);
  await edit(space, 9, 40);
  await space.epochs.propose();
  await space.epochs.dropHistory(0);
  const { ring } = space.keys;
  await space[Symbol.asyncDispose]();
  const values = new Map<string, Uint8Array | undefined>();
  for (const name of await store.names('')) {
    if (name.startsWith('snapshot/')) values.set(name, undefined);
    if (name.startsWith('epoch-') && name.endsWith('/head')) values.set(name, new Uint8Array(40));
  }
  await store.commit({ values });
  await Space.open(ports, { space: space.id, ring, writer: ada.writer() });
  expect(events).toContain('space.epoch-damaged');
});
