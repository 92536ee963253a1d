/** `atoll undo` and `atoll redo`: one's own changes, across runs. */
import type { Undo, UndoOutcome } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { findSpace, requireWriter } from '../find-space.ts';

/** Takes the last change back. */
export async function undo(context: CommandContext): Promise<void> {
  await step(context, 'Undone', (stack) => stack.undo());
}

/** Makes it again. */
export async function redo(context: CommandContext): Promise<void> {
  await step(context, 'Redone', (stack) => stack.redo());
}

async function step(
  { line, open, out }: CommandContext,
  verb: string,
  take: (stack: Undo) => UndoOutcome,
): Promise<void> {
  const client = await open();
  const space = await findSpace(client, line.operand(0));
  requireWriter(space);
  const object = line.value('object');
  const field = line.value('field');
  if (field !== undefined && object === undefined) throw usage('--field needs --object');
  const stack =
    object === undefined
      ? space.undo
      : space.undo.in({ object, ...(field === undefined ? {} : { field }) });
  const { canRedo, canUndo, redoLabel, undoLabel } = stack.state.get();
  const can = verb === 'Undone' ? canUndo : canRedo;
  const label = verb === 'Undone' ? undoLabel : redoLabel;
  const { done, nothing, skipped } = take(stack);
  await space.flush();
  const isNothing = !can || nothing === true;
  const about = label === undefined ? '' : `: ${label}`;
  const rest = skipped === 0 ? '' : ` (${skipped} left, because others changed them since)`;
  out.result(
    { done, skipped, nothing: isNothing },
    isNothing ? `Nothing to be ${verb.toLowerCase()}.` : `${verb}${about}${rest}`,
  );
}
