/** The way back of one change, whatever was done since. */
import type { Space } from '@atoll/client';

/** Takes back the latest change of a label, if it still stands. */
export function undoLabelled(space: Space, label: string): void {
  const { entries } = space.undo.state.get();
  const entry = entries.find((each) => !each.undone && each.label === label);
  if (entry !== undefined) space.undo.undoEntry(entry.id);
}
