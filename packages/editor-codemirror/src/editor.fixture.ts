/** Editors over replicas in one process, without a page around them. For tests. */
import type { TextField } from '@atoll/client';
import { defineType, s } from '@atoll/schema';
import { EditorState, type Transaction } from '@codemirror/state';
import { WorldReplica } from '../../echo/src/testing/log-world.ts';
import { docOf, TextBinding, type BoundView, type StableSelection } from './text-binding.ts';

const Snippet = defineType('test.Snippet', { code: s.text() });

/** A replica with a text. */
export interface SnippetReplica {
  readonly replica: WorldReplica;
  readonly text: TextField;
}

/** Replicas that all have one text. */
export function snippets(names: readonly string[], code: string): SnippetReplica[] {
  const replicas = names.map((name) => new WorldReplica(name));
  const [first, ...others] = replicas as [WorldReplica, ...WorldReplica[]];
  first.db.add(Snippet, { code });
  first.tick();
  for (const other of others) other.pull(first);
  return replicas.map((replica) => {
    const found = replica.db.query(Snippet).first();
    if (found === undefined) throw new TypeError('the replica has no text');
    return { replica, text: found.code };
  });
}

/** Lets all hear of each other. */
export function meet(all: readonly { readonly replica: WorldReplica }[]): void {
  for (const one of all) for (const other of all) one.replica.pull(other.replica);
}

/** An editor without a page: all of CodeMirror but its view. */
export class HeadlessEditor implements BoundView {
  composing = false;
  readonly hasFocus = true;
  state: EditorState;
  selection: StableSelection | null | undefined;
  readonly binding: TextBinding;

  constructor({ replica, text }: SnippetReplica) {
    this.binding = new TextBinding({
      db: replica.db,
      text,
      onSelection: (selection) => {
        this.selection = selection;
      },
    });
    const extensions = EditorState.lineSeparator.of('\n');
    this.state = EditorState.create({ doc: docOf(text), extensions });
    this.binding.attach(this);
  }

  /** The content. */
  get content(): string {
    return this.state.doc.toString();
  }

  dispatch = (transaction: Transaction): void => {
    this.state = transaction.state;
    this.binding.noted(transaction);
  };

  /** Makes a change as somebody at the keyboard does. */
  edit(from: number, to: number, insert: string): void {
    const lines = this.state.toText(insert);
    this.dispatch(this.state.update({ changes: { from, to, insert: lines } }));
    this.binding.sync();
  }
}
