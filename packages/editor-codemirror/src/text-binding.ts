/**
 * Ties an editor to a plain text, both ways: transactions become the same edits of the text, edits of
 * others become changes of the editor, which keeps its own selection through them. While a character is
 * being composed nothing is touched; afterwards both sides meet.
 */
import type { Database, TextChange, TextField } from '@atoll/client';
import {
  Annotation,
  type AnnotationType,
  ChangeSet,
  EditorState,
  type Extension,
  type Text,
  type Transaction,
} from '@codemirror/state';
import { EditorView, ViewPlugin, type PluginValue, type ViewUpdate } from '@codemirror/view';

/** A selection as stable places: for presence. */
export type StableSelection = readonly [anchor: string, head: string];

/** What an editor is tied to. */
export interface TextBindingOptions {
  readonly db: Database;
  readonly text: TextField;
  /** Runs own changes, as `space.undo.run` does; by default one transaction of the database. */
  readonly run?: (change: () => void) => void;
  /** Told of the own selection whenever it moved, and of `null` when the editor lost the focus. */
  readonly onSelection?: (selection: StableSelection | null) => void;
  /** Told of a change that could not be made; the editor shows the text as it is again. */
  readonly onRefused?: (failure: unknown) => void;
}

/** What a binding needs of an editor's view. */
export interface BoundView {
  readonly state: EditorState;
  readonly composing: boolean;
  readonly hasFocus: boolean;
  dispatch(transaction: Transaction): void;
}

/** Says of a transaction that it came from the text. */
export const FROM_TEXT: AnnotationType<boolean> = Annotation.define<boolean>();

/** One editor and one text. */
export class TextBinding {
  readonly #options: TextBindingOptions;
  #view: BoundView | undefined;
  #stop: (() => void) | undefined;
  /** Own changes that the text does not have yet. */
  #own: ChangeSet | undefined;
  /** Changes of the text that the editor does not show yet. */
  #foreign: ChangeSet | undefined;
  #isSyncing = false;
  #told: StableSelection | undefined;

  constructor(options: TextBindingOptions) {
    this.#options = options;
  }

  /** Begins to listen. The editor's document must be the text. */
  attach(view: BoundView): void {
    this.#view = view;
    this.#stop = this.#options.text.subscribe((changes) => {
      if (this.#isSyncing) return;
      this.#hear(changes);
      this.sync();
    });
  }

  /** Stops listening. */
  detach(): void {
    this.#stop?.();
    this.#view = undefined;
  }

  /** A transaction was applied to the editor. */
  noted(transaction: Transaction): void {
    if (!transaction.docChanged || transaction.annotation(FROM_TEXT) === true) return;
    this.#own = this.#own?.compose(transaction.changes) ?? transaction.changes;
  }

  /** Brings both sides together, unless something is being composed. */
  sync(): void {
    const view = this.#view;
    if (view === undefined || this.#isSyncing || view.composing) return;
    this.#hearRest();
    this.#isSyncing = true;
    try {
      const own = this.#own;
      const foreign = this.#foreign;
      this.#own = undefined;
      this.#foreign = undefined;
      const isExact = own === undefined || this.#push(own, foreign);
      if (foreign !== undefined) {
        this.#show(view, own === undefined ? foreign : foreign.map(own));
      }
      if (!isExact) this.#showAll(view);
    } finally {
      this.#isSyncing = false;
    }
    this.#tellSelection(view);
  }

  /** The editor lost the focus. */
  left(): void {
    this.#told = undefined;
    this.#options.onSelection?.(null);
  }

  /** What was done to the text and not told yet is heard before anything is written. */
  #hearRest(): void {
    const { db, text } = this.#options;
    const heard: TextChange[] = [];
    const stop = text.subscribe((changes) => heard.push(...changes));
    this.#isSyncing = true;
    db.flush();
    this.#isSyncing = false;
    stop();
    this.#hear(heard);
  }

  #hear(changes: readonly TextChange[]): void {
    for (const { position, deleted, inserted } of changes) {
      if (deleted === 0 && inserted === '') continue;
      const length = this.#foreign?.newLength ?? this.#lengthBefore();
      const change = ChangeSet.of(
        { from: position, to: position + deleted, insert: textOf(inserted) },
        length,
      );
      this.#foreign = this.#foreign?.compose(change) ?? change;
    }
  }

  /** Length of what both sides had last. */
  #lengthBefore(): number {
    return this.#own?.length ?? this.#view?.state.doc.length ?? 0;
  }

  /** Writes own changes; false if the text is something else than they would have made of it. */
  #push(own: ChangeSet, foreign: ChangeSet | undefined): boolean {
    const { db, text, onRefused, run = (change) => db.transaction(change) } = this.#options;
    // Of two insertions at one place the own one comes first, here and in the editor.
    const changes = foreign === undefined ? own : own.map(foreign, true);
    let isExact = false;
    try {
      run(() => {
        isExact = applyChanges(text, changes);
      });
    } catch (failure) {
      onRefused?.(failure);
    }
    db.flush();
    return isExact;
  }

  #show(view: BoundView, changes: ChangeSet): void {
    view.dispatch(view.state.update({ changes, annotations: FROM_TEXT.of(true) }));
  }

  #showAll(view: BoundView): void {
    const before = view.state.doc.toString();
    const after = this.#options.text.toString();
    if (before === after) return;
    const shorter = Math.min(before.length, after.length);
    let start = 0;
    while (start < shorter && before[start] === after[start]) start++;
    let end = 0;
    while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
    const insert = textOf(after.slice(start, after.length - end));
    this.#show(view, view.state.changes({ from: start, to: before.length - end, insert }));
  }

  #tellSelection(view: BoundView): void {
    const { text, onSelection } = this.#options;
    if (!view.hasFocus || onSelection === undefined) return;
    const { anchor, head } = view.state.selection.main;
    const told = [text.cursor(anchor), text.cursor(head)] as const;
    if (this.#told?.[0] === told[0] && this.#told[1] === told[1]) return;
    this.#told = told;
    onSelection(told);
  }
}

/** Makes changes of an editor in a text; false if the text did something else, to keep characters whole. */
function applyChanges(text: TextField, changes: ChangeSet): boolean {
  let shift = 0;
  let isExact = true;
  for (const { from, to, insert } of editsOf(changes)) {
    const before = text.length;
    const known = text.toString();
    if (isInPair(known, from + shift) || isInPair(known, to + shift)) isExact = false;
    if (!insert.isWellFormed()) isExact = false;
    if (to > from) text.delete(from + shift, to - from);
    if (insert !== '') text.insert(from + shift, insert.toWellFormed());
    shift += text.length - before;
  }
  return isExact;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

function editsOf(changes: ChangeSet): Edit[] {
  const edits: Edit[] = [];
  changes.iterChanges((...[from, to, , , inserted]) => {
    edits.push({ from, to, insert: inserted.toString() });
  });
  return edits;
}

function isInPair(text: string, at: number): boolean {
  return /[\ud800-\udbff]/.test(text[at - 1] ?? '') && /[\udc00-\udfff]/.test(text[at] ?? '');
}

/** Lines of a text: they end with U+000A and nothing else. */
function textOf(text: string): Text {
  return EditorState.create({ doc: text, extensions: LINE_ENDS }).doc;
}

/** Other line ends are characters, so that positions of the editor are positions of the text. */
const LINE_ENDS: Extension = EditorState.lineSeparator.of('\n');

/** The document to begin with, for {@link textBinding}. */
export function docOf(text: TextField): Text {
  return textOf(text.toString());
}

class BindingPlugin implements PluginValue {
  readonly #binding: TextBinding;
  readonly #view: EditorView;

  constructor(view: EditorView, binding: TextBinding) {
    this.#binding = binding;
    this.#view = view;
    binding.attach(view);
  }

  /** See {@link PluginValue}. */
  update(update: ViewUpdate): void {
    for (const transaction of update.transactions) this.#binding.noted(transaction);
    if (!update.docChanged && !update.selectionSet && !update.focusChanged) return;
    // An editor must not be changed while it is updating.
    void Promise.resolve().then(() => this.#sync());
  }

  /** See {@link PluginValue}. */
  destroy(): void {
    this.#binding.sync();
    this.#binding.detach();
  }

  #sync(): void {
    if (this.#view.hasFocus) this.#binding.sync();
    else {
      this.#binding.sync();
      this.#binding.left();
    }
  }
}

/** The extension that ties an editor to a binding. */
export function textBinding(binding: TextBinding): Extension {
  const plugin = ViewPlugin.define((view) => new BindingPlugin(view, binding));
  const ended = EditorView.domEventHandlers({
    compositionend: () => {
      // The editor reads what was composed first.
      void Promise.resolve().then(() => binding.sync());
      return false;
    },
  });
  return [LINE_ENDS, plugin, ended];
}
