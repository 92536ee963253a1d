/** What it costs to ask of one op whether a right reaches it, and of a section whether its right allows it. */
import { pathKey, typePath, type AccessPath } from '@atoll/halo';
import { decodeKeptControlPage } from '../../packages/echo/src/snapshot/control-page.ts';
import { Reach } from '../../packages/echo/src/rights/reach.ts';
import { SectionRights } from '../../packages/echo/src/rights/section-rights.ts';
import type { Space } from '../../packages/echo/src/space/space.ts';
import { DEPTH, Page, deepSpace } from './deep.ts';
import { folded, pageOf } from './loading.ts';
import { say, taken } from './report.ts';
import type { LargeTown } from './town.ts';

const OPS = 200_000;
const ROUNDS = 5;

/** Least nanoseconds of one of many. */
async function nsOf(ask: (at: number) => boolean): Promise<number> {
  let isAllowed = true;
  const { least } = await taken(ROUNDS, () => {
    for (let at = 0; at < OPS; at++) isAllowed = ask(at) && isAllowed;
  });
  if (!isAllowed) throw new RangeError('it is allowed');
  return (least * 1e6) / OPS;
}

function checkNs(of: Space, path: AccessPath, at: number): Promise<number> {
  const { fold } = of.database;
  const type = of.database.register(Page);
  const leaf = type.compiled.leafByName.get('note');
  if (leaf === undefined) throw new RangeError('there is a field');
  const reach = new Reach(pathKey(path));
  const block = of.index.branches.blockCount - 1;
  const moment = { block, author: of.identity };
  const rights = new SectionRights(fold, { own: reach, cited: [reach] }, moment);
  const target = { row: at, field: { leaf, type } };
  let op = OPS;
  return nsOf(() => rights.allows(fold, target, ++op));
}

/** See above. */
export async function checks(town: LargeTown): Promise<void> {
  const { one: space } = await deepSpace();
  await using one = space;
  const { rows } = one.database.fold;
  const top = [rows.idBytes(0).slice()];
  const page = one.rights.pathOf({ object: rows.id(0), field: 'note' });

  const authority = folded(town, decodeKeptControlPage(pageOf(town.blocks)));
  const sections = town.blocks.filter(({ seq }) => seq > 0);
  const asked = sections.map(({ credential, no }) => ({ block: no, credential }));
  const byName = new Map(sections.map(({ hash }) => [hash, true]));
  const names = sections.map(({ hash }) => hash);
  const plain = await nsOf((at) => byName.get(names[at % names.length] as never) === true);

  const line = (what: string, ns: number): void =>
    say(`| ${what} | ${ns.toFixed(0)} | ${(ns / plain).toPrecision(2)}× |`);
  say();
  say('## Asking');
  say();
  say('| | ns | of a lookup |');
  say('|---|--:|--:|');
  line(`a lookup in a map of ${String(byName.size)} names`, plain);
  line('an op by a right over its field', await checkNs(one, page, 0));
  line('by one over its object', await checkNs(one, top, 0));
  line('by one over its type', await checkNs(one, typePath('bench.Page'), 0));
  line('by one over the parent', await checkNs(one, top, 1));
  line(`by one over what is ${String(DEPTH)} levels up`, await checkNs(one, top, DEPTH));
  const section = await nsOf((at) => authority.mayWrite(asked[at % asked.length] as never).counts);
  line(`a section, among ${String(town.credentials)} credentials`, section);
}
