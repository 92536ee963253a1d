/** A whole editor: binding, keys, cursors of others, and Markdown if the text is some. */
import { defaultKeymap } from '@codemirror/commands';
import { markdown } from '@codemirror/lang-markdown';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { remoteCursors } from './remote-cursors.ts';
import { docOf, TextBinding, textBinding, type TextBindingOptions } from './text-binding.ts';

/** What an editor is made with. */
export interface TextEditorOptions extends TextBindingOptions {
  /** Where the editor is put. */
  readonly place: HTMLElement;
  /** Markdown continues lists and quotes, and knows its own structure. */
  readonly language: 'plain' | 'markdown';
  readonly editable: boolean;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Attributes of the element in which one writes, such as its label. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Takes files that are dropped or pasted, with the place; without it they are left to the browser. */
  readonly onFiles?: (files: readonly File[], pos: number) => void;
  /** Shown while the text is empty. */
  readonly placeholder?: string;
  /** Further extensions, such as a theme. */
  readonly extensions?: Extension;
}

/** Makes an editor; `destroy()` of the view ends it. */
export function createTextEditor(options: TextEditorOptions): EditorView {
  const binding = new TextBinding(options);
  const did = (run: () => void) => (): boolean => {
    run();
    return true;
  };
  const state = EditorState.create({
    doc: docOf(options.text),
    extensions: [
      keymap.of([
        { key: 'Mod-z', run: did(options.undo), preventDefault: true },
        { key: 'Mod-y', run: did(options.redo), preventDefault: true },
        { key: 'Mod-Shift-z', run: did(options.redo), preventDefault: true },
      ]),
      options.language === 'markdown' ? markdown() : [],
      keymap.of(defaultKeymap),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ ...options.attributes }),
      EditorView.editable.of(options.editable),
      EditorState.readOnly.of(!options.editable),
      options.placeholder === undefined ? [] : placeholder(options.placeholder),
      EditorView.domEventHandlers({
        // The browser's own undo knows nothing of what others wrote.
        beforeinput: (event) => {
          const { inputType } = event;
          if (inputType !== 'historyUndo' && inputType !== 'historyRedo') return false;
          event.preventDefault();
          (inputType === 'historyUndo' ? options.undo : options.redo)();
          return true;
        },
      }),
      options.onFiles === undefined ? [] : filesHandlers(options.onFiles),
      textBinding(binding),
      remoteCursors(),
      options.extensions ?? [],
    ],
  });
  return new EditorView({ state, parent: options.place });
}

/** Gives away files, and leaves everything else to the editor. */
function filesHandlers(onFiles: (files: readonly File[], pos: number) => void): Extension {
  const give = (view: EditorView, files: readonly File[], pos: number): boolean => {
    if (files.length === 0 || view.state.readOnly) return false;
    onFiles(files, pos);
    return true;
  };
  return EditorView.domEventHandlers({
    drop: (event, view) => {
      const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
      const isTaken = give(
        view,
        [...(event.dataTransfer?.files ?? [])],
        at ?? view.state.doc.length,
      );
      // The editor itself would write the content of text files into the text.
      if (isTaken) event.preventDefault();
      return isTaken;
    },
    paste: (event, view) => {
      const data = event.clipboardData;
      // Programs that write texts give a picture of them too: the text is what was meant.
      if (data === null || data.types.includes('text/plain')) return false;
      const isTaken = give(view, [...data.files], view.state.selection.main.to);
      if (isTaken) event.preventDefault();
      return isTaken;
    },
  });
}
