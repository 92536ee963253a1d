/** Somebody who was away over epochs, and somebody new: nothing is lost, little is fetched. */
import { defineType, s } from '@atoll/schema';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { Space } from '../space/space.ts';
import { fetchKept } from '../space/testing/fetch-kept.ts';
import { Person, exchange, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../testing/random-kinds.ts';

async function edit(space: Space, seed: number, count: number): Promise<void> {
  const random = randomFrom(seed);
  registerKinds(space.database);
  for (let at = 0; at < count; at++) {
    if (at % 2 === 0) randomEdit(space.database, random);
    else randomKindsEdit(space.database, random);
    await space.flush();
  }
}

test('a writer who was away over two epochs loses none of its edits of every kind', async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const ada = await Person.make('Ada', seed * 10);
    const jun = await Person.make('Jun', seed * 10 + 1);
    const kim = await Person.make('Kim', seed * 10 + 2);
    const one = await ada.found();
    await edit(one, seed, 40);
    const two = await jun.join(one, ada.deviceSigner, 'writer');
    const witness = await kim.join(one, ada.deviceSigner, 'writer');
    await edit(two, seed + 100, 10);
    await exchange(one, two);
    await exchange(one, witness);
    // Jun goes away and writes on; Ada seals two epochs and drops what is under them.
    await edit(two, seed + 200, 30);
    for (const round of [300, 400]) {
      await edit(one, seed + round, 20);
      await exchange(one, witness);
      await one.epochs.propose();
      await exchange(one, witness);
      await one.epochs.dropHistory(0);
    }
    expect(one.epochs.status().current?.number).toBe(2);
    await edit(one, seed + 500, 10);
    await exchange(one, witness);
    const { ring } = two.keys;
    await two[Symbol.asyncDispose]();
    await fetchKept(one, jun);
    const back = await Space.open(jun.ports, { space: one.id, ring, writer: jun.writer() });
    await edit(back, seed + 600, 5);
    await exchange(back, one);
    await exchange(back, one);
    expect(rootOf(back)).toBe(rootOf(one));
    // The witness has the whole history, and folds the same from it.
    await exchange(witness, back);
    await exchange(witness, one);
    expect(rootOf(witness)).toBe(rootOf(back));
    expect(rootOf(one)).toBe(rootOf(back));
    expect(back.epochs.status().current?.id).toBe(one.epochs.status().current?.id);
    expect(back.parked.blocks + one.parked.blocks).toBe(0);
  }
});

test('somebody new fetches the epoch and the tail, and not the history', async () => {
  const ada = await Person.make('Ada', 70);
  const jun = await Person.make('Jun', 71);
  const one = await ada.found();
  await edit(one, 70, 400);
  const guest = await jun.join(one, ada.deviceSigner, 'writer');
  await guest[Symbol.asyncDispose]();
  await one.epochs.propose();
  await one.epochs.dropHistory(0);
  await edit(one, 71, 10);
  const store = new MemoryStore(new MemoryDisk(new SimRng(7)));
  const ports = { ...jun.ports, store };
  const { bytes } = await fetchKept(one, jun, ports);
  const { ring } = one.keys;
  const writer = jun.writer({ mayContinue: false });
  const joined = await Space.open(ports, { space: one.id, ring, writer });
  const before = (await store.read(one.id, 0, 10_000)).length;
  await exchange(one, joined);
  const tail = (await store.read(one.id, 0, 10_000)).length - before;
  expect(rootOf(joined)).toBe(rootOf(one));
  expect(tail).toBeLessThan(30);
  expect(bytes).toBeGreaterThan(0);
  await edit(joined, 72, 10);
  await exchange(one, joined);
  expect(rootOf(joined)).toBe(rootOf(one));
});

const Note = defineType('org.example.Note', { title: s.string() });

test('what a late writer had seen below a block that was let go does not stand beside its edit', async () => {
  const ada = await Person.make('Ada', 80);
  const jun = await Person.make('Jun', 81);
  const kim = await Person.make('Kim', 82);
  const one = await ada.found();
  const note = one.database.add(Note, { title: 'first' });
  const other = one.database.add(Note, { title: 'other' });
  await one.flush();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const witness = await kim.join(one, ada.deviceSigner, 'writer');
  note.title = 'seen';
  await one.flush();
  // The last that Jun hears of Ada; nothing names this block once the title is another.
  other.title = 'passing';
  await exchange(one, two);
  const last = one.index.branches.blockCount - 1;
  const passing = one.index.branches.hashOf(last);
  const [theirs] = two.database.query(Note).where({ title: 'seen' }).run();
  if (theirs !== undefined) theirs.title = 'late';
  await two.flush();
  other.title = 'lasting';
  await exchange(one, witness);
  await one.epochs.propose();
  await one.epochs.dropHistory(0);
  const { ring } = two.keys;
  await two[Symbol.asyncDispose]();
  await fetchKept(one, jun);
  const back = await Space.open(jun.ports, { space: one.id, ring, writer: jun.writer() });
  await exchange(back, one);
  await exchange(back, witness);
  expect(back.index.branches.blockOf(passing)).toBeUndefined();
  expect(back.parked.blocks).toBe(0);
  const [shown] = back.database.query(Note).where({ title: 'late' }).run();
  if (shown === undefined) throw new RangeError('the edit is lost');
  expect(back.database.conflicts(shown, 'title')).toHaveLength(1);
  expect(rootOf(back)).toBe(rootOf(witness));
});
