/** A whole editor: schema, binding, keys, cursors of others. */
import { EditorState } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import { editingPlugin, type EditingOptions } from './editing.ts';
import { EmbedView, type FillEmbed } from './embed-view.ts';
import { filesProps, type OnFiles } from './embed.ts';
import { highlightsPlugin } from './highlights.ts';
import { remoteCursorsPlugin } from './remote-cursors.ts';
import { RichBinding, richBindingPlugin, type RichBindingOptions } from './rich-binding.ts';
import { TodoView } from './todo-view.ts';

/** What an editor is made with. */
export interface RichEditorOptions extends RichBindingOptions, EditingOptions {
  /** Where the editor is put. */
  readonly place: HTMLElement;
  /** Asked each time: whether one may write. */
  readonly editable: () => boolean;
  /** Attributes of the element in which one writes, such as its label. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What the box of a todo is called for those who do not see it. */
  readonly boxLabel: string;
  /** Shows the objects in the text, and what an empty caption says. Absent: captions alone are shown. */
  readonly embeds?: { readonly fill: FillEmbed; readonly captionLabel: string };
  /** Takes files that are dropped or pasted. */
  readonly onFiles?: OnFiles;
  /** Told of a click on what `showHighlights` draws, by its key. */
  readonly onHighlight?: (key: string) => void;
  /** Told after every change of what is shown or selected, for toolbars. */
  readonly onUpdate?: (state: EditorState) => void;
}

/** Makes an editor; `destroy()` of the view ends it. */
export function createRichEditor(options: RichEditorOptions): EditorView {
  const binding = new RichBinding(options);
  const { embeds } = options;
  const view: EditorView = new EditorView(options.place, {
    ...filesProps(options.onFiles),
    state: EditorState.create({
      doc: binding.doc,
      plugins: [
        editingPlugin(options),
        richBindingPlugin(binding),
        remoteCursorsPlugin(binding),
        highlightsPlugin(binding, options.onHighlight),
      ],
    }),
    editable: options.editable,
    attributes: { role: 'textbox', 'aria-multiline': 'true', ...options.attributes },
    nodeViews: {
      todo: (node, of, pos) => new TodoView(node, of, { pos, label: options.boxLabel }),
      ...(embeds === undefined
        ? {}
        : { embed: (node, of, pos) => new EmbedView(node, of, { pos, ...embeds }) }),
    },
    dispatchTransaction: (transaction) => {
      view.updateState(view.state.apply(transaction));
      options.onUpdate?.(view.state);
    },
  });
  return view;
}
