/** The text of a note: a plain text area over a mirror, tied to the shared text. */
import type { Space, TextField } from '@atoll/client';
import { useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import { NOTES } from '../copy/workspace.ts';
import { useCommands } from '../shell/commands.tsx';
import { Mirror } from './mirror.ts';
import { RemoteCursors } from './remote-cursors.tsx';
import { SharedText } from './shared-text.ts';

/** The editor of one text. */
export function NoteText(props: {
  readonly space: Space;
  readonly object: string;
  readonly text: TextField;
  readonly canWrite: boolean;
}): ReactElement {
  const { space, object, text, canWrite } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const mirrorElement = useRef<HTMLDivElement>(null);
  const mirror = useRef<Mirror | undefined>(undefined);
  const shared = useRef<SharedText | undefined>(undefined);
  const [version, setVersion] = useState(0);
  const { run } = useCommands();

  useLayoutEffect(() => {
    if (mirrorElement.current === null || area.current === null) return undefined;
    mirrorElement.current.replaceChildren();
    mirror.current = new Mirror(mirrorElement.current);
    const tie = new SharedText({
      area: area.current,
      mirror: mirror.current,
      text,
      db: space.db,
      onLayout: () => setVersion((before) => before + 1),
      onCaret: (cursor) => space.presence.set({ view: 'notes', object, field: 'body', cursor }),
    });
    shared.current = tie;
    return () => tie.close();
  }, [space, object, text]);

  useEffect(() => {
    const onSelection = (): void => shared.current?.onSelection();
    const onLeave = (): void => shared.current?.commit();
    document.addEventListener('selectionchange', onSelection);
    document.addEventListener('visibilitychange', onLeave);
    addEventListener('pagehide', onLeave);
    space.presence.set({ view: 'notes', object });
    return () => {
      document.removeEventListener('selectionchange', onSelection);
      document.removeEventListener('visibilitychange', onLeave);
      removeEventListener('pagehide', onLeave);
      space.presence.set({ view: 'notes' });
    };
  }, [space, object]);

  return (
    <div className="note-text">
      <div className="mirror" ref={mirrorElement} aria-hidden="true" />
      <RemoteCursors space={space} object={object} text={text} mirror={mirror} version={version} />
      <textarea
        ref={area}
        aria-label={NOTES.text}
        data-testid="note-text"
        data-undo="space"
        placeholder={NOTES.placeholder}
        readOnly={!canWrite}
        spellCheck
        onInput={() => shared.current?.onInput()}
        onCompositionStart={() => shared.current?.compose(true)}
        onCompositionEnd={() => shared.current?.compose(false)}
        onBlur={() => shared.current?.onBlur()}
        onKeyDown={(event) => {
          // What is held must be a change of its own before anything is undone.
          if (event.metaKey || event.ctrlKey) shared.current?.commit();
        }}
        onBeforeInput={(event) => {
          const { inputType } = event.nativeEvent as InputEvent;
          // The browser's own undo knows nothing of what others wrote.
          if (inputType === 'historyUndo' || inputType === 'historyRedo') {
            event.preventDefault();
            shared.current?.commit();
            run(inputType === 'historyUndo' ? 'undo' : 'redo');
          }
        }}
      />
    </div>
  );
}
