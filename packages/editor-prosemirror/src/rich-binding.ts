/**
 * Ties an editor to a rich text, both ways: own transactions become the ops that are needed, changes of
 * others become the smallest transaction, and what was selected stays selected. While a character is being
 * composed nothing is touched; afterwards both sides meet.
 */
import {
  deltaBetween,
  type Database,
  type RichChange,
  type RichDelta,
  type RichTextField,
} from '@atoll/client';
import type { Node } from 'prosemirror-model';
import {
  Plugin,
  PluginKey,
  TextSelection,
  type EditorState,
  type Transaction,
} from 'prosemirror-state';
import { type Transform } from 'prosemirror-transform';
import type { EditorView } from 'prosemirror-view';
import { rebased } from './rebase.ts';
import { replaceBlocks } from './replace-blocks.ts';
import { docOf, documentOf, nodeOf, posAtUnit, unitAtPos } from './rich-nodes.ts';
import { deltaOfStep } from './step-delta.ts';
import { Touched } from './touched.ts';

/** A selection as stable places: for presence, and to find it again. */
export type StableSelection = readonly [anchor: string, head: string];

/** What an editor is tied to. */
export interface RichBindingOptions {
  readonly db: Database;
  readonly text: RichTextField;
  /** Runs own changes, as `space.undo.run` does; by default one transaction of the database. */
  readonly run?: (change: () => void) => void;
  /** Told of the own selection whenever it moved, and of `null` when the editor lost the focus. */
  readonly onSelection?: (selection: StableSelection | null) => void;
  /** Told of a change that could not be made; the editor shows the text as it is again. */
  readonly onRefused?: (failure: unknown) => void;
}

/** What a binding needs of an editor's view. */
export type BoundView = Pick<EditorView, 'state' | 'composing' | 'dispatch' | 'hasFocus'>;

/** Names the binding's plugin in a state. */
export const richBindingKey: PluginKey<RichBinding> = new PluginKey('atoll-rich-text');
/** Says of a transaction that it came from the text. */
const FROM_TEXT = 'atoll-from-text';

/** One editor and one text. */
export class RichBinding {
  readonly #options: RichBindingOptions;
  readonly #touched = new Touched();
  /** Foreign changes that the editor does not show yet, because something is being composed. */
  #waiting: RichChange[] = [];
  /** The document of the editor that the text is known to equal. */
  #base: Node;
  /** Own transactions since. */
  #own: Transaction[] = [];
  #selection: StableSelection | undefined;
  #isSyncing = false;

  constructor(options: RichBindingOptions) {
    this.#options = options;
    this.#base = docOf(options.text.toDocument());
  }

  /** The document to begin with. */
  get doc(): Node {
    return this.#base;
  }

  /** The position of a stable place, if it is known here. */
  positionOf(doc: Node, cursor: string): number | undefined {
    const unit = this.#options.text.position(cursor);
    return unit === undefined ? undefined : posAtUnit(doc, unit);
  }

  /** A transaction was applied to a state of the editor. */
  noted(transaction: Transaction): void {
    if (transaction.docChanged && transaction.getMeta(FROM_TEXT) !== true) {
      this.#own.push(transaction);
    }
  }

  /** Begins to listen; returns the way to stop. */
  attach(view: BoundView): () => void {
    const stop = this.#options.text.subscribe((changes, origin) => {
      for (const change of changes) this.#touched.add(change);
      if (origin === 'foreign' || !this.#isSyncing) this.#waiting.push(...changes);
      if (!this.#isSyncing) this.sync(view);
    });
    return stop;
  }

  /** Brings both sides together, unless something is being composed. */
  sync(view: BoundView): void {
    if (this.#isSyncing || view.composing) return;
    this.#isSyncing = true;
    try {
      this.#push(view.state.doc);
      this.#pull(view);
      this.#noteSelection(view);
    } finally {
      this.#isSyncing = false;
    }
  }

  /** The editor lost the focus. */
  left(): void {
    this.#selection = undefined;
    this.#options.onSelection?.(null);
  }

  #push(doc: Node): void {
    const own = this.#own;
    this.#own = [];
    const { db, text, onRefused, run = (change) => db.transaction(change) } = this.#options;
    // What others have done but not yet told comes first.
    db.flush();
    const waiting = this.#waiting;
    this.#waiting = [];
    if (doc.eq(this.#base)) return;
    const deltas = deltasOf(this.#base, own, doc, waiting);
    this.#base = doc;
    // It was for the text before; the editor itself knows where the caret is in its own words.
    this.#selection = undefined;
    try {
      if (deltas.length > 0) run(() => deltas.forEach((delta) => text.applyDelta(delta)));
    } catch (failure) {
      this.#touchAll();
      onRefused?.(failure);
    }
    db.flush();
    // Heard while pushing, so of this very change.
    this.#waiting = [];
  }

  #touchAll(): void {
    const { length } = this.#options.text;
    this.#touched.add({ position: 0, deleted: 0, inserted: '', formatted: length });
  }

  #pull(view: BoundView): void {
    const { stretch } = this.#touched;
    this.#touched.clear();
    if (stretch === undefined) return;
    const { text } = this.#options;
    const transaction = view.state.tr;
    const content = text.toString();
    const from = Math.min(stretch.from, content.length);
    const to = Math.min(Math.max(stretch.to, from), content.length);
    const start = from > 0 ? content.lastIndexOf('\n', from - 1) + 1 : 0;
    const found = content.indexOf('\n', to);
    replaceBlocks(transaction, text.toDocument(from, to).map(nodeOf), {
      before: start,
      after: found < 0 ? 0 : content.length - found,
    });
    if (!transaction.docChanged) return;
    this.#select(view.state, transaction);
    transaction.setMeta(FROM_TEXT, true).setMeta('addToHistory', false);
    view.dispatch(transaction);
    this.#base = view.state.doc;
  }

  /** Selects what was selected, wherever it is now. */
  #select(state: EditorState, transaction: Transaction): void {
    const [anchor, head] = this.#selection ?? [];
    if (!(state.selection instanceof TextSelection)) return;
    if (anchor === undefined || head === undefined) return;
    const anchorAt = this.positionOf(transaction.doc, anchor);
    const headAt = this.positionOf(transaction.doc, head);
    if (anchorAt === undefined || headAt === undefined) return;
    const { doc } = transaction;
    transaction.setSelection(TextSelection.between(doc.resolve(anchorAt), doc.resolve(headAt)));
  }

  #noteSelection(view: BoundView): void {
    const { text, onSelection } = this.#options;
    const { anchor, head, empty } = view.state.selection;
    const { doc } = view.state;
    // A caret stays behind what it stands behind; what is selected keeps what others add outside.
    const place = (pos: number, isStart: boolean): string =>
      text.cursor(unitAtPos(doc, pos), empty || !isStart ? 'after' : 'before');
    const selection = [place(anchor, anchor < head), place(head, head < anchor)] as const;
    const before = this.#selection;
    this.#selection = selection;
    if (!view.hasFocus()) return;
    if (before?.[0] === selection[0] && before[1] === selection[1]) return;
    onSelection?.(selection);
  }
}

/** What own transactions did, one step after the other, or, where that is not known, as a whole. */
function deltasOf(
  base: Node,
  own: readonly Transaction[],
  doc: Node,
  waiting: readonly RichChange[],
): RichDelta[] {
  const isChain =
    own.length > 0 &&
    own.at(-1)?.doc.eq(doc) === true &&
    own.every((each, at) => each.before.eq(own[at - 1]?.doc ?? base));
  if (isChain && waiting.length === 0) {
    return own.flatMap((each) => deltasOfSteps(each)).filter((delta) => delta.length > 0);
  }
  const whole = deltaBetween(documentOf(base), documentOf(doc));
  return whole.length === 0 ? [] : [rebased(whole, waiting)];
}

function deltasOfSteps(transform: Transform): RichDelta[] {
  return transform.steps.map((step, at) => {
    const before = transform.docs[at] as Node;
    return deltaOfStep(step, before, transform.docs[at + 1] ?? transform.doc);
  });
}

/** The plugin of a binding. The state must have been made with the binding's `doc`. */
export function richBindingPlugin(binding: RichBinding): Plugin<RichBinding> {
  return new Plugin({
    key: richBindingKey,
    state: {
      init: () => binding,
      apply: (transaction) => {
        binding.noted(transaction);
        return binding;
      },
    },
    view: (view) => {
      const stop = binding.attach(view);
      return {
        update: (now, before) => {
          if (!now.state.doc.eq(before.doc) || !now.state.selection.eq(before.selection)) {
            binding.sync(now);
          }
        },
        destroy: stop,
      };
    },
    props: {
      handleDOMEvents: {
        compositionend: (view) => {
          // The editor reads what was composed first.
          void Promise.resolve().then(() => {
            if (!view.isDestroyed) binding.sync(view);
          });
          return false;
        },
        focus: (view) => {
          void Promise.resolve().then(() => {
            if (!view.isDestroyed) binding.sync(view);
          });
          return false;
        },
        blur: () => {
          binding.left();
          return false;
        },
      },
    },
  });
}
