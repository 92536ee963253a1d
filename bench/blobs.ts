/**
 * Files through the whole client on a real disk and a real server: put and get beside hashing and writing
 * the same bytes, up and down beside the same bytes through a bare WebSocket relay, what an edited file
 * costs, and whether memory stays bounded. Run with `npx node bench/blobs.ts [MEGABYTES]`.
 */
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { AtollClient, liveUntil, type Space } from '@atoll/client';
import { openNodePlatform } from '@atoll/platform-node';
import { defineType, s, type BlobRef } from '@atoll/schema';
import { CliWorld, PACKAGES, TRACE } from '../lab/process/cli-world.ts';
import { startRawRelay } from './blobs/raw-relay.ts';

const MEGABYTE = 1_000_000;
const PART_BYTES = 1024 * 1024;
const megabytes = Number(process.argv[2] ?? 128);
const STREAMED_BYTES = 1024 ** 3;

const Photo = defineType('bench.Photo', { title: s.string(), file: s.blob().optional() });

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

function row(name: string, value: string, reference = ''): void {
  console.log(`${name.padEnd(46)} ${value.padStart(16)}  ${reference}`);
}

async function cost(run: () => Promise<unknown>): Promise<Cost> {
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const began = performance.now();
  await run();
  const { system, user } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - began };
}

const rate = (bytes: number, { wallMs }: Cost): string =>
  `${(bytes / 1000 / wallMs).toFixed(0)} MB/s`;

const perMegabyte = (bytes: number, { cpuMs }: Cost): string =>
  `${((cpuMs / bytes) * MEGABYTE).toFixed(2)} ms CPU/MB`;

const ratio = (ours: Cost, theirs: Cost): string =>
  `CPU ${(ours.cpuMs / theirs.cpuMs).toFixed(1)}×, wall ${(ours.wallMs / theirs.wallMs).toFixed(1)}×`;

/** Random bytes: nothing in them is equal to anything else. */
async function* random(bytes: number): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0; left -= PART_BYTES) {
    yield await Promise.resolve(randomFillSync(new Uint8Array(Math.min(PART_BYTES, left))));
  }
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const part of content) bytes += part.length;
  return bytes;
}

/** What any program must do that keeps a file safely: hash it, write it, sync it. */
async function hashAndWrite(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const hash = createHash('sha256');
  await using file = await open(path, 'w');
  let unsynced = 0;
  for await (const part of content) {
    hash.update(part);
    await file.write(part);
    unsynced += part.length;
    // As often as ours.
    if (unsynced < 4 * PART_BYTES) continue;
    unsynced = 0;
    await file.sync();
  }
  hash.digest();
  await file.sync();
}

async function readAndHash(path: string): Promise<void> {
  const hash = createHash('sha256');
  await using file = await open(path, 'r');
  for await (const part of file.createReadStream({ highWaterMark: PART_BYTES })) {
    hash.update(part as Buffer);
  }
  hash.digest();
}

/** On one device: sealed, named and durable; then read, checked and opened. */
async function onDevice(space: Space, dir: string): Promise<void> {
  const bytes = megabytes * MEGABYTE;
  const parts = await Array.fromAsync(random(bytes));
  const from = (): AsyncIterable<Uint8Array> => iterate(parts);
  const path = join(dir, 'plain');
  const writing = await cost(() => hashAndWrite(path, from()));
  let ref: BlobRef | undefined;
  const putting = await cost(async () => (ref = await space.blobs.put(from())));
  row(
    `put ${megabytes} MB`,
    rate(bytes, putting),
    `${perMegabyte(bytes, putting)}; SHA-256, write and sync ${rate(bytes, writing)}: ${ratio(putting, writing)}`,
  );
  const reading = await cost(() => readAndHash(path));
  const got = ref as unknown as BlobRef;
  const getting = await cost(() => drain(space.blobs.get(got, { localOnly: true })));
  row(
    `get ${megabytes} MB that are here`,
    rate(bytes, getting),
    `${perMegabyte(bytes, getting)}; read and SHA-256 ${rate(bytes, reading)}: ${ratio(getting, reading)}`,
  );
}

async function* iterate(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
}

/** To the server's mailbox, and from there to somebody who has not got it. */
async function throughServer(people: People): Promise<void> {
  const bytes = megabytes * MEGABYTE;
  const relay = await rawTransfer(bytes);
  const { ada, jun, trip, theirs } = people;
  ada.network.setOnline(false);
  const ref = await trip.blobs.put(random(bytes));
  trip.db.add(Photo, { title: 'large', file: ref });
  await trip.flush();
  jun.network.setOnline(false);
  const up = await cost(async () => {
    ada.network.setOnline(true);
    await trip.blobs.stored(ref);
  });
  row(
    `up to the mailbox, ${megabytes} MB`,
    rate(bytes, up),
    `${perMegabyte(bytes, up)} here; raw relay, up and down ${rate(bytes, relay)}, ${perMegabyte(bytes, relay)} here: wall ${(up.wallMs / relay.wallMs).toFixed(1)}×`,
  );
  ada.network.setOnline(false);
  jun.network.setOnline(true);
  await liveUntil(theirs.status, ({ mailbox }) => mailbox === 'has-everything');
  const down = await cost(() => drain(theirs.blobs.get(ref)));
  row(
    `down from the mailbox, ${megabytes} MB`,
    rate(bytes, down),
    `${perMegabyte(bytes, down)} here, stored; raw relay: wall ${(down.wallMs / relay.wallMs).toFixed(1)}×`,
  );
  ada.network.setOnline(true);
}

/** The same bytes through a server that only passes them on, in messages as long as pieces are. */
async function rawTransfer(bytes: number): Promise<Cost> {
  await using relay = await startRawRelay();
  const connect = async (): Promise<WebSocket> => {
    const socket = new WebSocket(relay.url, { perMessageDeflate: false });
    await once(socket, 'open');
    return socket;
  };
  const to = await connect();
  const from = await connect();
  const message = randomFillSync(new Uint8Array(64 * 1024));
  const spent = await cost(async () => {
    let left = bytes;
    const done = new Promise<void>((resolve) => {
      to.on('message', (part: Buffer) => {
        left -= part.length;
        if (left <= 0) resolve();
      });
    });
    for (let sent = 0; sent < bytes; sent += message.length) {
      await new Promise<void>((resolve) => from.send(message, () => resolve()));
    }
    await done;
  });
  to.terminate();
  from.terminate();
  return spent;
}

/** Bytes that an edited file adds to what is stored, beside cutting at fixed places. */
async function edited(space: Space, name: string, file: Uint8Array): Promise<void> {
  const middle = Math.floor(file.length / 2);
  const insert = randomFillSync(new Uint8Array(1000));
  const inserted = Buffer.concat([file.subarray(0, middle), insert, file.subarray(middle)]);
  const scattered = Uint8Array.from(file);
  for (let at = 0; at < 20; at++) {
    const place = Math.floor(((at + 0.5) / 20) * file.length);
    scattered[place] = (scattered[place] ?? 0) ^ 1;
  }
  const size = async (): Promise<number> => (await space.blobs.collect({ dryRun: true })).bytes;
  const empty = await size();
  await space.blobs.put(file);
  const first = await size();
  await space.blobs.put(inserted);
  const second = await size();
  await space.blobs.put(scattered);
  const third = await size();
  const percent = (bytes: number): string => `${((bytes / file.length) * 100).toFixed(1)} %`;
  row(
    `${name}, ${(file.length / MEGABYTE).toFixed(1)} MB`,
    percent(first - empty),
    `1,000 bytes inserted in the middle: +${percent(second - first)}, cut at fixed places +${percent(fixedCuts(file, inserted))}; 20 bytes changed: +${percent(third - second)}`,
  );
}

/** New bytes when files are cut every 64 KiB. */
function fixedCuts(before: Uint8Array, after: Uint8Array): number {
  const name = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const pieces = (bytes: Uint8Array): Uint8Array[] =>
    Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, at) =>
      bytes.subarray(at * 65_536, (at + 1) * 65_536),
    );
  const known = new Set(pieces(before).map(name));
  return pieces(after)
    .filter((piece) => !known.has(name(piece)))
    .reduce((sum, { length }) => sum + length, 0);
}

/** A gigabyte in and out as a stream: what the process holds at most. */
async function streamed(space: Space): Promise<void> {
  let highest = 0;
  const look = (): void => {
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    highest = Math.max(highest, arrayBuffers + heapUsed);
  };
  const atMost = (): string => {
    const text = `heap and buffers of the program at most ${Math.round(highest / 1024 / 1024)} MiB`;
    globalThis.gc?.();
    highest = 0;
    look();
    return text;
  };
  atMost();
  const before = Math.round(highest / 1024 / 1024);
  const timer = setInterval(look, 20);
  let ref: BlobRef | undefined;
  const putting = await cost(async () => (ref = await space.blobs.put(random(STREAMED_BYTES))));
  row(
    '1 GiB put as a stream',
    rate(STREAMED_BYTES, putting),
    `${perMegabyte(STREAMED_BYTES, putting)}; ${atMost()}, ${String(before)} before`,
  );
  const getting = await cost(() => drain(space.blobs.get(ref as unknown as BlobRef)));
  clearInterval(timer);
  row(
    '1 GiB got as a stream',
    rate(STREAMED_BYTES, getting),
    `${perMegabyte(STREAMED_BYTES, getting)}; ${atMost()}`,
  );
}

interface People {
  readonly ada: AtollClient;
  readonly jun: AtollClient;
  readonly trip: Space;
  readonly theirs: Space;
}

async function meet(world: CliWorld): Promise<People> {
  const person = async (name: string): Promise<AtollClient> => {
    const platform = await openNodePlatform({ dir: join(world.dir, name) });
    const options = { kubes: [world.url], files: { eagerBytesMax: 0 } };
    const client = await AtollClient.open(platform, options);
    await client.halo.createIdentity({ displayName: name });
    return client;
  };
  const ada = await person('Ada');
  const jun = await person('Jun');
  const trip = await ada.spaces.create({ name: 'Trip' });
  const invitation = await trip.invite();
  const waiting = await liveUntil(invitation.state, ({ at }) => at === 'waiting');
  const joining = jun.spaces.join(invitation.code);
  await liveUntil(joining.state, ({ at }) => at === 'digits');
  joining.submit((waiting as { readonly digits: string }).digits);
  await liveUntil(joining.state, ({ at }) => at === 'confirm');
  joining.accept();
  await joining.done;
  const theirs = jun.spaces.get(trip.id);
  if (theirs === undefined) throw new TypeError('the space is not there');
  return { ada, jun, trip, theirs };
}

console.log(`\n${new Date().toISOString().slice(0, 10)}  Node ${process.version}`);
const dir = await mkdtemp(join(tmpdir(), 'atoll-blobs-'));
try {
  await using world = await CliWorld.open();
  const people = await meet(world);
  await onDevice(people.trip, dir);
  await throughServer(people);
  console.log('\nStored of a file, and added by an edited copy:');
  await edited(people.trip, 'packages of Debian as JSON', gunzipSync(await readFile(PACKAGES)));
  await edited(people.trip, 'an editing trace as JSON', gunzipSync(await readFile(TRACE)));
  await edited(
    people.trip,
    'random bytes, as pictures are',
    randomFillSync(new Uint8Array(64 * MEGABYTE)),
  );
  console.log('');
  people.ada.network.setOnline(false);
  await streamed(people.trip);
  await people.ada.close();
  await people.jun.close();
  await sleep(0);
} finally {
  await rm(dir, { recursive: true, force: true });
}
