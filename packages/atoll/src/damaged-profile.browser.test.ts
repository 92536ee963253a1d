/**
 * A profile in a real browser whose records are not what was written: packs of blocks, named values, keys, pieces
 * of files. Told with a code, or the very same content; what is missing comes back from an archive.
 */
import { AtollClient, type Space } from '@atoll/client';
import { AtollError, errorCode, type Log } from '@atoll/kernel';
import { deleteWebProfile, openWebPlatform } from '@atoll/platform-web';
import { defineType, s, type BlobRef } from '@atoll/schema';
import { beforeAll, expect, test } from 'vitest';

const NAME = 'damaged';
const FILE_BYTES = 60_000;
const CASES = 6;

const Photo = defineType('org.atoll.Photo', {
  title: s.string(),
  notes: s.text(),
  votes: s.counter(),
  file: s.blob().optional(),
});

type Entry = readonly [key: IDBValidKey, value: unknown];
/** All records of one database, by object store. */
type Dump = ReadonlyMap<string, readonly Entry[]>;

const DATABASES = [`atoll-store/${NAME}`, `atoll-keys/${NAME}`, `atoll-chunks/${NAME}`] as const;

let id: Space['id'];
let honest: { readonly root: string; readonly objects: string; readonly file: Uint8Array };
let archive: readonly Uint8Array[];
let dumps: ReadonlyMap<string, Dump>;

async function open(codes: unknown[] = []): Promise<AtollClient> {
  const log: Log = {
    event: (_level, _name, fields) => {
      if (fields?.['code'] !== undefined) codes.push(fields['code']);
    },
  };
  const platform = await openWebPlatform({ name: NAME, log });
  try {
    return await AtollClient.open(platform, { online: false });
  } catch (failure) {
    await platform[Symbol.asyncDispose]();
    throw failure;
  }
}

const objectsOf = ({ db }: Space): string =>
  JSON.stringify(
    db
      .query(Photo)
      .run()
      .map((photo) => [photo.id, photo])
      .sort(),
  );

const fileOf = ({ blobs, db }: Space): Promise<Uint8Array> =>
  blobs.bytes(db.query(Photo).where({ title: 'Sea' }).first()?.file as BlobRef, {
    localOnly: true,
  });

beforeAll(async () => {
  await deleteWebProfile(NAME);
  const client = await open();
  await client.halo.createIdentity({ displayName: 'Ada' });
  const space = await client.spaces.create({ name: 'Trip' });
  id = space.id;
  for (let at = 0; at < 30; at++) {
    const photo = space.db.add(Photo, { title: `photo ${at}` });
    photo.notes.insert(0, 'notes 😀');
    photo.votes.increment(at);
    await space.flush();
  }
  const file = await space.blobs.put(new Uint8Array(FILE_BYTES).map((_, at) => at * 7));
  space.db.add(Photo, { title: 'Sea', file });
  await space.flush();
  const { root } = await space.info();
  honest = { root, objects: objectsOf(space), file: await fileOf(space) };
  archive = await Array.fromAsync(space.export());
  await client.close();
  dumps = new Map(
    await Promise.all(DATABASES.map(async (name) => [name, await dump(name)] as const)),
  );
});

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException('failed'));
  });
}

async function dump(name: string): Promise<Dump> {
  const database = await asked(indexedDB.open(name));
  const stores = new Map<string, readonly Entry[]>();
  for (const store of database.objectStoreNames) {
    const objects = database.transaction(store).objectStore(store);
    const [keys, values] = await Promise.all([
      asked(objects.getAllKeys()),
      asked<unknown[]>(objects.getAll()),
    ]);
    stores.set(
      store,
      keys.map((key, at): Entry => [key, values[at]]),
    );
  }
  database.close();
  return stores;
}

/** Makes the databases hold what was written, but for one record of one object store. */
async function restore(damage: {
  readonly database: string;
  readonly store: string;
  readonly seed: number;
}): Promise<void> {
  const random = numbersFrom(damage.seed);
  for (const [name, dumped] of dumps) {
    const database = await asked(indexedDB.open(name));
    for (const [store, entries] of dumped) {
      const isIt = name.startsWith(damage.database) && store === damage.store;
      const fitting = isIt ? entries.filter(([, value]) => bytesIn(value).length > 0) : [];
      const wrong = fitting[random(fitting.length)]?.[0];
      const transaction = database.transaction(store, 'readwrite');
      const objects = transaction.objectStore(store);
      objects.clear();
      for (const [key, value] of entries) {
        // Without a snapshot the log is read.
        const isPage = store === 'values' && String(key).startsWith('snapshot/');
        if (isPage && damage.store !== 'values') continue;
        objects.put(key === wrong ? changed(value, random) : value, key);
      }
      await new Promise((resolve) => {
        transaction.oncomplete = resolve;
      });
    }
    database.close();
  }
}

function numbersFrom(seed: number): (below: number) => number {
  let state = seed * 2654435761;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return below === 0 ? 0 : (state >>> 8) % below;
  };
}

/** Buffers in a record. */
function bytesIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  if (value instanceof ArrayBuffer) return [new Uint8Array(value)];
  if (typeof value !== 'object' || value === null || value instanceof Map) return [];
  return Object.values(value).flatMap(bytesIn);
}

function changed(value: unknown, random: (below: number) => number): unknown {
  const copy: unknown = structuredClone(value);
  const all = bytesIn(copy).filter(({ length }) => length > 0);
  const bytes = all[random(all.length)] as Uint8Array;
  const at = random(bytes.length);
  bytes[at] = (bytes[at] as number) ^ (1 << random(8));
  return copy;
}

/** What a profile comes to, in a word. */
async function outcome(): Promise<string> {
  const codes: unknown[] = [];
  try {
    const client = await open(codes);
    try {
      return await compared(client, codes);
    } finally {
      await client.close().catch(() => undefined);
    }
  } catch (failure) {
    if (failure instanceof AtollError) return failure.code;
    throw failure;
  }
}

async function compared(client: AtollClient, codes: readonly unknown[]): Promise<string> {
  const space = client.spaces.get(id);
  if (space === undefined) return codes.length > 0 ? `told ${codes.join()}` : 'LOST without a word';
  let repaired = '';
  if ((await space.info()).root !== honest.root) {
    if (codes.length === 0) return 'OTHER STATE without a word';
    await client.spaces.import(fromArchive());
    repaired = 'repaired ';
  }
  if ((await space.info()).root !== honest.root) return `WRONG after repair, told ${codes.join()}`;
  if (objectsOf(space) !== honest.objects) return 'SHOWS other things';
  const file = await fileOf(space).catch((failure: unknown) => errorCode(failure));
  if (typeof file === 'string') return `${repaired}file ${file}`;
  return file.every((byte, at) => byte === honest.file[at])
    ? `${repaired}right`
    : 'FILE is another';
}

async function* fromArchive(): AsyncGenerator<Uint8Array> {
  for (const part of archive) yield part;
}

test.each([
  ['atoll-store', 'bodies', /^(told FEED_LOG_CORRUPT|repaired right)/],
  ['atoll-store', 'heads', /^(told|repaired right)/],
  ['atoll-store', 'values', /^(ECHO_|right)/],
  ['atoll-keys', 'secrets', /^STORE_CORRUPT$/],
  ['atoll-chunks', 'bytes', /^file BLOB_AWAY$/],
] as const)('any byte of %s, %s', async (database, store, legal) => {
  let noticed = 0;
  for (let seed = 1; seed <= CASES; seed++) {
    await restore({ database, store, seed });
    const found = await outcome();
    if (found === 'right') continue;
    expect(found, `seed ${seed}`).toMatch(legal);
    noticed++;
  }
  // A named value can be one that says nothing of the state.
  expect(noticed).toBeGreaterThan(store === 'values' ? -1 : 0);
});
