/**
 * The text of a note: a plain text area over a mirror. What is typed goes into the shared text at once;
 * what others type comes back without moving the line one is on.
 */
import type { Space, TextField } from '@atoll/client';
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ReactElement,
  type RefObject,
} from 'react';
import { NOTES } from '../copy/workspace.ts';
import { useCommands } from '../shell/commands.tsx';
import { Mirror } from './mirror.ts';
import { RemoteCursors } from './remote-cursors.tsx';
import { spliceBetween } from './text-edit.ts';

interface Caret {
  readonly start: string;
  readonly end: string;
  readonly backward: boolean;
}

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
  const caret = useRef<Caret | undefined>(undefined);
  /** The text when a composition began; absent outside of one. */
  const composing = useRef<string | undefined>(undefined);
  const [version, setVersion] = useState(0);

  const share = useCallback(() => {
    const at = caret.current;
    const cursor = at === undefined ? null : ([at.start, at.end] as const);
    space.presence.set({ view: 'notes', object, field: 'body', cursor });
  }, [space, object]);

  /** Remembers the selection as places in the shared text, which survive everybody's edits. */
  const remember = useCallback(() => {
    const element = area.current;
    if (element === null || composing.current !== undefined || document.activeElement !== element)
      return;
    const { selectionStart, selectionEnd, selectionDirection } = element;
    const backward = selectionDirection === 'backward';
    const start = text.cursor(selectionStart, selectionStart === selectionEnd ? 'before' : 'after');
    const end = text.cursor(selectionEnd, 'before');
    if (caret.current?.start === start && caret.current.end === end) return;
    caret.current = { start, end, backward };
    share();
  }, [text, share]);

  /** Takes what was typed into the shared text. */
  const takeIn = useCallback(() => {
    const element = area.current;
    if (element === null || composing.current !== undefined) return;
    const splice = spliceBetween(text.toString(), element.value, element.selectionEnd);
    if (splice !== undefined) {
      space.db.transaction(() => {
        if (splice.deleted > 0) text.delete(splice.position, splice.deleted);
        if (splice.inserted !== '') text.insert(splice.position, splice.inserted);
      });
    }
    mirror.current?.show(element.value);
    remember();
    setVersion((before) => before + 1);
  }, [space, text, remember]);

  /** Shows the shared text; the line with the caret stays where it is on the screen. */
  const bringOut = useCallback(() => {
    const element = area.current;
    const shown = mirror.current;
    if (element === null || shown === undefined || composing.current !== undefined) return;
    const next = text.toString();
    if (element.value !== next) {
      const hasFocus = document.activeElement === element;
      const scroller = element.closest('.scroll');
      const before = hasFocus ? shown.spot(element.selectionStart).top : 0;
      const places = hasFocus ? placesOf(text, caret.current) : undefined;
      element.value = next;
      shown.show(next);
      if (places !== undefined) {
        element.setSelectionRange(places.start, places.end, places.direction);
        if (scroller !== null) scroller.scrollTop += shown.spot(places.start).top - before;
      }
    }
    setVersion((version) => version + 1);
  }, [text]);

  useLayoutEffect(() => {
    if (mirrorElement.current === null || area.current === null) return undefined;
    mirror.current = new Mirror(mirrorElement.current);
    area.current.value = text.toString();
    mirror.current.show(area.current.value);
    setVersion((before) => before + 1);
    return text.subscribe(bringOut);
  }, [text, bringOut]);

  useEffect(() => {
    document.addEventListener('selectionchange', remember);
    space.presence.set({ view: 'notes', object });
    return () => {
      document.removeEventListener('selectionchange', remember);
      space.presence.set({ view: 'notes' });
    };
  }, [remember, space, object]);

  return (
    <div className="note-text">
      <div className="mirror" ref={mirrorElement} aria-hidden="true" />
      <RemoteCursors space={space} object={object} text={text} mirror={mirror} version={version} />
      <TextSurface
        area={area}
        canWrite={canWrite}
        onInput={takeIn}
        onCompose={(base) => {
          composing.current = base;
        }}
        onComposed={(element) => {
          const base = composing.current;
          composing.current = undefined;
          if (base !== undefined && base !== text.toString()) {
            takeComposed(element, text, caret.current, base);
          }
          takeIn();
        }}
        onBlur={() => {
          caret.current = undefined;
          share();
        }}
      />
    </div>
  );
}

function TextSurface(props: {
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly canWrite: boolean;
  readonly onInput: () => void;
  readonly onCompose: (base: string) => void;
  readonly onComposed: (element: HTMLTextAreaElement) => void;
  readonly onBlur: () => void;
}): ReactElement {
  const { run } = useCommands();
  return (
    <textarea
      ref={props.area}
      aria-label={NOTES.text}
      data-testid="note-text"
      data-undo="space"
      placeholder={NOTES.placeholder}
      readOnly={!props.canWrite}
      spellCheck
      onInput={props.onInput}
      onCompositionStart={(event) => props.onCompose(event.currentTarget.value)}
      onCompositionEnd={(event) => props.onComposed(event.currentTarget)}
      onBlur={props.onBlur}
      onBeforeInput={(event) => {
        const { inputType } = event.nativeEvent as InputEvent;
        // The browser's own undo knows nothing of what others wrote.
        if (inputType === 'historyUndo' || inputType === 'historyRedo') {
          event.preventDefault();
          run(inputType === 'historyUndo' ? 'undo' : 'redo');
        }
      }}
    />
  );
}

function placesOf(
  text: TextField,
  caret: Caret | undefined,
): { start: number; end: number; direction: 'forward' | 'backward' } | undefined {
  const start = caret === undefined ? undefined : text.position(caret.start);
  const end = caret === undefined ? undefined : text.position(caret.end);
  if (caret === undefined || start === undefined || end === undefined) return undefined;
  const direction = caret.backward ? 'backward' : 'forward';
  return { start: Math.min(start, end), end: Math.max(start, end), direction };
}

/**
 * Takes in what was composed while others may have written: it goes where the caret is in the shared text,
 * since the text area has not seen their changes yet.
 */
function takeComposed(
  element: HTMLTextAreaElement,
  text: TextField,
  caret: Caret | undefined,
  base: string,
): void {
  const splice = spliceBetween(base, element.value, element.selectionEnd);
  const places = placesOf(text, caret);
  if (splice === undefined || places === undefined) return;
  if (places.end > places.start) text.delete(places.start, places.end - places.start);
  text.insert(places.start, splice.inserted);
  const end = places.start + splice.inserted.length;
  element.value = text.toString();
  element.setSelectionRange(end, end);
}
