/** Files that objects of a private zone name: who reads it has them, who carries their pieces cannot tell what they are. */
import { loadZoneActs } from '@atoll/echo';
import { equalBytes, toHex } from '@atoll/kernel';
import { defineType, s, type BlobRef } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { AtollClient } from './client.ts';
import type { Space } from './api.ts';
import { blobSecret } from './blobs/blob-secret.ts';
import { writeBlob } from './blobs/blob-writer.ts';
import { openPiece, type PieceRef } from './blobs/sealed-piece.ts';
import { SpaceHandle } from './space-handle.ts';
import { ClientScene, found } from './testing/client-scene.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./rights/rights-acts.ts');
await loadZoneActs();

const Photo = defineType('org.example.ZonePhoto', {
  title: s.string(),
  file: s.blob().optional(),
});

function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 2654435761;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

function handleOf(space: Space): SpaceHandle {
  if (!(space instanceof SpaceHandle)) throw new RangeError('that is no space of a client');
  return space;
}

function fileIn(space: Space): BlobRef | undefined {
  return space.state.get() === 'open' ? space.db.query(Photo).first()?.file : undefined;
}

function member(client: AtollClient): { readonly member: string } {
  return { member: client.halo.identity.get()?.id ?? '' };
}

class Town extends ClientScene {
  async settles(is: () => boolean): Promise<void> {
    expect(await this.world.runUntil(is, 120_000)).toBe(true);
  }

  /** Jun and Kim have a zone in Ada's space, and Jun a picture in it. */
  async town(bytes: Uint8Array) {
    const ada = await this.person('ada');
    const jun = await this.person('jun');
    const kim = await this.person('kim');
    const one = await this.space(ada, 'Trip');
    const two = await this.join(one, jun, { role: 'writer' });
    const three = await this.join(one, kim, { role: 'writer' });
    const zone = (await this.world.during(two.zones.create({ name: 'Surprise' }))).id;
    await this.settles(() => two.members.get().length === 3);
    await this.world.during(two.zones.grant(zone, member(kim)));
    const ref = await this.world.during(two.blobs.put(bytes, { name: 'cake.png', zone }));
    two.db.add(Photo, { title: 'Cake', file: ref }, { zone });
    await this.world.during(two.blobs.stored(ref));
    return { ada, jun, kim, one, two, three, zone, ref };
  }

  /** All that the server has of files, as it is. */
  pieces(): Map<string, Uint8Array> {
    const { chunkDisk } = this.kube;
    const found = new Map<string, Uint8Array>();
    for (const name of chunkDisk.names) {
      for (const [id, { bytes }] of chunkDisk.bucket(name)) found.set(id, bytes);
    }
    return found;
  }
}

/** What somebody who knows a file would look for, under each key of content that he has. */
async function guesses(space: Space, bytes: Uint8Array): Promise<readonly PieceRef[]> {
  const found: PieceRef[] = [];
  for (const secret of handleOf(space).echo.keys.ring.all()) {
    if (secret.kind !== 'zone') continue;
    const { gear, keyOf } = blobSecret(secret.content);
    const seen: Uint8Array[] = [];
    const spy = (plaintext: Uint8Array): Uint8Array<ArrayBuffer> => {
      const key = keyOf(plaintext);
      seen.push(key);
      return key;
    };
    const { ids } = await writeBlob([bytes], {
      secret: { gear, keyOf: spy },
      keep: () => Promise.resolve(),
    });
    for (const id of ids) for (const key of seen) found.push({ id, key });
  }
  return found;
}

/** Pieces that somebody finds or opens so. */
function broken(pieces: Map<string, Uint8Array>, by: readonly PieceRef[]): readonly string[] {
  const keys = new Map(by.map(({ key }) => [toHex(key), key]));
  const ids = new Set(by.map(({ id }) => id));
  return [...pieces].flatMap(([id, bytes]) => {
    const opens = [...keys.values()].some((key) => openPiece({ id, key }, bytes) !== undefined);
    return ids.has(id) || opens ? [id] : [];
  });
}

test('a file of a zone is read by its readers, and is fetched by nobody else', async () => {
  const town = new Town(2701);
  const bytes = noise(40_000, 1);
  const { one, three, ref } = await town.town(bytes);
  await town.settles(() => fileIn(three) !== undefined);
  const got = await town.world.during(three.blobs.bytes(fileIn(three) as BlobRef));
  expect(equalBytes(got, bytes)).toBe(true);
  await town.pause(20_000);
  expect(fileIn(one)).toBeUndefined();
  const here = town.machine('ada').chunkDisk.bucket(one.id);
  expect([...here.keys()]).not.toContain(toHex(ref.id));
});

test('a member outside the zone who has the pieces and even knows the file finds and opens none of them', async () => {
  const town = new Town(2702);
  const bytes = noise(300_000, 2);
  const { one, three, two } = await town.town(bytes);
  await town.settles(() => fileIn(three) !== undefined);
  const pieces = town.pieces();
  expect(pieces.size).toBeGreaterThan(2);
  expect(broken(pieces, await guesses(one, bytes))).toEqual([]);
  // Who reads the zone finds all of it, and what lies under the keys of the space all members find.
  expect(broken(pieces, await guesses(three, bytes)).length).toBe(pieces.size);
  const shared = await town.world.during(two.blobs.put(bytes));
  await town.world.during(two.blobs.stored(shared));
  const more = town.pieces();
  expect(broken(more, await guesses(one, bytes)).length).toBe(more.size - pieces.size);
});

test('a file that is put after somebody has left the space lies under keys that he has not', async () => {
  const town = new Town(2703);
  const { kim, one, three, two, zone } = await town.town(noise(1000, 3));
  await town.settles(() => fileIn(three) !== undefined);
  // By Ada, who cannot make keys of the zone: Jun has to, before he puts anything.
  await town.world.during(one.rights.remove(member(kim).member));
  const readers = (): number | undefined => two.zones.list.get()[0]?.readers.length;
  await town.settles(() => readers() === 1);
  const bytes = noise(200_000, 4);
  const before = town.pieces();
  const ref = await town.world.during(two.blobs.put(bytes, { zone }));
  await town.world.during(two.blobs.stored(ref));
  await town.pause();
  const added = new Map([...town.pieces()].filter(([id]) => !before.has(id)));
  expect(added.size).toBeGreaterThan(2);
  expect(broken(added, await guesses(three, bytes))).toEqual([]);
});

/** Files that somebody sees, by the titles of what names them, as far as they are what was put. */
async function seen(
  town: Town,
  space: Space,
  put: ReadonlyMap<string, Uint8Array>,
): Promise<readonly string[]> {
  const titles: string[] = [];
  for (const { file, title } of space.db.query(Photo).run()) {
    if (file === undefined) continue;
    const got = await town.world.during(space.blobs.bytes(file));
    titles.push(equalBytes(got, put.get(title) ?? new Uint8Array()) ? title : `not ${title}`);
  }
  return titles.sort();
}

test.each([false, true])(
  'files behind epochs and changes of keys are had by whoever reads them (open: %s), and by no one else',
  async (isOpen) => {
    const town = new Town(isOpen ? 2706 : 2705);
    const during = town.world.during.bind(town.world);
    const { kim, one, three, two, zone: closed } = await town.town(noise(1000, 6));
    const zone = isOpen
      ? (await during(two.zones.create({ name: 'News', open: true }))).id
      : closed;
    const known = new Map([['Cake', noise(1000, 6)]]);
    const put = async (title: string, bytes: Uint8Array): Promise<void> => {
      const file = await during(two.blobs.put(bytes, { zone }));
      two.db.add(Photo, { title, file }, { zone });
      known.set(title, bytes);
      await during(two.blobs.stored(file));
      await town.pause(20_000);
    };
    await put('before', noise(300_000, 7));
    await during(one.epochs.propose());
    await town.pause(20_000);
    // Out of the space, who read all of an open one; out of the zone, who read a closed one.
    if (isOpen) await during(one.rights.remove(member(kim).member));
    else await during(two.zones.revoke(zone, member(kim)));
    await town.pause(20_000);
    const pieces = town.pieces();
    // The same once more: who has the former keys and the file itself does not even see that it is.
    await put('again', noise(300_000, 7));
    await put('after', noise(20_000, 8));
    await during(one.epochs.propose());
    await town.pause(20_000);
    expect(one.epochs.status.get().number).toBe(2);
    const added = new Map([...town.pieces()].filter(([id]) => !pieces.has(id)));
    expect(added.size).toBeGreaterThan(4);
    expect(broken(added, await guesses(three, noise(300_000, 7)))).toEqual([]);
    expect(broken(added, await guesses(two, noise(300_000, 7))).length).toBeGreaterThan(2);
    // Somebody who comes now, and the device that he has then.
    const lou = await town.person('lou');
    const four = await town.join(one, lou, { role: 'writer' });
    await town.pause();
    if (!isOpen) await during(two.zones.grant(zone, member(lou)));
    await town.pause(20_000);
    const next = await town.open('lou again');
    await town.joinDevice(lou, next);
    await town.settles(() => next.spaces.get(one.id) !== undefined);
    const five = found(next, one.id);
    await during(five.open());
    await town.pause(60_000);
    const all = isOpen ? ['after', 'again', 'before'] : ['Cake', 'after', 'again', 'before'];
    expect(await seen(town, four, known)).toEqual(all);
    expect(await seen(town, five, known)).toEqual(all);
    expect(await seen(town, one, known)).toEqual(isOpen ? all : []);
  },
);

test('who reads what comes then has files of then, and lets none go that he cannot know of', async () => {
  const town = new Town(2707);
  const { two, one, zone } = await town.town(noise(1000, 9));
  const lou = await town.person('lou');
  const four = await town.join(one, lou, { role: 'writer' });
  await town.pause();
  await town.world.during(two.zones.grant(zone, member(lou), { withHistory: false }));
  const bytes = noise(300_000, 10);
  const file = await town.world.during(two.blobs.put(bytes, { zone }));
  two.db.add(Photo, { title: 'then', file }, { zone });
  await town.world.during(two.blobs.stored(file));
  await town.pause(20_000);
  expect(await seen(town, four, new Map([['then', bytes]]))).toEqual(['then']);
  const pieces = town.pieces();
  expect(broken(pieces, await guesses(four, noise(1000, 9)))).toEqual([]);
  expect(await town.tries(four.blobs.collect({ graceMs: 0 }))).toBe('BLOB_GC_UNSURE');
});

test('who does not read a zone puts no file into it, and lets none go that it may name', async () => {
  const town = new Town(2704);
  const { one, zone } = await town.town(noise(1000, 5));
  await town.pause();
  const put = (into: string): Promise<string> =>
    town.tries(one.blobs.put(new Uint8Array(10), { zone: into }));
  expect(await put(zone)).toBe('BLOB_NOT_READABLE');
  expect(await put('01'.repeat(16))).toBe('BLOB_NOT_READABLE');
  expect(await town.tries(one.blobs.collect({ servers: true, graceMs: 0 }))).toBe('BLOB_GC_UNSURE');
});
