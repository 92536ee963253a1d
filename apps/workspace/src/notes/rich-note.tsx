/** The text of a note with marks and blocks, under its bar. */
import type { RichTextField, Space } from '@atoll/client';
import {
  blockAtSelection,
  createRichEditor,
  isMarked,
  showRemoteCursors,
} from '@atoll/editor-prosemirror';
import { useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import { NOTES } from '../copy/workspace.ts';
import { useToast } from '../ui/toast.tsx';
import { FormatBar, NO_FORMAT, type Format } from './format-bar.tsx';
import { useRemoteCursors } from './use-remote-cursors.ts';

type View = ReturnType<typeof createRichEditor>;

/** The editor of one rich text. */
export function RichNote(props: {
  readonly space: Space;
  readonly object: string;
  readonly text: RichTextField;
  readonly canWrite: boolean;
}): ReactElement {
  const { space, object, text, canWrite } = props;
  const place = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View | undefined>(undefined);
  const [format, setFormat] = useState<Format>(NO_FORMAT);
  const [asksLink, setAsksLink] = useState(false);
  const writable = useRef(canWrite);
  const toast = useToast();
  const cursors = useRemoteCursors(space, object, 'body');

  useLayoutEffect(() => {
    if (place.current === null) return undefined;
    const undo = space.undo.in({ object, field: 'body' });
    const made = createRichEditor({
      place: place.current,
      db: space.db,
      text,
      editable: () => writable.current,
      attributes: {
        'aria-label': NOTES.text,
        'data-testid': 'note-text',
        'data-undo': 'space',
        'data-placeholder': NOTES.placeholder,
        spellcheck: 'true',
      },
      boxLabel: NOTES.done,
      undo: () => void undo.undo(),
      redo: () => void undo.redo(),
      askLink: () => setAsksLink(true),
      onSelection: (cursor) => space.presence.set({ view: 'notes', object, field: 'body', cursor }),
      onRefused: () => toast({ text: NOTES.refused }),
      onUpdate: (state) => setFormat(formatOf(state)),
    });
    setView(made);
    setFormat(formatOf(made.state));
    space.presence.set({ view: 'notes', object });
    return () => {
      made.destroy();
      space.presence.set({ view: 'notes' });
    };
  }, [space, object, text, toast]);

  useEffect(() => {
    writable.current = canWrite;
    view?.setProps({});
  }, [view, canWrite]);

  useEffect(() => {
    if (view !== undefined) showRemoteCursors(view, cursors);
  }, [view, cursors]);

  return (
    <div className="note-text">
      {canWrite && view !== undefined ? (
        <FormatBar view={view} format={format} asksLink={asksLink} onAsksLink={setAsksLink} />
      ) : null}
      <div ref={place} />
    </div>
  );
}

function formatOf(state: View['state']): Format {
  return {
    block: blockAtSelection(state),
    bold: isMarked(state, 'bold'),
    italic: isMarked(state, 'italic'),
    strike: isMarked(state, 'strike'),
    code: isMarked(state, 'code'),
    link: isMarked(state, 'link'),
    isEmpty: state.selection.empty,
  };
}
