/** Texts and lists that both sides of a fork have written, through epochs: kept, dropped, fetched, built upon. */
import { deriveKey } from '@atoll/crypto';
import { ROOT_ZONE } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import { decodeRequest } from '../snapshot/transfer-codec.ts';
import { Space, type SpacePorts } from '../space/space.ts';
import { Person, exchange, restored, rootOf } from '../space/testing/space-fixture.ts';
import { fetchEpoch } from './fetch-epoch.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  text: s.text(),
  rich: s.richText(),
  items: s.list(s.string()),
});

const Text = defineType('org.example.Text', { text: s.text() });

function pageOf({ database }: Space): InstanceOf<typeof Page> {
  const page = database.query(Page).run()[0];
  if (page === undefined) throw new RangeError('there is no page');
  return page;
}

async function write(space: Space, word: string): Promise<void> {
  const page = pageOf(space);
  page.title = word;
  page.text.insert(3, ` ${word}`);
  page.rich.insert(2, `${word}\n`);
  page.rich.mark(3, 2, 'bold', true);
  page.items.insert(1, word);
  page.items.move(0, 2);
  if (page.text.length > 12) page.text.delete(6, 2);
  await space.flush();
}

async function settle(spaces: readonly Space[]): Promise<void> {
  for (let round = 0; round < 3; round++) {
    for (const [at, space] of spaces.entries()) {
      for (const other of spaces.slice(at + 1)) await exchange(space, other);
    }
  }
}

/** Fetches what `from` has kept into a store of its own. */
async function takeOver(person: Person, ports: SpacePorts, from: Space): Promise<void> {
  const offer = await from.epochs.archive.source();
  if (offer === undefined) throw new RangeError('an epoch is kept');
  const { rng, store } = ports;
  const { ring } = from.keys;
  const [generation] = from.authority.keys.generations(ROOT_ZONE);
  const zone = generation === undefined ? undefined : ring.zone(generation);
  await fetchEpoch({
    place: { rng, store, space: from.id, secret: person.haloSecret, ring },
    terms: offer.terms,
    key: deriveKey(zone?.content ?? new Uint8Array(32), 'state-root'),
    ask: async (request) => offer.source.packed(decodeRequest(request)),
    turn: () => Promise.resolve(),
  });
}

/** Both copies of a profile have written on; `two` has heard of the one first, `three` of the copy. */
async function forkedWorld(seed: number) {
  const ada = await Person.make('Ada', seed);
  const one = await ada.found();
  const text = 'trunk of the text';
  one.database.add(Page, { title: 'Trunk', text, rich: 'rich', items: ['t0', 't1'] });
  const [jun, kim] = [await Person.make('Jun', seed + 1), await Person.make('Kim', seed + 2)];
  const [two, three] = [
    await jun.join(one, ada.deviceSigner, 'writer'),
    await kim.join(one, ada.deviceSigner, 'writer'),
  ];
  await exchange(one, two);
  await exchange(one, three);
  const ports = await restored(ada.ports, one.id);
  const { ring } = one.keys;
  const copy = await Space.open(ports, { space: one.id, ring, writer: ada.writer() });
  for (const word of ['one', 'more']) await write(one, word);
  for (const word of ['copy', 'twin', 'third']) await write(copy, word);
  await exchange(one, two);
  await exchange(copy, two);
  await exchange(copy, three);
  await exchange(one, three);
  return { ada, jun, kim, one, copy, two, three };
}

test('an epoch under which both sides of a fork have written is kept, dropped for and fetched', async () => {
  for (const seed of [10, 20, 30]) {
    const { ada, jun, kim, one, copy, two, three } = await forkedWorld(seed);
    await write(two, 'both');
    await settle([one, copy, two, three]);
    // Kim and the copy go away and write on; the epoch is sealed without them.
    await write(three, 'away');
    await write(copy, 'gone');
    await one.epochs.propose();
    expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
    await write(one, 'after');
    const store = new MemoryStore(new MemoryDisk(new SimRng(seed)));
    const ports = { ...jun.ports, store };
    await takeOver(jun, ports, one);
    const { ring } = one.keys;
    const writer = jun.writer({ mayContinue: false });
    const joined = await Space.open(ports, { space: one.id, ring, writer });
    await exchange(one, joined);
    expect(rootOf(joined)).toBe(rootOf(one));
    expect(pageOf(joined).text.toString()).toBe(pageOf(one).text.toString());
    await write(joined, 'joined');
    await settle([one, joined, three, copy, two]);
    const spaces = [one, joined, three, copy, two];
    expect(spaces.map(rootOf)).toEqual(spaces.map(() => rootOf(one)));
    expect(pageOf(joined).items.toArray()).toEqual(pageOf(two).items.toArray());
    const shown = pageOf(joined).items.toArray();
    expect(shown).toEqual(expect.arrayContaining(['away', 'gone', 'after', 'joined', 'copy']));
    // A second epoch is folded from the first one.
    await one.epochs.propose();
    await one.epochs.dropHistory(0);
    await settle(spaces);
    expect((await one.epochs.archive.source())?.terms.number).toBe(2);
    expect(spaces.map((space) => space.epochs.status().current?.number)).toEqual([2, 2, 2, 2, 2]);
    expect(spaces.map(rootOf)).toEqual(spaces.map(() => rootOf(one)));
    for (const person of [ada, kim]) {
      const again = await Space.open(person.ports, {
        space: one.id,
        ring,
        writer: person.writer(),
      });
      expect(rootOf(again)).toBe(rootOf(one));
    }
  }
});

test('a voter that has let go of where a feed forks says so, and works out no epoch', async () => {
  const events: string[] = [];
  const ada = await Person.make('Ada', 40);
  const jun = await Person.make('Jun', 41);
  const log = { event: (_: string, name: string) => void events.push(name) };
  const one = await Space.found({ ...ada.ports, log }, ada.writer());
  one.database.add(Text, { text: 'trunk of the text' });
  const textOf = ({ database }: Space) => database.query(Text).run()[0]?.text;
  const type = async (space: Space, words: string): Promise<void> => {
    for (const word of words) {
      textOf(space)?.insert(3, word);
      await space.flush();
    }
  };
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  await type(two, 'ab');
  await exchange(one, two);
  // An old backup of the profile writes on under what is sealed and let go.
  const backup = await restored(jun.ports, one.id);
  const { ring } = one.keys;
  const copy = await Space.open(backup, { space: one.id, ring, writer: jun.writer() });
  await type(two, 'cdef');
  await type(copy, 'XYZ');
  await exchange(one, two);
  await one.epochs.propose();
  expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
  expect(one.epochs.status().isForked).toBe(false);
  await settle([two, copy, one]);
  await type(one, '!');
  await one.epochs.propose();
  expect(one.epochs.status()).toMatchObject({ isForked: true, refused: 0 });
  expect(one.epochs.status().current?.number).toBe(1);
  expect(events).toContain('space.epoch-forked');
  for (const word of 'abcdefXYZ!') expect(textOf(one)?.toString()).toContain(word);
});
