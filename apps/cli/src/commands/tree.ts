/** `atoll tree | move`: objects below objects, in order. */
import type { AnyObject, Database, TreePlace } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage, type CommandLine } from '../command-line.ts';
import { findObject, findSpace, requireWriter } from '../find-space.ts';

/** Prints a tree as an outline. */
export async function tree({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', given] = line.operands;
  const { db } = await findSpace(await open(), spaceName);
  const name = treeOf(db, given);
  for (const top of db.children(null, name)) {
    for (const { object, depth } of [{ object: top, depth: 0 }, ...below(db, top, name)]) {
      const parent = db.parent(object, name)?.id ?? null;
      const told = `${'  '.repeat(depth)}${nameOf(object)}`;
      out.result({ id: object.id, parent, depth, name: nameOf(object) }, `${object.id}  ${told}`);
    }
  }
  for (const { object, parent } of db.trees.conflicts(name)) {
    out.note(`${object.id} was put below ${parent?.id ?? 'nothing'}, which would close a circle.`);
  }
}

/** Puts an object below another one, or beside one. */
export async function move({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', id = ''] = line.operands;
  const given = ['below', 'before', 'after'].filter((name) => line.value(name) !== undefined);
  if (given.length === 0) throw usage('say where to: --below ID|none, --before ID or --after ID');
  if (given.includes('before') && given.includes('after')) {
    throw usage('one of --before and --after at a time');
  }
  const space = await findSpace(await open(), spaceName);
  const { db } = space;
  const object = findObject(db, id);
  requireWriter(space, id);
  const tree = line.value('tree');
  db.move(object, { ...placeOf(db, line), ...(tree === undefined ? {} : { tree }) });
  await space.flush();
  const parent = db.parent(object, tree);
  const where = parent === undefined ? 'below nothing' : `below ${nameOf(parent)}`;
  out.result({ id, parent: parent?.id ?? null }, `${nameOf(object)} is ${where} now.`);
}

function placeOf(db: Database, line: CommandLine): TreePlace {
  const below = line.value('below');
  const before = line.value('before');
  const after = line.value('after');
  return {
    ...(below === undefined ? {} : { parent: below === 'none' ? null : findObject(db, below) }),
    ...(before === undefined ? {} : { before: findObject(db, before) }),
    ...(after === undefined ? {} : { after: findObject(db, after) }),
  };
}

function* below(
  db: Database,
  top: AnyObject,
  name: string,
): Generator<{ readonly object: AnyObject; readonly depth: number }> {
  for (const { object, depth } of db.trees.subtree(top, name)) {
    yield { object, depth: depth + 1 };
  }
}

/** The tree that is meant: the only one, where none is named. @throws CliError. */
function treeOf(db: Database, given: string | undefined): string {
  const names = new Set(
    db
      .types()
      .flatMap((type) =>
        Object.values(type.fields).flatMap((data) => (data.kind === 'tree' ? [data.tree] : [])),
      ),
  );
  const [only] = names;
  if (given !== undefined && names.has(given)) return given;
  if (given === undefined && names.size === 1 && only !== undefined) return only;
  const known = names.size === 0 ? 'there are none' : `there are ${[...names].join(', ')}`;
  throw new CliError('CLI_FIELD', `say which tree; ${known}`);
}

function nameOf(object: AnyObject): string {
  const { title, name } = object;
  const words = [title, name].find((value) => typeof value === 'string' && value !== '');
  return typeof words === 'string' ? words : object.$type;
}
