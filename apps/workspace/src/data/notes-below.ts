/** Notes below notes, where one of them was deleted: it hides what is below it, and brings it back. */
import type { AnyObject, Database } from '@atoll/client';
import type { Ref } from '@atoll/schema';
import { Note } from './workspace-types.ts';

/** The tree that notes are in. */
export const NOTE_TREE = 'notes';

/** How many notes are below one; those that were deleted by themselves are not counted. */
export function notesBelow(db: Database, note: Ref<unknown>): number {
  let count = 0;
  for (const _ of db.trees.subtree(note, NOTE_TREE)) count++;
  return count;
}

/** The deleted note that hides one, if one does. */
export function hiddenBy(db: Database, note: Ref<unknown>): AnyObject | undefined {
  return db.trees.ancestors(note, NOTE_TREE).find(({ id }) => db.get(id) === undefined);
}

/** How many notes are to be seen: those that are neither deleted nor below a deleted one. */
export function shownNotes(db: Database): number {
  const hidden = db
    .query(Note)
    .deleted('only')
    .run()
    .reduce((count, note) => count + notesBelow(db, note), 0);
  return db.query(Note).count() - hidden;
}
