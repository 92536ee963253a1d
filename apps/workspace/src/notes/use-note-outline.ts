/** Notes below notes, in an order that people give them, and the moves that change it. */
import type { Space } from '@atoll/client';
import { useDatabase } from '@atoll/react';
import { PRIVATE } from '../copy/private.ts';
import { NOTES } from '../copy/workspace.ts';
import { NOTE_TREE } from '../data/notes-below.ts';
import type { NoteObject } from '../data/workspace-types.ts';

/** A row of the outline. */
export interface NoteRow {
  readonly note: NoteObject;
  /** 0 for what stands below nothing. */
  readonly depth: number;
}

/** Where a note can be moved by keys. */
export type NoteStep = 'up' | 'down' | 'in' | 'out';

/** Where a note is dropped: before or behind another one, or below it. */
export type DropSide = 'before' | 'after' | 'into';

/** Moves of notes. Each answers what is said of it; `undefined` where there is nowhere to go. */
export interface NoteMoves {
  readonly step: (note: NoteObject, step: NoteStep) => string | undefined;
  readonly drop: (note: NoteObject, on: NoteObject, side: DropSide) => string | undefined;
}

/** All notes, each behind the one that it is below. */
export function useNoteOutline(space: Space): readonly NoteRow[] {
  return useDatabase(space, (db) =>
    [...db.trees.subtree(null, NOTE_TREE)].map(({ object, depth }) => ({
      note: object as unknown as NoteObject,
      depth,
    })),
  );
}

/** The ways to move notes of a space. Each is one step of undo. */
export function noteMoves(space: Space): NoteMoves {
  const { db } = space;
  const titleOf = (note: NoteObject): string => (note.title === '' ? NOTES.untitled : note.title);
  const move = (
    note: NoteObject,
    above: { readonly id: string } | undefined,
    place: Parameters<typeof db.move>[1],
  ): string => {
    const zone = above === undefined ? undefined : space.zones.of(above)?.id;
    // Those who do not read the one above would find it nowhere.
    if (zone !== undefined && zone !== space.zones.of(note)?.id) return PRIVATE.notBelow;
    space.undo.run(() => db.move(note, { ...place, tree: NOTE_TREE }), {
      label: NOTES.movedLabel(titleOf(note)),
    });
    const parent = db.parent(note, NOTE_TREE) as unknown as NoteObject | undefined;
    const beside = db.children(parent ?? null, NOTE_TREE);
    const at = beside.findIndex(({ id }) => id === note.id) + 1;
    const below = parent === undefined ? undefined : titleOf(parent);
    return NOTES.moved(titleOf(note), below, at, beside.length);
  };
  return {
    step: (note, step) => {
      const parent = db.parent(note, NOTE_TREE);
      const beside = db.children(parent ?? null, NOTE_TREE);
      const at = beside.findIndex(({ id }) => id === note.id);
      const [before, after] = [beside[at - 1], beside[at + 1]];
      if (step === 'up') return before && move(note, parent, { before });
      if (step === 'down') return after && move(note, parent, { after });
      if (step === 'in') return before && move(note, before, { parent: before });
      return parent && move(note, db.parent(parent, NOTE_TREE), { after: parent });
    },
    drop: (note, on, side) => {
      const isInside =
        on.id === note.id || db.trees.ancestors(on, NOTE_TREE).some(({ id }) => id === note.id);
      if (isInside) return undefined;
      return side === 'into'
        ? move(note, on, { parent: on })
        : move(note, db.parent(on, NOTE_TREE), { [side]: on });
    },
  };
}
