/**
 * Everything that a server sees and stores, searched: nothing readable, no ids or keys of people and
 * spaces, and nothing that links what one device writes in two spaces.
 */
import type { Space } from '@atoll/client';
import { ready } from '@atoll/crypto';
import { toHex, type StoredBlock } from '@atoll/kernel';
import { defineType, s, type BlobRef } from '@atoll/schema';
import { beforeAll, describe, expect, test } from 'vitest';
import { Scene, addTask, allTasks } from './scene.ts';

/** Equal bytes of this length between two spaces are no accident: 2^-64 for each pair of places. */
const LINK_BYTES = 8;

beforeAll(() => ready());

const File = defineType('org.atoll.faults.File', { file: s.blob().optional() });

function addFile(space: Space, file: BlobRef): void {
  space.db.add(File, { file });
}

function fileIn(space: Space): BlobRef | undefined {
  return space.db.query(File).first()?.file;
}

/** What was seen: all messages in both directions, and the disk of the server. */
interface Seen {
  readonly live: Buffer;
  readonly disk: Buffer;
  /** Blocks by mailbox. */
  readonly mailboxes: ReadonlyMap<string, readonly StoredBlock[]>;
  readonly spaces: readonly Space[];
  /** Ids and keys as bytes, by what they are. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
}

/** Two people with two spaces in common, who write everything there is, leave and come back. */
async function watch(seed: number): Promise<Seen> {
  const scene = new Scene(seed);
  const messages: Uint8Array[] = [];
  scene.network.addTap((_from, _to, message) => void messages.push(message.slice()));
  const ada = await scene.person('ada-marker');
  const jun = await scene.person('jun-marker');
  const spaces: Space[] = [];
  const files: BlobRef[] = [];
  for (const name of ['trip-marker', 'work-marker']) {
    const space = await scene.create(ada, name);
    const theirs = await scene.join(space, jun);
    const task = addTask(space, 'title-marker');
    task.notes.insert(0, 'notes-marker '.repeat(40));
    await scene.oneRoot([space, theirs]);
    allTasks(theirs)[0]?.notes.insert(6, 'other-marker');
    const content = new TextEncoder().encode('content-marker '.repeat(9_000));
    const file = { name: 'file-marker.txt', alt: 'alt-marker', type: 'text/x-marker' };
    const ref = await scene.world.during(space.blobs.put(content, file));
    addFile(space, ref);
    await scene.world.during(space.blobs.stored(ref));
    const hasFile = (): boolean => fileIn(theirs) !== undefined;
    expect(await scene.world.runUntil(hasFile, 60_000)).toBe(true);
    await scene.world.during(theirs.blobs.bytes(ref));
    files.push(ref);
    space.presence.set({ view: 'view-marker', object: task.id });
    await scene.oneRoot([space, theirs]);
    spaces.push(space);
  }
  scene.kube.stop();
  scene.kube.start();
  for (const space of spaces) addTask(space, 'late-marker');
  const stored = (): boolean =>
    spaces.every((space) => space.status.get().mailbox === 'has-everything');
  await scene.world.during(Promise.all(spaces.map((space) => space.flush())));
  expect(await scene.world.runUntil(stored, 60_000)).toBe(true);
  const { image } = scene.kube.disk;
  const mailboxes = new Map(image.spaces().map((id) => [id, image.read(id, 0, 10_000)]));
  const values = image.names('').map((name) => [name, image.value(name) ?? ''] as const);
  const disk = [
    ...[...mailboxes].flatMap(([id, blocks]) => [
      Buffer.from(id),
      ...blocks.map(({ bytes }) => bytes),
    ]),
    ...scene.kube.chunkDisk.names.flatMap((box) => [
      Buffer.from(box),
      ...[...scene.kube.chunkDisk.bucket(box).values()].map(({ bytes }) => Buffer.from(bytes)),
    ]),
    ...values.flatMap(([name, value]) => [Buffer.from(name), Buffer.from(value)]),
  ];
  const hex = new Map<string, string>();
  for (const [at, space] of spaces.entries()) {
    hex.set(`space ${at}`, space.id);
    for (const [number, task] of allTasks(space).entries())
      hex.set(`task ${at}.${number}`, task.id);
  }
  for (const client of [ada, jun]) {
    const identity = client.halo.identity.get();
    hex.set(`identity ${identity?.displayName}`, identity?.id ?? '');
    hex.set(`device ${identity?.displayName}`, identity?.deviceKey ?? '');
  }
  for (const [at, { id, key }] of files.entries()) {
    // Names of sealed pieces are what the server keeps them by; keys it must never see.
    hex.set(`key of file ${at}`, toHex(key));
    expect(
      scene.kube.chunkDisk.names.some((box) => scene.kube.chunkDisk.bucket(box).has(toHex(id))),
    ).toBe(true);
  }
  const secrets = new Map([...hex].map(([what, id]) => [what, Buffer.from(id, 'hex')]));
  return { live: Buffer.concat(messages), disk: Buffer.concat(disk), mailboxes, spaces, secrets };
}

/** All windows of {@link LINK_BYTES} in these blocks. */
function windows(blocks: readonly StoredBlock[]): Map<bigint, string> {
  const found = new Map<bigint, string>();
  for (const { bytes, seq } of blocks) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + LINK_BYTES <= bytes.length; at++) {
      found.set(view.getBigUint64(at), `block ${seq} at ${at}`);
    }
  }
  return found;
}

describe('a server', () => {
  test('neither sees nor stores a word, a name, an id or a key of anybody', async () => {
    const { disk, live, secrets } = await watch(1);
    expect(live.length).toBeGreaterThan(20_000);
    expect(disk.length).toBeGreaterThan(5_000);
    expect([...secrets.values()].every((bytes) => bytes.length >= 16)).toBe(true);
    for (const [where, seen] of [
      ['live', live],
      ['disk', disk],
    ] as const) {
      for (const encoding of ['utf8', 'utf16le'] as const) {
        expect(seen.includes(Buffer.from('marker', encoding)), `${where} in ${encoding}`).toBe(
          false,
        );
      }
      for (const [what, bytes] of secrets) {
        const id = Buffer.from(bytes);
        // Half of an id is enough to know it again.
        for (const part of [id.subarray(0, LINK_BYTES), id.subarray(-LINK_BYTES)]) {
          expect(seen.includes(part), `${what} ${where}`).toBe(false);
        }
        for (const encoding of ['hex', 'base64url', 'base64'] as const) {
          const text = id.toString(encoding).slice(0, 16);
          expect(seen.includes(text), `${what} ${where} in ${encoding}`).toBe(false);
        }
      }
    }
  });

  test('finds nothing equal in what one device writes in two spaces', async () => {
    const { mailboxes } = await watch(2);
    const logs = [...mailboxes.values()];
    // Two spaces, and the private one of each person.
    expect(logs).toHaveLength(4);
    const feeds = logs.map((blocks) => new Set(blocks.map(({ feed }) => feed)));
    expect(feeds.map(({ size }) => size).sort()).toEqual([1, 1, 2, 2]);
    for (let a = 0; a < logs.length; a++) {
      const known = windows(logs[a] ?? []);
      for (let b = a + 1; b < logs.length; b++) {
        for (const feed of feeds[a] ?? []) expect(feeds[b]?.has(feed)).toBe(false);
        for (const [window, place] of windows(logs[b] ?? [])) {
          expect(known.get(window), `${place}, and in the other mailbox`).toBeUndefined();
        }
      }
    }
  });

  test('finds nothing of what it stores in what it is shown before a session', async () => {
    const { live, mailboxes, secrets } = await watch(3);
    // Sessions are encrypted also towards the server: on the wire not even feed keys are readable.
    const shown = windows([{ bytes: live, seq: 0 } as unknown as StoredBlock]);
    for (const blocks of mailboxes.values()) {
      for (const { feed } of blocks) {
        expect(shown.has(Buffer.from(feed, 'hex').readBigUInt64BE(0))).toBe(false);
      }
    }
    expect(secrets.size).toBeGreaterThan(6);
  });
});
