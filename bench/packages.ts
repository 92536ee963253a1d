/**
 * The whole stack with real processes on loopback: a server, a command line that imports the packages of
 * Debian, and a second client in this process that joins, fetches, asks and follows edits. Every figure
 * stands beside the same work done plainly in the same run. Run with `npm run bench -- packages`, or
 * `npx node bench/packages.ts 2000` for only so many packages.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Space } from '@atoll/client';
import { WebSocket } from 'ws';
import { CliWorld, PACKAGES, bringIn, type Profile } from '../lab/process/cli-world.ts';
import { Child } from './packages/child.ts';
import type { Traffic } from './packages/counting.ts';
import { Joiner, type Fetched } from './packages/joiner.ts';
import { JsonRows, linesOf } from './packages/rows.ts';

const EDITS = 200;
const QUERIES = 20;
const OPENINGS = 3;
const COMMITS = 100;
/** Nothing waits longer than this for a run that hangs. */
const RUN_MS = 280_000;
const EDITED = '0ad';
const IMPORT = ['--type', 'Package', '--key', 'name', '--ref', 'depends=Package.name'] as const;

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function shown(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
}

/** Two digits where one would say nothing. */
function ratio(ours: number, other: number): string {
  const value = ours / other;
  return value.toFixed(value < 1 ? 2 : 1);
}

function row(...cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function head(title: string, ...columns: readonly string[]): void {
  console.log(`\n### ${title}\n`);
  row(...columns);
  row(...columns.map((_, at) => (at === 0 ? '---' : '--:')));
}

/** Ours beside the plain way of doing it. */
function beside(name: string, ours: number, plain: number): void {
  row(name, shown(ours), shown(plain), `${ratio(ours, plain)}×`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function fresh(...args: readonly string[]): Promise<Record<string, number>> {
  const script = fileURLToPath(new URL('packages/open-profile.ts', import.meta.url));
  const options = ['--disable-warning=ExperimentalWarning', script, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  return JSON.parse(stdout) as Record<string, number>;
}

/** Import at the command line against the same rows into SQLite, each a whole process. */
async function imported(ann: Profile, file: string, database: string): Promise<void> {
  const began = performance.now();
  await ann.ok('import', 'Debian', file, ...IMPORT);
  const ours = performance.now() - began;
  const { process: plain = 0 } = await fresh('import', database, file);
  beside('import, the whole process, signed, sealed, durable', ours, plain);
  const sending = performance.now();
  await ann.ok('sync', '--until-idle');
  row('sending it to the mailbox, the whole process', shown(performance.now() - sending), '', '');
}

/** The same rows as lines of JSON over a bare relay into SQLite, as a joiner without any protection. */
async function plainFetch(
  host: Child,
  relay: string,
  file: string,
  path: string,
): Promise<Fetched> {
  using rows = new JsonRows(path);
  const socket = new WebSocket(relay, { perMessageDeflate: false });
  await new Promise((resolve) => socket.once('open', resolve));
  const wanted = linesOf(file).length;
  let [count, bytes, firstMs] = [0, 0, 0];
  let began = performance.now();
  const cpu = process.cpuUsage();
  const done = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const lines = data.toString().split('\n');
      rows.add(lines);
      bytes += data.length;
      count += lines.length;
      firstMs ||= performance.now() - began;
      if (count >= wanted) resolve();
    });
  });
  await host.ask({ do: 'plain', url: relay, file });
  began = performance.now();
  const sent = host.answer();
  await done;
  const allMs = performance.now() - began;
  const { system, user } = process.cpuUsage(cpu);
  await sent;
  socket.close();
  return { firstMs, allMs, cpuMs: (user + system) / 1_000, socketBytes: bytes, directBytes: 0 };
}

function fetched(name: string, took: Fetched, plain: Fetched): void {
  row(
    name,
    shown(took.firstMs),
    shown(took.allMs),
    `${ratio(took.allMs, plain.allMs)}×`,
    shown(took.cpuMs),
    megabytes(took.socketBytes),
    megabytes(took.directBytes),
  );
}

function median(work: () => number): number {
  const times = Array.from({ length: QUERIES }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return quantile(times, 0.5);
}

function timed(work: () => number): { readonly ms: number; readonly found: number } {
  const began = performance.now();
  const found = work();
  return { ms: performance.now() - began, found };
}

/** What depends on a package, counted and read; ours, by SQL with an index, and by looking at every row. */
function queries({ db }: Space, path: string): void {
  using rows = new JsonRows(path);
  const all = rows.all();
  for (const key of ['perl', 'libc6']) {
    const query = db.query('Package').refTo({ key });
    const first = timed(() => query.count());
    const scan = median(() => all.filter(({ depends }) => depends?.includes(key)).length);
    const counted = median(() => query.count());
    const sql = median(() => rows.dependants(key));
    const read = median(() => query.run().filter((each) => String(each['name']) !== '').length);
    const sqlRead = median(() => rows.dependantRows(key).length);
    const name = `what depends on ${key}, ${first.found}`;
    row(`${name}: first count`, shown(first.ms), `every row in memory ${shown(scan)}`, '');
    beside(`${name}: count`, counted, sql);
    beside(`${name}: all with their names`, read, sqlRead);
  }
}

/** From setting a property at the host to the event here. */
async function editLatency(host: Child, space: Space): Promise<number[]> {
  const times: number[] = [];
  const object = space.db.findByKey('Package', 'name', EDITED);
  if (object === undefined) throw new RangeError('no such package');
  const begin = process.hrtime.bigint();
  const arrived = Promise.withResolvers<undefined>();
  const stop = space.db.observe(object, () => {
    const at = BigInt(String((object as unknown as { summary: string }).summary));
    // What was written before and comes late is no edit of this round.
    if (at < begin) return;
    times.push(Number(process.hrtime.bigint() - at) / 1e6);
    if (times.length === EDITS) arrived.resolve(undefined);
  });
  await host.ask({ do: 'edit', space: space.id, name: EDITED, count: EDITS });
  await Promise.race([arrived.promise, new Promise((resolve) => setTimeout(resolve, 2_000))]);
  stop();
  return times;
}

/** The same for a bare message through a bare relay. */
async function rawLatency(host: Child, relay: string): Promise<number[]> {
  const times: number[] = [];
  const socket = new WebSocket(relay, { perMessageDeflate: false });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.on('message', (data: Buffer) => {
    times.push(Number(process.hrtime.bigint() - data.readBigUInt64BE()) / 1e6);
  });
  await host.ask({ do: 'raw', url: relay, count: EDITS });
  socket.close();
  return times;
}

/** What one durable commit of a small row costs here: an edit waits for one at each end. */
function commitMs(path: string): number[] {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (b BLOB)');
  const insert = db.prepare('INSERT INTO t VALUES (?)');
  const times = Array.from(
    { length: COMMITS },
    () => timed(() => Number(insert.run(Buffer.alloc(700)).changes)).ms,
  );
  db.close();
  return times;
}

function latency(name: string, times: readonly number[], raw: readonly number[]): void {
  const [middle, late] = [quantile(times, 0.5), quantile(times, 0.99)];
  const ratio = `${(middle / quantile(raw, 0.5)).toFixed(1)}×`;
  row(name, `${times.length}`, shown(middle), shown(late), ratio);
}

function traffic({ bytesIn, bytesOut, messagesIn, messagesOut, turns }: Traffic): string {
  return `${bytesOut} B in ${messagesOut} messages out, ${bytesIn} B in ${messagesIn} in, at most ${turns} round trips`;
}

/** A joiner that is connected to the host already, through a small space, as friends are. */
async function friend(
  host: Child,
  options: { readonly dir: string; readonly kube: string; readonly direct: boolean },
  small: string,
): Promise<Joiner> {
  const joiner = await Joiner.open(options);
  const { join: yes } = await joiner.meet(host, small);
  await joiner.reach(await yes(), options.direct ? 'direct' : 'relay');
  return joiner;
}

async function openings(profile: string, space: string, database: string): Promise<void> {
  const ours: Record<string, number>[] = [];
  const plain: Record<string, number>[] = [];
  for (let at = 0; at < OPENINGS; at++) {
    ours.push(await fresh('atoll', profile, space));
    plain.push(await fresh('rows', database));
  }
  const middle = (runs: readonly Record<string, number>[], name: string): number =>
    quantile(
      runs.map((run) => run[name] ?? Number.NaN),
      0.5,
    );
  const found = `${ours[0]?.['found']} found`;
  beside('open', middle(ours, 'open'), middle(plain, 'open'));
  beside(`first query of a field, ${found}`, middle(ours, 'query'), middle(plain, 'query'));
  beside('both, CPU', middle(ours, 'cpu'), middle(plain, 'cpu'));
  beside('the whole process', middle(ours, 'process'), middle(plain, 'process'));
}

/** A server that keeps nothing: its one mailbox is somebody else's. */
async function bareKube(world: CliWorld): Promise<string> {
  const data = join(world.dir, 'bare-kube');
  mkdirSync(data);
  writeFileSync(join(data, 'kube.json'), JSON.stringify({ limits: { mailboxesMax: 1e-9 } }));
  const kube = world.start(['kube', 'start', '--port', '0', '--data', data, '--json'], {});
  return String((await kube.next())['url']);
}

const FETCH_COLUMNS = [
  'way',
  'first object',
  'all',
  'ratio',
  'CPU here',
  'in by socket',
  'in by data channel',
] as const;
const EDIT_COLUMNS = ['way', 'edits', 'median', '99th percentile', 'ratio'] as const;
const BESIDE_COLUMNS = ['work', 'Atoll', 'SQLite', 'ratio'] as const;

/** What the figures are taken on. */
interface Stage {
  readonly world: CliWorld;
  readonly file: string;
  readonly objects: number;
  /** Profile of the one who imported. */
  readonly ann: Profile;
  readonly space: string;
  readonly small: string;
  /** The rows in SQLite. */
  readonly database: string;
  readonly relay: string;
}

/** First peer and joiner, with a server that only relays. */
async function betweenPeers(stage: Stage): Promise<{ plain: Fetched; raw: number[] }> {
  const { ann, database, file, objects, relay, small, space, world } = stage;
  const kube = await bareKube(world);
  await using host = new Child('host.ts', ann.dir, kube);
  await host.answer();

  head('Join and fetch all of it', ...FETCH_COLUMNS);
  const plain = await plainFetch(host, relay, file, join(world.dir, 'plain.db'));
  fetched('lines of JSON over a bare WebSocket relay into SQLite', plain, plain);
  await using bob = await friend(host, { dir: join(world.dir, 'bob'), kube, direct: false }, small);
  const { join: bobJoins } = await bob.meet(host, space);
  fetched('from the first peer through the relay', await bob.fetch(bobJoins, objects), plain);
  await using dan = await friend(host, { dir: join(world.dir, 'dan'), kube, direct: true }, small);
  const { join: danJoins } = await dan.meet(host, space);
  fetched('from the first peer over WebRTC', await dan.fetch(danJoins, objects), plain);

  head('Queries at the joiner', ...BESIDE_COLUMNS);
  queries(dan.space(space), database);

  head('Edits: from setting a property to the event at the other', ...EDIT_COLUMNS);
  const raw = await rawLatency(host, relay);
  latency('a message over the bare WebSocket relay', raw, raw);
  latency('one durable commit in SQLite, alone', commitMs(join(world.dir, 'commit.db')), raw);
  await dan[Symbol.asyncDispose]();
  latency('through a server that only relays', await editLatency(host, bob.space(space)), raw);
  await bob[Symbol.asyncDispose]();
  await using eve = await Joiner.open({ dir: join(world.dir, 'dan'), kube, direct: true });
  await eve.reach(eve.space(space), 'direct');
  latency('over WebRTC', await editLatency(host, eve.space(space)), raw);
  return { plain, raw };
}

/** With a server that has a mailbox, and the first peer away, then there again. */
async function withMailbox(
  stage: Stage,
  cleo: Profile,
  base: { plain: Fetched; raw: number[] },
): Promise<void> {
  const { ann, objects, space, world } = stage;
  const kube = world.url;
  await using late = await Joiner.open({ dir: cleo.dir, kube, direct: false, online: false });
  const fromMailbox = await late.fetch(() => {
    late.client.network.setOnline(true);
    return late.space(space);
  }, objects);
  head('Fetch it from the mailbox, nobody else there', ...FETCH_COLUMNS);
  fetched('from the mailbox, connecting included', fromMailbox, base.plain);

  await using host = new Child('host.ts', ann.dir, kube);
  await host.answer();
  await late.reach(late.space(space), 'relay');
  head('Edits, with a mailbox that stores them too', ...EDIT_COLUMNS);
  const times = await editLatency(host, late.space(space));
  latency('through a server with a mailbox', times, base.raw);

  await late.space(space).flush();
  const took = await late.reconnect();
  console.log(`\n### Reconnecting with nothing new\n`);
  console.log(`Two spaces, a server with mailboxes and one peer, ${shown(took)}:`);
  console.log(`${traffic(late.tally.socket)}.`);
}

async function run(file: string, objects: number): Promise<void> {
  await using world = await CliWorld.open();
  const database = join(world.dir, 'rows.db');
  const ann = await world.person('Ann');
  const cleo = await world.person('Cleo');
  const space = String((await ann.ok('space', 'create', 'Debian'))['space']);
  const small = String((await ann.ok('space', 'create', 'Small'))['space']);
  await bringIn(ann, cleo, { space: 'Debian' });

  head(`Import of ${objects} packages`, ...BESIDE_COLUMNS);
  await imported(ann, file, database);
  // Away, so that what follows is between the peers.
  await world.stopKube();
  await using relay = new Child('raw-relay.ts');
  const relayUrl = String((await relay.answer())['url']);
  const stage: Stage = { world, file, objects, ann, space, small, database, relay: relayUrl };
  const base = await betweenPeers(stage);
  await world.startKube();
  await withMailbox(stage, cleo, base);

  head(`Open what is stored, a fresh process, median of ${OPENINGS}`, ...BESIDE_COLUMNS);
  await openings(cleo.dir, space, database);
}

const limit = setTimeout(() => {
  console.error('the run took too long');
  process.exit(1);
}, RUN_MS);
const wanted = Number(process.argv[2] ?? 0);
console.log(
  `load at the start: ${loadavg()
    .map((each) => each.toFixed(1))
    .join(', ')}`,
);
let file = PACKAGES;
if (wanted > 0) {
  file = join(tmpdir(), `atoll-packages-${process.pid}.jsonl`);
  writeFileSync(file, linesOf(PACKAGES).slice(0, wanted).join('\n'));
}
await run(file, linesOf(file).length);
console.log(
  `\nload at the end: ${loadavg()
    .map((each) => each.toFixed(1))
    .join(', ')}`,
);
clearTimeout(limit);
if (file !== PACKAGES) rmSync(file);
process.exit(0);
