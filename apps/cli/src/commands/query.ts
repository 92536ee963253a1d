/** `atoll query`: find objects of a type, count them, or add them up by groups. */
import type { AnyObject, Query } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import type { Output } from '../output.ts';
import { shown } from '../columns.ts';
import { findSpace, findType } from '../find-space.ts';
import { grouped } from '../progress-bar.ts';
import { queryFromLine } from '../query-form.ts';

/** Characters of a cell; `--json` shows everything. */
const CELL_CHARACTERS_MAX = 48;

/** Finds objects, or counts them. */
export async function query({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const { db } = findSpace(client, line.operand(0));
  const type = findType(db, line.operand(1)).data();
  const form = await queryFromLine(db, type, line);
  const found = db.queryForm(form);
  if (line.has('explain')) {
    const explanation = found.explain();
    out.result(explanation, ...explanation.words.split('\n'));
  } else if (form.group !== undefined || form.aggregate !== undefined) {
    showGroups(found, out);
  } else if (line.has('count')) {
    const count = form.limit === undefined ? found.count() : found.run().length;
    out.result({ count }, grouped(count));
  } else {
    showObjects(found, ['id', ...Object.keys(type.fields)], out, line.has('page'));
  }
}

function showObjects(
  found: Query<AnyObject>,
  names: readonly string[],
  out: Output,
  withPage: boolean,
): void {
  const { objects, next } = found.page();
  out.rows(
    objects.map((object) => object.toJSON()),
    objects.length === 0 ? [] : [names, ...objects.map((object) => cellsOf(object, names))],
  );
  if (objects.length === 0) out.note('Nothing found.');
  if (withPage && next !== undefined) out.result({ next }, '', `Next page: --after ${next}`);
}

/** One line a group; the names of figures are those of the options, such as `sum size`. */
function showGroups(found: Query<AnyObject>, out: Output): void {
  const groups = found.groups();
  const { group = [], aggregate = {} } = found.toJSON();
  const figures = Object.keys(aggregate);
  out.rows(
    groups.map(({ key, count, figures: values }) => ({
      key: plainValues(key),
      count,
      figures: plainValues(values),
    })),
    [
      [...group, 'count', ...figures],
      ...groups.map(({ key, count, figures: values }) => [
        ...group.map((name) => shown(plainValue(key[name]))),
        String(count),
        ...figures.map((name) => shown(plainValue(values[name]))),
      ]),
    ],
  );
}

function plainValues(values: { readonly [name: string]: unknown }): object {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, plainValue(value)]),
  );
}

/** JSON has no big integers. */
function plainValue(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function cellsOf(object: AnyObject, names: readonly string[]): string[] {
  const plain = object.toJSON();
  return names.map((name) => {
    const text = shown(plain[name]);
    return text.length > CELL_CHARACTERS_MAX ? `${text.slice(0, CELL_CHARACTERS_MAX - 1)}…` : text;
  });
}
