/** The editor of the note that is open, for what stands beside it: comments and history. */
import type { RichTextField } from '@atoll/client';
import { posAtUnit, type createRichEditor } from '@atoll/editor-prosemirror';
import { useSyncExternalStore } from 'react';

type View = ReturnType<typeof createRichEditor>;

/** A stretch of the text by stable places. */
export type Stretch = readonly [from: string, to: string];

/** What is open. */
export interface OpenEditor {
  readonly object: string;
  readonly text: RichTextField;
  readonly view: View;
}

/** What all who look share: the editor, the thread that is looked at, a comment that is being begun. */
export interface NoteFocus {
  readonly editor?: OpenEditor;
  readonly thread?: string;
  readonly draft?: Stretch;
}

let focus: NoteFocus = {};
const listeners = new Set<() => void>();

/** Changes it for everybody. */
export function setNoteFocus(next: NoteFocus): void {
  focus = next;
  for (const listener of listeners) listener();
}

/** What it is now. */
export function noteFocus(): NoteFocus {
  return focus;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows it. */
export function useNoteFocus(): NoteFocus {
  return useSyncExternalStore(subscribe, noteFocus);
}

/** Lets go of an editor that ends. */
export function leaveEditor(view: View): void {
  if (focus.editor?.view === view) setNoteFocus({});
}

/** Scrolls a stretch into view, without taking the focus from where it is. */
export function scrollToUnit({ view }: OpenEditor, unit: number): void {
  const { node } = view.domAtPos(posAtUnit(view.state.doc, unit));
  const element = node instanceof HTMLElement ? node : node.parentElement;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element?.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
}

/** What is selected in an editor, as stable places; `undefined` where it is nothing. */
export function selectedStretch(editor: OpenEditor, units: readonly [number, number]): Stretch {
  const [from, to] = units;
  return [editor.text.cursor(from, 'before'), editor.text.cursor(to, 'after')];
}
