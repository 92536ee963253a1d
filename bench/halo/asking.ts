/** What a dialog asks: who sees one object, who may change it, and why, among all members with all their rights. */
import { SpaceRights, type Space } from '@atoll/echo';
import { whoCanAt } from '../../packages/client/src/rights/part-view.ts';
import { decodeKeptControlPage } from '../../packages/echo/src/snapshot/control-page.ts';
import { DEPTH, deepSpace } from './deep.ts';
import { folded, pageOf } from './loading.ts';
import { row, table, taken } from './report.ts';
import type { LargeTown } from './town.ts';

const ROUNDS = 15;

/** See above. @throws RangeError if not everybody is told of. */
export async function asking(town: LargeTown): Promise<void> {
  const { ada, one: made } = await deepSpace();
  await using one = made;
  const { fold } = one.database;
  const authority = folded(town, decodeKeptControlPage(pageOf(town.blocks)));
  const rights = new SpaceRights({ authority, fold: () => fold });
  const [founder] = town.blocks;
  const identity = authority.authorOf(founder?.no ?? 0)?.identity ?? ada.identity;
  const timed = { timeMsOf: () => 0 };
  const space = { authority, rights, identity, index: timed } as unknown as Space;
  const members = authority.members().length;
  table(
    `Asking about one object, ${String(members)} members, ${String(town.credentials)} credentials`,
  );
  const path = rights.pathOf({ object: fold.rows.id(DEPTH) });
  const all = await taken(ROUNDS, () => {
    if (whoCanAt(space, path).length !== members) throw new RangeError('somebody is missing');
  });
  const listing = await taken(ROUNDS, () => authority.members().length);
  row('who sees and changes it, and why', all.least, 'list of members', listing.least);
  row('the first time in the process', all.first);
  const own = await taken(ROUNDS, () => rights.mayChange(identity, fold.rows.id(DEPTH)));
  row('whether oneself may', own.least);
}
