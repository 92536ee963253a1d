/** `atoll branch | merge`: work apart on a copy, and back. */
import type { MergeConflict, MergeSide } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { findSpace, requireWriter } from '../find-space.ts';
import { pointOf } from '../history-point.ts';

/** Makes a branch. */
export async function branch({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', name = '', ...objects] = line.operands;
  if (name.trim() === '') throw new CliError('CLI_USAGE', 'a branch needs a name');
  const client = await open();
  const origin = await findSpace(client, spaceName);
  for (const id of objects) {
    if (origin.db.getDeleted(id) === undefined) {
      throw new CliError('CLI_OBJECT_UNKNOWN', `there is no object ${id}`);
    }
  }
  const made = await client.spaces.branch(origin, {
    name,
    at: pointOf(origin, line.value('at') ?? 'now'),
    ...(objects.length === 0 ? {} : { objects }),
  });
  const copied = made.history.branchOrigin()?.objects ?? 0;
  out.result(
    { id: made.id, origin: origin.id, objects: copied },
    `${name} (${made.id.slice(0, 8)}) is a branch of ${origin.name.get()} with ${counted(copied, 'object')}.`,
  );
}

/** Merges a branch. */
export async function merge({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const space = await findSpace(client, line.operand(0));
  const origin = client.spaces.get(space.history.branchOrigin()?.origin ?? '');
  const dryRun = line.has('dry-run');
  if (origin !== undefined && !dryRun) requireWriter(origin);
  const choice = sideOf(line.value('keep'));
  const options = choice === undefined ? {} : { choice };
  const planned = await client.spaces.merge(space, { ...options, dryRun: true });
  for (const conflict of planned.conflicts) out.note(conflictLine(conflict));
  if (dryRun) {
    const would = `${counted(planned.objects.length, 'object')} would change`;
    out.result(planned, `${would}, ${counted(planned.conflicts.length, 'conflict')}.`);
    return;
  }
  const merged = await client.spaces.merge(space, options);
  out.result(
    merged,
    `${counted(merged.objects.length, 'object')} changed in ${origin?.name.get() ?? ''}.`,
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function sideOf(given: string | undefined): MergeSide | undefined {
  if (given === undefined || given === 'origin' || given === 'branch') return given;
  throw new CliError('CLI_USAGE', '--keep takes origin or branch');
}

function conflictLine({ object, field, key, base, origin, branch }: MergeConflict): string {
  if (field === undefined)
    return `conflict: ${object} was deleted on one side, changed on the other`;
  const where = key === undefined ? field : `${field}.${key}`;
  const told = [base, origin, branch].map((value) => JSON.stringify(value) ?? 'nothing');
  return `conflict: ${object} ${where} was ${told[0]}, is ${told[1]}, in the branch ${told[2]}`;
}
