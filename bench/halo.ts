/**
 * Identities and rights: loading what is said of them in a large space, asking, verifying, joining, and sealing new
 * keys. CPU time of all threads, the least of several, beside what no such work can do without in the same process.
 * Run with `npm run bench -- halo`; `npx node bench/halo.ts loading` runs one part, `--write` keeps the results.
 */
import { ready } from '@atoll/crypto';
import { asking } from './halo/asking.ts';
import { checks } from './halo/checks.ts';
import { loading } from './halo/loading.ts';
import { keep, machine, say } from './halo/report.ts';
import { sealing } from './halo/sealing.ts';
import { largeTown } from './halo/town.ts';
import { verifying } from './halo/verifying.ts';

const MEMBERS = 1_000;
const CREDENTIALS = 10_000;

const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const isAsked = (part: string): boolean => asked.length === 0 || asked.includes(part);

await ready();
say('# Identities and rights');
say();
say(`${machine()}, by \`npm run bench -- halo\`. CPU of all threads, the least of several rounds.`);
if (['loading', 'checks', 'asking'].some(isAsked)) {
  const town = await largeTown(MEMBERS, CREDENTIALS);
  if (isAsked('loading')) await loading(town);
  if (isAsked('checks')) await checks(town);
  if (isAsked('asking')) await asking(town);
}
if (isAsked('verifying')) await verifying(await largeTown(MEMBERS, MEMBERS));
if (isAsked('sealing')) await sealing();
say();
say(`At the end: ${machine()}.`);
if (process.argv.includes('--write')) keep('halo.md');
