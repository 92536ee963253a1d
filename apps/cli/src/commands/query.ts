/** `atoll query`: find objects of a type. */
import type { AnyObject, Database, QueryForm } from '@atoll/client';
import type { ObjectId } from '@atoll/kernel';
import type { CommandContext } from '../command.ts';
import { shown } from '../columns.ts';
import { parseOrders, parseWhere } from '../conditions.ts';
import { findSpace, findType } from '../find-space.ts';
import { grouped } from '../progress-bar.ts';

/** Characters of a cell; `--json` shows everything. */
const CELL_CHARACTERS_MAX = 48;

/** Finds objects, or counts them. */
export async function query({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const { db } = findSpace(client, line.operand(0));
  const type = findType(db, line.operand(1)).data();
  const limit = line.count('limit');
  const form: QueryForm = {
    type: type.name,
    where: parseWhere(type, line.list('where')),
    orderBy: parseOrders(type, line.list('order')),
    ...(limit === undefined ? {} : { limit }),
    ...refGoal(db, line.value('ref-to'), line.value('via')),
  };
  const found = db.queryForm(form);
  if (line.has('count')) {
    const count = limit === undefined ? found.count() : found.run().length;
    out.result({ count }, grouped(count));
    return;
  }
  const objects = found.run();
  const names = ['id', ...Object.keys(type.fields)];
  out.rows(
    objects.map((object) => object.toJSON()),
    objects.length === 0 ? [] : [names, ...objects.map((object) => cellsOf(object, names))],
  );
  if (objects.length === 0) out.note('Nothing found.');
}

/** What stands in `--ref-to`: the id of an object, or a key that need not belong to one. */
function refGoal(
  db: Database,
  given: string | undefined,
  via: string | undefined,
): Pick<QueryForm, 'refTo'> {
  if (given === undefined) return {};
  const field = via === undefined ? {} : { field: via };
  const isObject = db.getDeleted(given) !== undefined;
  return { refTo: isObject ? { id: given as ObjectId, ...field } : { key: given, ...field } };
}

function cellsOf(object: AnyObject, names: readonly string[]): string[] {
  const plain = object.toJSON();
  return names.map((name) => {
    const text = shown(plain[name]);
    return text.length > CELL_CHARACTERS_MAX ? `${text.slice(0, CELL_CHARACTERS_MAX - 1)}…` : text;
  });
}
