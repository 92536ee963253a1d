/** The query that a command line asks for: from its options, and from JSON where a file of it is given. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseQuery, type Database, type QueryForm } from '@atoll/client';
import type { ObjectId } from '@atoll/kernel';
import type { TypeData } from '@atoll/schema';
import { CliError } from './cli-error.ts';
import { usage, type CommandLine } from './command-line.ts';
import { fieldOf, parseOrders, parseWhere } from './conditions.ts';

const FIGURES = ['sum', 'avg', 'min', 'max'] as const;

/** A query for objects of a type. @throws CliError, EchoError. */
export async function queryFromLine(
  db: Database,
  type: TypeData,
  line: CommandLine,
): Promise<QueryForm> {
  const file = line.value('json-query');
  const written = file === undefined ? undefined : await readQuery(file, type);
  const limit = line.count('limit');
  const after = line.value('after');
  const orderBy = parseOrders(type, line.list('order'));
  const group = line.list('group');
  for (const name of group) fieldOf(type, name);
  const aggregate = figuresOf(type, line);
  const query = db
    .queryForm({ ...written, type: type.name })
    .where(parseWhere(type, line.list('where')));
  return {
    ...query.toJSON(),
    ...refGoal(db, line.value('ref-to'), line.value('via')),
    ...(orderBy.length === 0 ? {} : { orderBy }),
    ...(group.length === 0 ? {} : { group }),
    ...(Object.keys(aggregate).length === 0 ? {} : { aggregate }),
    ...(limit === undefined ? {} : { limit }),
    ...(after === undefined ? {} : { after }),
    ...hiddenMode(line.value('hidden')),
  };
}

/** What stands in `--hidden`. */
function hiddenMode(given: string | undefined): Pick<QueryForm, 'hidden'> {
  if (given === undefined) return {};
  if (given !== 'include' && given !== 'only') throw usage('--hidden is include or only');
  return { hidden: given };
}

/** A query in JSON; its type may be left out, since the command names it. */
async function readQuery(file: string, type: TypeData): Promise<QueryForm> {
  let json: string;
  try {
    json = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    throw new CliError('CLI_FILE', `"${file}" cannot be read`, { cause });
  }
  const form = parseQuery(json, type.name);
  if (form.type !== type.name) {
    throw usage(`the query in ${file} is for ${form.type}, the command for ${type.name}`);
  }
  return form;
}

function figuresOf(type: TypeData, line: CommandLine): NonNullable<QueryForm['aggregate']> {
  return Object.fromEntries(
    FIGURES.flatMap((kind) =>
      line.list(kind).map((field) => {
        fieldOf(type, field);
        return [`${kind} ${field}`, { [kind]: field }];
      }),
    ),
  );
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
