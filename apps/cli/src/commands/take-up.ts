/** `atoll take-up`: work that does not count, since its writer might not write any more. */
import type { SetAside, Space } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { diffLines } from '../diff-lines.ts';
import { findSpace, requireWriter } from '../find-space.ts';

/** Characters of a block's hash that name an entry. */
const ENTRY_CHARACTERS = 12;

/** Lists it, or writes some of it anew. */
export async function takeUp({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', ...entries] = line.operands;
  const client = await open();
  const space = await findSpace(client, spaceName);
  const found = await space.history.setAside();
  if (entries.length === 0 && !line.has('all')) {
    for (const each of found) out.result(plain(each), ...lines(space, each));
    if (found.length === 0) out.note('Everything counts.');
    return;
  }
  requireWriter(space);
  const chosen = line.has('all')
    ? found.filter(({ takenUp }) => takenUp === undefined)
    : entries.map((entry) => named(found, entry));
  if (chosen.length === 0) out.note('There is nothing that was not taken up already.');
  for (const each of chosen) {
    const label = `Took up work of ${nameOf(each)}`;
    const { objects } = await space.history.takeUp(each, { label });
    const entry = entryOf(each);
    out.result(
      { entry, objects },
      `${label}: ${countOf(objects.length)}. atoll undo takes it back.`,
    );
  }
}

function named(found: readonly SetAside[], entry: string): SetAside {
  const work = found.find((each) => entryOf(each) === entry);
  if (work !== undefined) return work;
  throw new CliError('CLI_ENTRY', `no work that does not count is "${entry}"; see atoll take-up`);
}

function entryOf({ blocks }: SetAside): string {
  return (blocks[0] ?? '').slice(0, ENTRY_CHARACTERS);
}

function nameOf({ author, displayName }: SetAside): string {
  return displayName === '' ? author.slice(0, 8) : displayName;
}

function countOf(objects: number): string {
  return objects === 1 ? 'one object' : `${objects} objects`;
}

function when(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function plain(work: SetAside): Readonly<Record<string, unknown>> {
  const { author, changed, displayName, fromMs, takenUp, toMs } = work;
  return {
    entry: entryOf(work),
    author,
    displayName,
    from: when(fromMs),
    to: when(toMs),
    changed,
    takenUp: takenUp === undefined ? null : { by: takenUp.by, at: when(takenUp.atMs) },
  };
}

function lines(space: Space, work: SetAside): string[] {
  const { changed, takenUp, toMs } = work;
  const head = `${entryOf(work)}  ${when(toMs)}  ${nameOf(work)}`;
  if (takenUp === undefined) return [head, ...changed.flatMap(diffLines)];
  const by = space.members.get().find(({ id }) => id === takenUp.by)?.displayName;
  return [`${head}  taken up by ${by ?? takenUp.by.slice(0, 8)} ${when(takenUp.atMs)}`];
}
