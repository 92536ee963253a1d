/** Dragging notes: near the upper edge of a row before it, near the lower behind it, else below it. */
import { useState, type DragEvent } from 'react';
import type { NoteObject } from '../data/workspace-types.ts';
import type { DropSide, NoteMoves } from './use-note-outline.ts';

/** Part of a row's height that means beside it, at either edge. */
const EDGE = 0.28;

/** What a row puts on its element. */
export interface NoteDrag {
  readonly className: string;
  readonly handlers: {
    readonly draggable: boolean;
    readonly onDragStart: (event: DragEvent) => void;
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: () => void;
    readonly onDragEnd: () => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

/** Handlers for dragging. */
export function useNoteDrag(
  moves: NoteMoves,
  canWrite: boolean,
  onSpeak: (text: string | undefined) => void,
): (note: NoteObject) => NoteDrag {
  const [dragged, setDragged] = useState<NoteObject | undefined>(undefined);
  const [over, setOver] = useState<{ readonly id: string; readonly side: DropSide } | undefined>();
  const end = (): void => {
    setDragged(undefined);
    setOver(undefined);
  };
  return (note) => {
    const side = over?.id === note.id ? `drop-${over.side}` : '';
    return {
      className: [side, dragged?.id === note.id ? 'dragged' : ''].join(' ').trim(),
      handlers: {
        draggable: canWrite,
        onDragStart: (event) => {
          event.dataTransfer.effectAllowed = 'move';
          event.dataTransfer.setData('text/plain', note.title);
          setDragged(note);
        },
        onDragOver: (event) => {
          if (dragged === undefined || dragged.id === note.id) return;
          event.preventDefault();
          const now = sideOf(event);
          if (over?.id !== note.id || over.side !== now) setOver({ id: note.id, side: now });
        },
        onDragLeave: () => setOver(undefined),
        onDragEnd: end,
        onDrop: (event) => {
          event.preventDefault();
          if (dragged !== undefined) onSpeak(moves.drop(dragged, note, sideOf(event)));
          end();
        },
      },
    };
  };
}

function sideOf(event: DragEvent): DropSide {
  const { height, top } = event.currentTarget.getBoundingClientRect();
  const share = (event.clientY - top) / height;
  if (share < EDGE) return 'before';
  return share > 1 - EDGE ? 'after' : 'into';
}
