/**
 * Where the time of a live edit goes: a writer in a process of its own, a server in another, a reader here.
 * Every port of the two notes when it is used; beside the same by a bare message through a bare relay. Run
 * with `npm run bench -- edit`.
 */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AtollClient, liveUntil, type Space } from '@atoll/client';
import { openNodePlatform } from '@atoll/platform-node';
import { WebSocket } from 'ws';
import { CliWorld } from '../lab/process/cli-world.ts';
import { notingPlatform, nowNs, type Moments } from './edit/moments.ts';
import { Child } from './packages/child.ts';

const EDITS = 200;
const ROUNDS = 3;
const WAIT_MS = 30_000;
/** As the writer edits. */
const EDIT_EVERY_MS = 15;
/** About the size of a sealed edit. */
const EDIT_BYTES = 700;
/** What an edit passes, in order; from `arrived` on at the reader. */
const STEPS = [
  'sealed',
  'given to the store',
  'durable',
  'sent',
  'arrived',
  'taken apart',
  'verified',
  'shown',
] as const;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A server that only relays. */
async function relayOnly(world: CliWorld): Promise<string> {
  const data = join(world.dir, 'bare-kube');
  mkdirSync(data);
  writeFileSync(join(data, 'kube.json'), JSON.stringify({ limits: { mailboxesMax: 1e-9 } }));
  const kube = world.start(['kube', 'start', '--port', '0', '--data', data, '--json'], {});
  return String((await kube.next())['url']);
}

/** What no edit can do without, alone and as seldom: one durable commit, one signature, one verification. */
async function floor(path: string): Promise<{ commit: number; sign: number; verify: number }> {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (b BLOB)');
  const insert = db.prepare('INSERT INTO t VALUES (?)');
  const message = Buffer.alloc(EDIT_BYTES);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const times: { commit: number[]; sign: number[]; verify: number[] } = {
    commit: [],
    sign: [],
    verify: [],
  };
  for (let at = 0; at < EDITS; at++) {
    const began = nowNs();
    const signature = sign(null, message, privateKey);
    const signed = nowNs();
    insert.run(message);
    const committed = nowNs();
    verify(null, message, publicKey, signature);
    times.sign.push((signed - began) / 1e6);
    times.commit.push((committed - signed) / 1e6);
    times.verify.push((nowNs() - committed) / 1e6);
    await new Promise((resolve) => setTimeout(resolve, EDIT_EVERY_MS));
  }
  db.close();
  return {
    commit: median(times.commit),
    sign: median(times.sign),
    verify: median(times.verify),
  };
}

/** Milliseconds of bare messages through a bare relay. */
async function rawLatency(writer: Child, relay: string): Promise<number> {
  const times: number[] = [];
  const socket = new WebSocket(relay, { perMessageDeflate: false });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.on('message', (data: Buffer) => {
    times.push(Number(process.hrtime.bigint() - data.readBigUInt64BE()) / 1e6);
  });
  await writer.ask({ do: 'raw', url: relay, count: EDITS });
  socket.close();
  return median(times);
}

let arrived = 0;
let now: Moments = {};

/** What the reader notes: the message that is taken apart first, and what follows. */
function note(name: string): void {
  if (name === 'arrived') arrived = nowNs();
  else if (name === 'taken apart') now = { arrived, 'taken apart': nowNs() };
  else now[name] ??= nowNs();
}

/** Milliseconds since the property was set, by step, medians of one round. */
async function round(writer: Child, space: Space, id: string): Promise<number[]> {
  const read = new Map<number, Moments>();
  const object = space.db.get(id);
  if (object === undefined) throw new RangeError('the object is not here');
  const stop = space.db.observe(object, () => {
    read.set(Number((object as unknown as { text: string }).text), { ...now, shown: nowNs() });
  });
  const { edits } = (await writer.ask({ do: 'edit', count: EDITS })) as {
    readonly edits: readonly Moments[];
  };
  await new Promise((resolve) => setTimeout(resolve, 500));
  stop();
  return STEPS.map((step) =>
    median(
      edits.flatMap((written, at) => {
        const moment = written[step] ?? read.get(at)?.[step];
        return moment === undefined ? [] : [(moment - (written['set'] ?? 0)) / 1e6];
      }),
    ),
  );
}

async function joined(
  client: AtollClient,
  asked: Readonly<Record<string, unknown>>,
): Promise<Space> {
  const signal = AbortSignal.timeout(WAIT_MS);
  const guest = client.spaces.join(String(asked['url']));
  await liveUntil(guest.state, ({ at }) => at === 'digits', signal);
  guest.submit(String(asked['digits']));
  await liveUntil(guest.state, ({ at }) => at === 'confirm', signal);
  guest.accept();
  await guest.done;
  const space = client.spaces.get(String(asked['space']));
  if (space === undefined) throw new RangeError('the space is not here');
  await liveUntil(space.status, ({ connection }) => connection === 'relay', signal);
  while (space.db.get(String(asked['object'])) === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return space;
}

async function main(): Promise<void> {
  console.log(`load: ${loadavg()[0]?.toFixed(1)}\n`);
  await using world = await CliWorld.open({ kube: false });
  const kube = await relayOnly(world);
  await using relay = new Child('raw-relay.ts');
  const relayUrl = String((await relay.answer())['url']);
  await using writer = new Child('../edit/writer.ts', join(world.dir, 'ann'), kube);
  await writer.answer();
  const platform = await openNodePlatform({ dir: join(world.dir, 'bob') });
  await using client = await AtollClient.open(notingPlatform(platform, note), { kubes: [kube] });
  await client.halo.createIdentity({ displayName: 'Bob' });
  const asked = await writer.ask({ do: 'invite' });
  const space = await joined(client, asked);
  const rounds: number[][] = [];
  const raws: number[] = [];
  for (let at = 0; at < ROUNDS; at++) {
    raws.push(await rawLatency(writer, relayUrl));
    rounds.push(await round(writer, space, String(asked['object'])));
  }
  const best = rounds.toSorted((a, b) => (a.at(-1) ?? 0) - (b.at(-1) ?? 0))[0] ?? [];
  console.log(`| milliseconds since a property was set, median of ${EDITS}, best of ${ROUNDS} | |`);
  console.log('|---|--:|');
  for (const [at, step] of STEPS.entries()) console.log(`| ${step} | ${best[at]?.toFixed(2)} |`);
  const raw = Math.min(...raws);
  const { commit, sign: signed, verify: verified } = await floor(join(world.dir, 'floor.db'));
  const least = raw + commit + signed + verified;
  const shown = best.at(-1) ?? Number.NaN;
  console.log('\n| alone, as seldom | ms |\n|---|--:|');
  console.log(`| a bare message through a bare relay | ${raw.toFixed(2)} |`);
  console.log(`| one durable commit in SQLite | ${commit.toFixed(2)} |`);
  console.log(`| one signature | ${signed.toFixed(2)} |`);
  console.log(`| one verification | ${verified.toFixed(2)} |`);
  console.log(`| these four, one after the other | ${least.toFixed(2)} |`);
  console.log(
    `\nAtoll: ${(shown / raw).toFixed(1)}× the bare message, ${(shown / least).toFixed(1)}× the four.`,
  );
}

await main();
process.exit(0);
