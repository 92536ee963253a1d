/** Stored stacks of undo: what was written comes back, and nothing else ever does. */
import { equalBytes } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './space/space.ts';
import { Person } from './space/testing/space-fixture.ts';
import { UNDO_TAILS_MAX, UndoLog, type UndoTail } from './undo-log.ts';
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
    (await kept.load()) ?? (() => ({ stacks: undefined, tails: [] })),
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

test('stored stacks and their tails are the stacks, whatever was done since and whichever were not stored, also when the oldest are forgotten', async () => {
  const place = await desk(6);
  const random = new SimRng(6);
  const log = new UndoLog(place.space.database);
  const note = place.space.database.add(Note, { title: '' });
  let [stacks, compared, longest, begunAnew] = [log.encodeToStore(random.bytes(8)), 0, 0, 0];
  // As in a store: what an older tail has left behind lies there until it is written over.
  let stored: Uint8Array[] = [];
  for (let step = 0; step < 1_200; step++) {
    const what = random.int(60);
    if (what === 0) log.undo();
    else if (what === 1) log.redo();
    else {
      note.title = `title ${step}`;
      place.space.database.commit();
    }
    if (random.int(40) === 0) {
      stacks = log.encodeToStore(random.bytes(8));
      if (random.int(2) === 0) stored = [];
    }
    const make = log.tail();
    // Many are passed over for a later one, and now and then the store refuses one.
    if (step % 61 !== 0 && step > 60 && random.int(3) > 0) continue;
    const how = { id: random.bytes(8), bytesMax: 64 * 1024 };
    if (random.int(10) === 0) make(how);
    const tail = make(how);
    if (tail === undefined) throw new RangeError('it does not fit');
    stored[tail.at] = tail.bytes;
    tail.stored();
    longest = Math.max(longest, tail.at + 1);
    if (tail.at === 0 && stored.length > 1) begunAnew++;
    if (step % 61 !== 0 && step > 60) continue;
    compared++;
    const again = new UndoLog(place.space.database);
    again.restoreLater(
      () => ({ stacks, tails: stored }),
      (failure) => {
        throw failure;
      },
    );
    expect(equalBytes(again.encode(), log.encode())).toBe(true);
    again.close();
  }
  expect(compared).toBeGreaterThan(60);
  expect(longest).toBe(UNDO_TAILS_MAX);
  expect(begunAnew).toBeGreaterThan(3);
  expect(log.entries.length).toBe(1_000);
  note.title = 'a title that is longer than so many bytes';
  place.space.database.commit();
  expect(log.tail()({ id: random.bytes(8), bytesMax: 100 })).toBeUndefined();
  log.close();
});

test('a tail costs what has changed since the one before it', async () => {
  const place = await desk(8);
  const random = new SimRng(8);
  const log = new UndoLog(place.space.database);
  log.encodeToStore(random.bytes(8));
  const sizes: number[] = [];
  for (let step = 0; step < 2 * UNDO_TAILS_MAX; step++) {
    place.space.database.transaction(() => {
      for (let each = 0; each < 50; each++) place.space.database.add(Note, { title: '' });
    });
    const tail = log.tail()({ id: random.bytes(8), bytesMax: 64 * 1024 });
    sizes.push(tail?.bytes.length ?? 0);
    tail?.stored();
  }
  const [first = 0] = sizes;
  const whole = sizes[UNDO_TAILS_MAX] as number;
  for (const [at, size] of sizes.entries()) {
    if (at % UNDO_TAILS_MAX > 0) expect(Math.abs(size - first)).toBeLessThan(32);
  }
  expect(whole).toBeGreaterThan(UNDO_TAILS_MAX * 0.8 * first);
  log.close();
});

test('a tail of other stacks is passed over, and one that was changed is noticed', async () => {
  const place = await desk(7);
  const { space, store } = place;
  const log = new UndoLog(space.database);
  const kept = place.kept();
  const keep = (values: ReturnType<UndoStore['tail']>): Promise<unknown> =>
    store.commit({ values });
  const tail = (): UndoTail => {
    const made = log.tail()({ id: place.sealed.slice(0, 8), bytesMax: 1_000 });
    if (made === undefined) throw new RangeError('it does not fit');
    return made;
  };
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
  const name = `undo-tail/${space.id}/0`;
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
