/** Laws of fetching: the joiner has the state of the roots and goes on; nobody can make it another. */
import { fc, test } from '@fast-check/vitest';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { expect } from 'vitest';
import { Space } from '../space/space.ts';
import { Person, exchange, rootOf } from '../space/testing/space-fixture.ts';
import { defineType, s } from '@atoll/schema';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { SnapshotSink } from './snapshot-sink.ts';
import { fetchAll, pagesOf, rootKeyOf, sourceOf, turn } from './testing/served.ts';

const Thing = defineType('test.Many', { title: s.string() });
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

function editAll(spaces: readonly Space[], random: (below: number) => number, times: number): void {
  for (const space of spaces) {
    for (let edit = 0; edit < random(times); edit++) randomEdit(space.database, random);
    space.database.commit();
  }
}

test.prop([seeds], { numRuns: 10 })(
  'who fetches a snapshot has its state, receives the tail and writes on',
  async (seed) => {
    const random = randomFrom(seed);
    const ada = await Person.make('Ada', seed % 1000);
    const jun = await Person.make('Jun', (seed % 1000) + 1000);
    const one = await ada.found();
    const two = await jun.join(one, ada.deviceSigner, 'writer');
    for (let round = 0; round < 3; round++) {
      editAll([one, two], random, 12);
      await exchange(one, two);
    }
    const source = await sourceOf(ada, one);
    expect(source.roots().state).toEqual(one.stateRoot());
    const root = rootOf(one);
    editAll([one], random, 6);
    const ports = { ...jun.ports, store: new MemoryStore(new MemoryDisk(new SimRng(seed))) };
    const sink = new SnapshotSink({ key: rootKeyOf(one), roots: source.roots() });
    fetchAll(source, sink);
    await sink.finish(pagesOf(jun, ports, one), turn);
    const dropped: string[] = [];
    const log = { event: (_: string, event: string) => void dropped.push(event) };
    const writer = jun.writer({ mayContinue: false });
    const options = { space: one.id, ring: one.keys.ring, writer };
    const joined = await Space.open({ ...ports, log }, options);
    expect(dropped).toEqual([]);
    expect(rootOf(joined)).toBe(root);
    expect(await ports.store.lastPosition(one.id)).toBe(0);
    editAll([joined], random, 6);
    await exchange(one, joined);
    await exchange(two, one);
    await exchange(one, joined);
    expect(rootOf(joined)).toBe(rootOf(one));
    expect(rootOf(two)).toBe(rootOf(one));
    // What is written then stands beside what was fetched.
    await joined.flush();
    expect(await joined.writeSnapshot()).toBe(true);
    const again = await Space.open({ ...ports, log }, options);
    expect(dropped).toEqual([]);
    expect(rootOf(again)).toBe(rootOf(one));
  },
);

test('who has an older state fetches only what differs', async () => {
  const ada = await Person.make('Ada', 5);
  const one = await ada.found();
  const random = randomFrom(5);
  for (let at = 0; at < 40; at++) randomEdit(one.database, random);
  for (let at = 0; at < 2000; at++) one.database.add(Thing, { title: `thing ${at}` });
  const old = await sourceOf(ada, one);
  const [some] = one.database.query(Thing).run();
  if (some !== undefined) some.title = 'changed';
  one.database.add(Thing, { title: 'new' });
  const now = await sourceOf(ada, one);
  const whole = new SnapshotSink({ key: rootKeyOf(one), roots: now.roots() });
  const part = new SnapshotSink({ key: rootKeyOf(one), roots: now.roots(), own: old });
  const asked = [fetchAll(now, whole), fetchAll(now, part)] as const;
  expect(part.reused).toBeGreaterThan(10);
  expect(asked[1]).toBeLessThan(asked[0]);
  const ports = { ...ada.ports, store: new MemoryStore(new MemoryDisk(new SimRng(1))) };
  await part.finish(pagesOf(ada, ports, one), turn);
  const writer = ada.writer({ mayContinue: false });
  const { ring } = one.keys;
  expect(rootOf(await Space.open(ports, { space: one.id, ring, writer }))).toBe(rootOf(one));
});
