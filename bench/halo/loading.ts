/**
 * What is said of rights in a large space, loaded as opening a space loads it: from the page of its snapshot, whose
 * bytes are ours and sealed, so that the signatures in it were looked at when they came.
 */
import {
  SpaceAuthority,
  decodeStatements,
  encodeStatements,
  type ControlSection,
  type Grant,
  type Statement,
} from '@atoll/halo';
import { CredentialBook } from '../../packages/halo/src/credential-book.ts';
import {
  decodeKeptControlPage,
  encodeKeptControlPage,
  type ControlEntry,
} from '../../packages/echo/src/snapshot/control-page.ts';
import { row, say, table, taken } from './report.ts';
import type { LargeTown, TownBlock } from './town.ts';

const ROUNDS = 15;

type Order = ConstructorParameters<typeof SpaceAuthority>[1];

const orders = new WeakMap<LargeTown, Order>();

/** Everything before a block is in its past. The index of all blocks is there before, whatever is said in them. */
function orderOf(town: LargeTown): Order {
  const known = orders.get(town);
  if (known !== undefined) return known;
  const byHash = new Map(town.blocks.map(({ hash, no }) => [hash, no]));
  const order: Order = {
    isInPast: (earlier, later) => earlier < later,
    blockOf: (hash) => byHash.get(hash),
  };
  orders.set(town, order);
  return order;
}

/** The fold over all blocks. @throws RangeError if any statement does not count. */
export function folded(
  town: LargeTown,
  entries: readonly Pick<ControlEntry, 'no' | 'sections'>[],
): SpaceAuthority {
  const authority = new SpaceAuthority(town.space, orderOf(town));
  for (const { no, sections } of entries) {
    const block = town.blocks[no] as TownBlock;
    const decisions = authority.add({ ...block, control: sections });
    if (decisions.some(({ verdict }) => !verdict.counts)) throw new RangeError('it is void');
  }
  return authority;
}

/** The page of a snapshot that has all of these. */
export function pageOf(
  blocks: readonly Pick<TownBlock, 'credential' | 'no' | 'prev' | 'statements'>[],
): Uint8Array {
  const entries = blocks.map(({ credential, no, prev, statements }) => {
    const checked = statements.map((statement) => ({ statement, signed: true }));
    return { no, prev, sections: [{ credential, statements: checked }] };
  });
  return encodeKeptControlPage(entries);
}

interface Told {
  readonly grant: Grant;
  readonly place: Parameters<CredentialBook['addGrant']>[1];
}

/** A block that says no more than one grant. */
function grantIn(block: TownBlock | undefined, grant: Grant): Parameters<typeof pageOf>[0][number] {
  if (block === undefined) throw new RangeError('every grant stands in a block');
  return { ...block, statements: [grant] };
}

function firstOf(sections: readonly ControlSection[]): Statement {
  const said = sections[0]?.statements[0];
  if (said === undefined) throw new RangeError('every block says something');
  return said.statement;
}

/** Grants alone, told to the book of rights, then one more. */
async function bookAlone(town: LargeTown): Promise<void> {
  const told: Told[] = [];
  for (const { no, statements, hash, seq } of town.blocks) {
    for (const grant of statements) {
      if (grant.kind !== 'grant') continue;
      const step = {
        ...{ deviceDepth: 0, deviceEntry: grant.issuer as never, feedLamport: 1 },
        ...{ feedGenesis: hash, seq, block: hash, index: told.length },
      };
      told.push({ grant, place: { block: no, author: grant.issuer, step } });
    }
  }
  const genesis = town.blocks[0]?.statements[0];
  if (genesis?.kind !== 'space-genesis') throw new RangeError('it begins with its genesis');
  const tell = (count: number): CredentialBook => {
    const book = new CredentialBook(town.space, orderOf(town));
    book.addRoot(genesis, 0);
    for (const { grant, place } of told.slice(0, count)) book.addGrant(grant, place);
    return book;
  };
  const rows = JSON.stringify(
    told.map(({ grant }) => ({ ...grant, nonce: '', signature: '', path: grant.path.map(String) })),
  );
  const plain = await taken(ROUNDS, () => {
    const map = new Map<string, unknown>();
    for (const one of JSON.parse(rows) as { issuer: string }[])
      map.set(`${String(map.size)}/${one.issuer}`, one);
  });
  const again = (grants: readonly Statement[]): void => {
    for (const [at, grant] of grants.entries()) {
      if (grant.kind === 'grant') told[at] = { grant, place: (told[at] as Told).place };
    }
    tell(told.length);
  };
  const page = pageOf(told.map(({ grant, place }) => grantIn(town.blocks[place.block], grant)));
  const all = await taken(ROUNDS, () => {
    again(decodeKeptControlPage(page).map(({ sections }) => firstOf(sections)));
  });
  const what = `${String(told.length)} grants alone`;
  row(
    `${what}, read from the snapshot and decided`,
    all.least,
    'JSON rows into a map',
    plain.least,
  );
  const bytes = told.map(({ grant }) => encodeStatements([grant]));
  const sent = await taken(ROUNDS, () => {
    again(bytes.flatMap((one) => decodeStatements(one)));
  });
  row(`${what}, as others send them, names hashed`, sent.least);
  const books = Array.from({ length: ROUNDS }, () => tell(told.length - 1));
  const last = told.at(-1);
  const one = await taken(ROUNDS, () => {
    const book = books.pop();
    if (book !== undefined && last !== undefined) book.addGrant(last.grant, last.place);
  });
  row('one more', one.least);
}

/** See above. */
export async function loading(town: LargeTown): Promise<void> {
  const page = pageOf(town.blocks);
  const statements = town.blocks.reduce((sum, block) => sum + block.statements.length, 0);
  table(
    `Loading ${String(town.credentials)} credentials of ${String(town.residents.length)} members`,
  );
  let entries: ControlEntry[] = [];
  const decoding = await taken(ROUNDS, () => {
    entries = decodeKeptControlPage(page);
  });
  const folding = await taken(ROUNDS, () => folded(town, entries));
  row('statements read from the snapshot, with their names', decoding.least);
  row('who may do what, decided', folding.least);
  row('both', decoding.least + folding.least);
  row('both, the first time in the process', decoding.first + folding.first);
  await bookAlone(town);
  const authority = folded(town, entries);
  const listing = await taken(ROUNDS, () => authority.members().length);
  row(`list of ${String(authority.members().length)} members with their rights`, listing.least);
  say();
  const kib = (page.length / 1024).toFixed(0);
  say(
    `${String(town.blocks.length)} blocks, ${String(statements)} statements, ${kib} KiB: each member's identity, ` +
      'feed, reading key, profile and right, and rights over single objects, given by eleven people.',
  );
}
