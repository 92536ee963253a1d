/** Laws of fetching: the joiner has the state of the roots and goes on; nobody can make it another. */
import { fc, test } from '@fast-check/vitest';
import { deriveKey } from '@atoll/crypto';
import { ROOT_ZONE } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { expect } from 'vitest';
import { Space, type SpacePorts } from '../space/space.ts';
import { Person, exchange, rootOf } from '../space/testing/space-fixture.ts';
import { defineType, s } from '@atoll/schema';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { openDetached } from './detached.ts';
import { PageStore } from './page-store.ts';
import { findSnapshot } from './restore.ts';
import { SnapshotSink } from './snapshot-sink.ts';
import { SnapshotSource } from './snapshot-source.ts';
import { decodeRequest, encodeRequest } from './transfer-codec.ts';

const Thing = defineType('test.Many', { title: s.string() });
const turn = (): Promise<void> => Promise.resolve();
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

function keyOf(space: Space): Uint8Array {
  const generation = space.authority.keys.generations(ROOT_ZONE)[0];
  const secret = generation === undefined ? undefined : space.keys.ring.zone(generation);
  return deriveKey(secret?.content ?? new Uint8Array(32), 'state-root');
}

function pagesOf(person: Person, ports: SpacePorts, space: Space): PageStore {
  const { rng, store } = ports;
  return new PageStore({ rng, store, space: space.id, secret: person.haloSecret });
}

/** What a member serves: its last snapshot, apart from the open space. */
async function sourceOf(person: Person, space: Space): Promise<SnapshotSource> {
  await space.flush();
  expect(await space.writeSnapshot()).toBe(true);
  const pages = pagesOf(person, person.ports, space);
  const { ring } = space.keys;
  const { store } = person.ports;
  const found = await findSnapshot({ pages, store, space: space.id, ring });
  if (found === undefined) throw new RangeError('there is no snapshot');
  return new SnapshotSource(await openDetached(found, { pages, turn }), keyOf(space));
}

function editAll(spaces: readonly Space[], random: (below: number) => number, times: number): void {
  for (const space of spaces) {
    for (let edit = 0; edit < random(times); edit++) randomEdit(space.database, random);
    space.database.commit();
  }
}

/** Answers all questions. Chunks asked for, and subtrees that were not. */
function fetchAll(source: SnapshotSource, sink: SnapshotSink): number {
  let asked = 0;
  while (!sink.isDone) {
    for (const request of sink.requests(3)) {
      sink.take(request, source.answer(decodeRequest(encodeRequest(request))));
      asked++;
    }
  }
  return asked;
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
    const sink = new SnapshotSink({ key: keyOf(one), roots: source.roots() });
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
  const whole = new SnapshotSink({ key: keyOf(one), roots: now.roots() });
  const part = new SnapshotSink({ key: keyOf(one), roots: now.roots(), own: old });
  const asked = [fetchAll(now, whole), fetchAll(now, part)] as const;
  expect(part.reused).toBeGreaterThan(10);
  expect(asked[1]).toBeLessThan(asked[0]);
  const ports = { ...ada.ports, store: new MemoryStore(new MemoryDisk(new SimRng(1))) };
  await part.finish(pagesOf(ada, ports, one), turn);
  const writer = ada.writer({ mayContinue: false });
  const { ring } = one.keys;
  expect(rootOf(await Space.open(ports, { space: one.id, ring, writer }))).toBe(rootOf(one));
});

test.prop([seeds], { numRuns: 20 })('an answer with a byte changed is refused', async (seed) => {
  const random = randomFrom(seed);
  const { key, source } = await served;
  const sink = new SnapshotSink({ key, roots: source.roots() });
  const at = random(8);
  for (let step = 0; !sink.isDone; step++) {
    const [request] = sink.requests(1);
    if (request === undefined) throw new RangeError('nothing is asked');
    const bytes = source.answer(request);
    if (step === at && request.at === 'tree') {
      const wrong = bytes.slice();
      const place = random(wrong.length);
      wrong[place] = (wrong[place] as number) ^ (1 << random(8));
      let refused: unknown;
      try {
        sink.take(request, wrong);
      } catch (failure) {
        refused = failure;
      }
      // Only what no root covers may differ: when an object was touched, and how far its texts were known.
      if (refused !== undefined) expect(refused).toMatchObject({ code: 'SNAPSHOT_REFUSED' });
      else return;
    }
    sink.take(request, bytes);
  }
  expect(sink.isDone).toBe(true);
});

const served = (async () => {
  const ada = await Person.make('Ada', 9);
  const one = await ada.found();
  const random = randomFrom(9);
  for (let at = 0; at < 60; at++) randomEdit(one.database, random);
  for (let at = 0; at < 1000; at++) one.database.add(Thing, { title: `thing ${at}` });
  return { source: await sourceOf(ada, one), key: keyOf(one) };
})();
