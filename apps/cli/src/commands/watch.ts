/** `atoll watch`: a line for each change of an object, own and foreign, until interrupted. */
import type { Client, Space } from '@atoll/client';
import { shown } from '../columns.ts';
import type { CommandContext } from '../command.ts';
import { findSpace } from '../find-space.ts';
import { untilAborted } from '../until.ts';

/** Prints changes as they come. */
export async function watch(context: CommandContext): Promise<void> {
  const { line, open, out, signal } = context;
  const client = await open({ online: true });
  const given = line.operands[0];
  if (given === undefined) watchAll(client, context);
  else watchSpace(await findSpace(client, given), context);
  out.note('Watching. Ctrl-C ends it.');
  await untilAborted(signal);
}

/** Spaces that are joined meanwhile are watched too. */
function watchAll(client: Client, context: CommandContext): void {
  const watched = new Set<Space>();
  const look = (): void => {
    for (const space of client.spaces.list.get()) {
      if (watched.has(space)) continue;
      watched.add(space);
      space.hold();
      void space.open().then(
        () => watchSpace(space, context),
        () => context.out.note(`${space.name.get()} cannot be opened.`),
      );
    }
  };
  client.spaces.list.subscribe(look);
  look();
}

function watchSpace(space: Space, context: CommandContext): void {
  let { db } = space;
  const seen = idsIn(db);
  context.out.result(
    { space: space.id, name: space.name.get(), watching: true },
    `${space.name.get()}  ${seen.size} objects`,
  );
  const tell = (ids: Iterable<string>): void => tellOf({ space, db, seen, ids }, context);
  const follow = (): void => void db.onChange(tell);
  follow();
  // A space that goes on from the state that others agreed on has other objects in the same places.
  space.state.subscribe(() => {
    if (space.state.get() !== 'open' || space.db === db) return;
    const before = db;
    db = space.db;
    const both = new Set([...seen, ...idsIn(db)]);
    tell([...both].filter((id) => plainIn(before, id) !== plainIn(db, id)));
    follow();
  });
}

/** A line for each object that has changed. */
function tellOf(
  of: {
    readonly space: Space;
    readonly db: Space['db'];
    readonly seen: Set<string>;
    readonly ids: Iterable<string>;
  },
  { out }: CommandContext,
): void {
  const { db, ids, seen, space } = of;
  for (const id of ids) {
    const object = db.get(id);
    const change = object === undefined ? 'deleted' : seen.has(id) ? 'changed' : 'added';
    if (object === undefined) seen.delete(id);
    else seen.add(id);
    const plain = object?.toJSON();
    const type = db.getDeleted(id)?.$type ?? '';
    out.result(
      { space: space.id, id, type, change, ...(plain === undefined ? {} : { object: plain }) },
      `${space.name.get()}  ${change} ${type} ${id}  ${titleOf(plain)}`.trimEnd(),
    );
  }
}

function idsIn(db: Space['db']): Set<string> {
  const ids = new Set<string>();
  for (const { name } of db.types()) for (const { id } of db.query(name).run()) ids.add(id);
  return ids;
}

function plainIn(db: Space['db'], id: string): string {
  return JSON.stringify(db.get(id)?.toJSON() ?? null);
}

function titleOf(plain: Readonly<Record<string, unknown>> | undefined): string {
  return shown(plain?.['title'] ?? plain?.['name']);
}
