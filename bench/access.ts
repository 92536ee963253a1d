/**
 * Rights: what it costs to load ten thousand of them with a thousand members, to hear of one more, and to ask of one op
 * whether a right reaches it. CPU time, signatures apart. Run with `npm run bench -- access`; `--write` keeps the
 * results.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { ready } from '@atoll/crypto';
import { defineType, s, type Ref } from '@atoll/schema';
import { pathKey, typePath, type AccessPath } from '@atoll/halo';
import { SimRng } from '@atoll/testkit';
import { CredentialBook } from '../packages/halo/src/credential-book.ts';
import { rootCredential } from '../packages/halo/src/statement-ids.ts';
import type { Grant } from '../packages/halo/src/statements.ts';
import { Reach } from '../packages/echo/src/rights/reach.ts';
import { SectionRights } from '../packages/echo/src/rights/section-rights.ts';
import type { Space } from '../packages/echo/src/space/space.ts';
import { Person } from '../packages/echo/src/space/testing/space-fixture.ts';

const MEMBERS = 1_000;
const CREDENTIALS = 10_000;
const ROUNDS = 5;
const OPS = 200_000;
const DEPTH = 8;
const lines: string[] = [];

function say(line = ''): void {
  lines.push(line);
  console.log(line);
}

/** Least CPU time of several rounds, in milliseconds. */
function cpuMs(work: () => void, rounds = ROUNDS): number {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    work();
    const { system, user } = process.cpuUsage(before);
    least = Math.min(least, (system + user) / 1000);
  }
  return least;
}

const rng = new SimRng(1);
const hex = (bytes: number): string => Buffer.from(rng.bytes(bytes)).toString('hex');
const space = hex(32) as Grant['space'];
const founder = hex(32) as Grant['issuer'];
const device = hex(32) as Grant['device'];
const people = Array.from({ length: MEMBERS }, () => hex(32) as Grant['issuer']);

function grantTo(identity: Grant['issuer'], path: AccessPath): Grant {
  return {
    ...{ kind: 'grant', space, path, level: 'write', parent: rootCredential(space), through: [] },
    ...{ subject: { to: 'identity', identity }, premise: undefined, until: 0 },
    ...{ nonce: rng.bytes(16), issuer: founder, device, signature: new Uint8Array(64) },
  } as Grant;
}

/** A member has the whole space first, then rights over single objects. */
const grants = Array.from({ length: CREDENTIALS + ROUNDS }, (_, at) =>
  grantTo(people[at % MEMBERS] as Grant['issuer'], at < MEMBERS ? [] : [rng.bytes(16)]),
);

function tell(book: CredentialBook, at: number): void {
  const step = {
    ...{ deviceDepth: 0, deviceEntry: device, feedLamport: 1, feedGenesis: space },
    ...{ seq: at, block: hexOf(at), index: 0 },
  } as never;
  book.addGrant(grants[at] as Grant, { block: at + 1, author: founder, step });
}

function hexOf(no: number): string {
  return no.toString(16).padStart(64, '0');
}

function loaded(): CredentialBook {
  const book = new CredentialBook(space, { isInPast: (a, b) => a < b, blockOf: () => undefined });
  book.addRoot({ kind: 'space-genesis', root: founder, nonce: new Uint8Array(16) }, 0);
  for (let at = 0; at < CREDENTIALS; at++) tell(book, at);
  return book;
}

const Page = defineType('bench.Page', {
  title: s.string(),
  note: s.string().default(''),
  parent: s.tree('pages'),
});

/** What one question costs, in nanoseconds. */
function checkNs(of: Space, path: AccessPath, row: number): number {
  const { fold } = of.database;
  const type = of.database.register(Page);
  const leaf = type.compiled.leafByName.get('note');
  if (leaf === undefined) throw new RangeError('there is a field');
  const reach = new Reach(pathKey(path));
  const block = of.index.branches.blockCount - 1;
  const moment = { block, author: of.identity };
  const rights = new SectionRights(fold, { own: reach, cited: [reach] }, moment);
  const target = { row, field: { leaf, type } };
  if (!rights.allows(fold, target, OPS)) throw new RangeError('it is allowed');
  const ms = cpuMs(() => {
    for (let op = 0; op < OPS; op++) rights.allows(fold, target, OPS + 1 + op);
  });
  return (ms * 1e6) / OPS;
}

await ready();
let book = loaded();
const loadMs = cpuMs(() => {
  book = loaded();
});
let next = CREDENTIALS;
const oneMs = cpuMs(() => {
  tell(book, next++);
});
const ada = await Person.make('Ada', 1);
const one = await ada.found();
let parent: Ref<unknown> | undefined;
for (let depth = 0; depth <= DEPTH; depth++) {
  const place = parent === undefined ? {} : { parent };
  parent = one.database.add(Page, { title: String(depth), ...place });
}
await one.flush();
const rows = one.database.fold.rows;
const top = [rows.idBytes(0).slice()];
const page = one.rights.pathOf({ object: rows.id(0), field: 'note' });

say('# Rights');
say();
say(
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? ''}, Node ${process.version}, load ` +
    `${(loadavg()[0] ?? 0).toFixed(1)}. CPU, the least of ${ROUNDS} runs.`,
);
say();
say('| | |');
say('|---|--:|');
say(`| ${CREDENTIALS} credentials of ${MEMBERS} members, loaded | ${loadMs.toFixed(1)} ms |`);
say(`| one more | ${oneMs.toFixed(3)} ms |`);
say(`| an op by a right over its field | ${checkNs(one, page, 0).toFixed(0)} ns |`);
say(`| by one over its object | ${checkNs(one, top, 0).toFixed(0)} ns |`);
say(`| by one over its type | ${checkNs(one, typePath('bench.Page'), 0).toFixed(0)} ns |`);
say(`| by one over the parent | ${checkNs(one, top, 1).toFixed(0)} ns |`);
say(`| by one over what is ${DEPTH} levels up | ${checkNs(one, top, DEPTH).toFixed(0)} ns |`);
await one[Symbol.asyncDispose]();
if (process.argv.includes('--write')) {
  writeFileSync(new URL('results/access.md', import.meta.url), `${lines.join('\n')}\n`);
}
