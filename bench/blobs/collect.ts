/**
 * What removal of files costs: a space of many files, of which some are needed no more. CPU time of a look that
 * finds nothing to do, of one that reads everything, and of the removal. Run with
 * `npx node bench/blobs/collect.ts [FILES] [DIR]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtollClient, type Space } from '@atoll/client';
import { nodeWebSockets, openNodeBase } from '@atoll/platform-node';
import { defineType, s, type BlobRef } from '@atoll/schema';

const Photo = defineType('bench.Photo', { title: s.string(), file: s.blob().optional() });
const FILES = Number(process.argv[2] ?? 10_000);
const FILE_BYTES = 4_000;
/** Every so many is put and named by nothing. */
const LOOSE_EVERY = 10;

const dir = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'atoll-collect-'));

async function open(): Promise<AtollClient> {
  const base = await openNodeBase({ dir });
  return AtollClient.open({ ...base, webSockets: nodeWebSockets }, { online: false });
}

async function cost<T>(name: string, task: () => Promise<T>): Promise<T> {
  const before = process.cpuUsage();
  const fromMs = performance.now();
  let turnMs = 0;
  let last = fromMs;
  const timer = setInterval(() => {
    turnMs = Math.max(turnMs, performance.now() - last);
    last = performance.now();
  }, 1);
  const result = await task();
  clearInterval(timer);
  const { system, user } = process.cpuUsage(before);
  const cpu = `${((system + user) / 1000).toFixed(0)} ms CPU`;
  const wall = `${(performance.now() - fromMs).toFixed(0)} ms`;
  console.log(`${name}: ${cpu}, ${wall}, longest turn ${turnMs.toFixed(0)} ms`);
  return result;
}

function random(seed: number): Uint8Array {
  const bytes = new Uint8Array(FILE_BYTES);
  let state = seed + 1;
  for (let at = 0; at < bytes.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** As if a server had all of them: what waits for its upload is not removed. */
async function stored(id: string): Promise<void> {
  await using store = (await openNodeBase({ dir })).store;
  const names = await store.names(`blob-upload/${id}/`);
  await store.commit({ values: new Map(names.map((name) => [name, undefined])) });
}

async function fill(space: Space): Promise<void> {
  const refs: BlobRef[] = [];
  for (let at = 0; at < FILES; at++) refs.push(await space.blobs.put(random(at)));
  for (const [at, file] of refs.entries()) {
    if (at % LOOSE_EVERY !== 0) space.db.add(Photo, { title: `photo ${at}`, file });
    if (at % 100 === 0) await space.flush();
  }
  await space.flush();
}

try {
  let client = await open();
  await client.halo.createIdentity({ displayName: 'Ada' });
  const { id } = await client.spaces.create({ name: 'Home' });
  const space = (): Space => client.spaces.get(id) as Space;
  await cost(`putting ${FILES} files of ${FILE_BYTES} bytes`, () => fill(space()));
  await client.close();
  await stored(id);
  client = await open();
  await space().open();
  const found = await cost('a look at all of it', () =>
    space().blobs.collect({ dryRun: true, graceMs: 0 }),
  );
  console.log(JSON.stringify(found));
  const blobs = space().blobs;
  const removal = () => blobs.collect({ graceMs: 0 });
  console.log(JSON.stringify(await cost('removing what is loose', removal)));
  console.log(JSON.stringify(await cost('and again, with nothing to remove', removal)));
  const { keeping } = blobs as unknown as { readonly keeping: { tidy(): Promise<void> } };
  await cost('the hourly question whether there is a reason', () => keeping.tidy());
  await client.close();
} finally {
  rmSync(dir, { recursive: true, force: true });
}
