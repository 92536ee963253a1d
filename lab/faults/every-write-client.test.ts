/**
 * Power that fails, and disks that are full, at every write of a whole client: identity, spaces, files, the
 * collector of files, stacks of undo, import of an archive. The next process finds what was promised, can do all
 * of it again, and comes to the same state.
 */
import { AtollClient, type Space } from '@atoll/client';
import { ready } from '@atoll/crypto';
import { assert } from '@atoll/kernel';
import { defineType, s, type BlobRef } from '@atoll/schema';
import { SimMachine, SimNetwork, SimRng, World, type DiskFault } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';

const Photo = defineType('org.atoll.faults.Photo', { title: s.string(), file: s.blob() });
const PASSPHRASE = 'open sesame';
const PICTURE_BYTES = 70_000;
/** In turns: each write meets one of them. */
const FAULTS: readonly DiskFault[] = ['crash-before', 'full', 'crash-torn', 'crash-after', 'fsync'];
const LEGAL = ['STORE_CLOSED', 'STORE_FULL', 'STORE_IO'];

/** A space of somebody else in a file. */
let archive: { readonly bytes: Uint8Array; readonly id: string; readonly root: string };

beforeAll(async () => {
  await ready();
  const { world, machine } = desk(1);
  const client = await world.during(AtollClient.open(machine.boot()));
  await world.during(client.halo.createIdentity({ displayName: 'Bob' }));
  const space = await world.during(client.spaces.create({ name: 'Bob’s' }));
  for (let at = 0; at < 3; at++) {
    const file = await world.during(space.blobs.put(picture(90 + at)));
    space.db.add(Photo, { title: `of Bob ${at}`, file });
    await world.during(space.flush());
  }
  const { root } = await world.during(space.info());
  const parts = await world.during(Array.fromAsync(space.export({ passphrase: PASSPHRASE })));
  archive = { bytes: new Uint8Array(Buffer.concat(parts)), id: space.id, root };
});

function desk(seed: number): { readonly world: World; readonly machine: SimMachine } {
  const world = new World(seed);
  // The world goes on while a passphrase is stretched, which takes real time.
  const beat = (): void => void world.schedule(1000, beat);
  beat();
  return { world, machine: new SimMachine({ world, network: new SimNetwork(world), name: 'ada' }) };
}

const picture = (seed: number): Uint8Array => new SimRng(seed).bytes(PICTURE_BYTES);

/** What was promised by flushes that succeeded: titles, each with the seed of its picture. */
type Promised = Map<string, number>;

/** Everything that was promised is there, and every file that an object names can be read. */
async function check(space: Space, promised: Promised): Promise<void> {
  const photos = space.db.query(Photo).run();
  const titles = photos.map(({ title }) => title);
  expect(titles).toEqual(expect.arrayContaining([...promised.keys()]));
  for (const { file, title } of photos) {
    const bytes = await space.blobs.bytes(file as BlobRef, { localOnly: true });
    const seed = promised.get(title);
    if (seed !== undefined) expect(Buffer.compare(bytes, picture(seed))).toBe(0);
  }
}

/** One process, from its start to its end. */
async function story(machine: SimMachine, promised: Promised): Promise<void> {
  const client = await AtollClient.open(machine.boot());
  if (client.halo.identity.get() === undefined) {
    await client.halo.createIdentity({ displayName: 'Ada' });
  }
  const known = client.spaces.list.get().find(({ id }) => id !== archive.id);
  const space = known ?? (await client.spaces.create({ name: 'Trip' }));
  await check(space, promised);
  const seed = promised.size + 2;
  const file = await space.blobs.put(picture(seed));
  space.db.add(Photo, { title: `photo ${seed}`, file });
  await space.flush();
  promised.set(`photo ${seed}`, seed);
  // A file that nothing names any more once the undo is gone with its stack.
  await space.blobs.put(picture(seed + 1000));
  await space.blobs.collect({ graceMs: 0 });
  await check(space, promised);
  const { bytes } = archive;
  await client.spaces.import(inPieces(bytes), { passphrase: PASSPHRASE });
  const copy = client.spaces.get(archive.id);
  assert(copy !== undefined, 'what was imported is there');
  expect((await copy.info()).root).toBe(archive.root);
  expect(copy.db.query(Photo).count()).toBe(3);
  expect(space.undo.state.get().notRestored).toBeUndefined();
  await client.close();
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 20_000) yield bytes.subarray(at, at + 20_000);
}

const codeOf = (failure: unknown): string =>
  failure instanceof Error && 'code' in failure ? String(failure.code) : String(failure);

/** Plays the story with one fault, then twice more. False if the fault was never met. */
async function survives(
  which: 'disk' | 'chunkDisk',
  at: number,
  fault: DiskFault,
): Promise<boolean> {
  const { world, machine } = desk(1000 + at);
  const promised: Promised = new Map();
  machine[which].failAt(at, fault);
  const end = await world.during(story(machine, promised).then(() => 'whole', codeOf));
  if (machine[which].operations < at) return false;
  // What is written without waiting may be refused and tried again without a word.
  if (end !== 'whole') expect(LEGAL, `${fault} at ${at}`).toContain(end);
  machine.crash();
  await world.during(story(machine, promised));
  await world.during(story(machine, promised));
  return true;
}

test('a fault at every write to the disk of a whole client leaves one that does all of it again', async () => {
  let at = 1;
  while (await survives('disk', at, FAULTS[at % FAULTS.length] ?? 'full')) at++;
  expect(at).toBeGreaterThan(15);
});

test.each(FAULTS)('so does %s at every write of pieces of files', async (fault) => {
  let at = 1;
  while (await survives('chunkDisk', at, fault)) at++;
  expect(at).toBeGreaterThan(2);
});
