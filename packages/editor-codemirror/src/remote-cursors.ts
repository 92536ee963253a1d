/** Shows where others are: a caret with a name, and what they have selected. */
import type { TextField } from '@atoll/client';
import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';
import { FROM_TEXT, type StableSelection } from './text-binding.ts';

/** Somebody else in the same text. */
export interface RemoteCursor {
  /** Tells one from the others: the device. */
  readonly id: string;
  readonly name: string;
  /** Number of the person's colour. */
  readonly hue: number;
  readonly selection: StableSelection;
}

interface Shown {
  readonly text: TextField | undefined;
  readonly cursors: readonly RemoteCursor[];
  readonly decorations: DecorationSet;
}

const SHOW = StateEffect.define<Pick<Shown, 'text' | 'cursors'>>();

const SHOWN: StateField<Shown> = StateField.define<Shown>({
  create: () => ({ text: undefined, cursors: [], decorations: Decoration.none }),
  update: (shown, transaction) => {
    let next: Pick<Shown, 'text' | 'cursors'> = shown;
    for (const effect of transaction.effects) if (effect.is(SHOW)) next = effect.value;
    // A cursor may come before the letters beside which it stands.
    if (next !== shown || transaction.annotation(FROM_TEXT) === true) {
      return { ...next, decorations: decorationsOf(transaction.state, next) };
    }
    // Of one's own typing the text does not know yet: what is shown moves along.
    return { ...shown, decorations: shown.decorations.map(transaction.changes) };
  },
  provide: (field) => EditorView.decorations.from(field, ({ decorations }) => decorations),
});

/** The extension; it is told of cursors by {@link showRemoteCursors}. */
export function remoteCursors(): Extension {
  return SHOWN;
}

/** Shows these cursors instead of those before. */
export function showRemoteCursors(
  view: Pick<EditorView, 'state' | 'dispatch'>,
  text: TextField,
  cursors: readonly RemoteCursor[],
): void {
  view.dispatch({ effects: SHOW.of({ text, cursors }) });
}

function decorationsOf(
  { doc }: EditorState,
  { text, cursors }: Pick<Shown, 'text' | 'cursors'>,
): DecorationSet {
  if (text === undefined) return Decoration.none;
  const ranges = cursors.flatMap((cursor) => {
    const places = cursor.selection.map((place) => text.position(place));
    const [anchor, head] = places.map((at) => (at === undefined ? -1 : Math.min(at, doc.length)));
    if (anchor === undefined || head === undefined || anchor < 0 || head < 0) return [];
    const caret = Decoration.widget({ widget: new Caret(cursor), side: 1 }).range(head);
    if (anchor === head) return [caret];
    const look = Decoration.mark({
      class: 'remote-selection',
      attributes: { 'data-hue': String(cursor.hue) },
    });
    return [caret, look.range(Math.min(anchor, head), Math.max(anchor, head))];
  });
  return Decoration.set(ranges, true);
}

/**
 * A caret. The name is an attribute, which a style sheet shows: so it is neither copied nor read out. Who
 * is here is told elsewhere.
 */
class Caret extends WidgetType {
  readonly #cursor: RemoteCursor;

  constructor(cursor: RemoteCursor) {
    super();
    this.#cursor = cursor;
  }

  /** See {@link WidgetType}. */
  override eq(other: WidgetType): boolean {
    if (!(other instanceof Caret)) return false;
    const { id, name, hue, selection } = this.#cursor;
    const { id: otherId, name: otherName, hue: otherHue, selection: otherAt } = other.#cursor;
    // Another place is another caret, so that what appears with a movement appears again.
    return id === otherId && name === otherName && hue === otherHue && selection[1] === otherAt[1];
  }

  /** See {@link WidgetType}. */
  toDOM(): HTMLElement {
    const caret = document.createElement('span');
    caret.className = 'remote-caret';
    caret.dataset['hue'] = String(this.#cursor.hue);
    caret.dataset['name'] = this.#cursor.name;
    caret.setAttribute('aria-hidden', 'true');
    return caret;
  }
}
