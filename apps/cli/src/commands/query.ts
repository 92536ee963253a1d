/** `atoll query`: find objects of a type, count them, or add them up by groups. */
import type { AnyObject, Client, Group, QueryForm, Space } from '@atoll/client';
import type { TypeData } from '@atoll/schema';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import type { CommandLine } from '../command-line.ts';
import type { Output } from '../output.ts';
import { shown } from '../columns.ts';
import { findSpace, findType } from '../find-space.ts';
import { placeOf, unreadNote } from '../find-zone.ts';
import { grouped } from '../progress-bar.ts';
import { queryFromLine } from '../query-form.ts';

/** Characters of a cell; `--json` shows everything. */
const CELL_CHARACTERS_MAX = 48;
/** Characters of a space's id in a cell: enough to name it by. */
const SPACE_CHARACTERS = 8;

/** Stands for all spaces in the place of one. */
const ALL_SPACES = '*';

/** What was asked, of one space or of all. */
interface Asked {
  readonly form: QueryForm;
  readonly type: TypeData;
  readonly count: () => number;
  readonly groups: () => readonly Group[];
  readonly page: () => { readonly objects: readonly Row[]; readonly next?: string };
  /** That something lies there which is not read here. */
  readonly unread?: string | undefined;
}

/** An object; its space only where there are several. */
interface Row {
  readonly object: AnyObject;
  readonly space?: string;
  /** The zone that it lies in, where not all members read it. */
  readonly zone?: string;
}

/** Finds objects, or counts them. */
export async function query({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  if (line.has('explain')) {
    const { db } = await findSpace(client, line.operand(0));
    const form = await queryFromLine(db, findType(db, line.operand(1)).data(), line);
    const explanation = db.queryForm(form).explain();
    out.result(explanation, ...explanation.words.split('\n'));
    return;
  }
  const asked = await ask(client, line);
  const { form } = asked;
  if (form.group !== undefined || form.aggregate !== undefined) showGroups(asked, out);
  else if (line.has('count')) {
    const count = form.limit === undefined ? asked.count() : asked.page().objects.length;
    out.result({ count }, grouped(count));
  } else showObjects(asked, out, line.has('page'));
}

async function ask(client: Client, line: CommandLine): Promise<Asked> {
  const isAll = line.operand(0) === ALL_SPACES;
  const space = isAll
    ? await spaceWithType(client, line.operand(1))
    : await findSpace(client, line.operand(0));
  const { db } = space;
  const type = findType(db, line.operand(1)).data();
  const form = await queryFromLine(db, type, line);
  if (isAll) {
    const found = client.spaces.queryForm(form);
    await found.ready();
    const page = (): ReturnType<Asked['page']> => found.page();
    return { form, type, count: () => found.count(), groups: () => found.groups(), page };
  }
  const found = db.queryForm(form);
  const page = (): ReturnType<Asked['page']> => {
    const { objects, ...rest } = found.page();
    const rows = objects.map((object) => ({ object, ...placeOf(space, object.id) }));
    return { ...rest, objects: rows };
  };
  return {
    unread: unreadNote(space),
    form,
    type,
    count: () => found.count(),
    groups: () => found.groups(),
    page,
  };
}

/** A space that has objects of the type, else any: looking for the type there says what is missing. */
async function spaceWithType(client: Client, type: string): Promise<Space> {
  const spaces = client.spaces.list.get();
  for (const space of spaces) {
    await space.open();
    if (space.db.definitionOf(type) !== undefined) return space;
  }
  const [first] = spaces;
  if (first !== undefined) return first;
  throw new CliError('CLI_SPACE_UNKNOWN', 'there are no spaces yet; see atoll space create');
}

function showObjects(asked: Asked, out: Output, withPage: boolean): void {
  const { objects, next } = asked.page();
  const isAll = objects.some(({ space }) => space !== undefined);
  const isAnyZoned = objects.some(({ zone }) => zone !== undefined);
  const names = ['id', ...Object.keys(asked.type.fields)];
  const header = [...(isAll ? ['space'] : []), ...(isAnyZoned ? ['zone'] : []), ...names];
  out.rows(
    objects.map(({ object, space, zone }) => ({
      ...(space === undefined ? {} : { space }),
      ...(zone === undefined ? {} : { zone }),
      ...object.toJSON(),
    })),
    objects.length === 0
      ? []
      : [
          header,
          ...objects.map(({ object, space, zone }) => [
            ...(space === undefined ? [] : [space.slice(0, SPACE_CHARACTERS)]),
            ...(isAnyZoned ? [zone?.slice(0, SPACE_CHARACTERS) ?? ''] : []),
            ...cellsOf(object, names),
          ]),
        ],
  );
  if (objects.length === 0) out.note('Nothing found.');
  if (asked.unread !== undefined) out.note(asked.unread);
  if (withPage && next !== undefined) out.result({ next }, '', `Next page: --after ${next}`);
}

/** One line a group; the names of figures are those of the options, such as `sum size`. */
function showGroups(asked: Asked, out: Output): void {
  const groups = asked.groups();
  const { group = [], aggregate = {} } = asked.form;
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
