/** Shows where others are: a caret with a name, and what they have selected. */
import { Plugin, PluginKey, type EditorState } from 'prosemirror-state';
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view';
import type { RichBinding, StableSelection } from './rich-binding.ts';

/** Somebody else in the same text. */
export interface RemoteCursor {
  /** Tells one from the others: the device. */
  readonly id: string;
  readonly name: string;
  /** Number of the person's colour. */
  readonly hue: number;
  readonly selection: StableSelection;
}

const KEY: PluginKey<DecorationSet> = new PluginKey('atoll-remote-cursors');

/** The plugin; it is told of cursors by {@link showRemoteCursors}. */
export function remoteCursorsPlugin(binding: RichBinding): Plugin<DecorationSet> {
  let cursors: readonly RemoteCursor[] = [];
  return new Plugin({
    key: KEY,
    state: {
      init: () => DecorationSet.empty,
      apply: (transaction, shown, _before, state) => {
        const given = transaction.getMeta(KEY) as readonly RemoteCursor[] | undefined;
        if (given !== undefined) cursors = given;
        // Of one's own typing the text does not know yet: what is shown moves along.
        if (given === undefined && transaction.getMeta('atoll-from-text') !== true) {
          return shown.map(transaction.mapping, transaction.doc);
        }
        return decorationsOf(binding, state, cursors);
      },
    },
    props: { decorations: (state) => KEY.getState(state) },
  });
}

/** Shows these cursors instead of those before. */
export function showRemoteCursors(view: EditorView, cursors: readonly RemoteCursor[]): void {
  if (view.isDestroyed) return;
  view.dispatch(view.state.tr.setMeta(KEY, cursors).setMeta('addToHistory', false));
}

function decorationsOf(
  binding: RichBinding,
  { doc }: EditorState,
  cursors: readonly RemoteCursor[],
): DecorationSet {
  const decorations: Decoration[] = [];
  for (const cursor of cursors) {
    const anchor = binding.positionOf(doc, cursor.selection[0]);
    const head = binding.positionOf(doc, cursor.selection[1]);
    if (anchor === undefined || head === undefined) continue;
    // Another place is another caret, so that what appears with a movement appears again.
    const key = `${cursor.id} ${cursor.name} ${cursor.hue} ${cursor.selection[1]}`;
    decorations.push(Decoration.widget(head, () => caretOf(cursor), { key, side: 10 }));
    if (anchor === head) continue;
    const look = { class: 'remote-selection', 'data-hue': String(cursor.hue) };
    decorations.push(Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), look));
  }
  return DecorationSet.create(doc, decorations);
}

/**
 * The name is an attribute, which a style sheet shows: so it is neither copied nor read out. Who is here is
 * told elsewhere.
 */
function caretOf({ name, hue }: RemoteCursor): HTMLElement {
  const caret = document.createElement('span');
  caret.className = 'remote-caret';
  caret.dataset['hue'] = String(hue);
  caret.dataset['name'] = name;
  caret.setAttribute('aria-hidden', 'true');
  return caret;
}
