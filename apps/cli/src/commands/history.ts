/** `atoll history | show | diff | revert | version`: what was, what differs from it, and the way back. */
import type { HistoryBeginning, ObjectDiff, Space, TimelineEntry } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { diffLines, fieldLines } from '../diff-lines.ts';
import { findSpace, requireWriter } from '../find-space.ts';
import { placeOf } from '../find-zone.ts';
import { pointOf } from '../history-point.ts';

/** Prints the timeline of an object, or since when history is here. */
export async function history({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', id] = line.operands;
  const client = await open();
  const space = await findSpace(client, spaceName);
  if (id === undefined) {
    const begins = await space.history.begins();
    const frontier = space.history.frontier();
    out.result(
      {
        since: begins === undefined ? null : when(begins.sinceMs),
        begins: facts(begins),
        frontier,
      },
      ...beginningLines(begins),
      `The present is ${frontier.join(',')}`,
    );
    return;
  }
  const limit = line.count('limit');
  const after = line.value('after');
  const page = await space.history.timeline(id, {
    ...(limit === undefined ? {} : { limit }),
    ...(after === undefined ? {} : { after }),
  });
  for (const entry of page.entries) out.result(entry, ...entryLines(space, entry));
  if (page.next !== undefined) out.note(`More with --after ${page.next}`);
  if (page.begins === undefined) return;
  for (const told of beginningLines(page.begins)) out.note(told);
}

/** Where history begins, in words. */
function beginningLines(begins: HistoryBeginning | undefined): string[] {
  if (begins === undefined) return ['History is here since the beginning.'];
  const { droppedMs, epoch, frontier, sinceMs } = begins;
  const why =
    droppedMs === undefined
      ? 'What was before is not on this device.'
      : `What was before was dropped ${when(droppedMs)}.`;
  return [
    `History is here since ${when(sinceMs)}, with epoch ${epoch}. ${why}`,
    `It begins with ${frontier.join(',')}`,
  ];
}

/** The same for programs. */
function facts(begins: HistoryBeginning | undefined): Readonly<Record<string, unknown>> | null {
  if (begins === undefined) return null;
  const { droppedMs, epoch, frontier, sinceMs } = begins;
  const dropped = droppedMs === undefined ? null : when(droppedMs);
  return { epoch, frontier, since: when(sinceMs), dropped };
}

/** Prints an object as JSON. */
export async function show({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', id = ''] = line.operands;
  const client = await open();
  const space = await findSpace(client, spaceName);
  const point = line.value('at');
  const db =
    point === undefined ? space.db : (await space.history.at(pointOf(space, point), [id])).db;
  const object = db.getDeleted(id);
  if (object === undefined) {
    const then = point === undefined ? '' : ' then';
    throw new CliError('CLI_OBJECT_UNKNOWN', `there was no object ${id}${then}`);
  }
  const isDeleted = db.get(id) === undefined;
  const plain = {
    ...object.toJSON(),
    ...placeOf(space, id),
    ...(isDeleted ? { deleted: true } : {}),
  };
  out.result(plain, JSON.stringify(plain, undefined, 2));
}

/** Prints differences. */
export async function diff({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', id] = line.operands;
  const client = await open();
  const space = await findSpace(client, spaceName);
  const from = pointOf(space, required(line.value('from'), 'from'));
  const to = pointOf(space, line.value('to') ?? 'now');
  if (id !== undefined && space.db.getDeleted(id) === undefined) {
    throw new CliError('CLI_OBJECT_UNKNOWN', `there is no object ${id}`);
  }
  const one = id === undefined ? undefined : await space.history.diff(id, from, to);
  const found = id === undefined ? await space.history.compare(from, to) : [one ?? []].flat();
  tell(out, found, 'Nothing differs.');
}

/** Brings an object or everything back. */
export async function revert({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', id] = line.operands;
  const client = await open();
  const space = await findSpace(client, spaceName);
  requireWriter(space, id);
  const to = required(line.value('to'), 'to');
  const point = pointOf(space, to);
  const options = { label: `Revert to ${to}` };
  const { changed, forgotten } =
    id === undefined
      ? await space.history.restoreSpace(point, options)
      : await space.history.restore(id, point, options);
  await space.flush();
  tell(out, changed, 'It is so already.');
  if (forgotten.length > 0) out.note(notBack(forgotten.length));
}

function notBack(count: number): string {
  const objects = count === 1 ? 'One object does' : `${count} objects do`;
  return `${objects} not come back: an epoch has forgotten what was deleted.`;
}

/** Names a state, takes a name away, or lists the names. */
export async function version({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', name] = line.operands;
  const client = await open();
  const space = await findSpace(client, spaceName);
  const { versions } = space.history;
  if (name === undefined) {
    const all = versions.list();
    const rows = all.map((each) => [each.name, when(each.atMs), nameOf(space, each.author)]);
    out.rows(all, [['NAME', 'WHEN', 'BY'], ...rows]);
    return;
  }
  requireWriter(space);
  if (line.has('delete')) {
    versions.delete(name);
    await space.flush();
    out.result({ deleted: name }, `${name} is no version any more; the state stays.`);
    return;
  }
  const at = line.value('at');
  const made = versions.create(name, pointOf(space, at ?? 'now'));
  await space.flush();
  const state = at === undefined || at === 'now' ? 'as it is now' : `as it was at ${at}`;
  out.result(made, `Version ${made.name} names the space ${state}.`);
}

function tell(out: CommandContext['out'], diffs: readonly ObjectDiff[], nothing: string): void {
  if (diffs.length === 0) out.note(nothing);
  for (const each of diffs) out.result(each, ...diffLines(each));
}

function entryLines(space: Space, entry: TimelineEntry): string[] {
  const { author, clockOff, isVoid, life, toMs, rejected } = entry;
  const clock = clockOff ? ' (clock was off)' : '';
  const head = `${when(toMs)}${clock}  ${nameOf(space, author)}`;
  const lines = entry.changes.flatMap(fieldLines);
  if (isVoid) return [`${head}  does not count: ${entry.touched.join(', ')}`];
  const did = life === 'kept' ? '' : `  ${life}`;
  const refused = rejected === 0 ? [] : [`  ${rejected} of ${entry.ops} changes do not count`];
  return [`${head}${did}  ${entry.id.slice(0, 12)}`, ...lines, ...refused];
}

function nameOf(space: Space, identity: string): string {
  const member = space.members.get().find(({ id }) => id === identity);
  return member?.displayName ?? identity.slice(0, 8);
}

function when(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function required(given: string | undefined, option: string): string {
  if (given !== undefined) return given;
  throw new CliError('CLI_USAGE', `--${option} is missing`);
}
