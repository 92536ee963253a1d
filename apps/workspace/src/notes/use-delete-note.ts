/** Deleting a note with all that is below it, and the way back. */
import type { Space } from '@atoll/client';
import { useCallback } from 'react';
import { UNDO } from '../copy/general.ts';
import { NOTES } from '../copy/workspace.ts';
import { notesBelow } from '../data/notes-below.ts';
import type { NoteObject } from '../data/workspace-types.ts';
import { useToast } from '../ui/toast.tsx';

/** Deletes a note and says what went with it. */
export function useDeleteNote(space: Space): (note: NoteObject) => void {
  const toast = useToast();
  return useCallback(
    (note) => {
      const title = note.title === '' ? NOTES.untitled : note.title;
      const below = notesBelow(space.db, note);
      space.db.delete(note);
      toast({
        text: NOTES.deleted(title, below),
        // What is below was only hidden, and comes back with it.
        action: { label: UNDO, run: () => space.db.restore(note) },
      });
    },
    [space, toast],
  );
}
