/** Stored stacks of undo: what was written comes back, and nothing else ever does. */
import { equalBytes } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './space/space.ts';
import { Person } from './space/testing/space-fixture.ts';
import { UndoLog } from './undo-log.ts';
import { UndoStore } from './undo-store.ts';

const Note = defineType('test.Note', { title: s.string() });

interface Desk {
  readonly space: Space;
  readonly store: MemoryStore;
  readonly name: string;
  readonly sealed: Uint8Array;
  kept(space?: Space): UndoStore;
}

/** A space in which something can be taken back, and its stored stacks. */
async function desk(seed: number): Promise<Desk> {
  const ada = await Person.make('Ada', seed);
  const space = await ada.found();
  const store = new MemoryStore(new MemoryDisk(new SimRng(seed)));
  const { rng } = ada.ports;
  const kept = (of = space): UndoStore =>
    new UndoStore({ store, rng, space: of.id, secret: new Uint8Array(32).fill(7) });
  const log = new UndoLog(space.database);
  space.database.add(Note, { title: 'one' }).title = 'two';
  await space.flush();
  await store.commit({ values: kept().stacks(log.encode()) });
  log.close();
  const name = `undo/${space.id}`;
  const sealed = (await store.value(name)) ?? new Uint8Array(0);
  return { space, store, name, sealed, kept };
}

/** What a further process finds: the entries, and the code of why there are none. */
async function restored(place: Desk, kept = place.kept()): Promise<[number, string | undefined]> {
  const log = new UndoLog(place.space.database);
  const codes: string[] = [];
  log.restoreLater(
    (await kept.load()) ?? (() => ({ stacks: undefined, tail: undefined })),
    ({ code }) => {
      codes.push(code);
    },
  );
  const { entries, notRestored } = log;
  expect(codes).toEqual(notRestored === undefined ? [] : [notRestored]);
  log.close();
  return [entries.length, notRestored];
}

test('what was kept comes back, and cannot be read in the store', async () => {
  const place = await desk(1);
  expect((await restored(place))[0]).toBeGreaterThan(0);
  expect(Buffer.from(place.sealed).includes(Buffer.from('version'))).toBe(false);
  expect(Buffer.from(place.sealed).includes(Buffer.from('one'))).toBe(false);
});

test('any byte that was changed, and any part that is missing, is noticed: the stacks are dropped, and the next are kept', async () => {
  const place = await desk(2);
  const { name, sealed, space, store } = place;
  const before = JSON.stringify(space.database.query(Note).run());
  for (let at = 0; at < sealed.length; at++) {
    const wrong = sealed.slice();
    wrong[at] = (wrong[at] as number) ^ (1 << (at % 8));
    for (const bytes of [wrong, sealed.slice(0, at)]) {
      await store.commit({ values: new Map([[name, bytes]]) });
      expect(await restored(place)).toEqual([0, 'ECHO_UNDO_DAMAGED']);
    }
  }
  expect(JSON.stringify(space.database.query(Note).run())).toBe(before);
  const log = new UndoLog(space.database);
  space.database.add(Note, { title: 'three' });
  await store.commit({ values: place.kept().stacks(log.encode()) });
  expect((await restored(place))[0]).toBe(1);
});

test('the stacks of another space, or of another identity, are not taken', async () => {
  const place = await desk(3);
  const other = await (await Person.make('Jun', 4)).found();
  const { name, sealed, space, store } = place;
  await store.commit({ values: new Map([[name.replace(space.id, other.id), sealed]]) });
  expect(await restored(place, place.kept(other))).toEqual([0, 'ECHO_UNDO_DAMAGED']);
  const rng = new SimRng(5);
  const theirs = new UndoStore({ store, rng, space: space.id, secret: new Uint8Array(32) });
  expect(await restored(place, theirs)).toEqual([0, 'ECHO_UNDO_DAMAGED']);
});

test('stored stacks and the tail of them are the stacks, whatever was done since, also when the oldest are forgotten', async () => {
  const place = await desk(6);
  const random = new SimRng(6);
  const log = new UndoLog(place.space.database);
  const note = place.space.database.add(Note, { title: '' });
  let [stacks, tails] = [log.encodeToStore(random.bytes(8)), 0];
  for (let step = 0; step < 1_200; step++) {
    const what = random.int(60);
    if (what === 0) log.undo();
    else if (what === 1) log.redo();
    else {
      note.title = `title ${step}`;
      place.space.database.commit();
    }
    if (random.int(40) === 0) stacks = log.encodeToStore(random.bytes(8));
    // Now and then all of it: an entry may be dropped at the front while others come at the end.
    const tail = log.tail()(64 * 1024);
    if (step % 61 !== 0 && step > 60) continue;
    expect(tail).toBeDefined();
    tails++;
    const again = new UndoLog(place.space.database);
    again.restoreLater(
      () => ({ stacks, tail }),
      (failure) => {
        throw failure;
      },
    );
    expect(equalBytes(again.encode(), log.encode())).toBe(true);
    again.close();
  }
  expect(tails).toBeGreaterThan(60);
  expect(log.entries.length).toBe(1_000);
  expect(log.tail()(100)).toBeUndefined();
  log.close();
});

test('a tail of other stacks is passed over, and one that was changed is noticed', async () => {
  const place = await desk(7);
  const { space, store } = place;
  const log = new UndoLog(space.database);
  const kept = place.kept();
  const keep = (values: ReturnType<UndoStore['tail']>): Promise<unknown> =>
    store.commit({ values });
  const tail = (): Uint8Array => log.tail()(1_000) ?? new Uint8Array(0);
  await keep(kept.stacks(log.encodeToStore(Uint8Array.of(1))));
  space.database.add(Note, { title: 'three' });
  space.database.commit();
  await keep(kept.tail(tail()));
  expect(await restored(place)).toEqual([1, undefined]);
  // Another window has stored its own meanwhile, and this one goes on with its tail.
  const other = new UndoLog(space.database);
  await keep(kept.stacks(other.encodeToStore(Uint8Array.of(2))));
  expect(await restored(place)).toEqual([0, undefined]);
  await keep(kept.tail(tail()));
  expect(await restored(place)).toEqual([0, undefined]);
  const name = `undo-tail/${space.id}`;
  const sealed = (await store.value(name)) ?? new Uint8Array(0);
  for (let at = 0; at < sealed.length; at++) {
    const wrong = sealed.slice();
    wrong[at] = (wrong[at] as number) ^ (1 << (at % 8));
    await store.commit({ values: new Map([[name, wrong]]) });
    expect(await restored(place)).toEqual([0, 'ECHO_UNDO_DAMAGED']);
  }
  log.close();
  other.close();
});
