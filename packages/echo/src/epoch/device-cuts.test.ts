/** Devices that are stopped before an epoch, after it and beside it: what does not count is not in it, what is stays. */
import { KeyRing, suspendDevice, withEntries, type IdentityLog } from '@atoll/halo';
import { idFromBytes } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space, type SpaceWriter } from '../space/space.ts';
import { Person, exchange, meet, rootOf } from '../space/testing/space-fixture.ts';

const Page = defineType('org.example.Page', { title: s.string() });

function titles({ database }: Space): readonly string[] {
  const pages = database.query(Page).run();
  return pages.map(({ title }) => title).sort();
}

async function write(space: Space, title: string): Promise<void> {
  space.database.add(Page, { title });
  await space.flush();
}

/** Ada has founded it on her laptop, and has a phone, which somebody steals; Jun and Kim are admins. */
async function town(seed: number) {
  const ada = await Person.make('Ada', seed);
  const phone = await ada.device(seed + 1);
  const [jun, kim] = [await Person.make('Jun', seed + 2), await Person.make('Kim', seed + 3)];
  const secrets: Uint8Array[] = [];
  const writer: SpaceWriter = { ...ada.writer(), laterSecrets: () => secrets };
  const laptop = await Space.found(ada.ports, writer);
  const two = await jun.join(laptop, ada.deviceSigner, 'admin');
  const three = await kim.join(laptop, ada.deviceSigner, 'admin');
  const ring = KeyRing.import(laptop.keys.ring.export());
  const stolen = await Space.open(phone.ports, { space: laptop.id, ring, writer: phone.writer() });
  for (const space of [two, three]) await space.introduce();
  await meet(laptop, two, three, stolen);
  await write(stolen, 'before');
  await meet(laptop, two, three, stolen);
  const device = idFromBytes('device', phone.deviceSigner.publicKey);
  const suspend = async (): Promise<void> => {
    secrets.push(new SimRng(seed).bytes(32));
    const { log } = phone;
    const entry = await suspendDevice({ log, atMs: 1, device, deviceSigner: ada.deviceSigner });
    const own: IdentityLog = withEntries(log, [entry]);
    await laptop.devices.show(own);
  };
  return { ada, jun, kim, laptop, two, three, stolen, suspend };
}

/** Somebody proposes until an epoch of this number stands. */
async function seal(spaces: readonly Space[], number: number): Promise<void> {
  for (const space of [...spaces, ...spaces]) {
    if (space.epochs.status().current?.number === number) return;
    await space.epochs.hurry();
    await space.epochs.propose();
    await meet(...spaces);
  }
}

function rootInEpoch(space: Space): unknown {
  return space.epochs.status().current?.terms?.roots[0]?.root;
}

/** Opens a space on what is kept of the epoch and what came after: the blocks under it are gone. */
async function withoutHistory(person: Person, space: Space): Promise<Space> {
  await space.settled();
  expect(await space.epochs.keepSnapshot(0)).toBe('kept');
  expect(await space.epochs.dropHistory(0)).toBeGreaterThan(0);
  return again(person, space);
}

async function again(person: Person, space: Space): Promise<Space> {
  const { id, keys } = space;
  await space[Symbol.asyncDispose]();
  return Space.open(person.ports, { space: id, ring: keys.ring, writer: person.writer() });
}

test('what a stopped device wrote on is in no epoch, and gone with its history for nobody', async () => {
  const { jun, laptop, two, three, stolen, suspend } = await town(9610);
  await write(stolen, 'late');
  await exchange(two, stolen);
  expect(titles(two)).toEqual(['before', 'late']);
  await suspend();
  await meet(laptop, two, three);
  await seal([laptop, two, three], 1);
  for (const space of [laptop, two, three]) {
    expect(titles(space)).toEqual(['before']);
    expect(space.epochs.status().current?.number).toBe(1);
    expect(space.epochs.status().refused).toBe(0);
  }
  expect(Buffer.from(rootInEpoch(two) as Uint8Array).toString('hex')).toBe(rootOf(two));
  const short = await withoutHistory(jun, two);
  // The thief goes on, as if he knew nothing of it.
  await write(stolen, 'later');
  await meet(laptop, short, three);
  await exchange(three, stolen);
  await meet(laptop, short, three);
  for (const space of [laptop, short, three]) expect(titles(space)).toEqual(['before']);
  expect(new Set([laptop, short, three].map(rootOf)).size).toBe(1);
});

test('what is under an epoch stays, whatever the device that is stopped later has done to it', async () => {
  const { jun, laptop, two, three, stolen, suspend } = await town(9620);
  await seal([laptop, two, three, stolen], 1);
  await write(stolen, 'sealed');
  await exchange(two, stolen);
  // The laptop hears neither of that nor of the epoch, and stops the phone.
  await meet(two, three);
  await seal([two, three], 2);
  expect(two.epochs.status().current?.number).toBe(2);
  const short = await withoutHistory(jun, two);
  await write(stolen, 'late');
  await exchange(short, stolen);
  await suspend();
  await meet(laptop, short, three);
  for (const space of [laptop, short, three]) expect(titles(space)).toEqual(['before', 'sealed']);
  expect(new Set([laptop, short, three].map(rootOf)).size).toBe(1);
  // The next one is sealed by who has the history and who has not.
  await seal([laptop, short, three], 3);
  for (const space of [laptop, short, three]) {
    expect(space.epochs.status().current?.number).toBe(3);
  }
  // The laptop has looked at the terms of the second one before it knew that they are sealed.
  expect([short, three].map((space) => space.epochs.status().refused)).toEqual([0, 0]);
});

test('stopped while an epoch is voted for: all come to the same, in any order', async () => {
  const roots = new Set<string>();
  for (const order of [0, 1]) {
    const { ada, kim, laptop, two, three, stolen, suspend } = await town(9630);
    await write(stolen, 'meanwhile');
    await exchange(three, stolen);
    await three.epochs.propose();
    await suspend();
    const spaces = order === 0 ? [laptop, two, three] : [three, two, laptop];
    await meet(...spaces);
    await seal(spaces, 1);
    expect(new Set(spaces.map(rootOf)).size).toBe(1);
    const opened = [await again(ada, laptop), await again(kim, three)];
    expect(new Set([two, ...opened].map(rootOf)).size).toBe(1);
    roots.add(titles(two).join());
    const store = new MemoryStore(new MemoryDisk(new SimRng(9)));
    const { ring } = two.keys;
    const joiner = await Person.make('Leo', 9650, store);
    const late = await joiner.join(opened[0] as Space, ada.deviceSigner, 'writer');
    await exchange(two, late);
    expect(titles(late)).toEqual(titles(two));
    expect(ring.all().length).toBeGreaterThan(0);
  }
  expect(roots.size).toBe(1);
});
