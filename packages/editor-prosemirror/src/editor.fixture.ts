/** Editors over replicas in one process, with or without a page around them. For tests. */
import type { RichDocument, RichTextField } from '@atoll/client';
import { defineType, s } from '@atoll/schema';
import type { Node } from 'prosemirror-model';
import { EditorState, type Transaction } from 'prosemirror-state';
import { WorldReplica } from '../../echo/src/testing/log-world.ts';
import {
  RichBinding,
  richBindingPlugin,
  type BoundView,
  type StableSelection,
} from './rich-binding.ts';

const Page = defineType('test.Page', { body: s.richText() });

/** A replica with a page. */
export interface PageReplica {
  readonly replica: WorldReplica;
  readonly text: RichTextField;
}

/** Replicas that all have one page. */
export function pages(names: readonly string[], document: RichDocument): PageReplica[] {
  const replicas = names.map((name) => new WorldReplica(name));
  const [first, ...others] = replicas as [WorldReplica, ...WorldReplica[]];
  const page = first.db.add(Page, {});
  page.body.setDocument(document);
  first.tick();
  for (const other of others) other.pull(first);
  return replicas.map((replica) => {
    const found = replica.db.query(Page).first();
    if (found === undefined) throw new TypeError('the replica has no page');
    return { replica, text: found.body };
  });
}

/** Lets all hear of each other. */
export function meet(all: readonly { readonly replica: WorldReplica }[]): void {
  for (const one of all) for (const other of all) one.replica.pull(other.replica);
}

/** An editor without a page: all of ProseMirror but its view. */
export class HeadlessEditor implements BoundView {
  composing = false;
  state: EditorState;
  selection: StableSelection | null | undefined;
  readonly binding: RichBinding;
  /** Transactions that changed the document and came from the text. */
  readonly foreign: Transaction[] = [];
  #isApplying = false;

  constructor({ replica, text }: PageReplica) {
    this.binding = new RichBinding({
      db: replica.db,
      text,
      onSelection: (selection) => {
        this.selection = selection;
      },
    });
    this.state = EditorState.create({
      doc: this.binding.doc,
      plugins: [richBindingPlugin(this.binding)],
    });
    this.binding.attach(this);
  }

  /** The document. */
  get doc(): Node {
    return this.state.doc;
  }

  /** Applies a transaction and, as a view does, lets the binding look at it. */
  dispatch = (transaction: Transaction): void => {
    if (transaction.getMeta('atoll-from-text') === true) this.foreign.push(transaction);
    transaction.doc.check();
    this.state = this.state.apply(transaction);
    if (this.#isApplying) return;
    this.#isApplying = true;
    try {
      this.binding.sync(this);
    } finally {
      this.#isApplying = false;
    }
  };

  hasFocus(): boolean {
    return true;
  }
}
