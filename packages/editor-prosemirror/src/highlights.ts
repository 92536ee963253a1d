/** Draws stretches that have marks of the application, such as comments, and tells which one is clicked. */
import type { Node } from 'prosemirror-model';
import { Plugin, PluginKey } from 'prosemirror-state';
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view';

/** Class names by key of the mark; what has none is not drawn. */
export type HighlightLooks = ReadonlyMap<string, string>;

interface Shown {
  readonly looks: HighlightLooks;
  readonly drawn: DecorationSet;
}

const KEY: PluginKey<Shown> = new PluginKey('atoll-highlights');
const NOTHING: Shown = { looks: new Map(), drawn: DecorationSet.empty };

/** The plugin; it is told what to draw by {@link showHighlights}. */
export function highlightsPlugin(onPress?: (key: string) => void): Plugin<Shown> {
  return new Plugin({
    key: KEY,
    state: {
      init: () => NOTHING,
      apply: (transaction, shown, _before, { doc }) => {
        const looks = (transaction.getMeta(KEY) as HighlightLooks | undefined) ?? shown.looks;
        if (looks === shown.looks && !transaction.docChanged) return shown;
        return { looks, drawn: draw(doc, looks) };
      },
    },
    props: {
      decorations: (state) => KEY.getState(state)?.drawn,
      handleClick: (view, pos) => {
        const looks = KEY.getState(view.state)?.looks ?? NOTHING.looks;
        const key = keysAt(view.state.doc, pos).find((each) => looks.has(each));
        if (key !== undefined) onPress?.(key);
        // The caret goes where one clicked all the same.
        return false;
      },
    },
  });
}

/** Draws these marks instead of those before; an editor that has ended is left alone. */
export function showHighlights(view: EditorView, looks: HighlightLooks): void {
  if (view.isDestroyed) return;
  view.dispatch(view.state.tr.setMeta(KEY, looks).setMeta('addToHistory', false));
}

function draw(doc: Node, looks: HighlightLooks): DecorationSet {
  if (looks.size === 0) return DecorationSet.empty;
  const decorations: Decoration[] = [];
  doc.descendants((node, pos) => {
    for (const { attrs } of node.isInline ? node.marks : []) {
      const look = looks.get(String(attrs['key']));
      if (look === undefined) continue;
      decorations.push(Decoration.inline(pos, pos + node.nodeSize, { class: look }));
    }
  });
  return DecorationSet.create(doc, decorations);
}

/** Keys of the marks at a place, on either side of it. */
function keysAt(doc: Node, pos: number): string[] {
  const $pos = doc.resolve(pos);
  const marks = [...($pos.nodeAfter?.marks ?? []), ...($pos.nodeBefore?.marks ?? [])];
  return marks.filter(({ type }) => type.name === 'other').map(({ attrs }) => String(attrs['key']));
}
