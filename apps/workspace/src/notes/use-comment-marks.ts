/** Draws the stretches of open threads in an editor, and the one that is looked at stronger. */
import type { Space } from '@atoll/client';
import { showHighlights, type createRichEditor } from '@atoll/editor-prosemirror';
import { useDatabase } from '@atoll/react';
import { useEffect } from 'react';
import { Comment } from '../data/workspace-types.ts';
import { useNoteFocus } from './open-editor.ts';

/** Keeps an editor's highlights those of the open threads. */
export function useCommentMarks(
  space: Space,
  object: string,
  view: ReturnType<typeof createRichEditor> | undefined,
): void {
  const { thread } = useNoteFocus();
  const open = useDatabase(
    space,
    (db) => {
      const note = db.get(object);
      if (note === undefined) return [];
      const comments = db.query(Comment).where({ about: note }).run();
      return comments
        .filter((comment) => comment.first === undefined && !comment.resolved)
        .map(({ from, id, to }) => ({ from, id, to }));
    },
    [object],
  );
  useEffect(() => {
    if (view === undefined) return;
    const look = (id: string): string => (id === thread ? 'commented active' : 'commented');
    showHighlights(
      view,
      open.map(({ from, id, to }) => ({ key: id, from, to, look: look(id) })),
    );
  }, [view, open, thread]);
}
