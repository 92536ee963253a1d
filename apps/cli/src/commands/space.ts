/** `atoll space create | list | info`. */
import type { LeftSpace, OwnRemoval } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { findSpace } from '../find-space.ts';
import { grouped } from '../progress-bar.ts';

/** Creates a space. */
export async function createSpace({ line, open, out }: CommandContext): Promise<void> {
  const name = line.operand(0).trim();
  if (name === '') throw usage('a space needs a name');
  const client = await open();
  const space = await client.spaces.create({ name });
  out.result({ space: space.id }, space.id);
}

/** Lists spaces. */
export async function listSpaces({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  if (line.has('left')) {
    listLeft(client.spaces.left.get(), out);
    return;
  }
  const spaces = client.spaces.list.get().map((space) => ({
    space: space.id,
    name: space.name.get(),
    role: space.myRole.get(),
    comingBack: space.status.get().comingBack,
    out: space.rights.removed.get()?.reason,
    problem: space.problem.get()?.code,
  }));
  spaces.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  out.rows(
    spaces,
    spaces.map(({ comingBack, name, out: why, problem, role, space }) => [
      name,
      problem ?? (comingBack === true ? 'coming back' : role) ?? why,
      space,
    ]),
  );
}

function listLeft(left: readonly LeftSpace[], out: CommandContext['out']): void {
  const rows = left.map(({ id, leftAtMs, name }) => ({
    space: id,
    name,
    left: new Date(leftAtMs).toISOString(),
  }));
  out.rows(
    rows,
    rows.map(({ left: at, name, space }) => [name, at.slice(0, 10), space]),
  );
}

/** Figures of a space. */
export async function spaceInfo({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const space = await findSpace(client, line.operand(0));
  const { blocks, id, members, name, objects, root } = await space.info();
  const removed = space.rights.removed.get();
  out.result(
    { space: id, name, objects, blocks, root, members, out: removed?.reason ?? null },
    ...(removed === undefined ? [name] : [name, outLine(removed)]),
    `space    ${id}`,
    `objects  ${grouped(objects)}`,
    `blocks   ${grouped(blocks)}`,
    `members  ${members}`,
    `root     ${root}`,
  );
}

/** Why one is not in a space any more. */
function outLine({ by, reason }: OwnRemoval): string {
  const who = by === undefined || by.displayName === '' ? 'Somebody' : by.displayName;
  switch (reason) {
    case 'removed':
      return `${who} removed you. You see the space as it was; nothing you write is sent.`;
    case 'ended':
      return 'Your role has ended. You see the space as it was; nothing you write is sent.';
    case 'used-up':
      return `${who} let you in, but the invitation was used up already. Ask an admin for another one.`;
  }
}
