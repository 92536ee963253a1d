/** Draws stretches of the text that the application names, such as those of comments, and tells which one is clicked. */
import { Plugin, PluginKey, type EditorState } from 'prosemirror-state';
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view';
import type { RichBinding } from './rich-binding.ts';

/** A stretch between two stable places, and how it looks. */
export interface Highlight {
  /** Told when it is clicked. */
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** Names of classes. */
  readonly look: string;
}

const KEY: PluginKey<DecorationSet> = new PluginKey('atoll-highlights');

/** The plugin; it is told what to draw by {@link showHighlights}. */
export function highlightsPlugin(
  binding: RichBinding,
  onPress?: (key: string) => void,
): Plugin<DecorationSet> {
  let highlights: readonly Highlight[] = [];
  return new Plugin({
    key: KEY,
    state: {
      init: () => DecorationSet.empty,
      apply: (transaction, shown, _before, state) => {
        const given = transaction.getMeta(KEY) as readonly Highlight[] | undefined;
        if (given !== undefined) highlights = given;
        // Of one's own typing the text does not know yet: what is shown moves along.
        if (given === undefined && transaction.getMeta('atoll-from-text') !== true) {
          return shown.map(transaction.mapping, transaction.doc);
        }
        return draw(binding, state, highlights);
      },
    },
    props: {
      decorations: (state) => KEY.getState(state),
      handleClick: (view, pos) => {
        const [found] = KEY.getState(view.state)?.find(pos, pos) ?? [];
        const key: unknown = found?.spec['key'];
        if (typeof key === 'string') onPress?.(key);
        // The caret goes where one clicked all the same.
        return false;
      },
    },
  });
}

/** Draws these instead of those before; an editor that has ended is left alone. */
export function showHighlights(view: EditorView, highlights: readonly Highlight[]): void {
  if (view.isDestroyed) return;
  view.dispatch(view.state.tr.setMeta(KEY, highlights).setMeta('addToHistory', false));
}

function draw(
  binding: RichBinding,
  { doc }: EditorState,
  highlights: readonly Highlight[],
): DecorationSet {
  const decorations = highlights.flatMap(({ from, key, look, to }) => {
    const start = binding.positionOf(doc, from);
    const end = binding.positionOf(doc, to);
    if (start === undefined || end === undefined || start >= end) return [];
    return [Decoration.inline(start, end, { class: look }, { key })];
  });
  return DecorationSet.create(doc, decorations);
}
