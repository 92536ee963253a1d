/** The text of a note with marks and blocks, under its bar. */
import type { RichTextField, Space } from '@atoll/client';
import {
  blockAtSelection,
  createRichEditor,
  insertEmbed,
  isMarked,
  richBindingKey,
  showRemoteCursors,
  unitAtPos,
} from '@atoll/editor-prosemirror';
import { useObject } from '@atoll/react';
import { useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { FILES } from '../copy/files.ts';
import { NOTES } from '../copy/workspace.ts';
import { EmbedsInText, usePlacedEmbeds } from '../files/embeds-in-text.tsx';
import { FilesUnderWay } from '../files/object-files.tsx';
import { useFileAdder } from '../files/use-file.ts';
import { useCommand } from '../shell/commands.tsx';
import { placeholderOf } from '../private/private-words.ts';
import { useToast } from '../ui/toast.tsx';
import { CommentBar } from './comment-bar.tsx';
import { FormatBar, NO_FORMAT, type Format } from './format-bar.tsx';
import { leaveEditor, noteFocus, selectedStretch, setNoteFocus } from './open-editor.ts';
import { useCommentMarks } from './use-comment-marks.ts';
import { useRemoteCursors } from './use-remote-cursors.ts';

type View = ReturnType<typeof createRichEditor>;

/** The editor of one rich text. */
export function RichNote(props: {
  readonly space: Space;
  readonly object: string;
  readonly text: RichTextField;
  readonly canWrite: boolean;
  readonly canComment: boolean;
}): ReactElement {
  const { canComment, canWrite, object, space, text } = props;
  const place = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View | undefined>(undefined);
  const [format, setFormat] = useState<Format>(NO_FORMAT);
  const [asksLink, setAsksLink] = useState(false);
  const { beside } = useNavigation();
  // What a click on a comment does; the editor outlives the address it was made at.
  const onThread = useRef<(thread: string) => void>(() => undefined);
  onThread.current = (thread) => {
    setNoteFocus({ ...noteFocus(), thread });
    beside('comments');
  };
  const writable = useRef(canWrite);
  const toast = useToast();
  const cursors = useRemoteCursors(space, object, 'body');
  const { placed, fill } = usePlacedEmbeds();
  const adder = useFileAdder(space, useObject(space, object));
  const { add } = adder;
  const addFiles = useRef<(files: readonly File[], pos: number) => void>(() => undefined);
  addFiles.current = (files, pos) => {
    if (view === undefined) return;
    // The text goes on while files are being added: they come to where they were dropped.
    const at = text.cursor(unitAtPos(view.state.doc, pos));
    void add(files, ({ id }) => {
      if (view.isDestroyed) return;
      const now = richBindingKey.getState(view.state)?.positionOf(view.state.doc, at);
      insertEmbed(id, now ?? view.state.doc.content.size)(view.state, view.dispatch);
    });
  };

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
        'data-placeholder': placeholderOf(space, object),
        spellcheck: 'true',
      },
      boxLabel: NOTES.done,
      embeds: { fill, captionLabel: FILES.caption },
      onFiles: (files, pos) => addFiles.current(files, pos),
      undo: () => void undo.undo(),
      redo: () => void undo.redo(),
      askLink: () => setAsksLink(true),
      onSelection: (cursor) => space.presence.set({ view: 'notes', object, field: 'body', cursor }),
      onHighlight: (thread) => onThread.current(thread),
      onRefused: () => toast({ text: NOTES.refused }),
      onUpdate: (state) => setFormat(formatOf(state)),
    });
    setView(made);
    setNoteFocus({ editor: { object, text, view: made } });
    setFormat(formatOf(made.state));
    space.presence.set({ view: 'notes', object });
    // Runs too while the page waits hidden for a part of it to load: nothing may reach this view after.
    return () => {
      setView(undefined);
      leaveEditor(made);
      made.destroy();
      space.presence.set({ view: 'notes' });
    };
  }, [space, object, text, toast, fill]);

  useEffect(() => {
    writable.current = canWrite;
    if (view?.isDestroyed === false) view.setProps({});
  }, [view, canWrite]);

  useEffect(() => {
    if (view !== undefined) showRemoteCursors(view, cursors);
  }, [view, cursors]);

  useCommentMarks(space, object, view);
  const comment = (): void => {
    const { editor } = noteFocus();
    if (editor === undefined || editor.view.state.selection.empty) return;
    const { doc, selection } = editor.view.state;
    const units = [unitAtPos(doc, selection.from), unitAtPos(doc, selection.to)] as const;
    setNoteFocus({ editor, draft: selectedStretch(editor, units) });
    beside('comments');
  };
  useCommand('comment', canComment ? comment : undefined);

  return (
    <div className="note-text">
      {canWrite && view !== undefined ? (
        <FormatBar
          view={view}
          format={format}
          asksLink={asksLink}
          onAsksLink={setAsksLink}
          onFiles={(files) => addFiles.current(files, view.state.selection.to)}
          onComment={comment}
        />
      ) : null}
      {canComment && !canWrite && view !== undefined ? (
        <CommentBar isEmpty={format.isEmpty} onComment={comment} />
      ) : null}
      <div ref={place} />
      <EmbedsInText space={space} placed={placed} canWrite={canWrite} />
      <FilesUnderWay adder={adder} />
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
