/** Stored stacks of undo: what was written comes back, and nothing else ever does. */
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
  await kept().save(log.encode());
  log.close();
  const name = `undo/${space.id}`;
  const sealed = (await store.value(name)) ?? new Uint8Array(0);
  return { space, store, name, sealed, kept };
}

/** What a further process finds: the entries, and the code of why there are none. */
async function restored(place: Desk, kept = place.kept()): Promise<[number, string | undefined]> {
  const log = new UndoLog(place.space.database);
  const codes: string[] = [];
  log.restoreLater((await kept.load()) ?? (() => new Uint8Array(0)), ({ code }) => {
    codes.push(code);
  });
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
  await place.kept().save(log.encode());
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
