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

function watchSpace(space: Space, { out }: CommandContext): void {
  const { db } = space;
  const seen = new Set<string>();
  for (const { name } of db.types()) for (const { id } of db.query(name).run()) seen.add(id);
  out.result(
    { space: space.id, name: space.name.get(), watching: true },
    `${space.name.get()}  ${seen.size} objects`,
  );
  db.onChange((ids) => {
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
  });
}

function titleOf(plain: Readonly<Record<string, unknown>> | undefined): string {
  return shown(plain?.['title'] ?? plain?.['name']);
}
