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
      textBinding(binding),
      remoteCursors(),
      options.extensions ?? [],
    ],
  });
  return new EditorView({ state, parent: options.place });
}
