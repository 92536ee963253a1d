/** The text of a note as Markdown. */
import type { Space, TextField } from '@atoll/client';
import { useObject } from '@atoll/react';
import { createTextEditor, showRemoteCursors } from '@atoll/editor-codemirror';
import { useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import type { AttachmentObject } from '../data/workspace-types.ts';
import { FilesUnderWay } from '../files/object-files.tsx';
import { useFileAdder } from '../files/use-file.ts';
import { NOTES } from '../copy/workspace.ts';
import { placeholderOf } from '../private/private-words.ts';
import { useToast } from '../ui/toast.tsx';
import { useRemoteCursors } from './use-remote-cursors.ts';

type View = ReturnType<typeof createTextEditor>;

/** The editor of one Markdown text. */
export function MarkdownNote(props: {
  readonly space: Space;
  readonly object: string;
  readonly text: TextField;
  readonly canWrite: boolean;
}): ReactElement {
  const { space, object, text, canWrite } = props;
  const place = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View | undefined>(undefined);
  const toast = useToast();
  const adder = useFileAdder(space, useObject(space, object));
  const { add } = adder;
  const addFiles = useRef<(files: readonly File[], pos: number) => void>(() => undefined);
  addFiles.current = (files, pos) => {
    // The text goes on while files are being added: they come to where they were dropped.
    const at = text.cursor(pos);
    void add(files, (added) => insertFile(text, at, added));
  };
  const cursors = useRemoteCursors(space, object, 'markdown');

  useLayoutEffect(() => {
    if (place.current === null) return undefined;
    const undo = space.undo.in({ object, field: 'markdown' });
    const made = createTextEditor({
      place: place.current,
      db: space.db,
      text,
      language: 'markdown',
      editable: canWrite,
      attributes: {
        'aria-label': NOTES.text,
        'data-testid': 'note-text',
        'data-undo': 'space',
        spellcheck: 'true',
      },
      placeholder: placeholderOf(space, object),
      undo: () => void undo.undo(),
      redo: () => void undo.redo(),
      onSelection: (cursor) =>
        space.presence.set({ view: 'notes', object, field: 'markdown', cursor }),
      onFiles: (files, pos) => addFiles.current(files, pos),
      onRefused: () => toast({ text: NOTES.refused }),
    });
    setView(made);
    space.presence.set({ view: 'notes', object });
    return () => {
      made.destroy();
      space.presence.set({ view: 'notes' });
    };
  }, [space, object, text, canWrite, toast]);

  useEffect(() => {
    if (view !== undefined) showRemoteCursors(view, text, cursors);
  }, [view, text, cursors]);

  return (
    <div className="note-text markdown">
      <div ref={place} />
      <FilesUnderWay adder={adder} />
    </div>
  );
}

/** Writes a file into the text, on a line of its own. */
function insertFile(text: TextField, at: string, added: AttachmentObject): void {
  const whole = text.toString();
  const pos = text.position(at) ?? whole.length;
  const name = added.title.replaceAll(/[[\]\\]/gu, '');
  const before = pos === 0 || whole[pos - 1] === '\n' ? '' : '\n';
  const after = whole[pos] === '\n' ? '' : '\n';
  text.insert(pos, `${before}![${name}](atoll:object/${added.id})${after}`);
}
