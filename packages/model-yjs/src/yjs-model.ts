/** A Yjs document as a custom data model: its updates are the ops. */
import type { Doc } from 'yjs';
import { defineModel, type Model, type ModelEditor } from '@atoll/client';
import { DocumentState, FROM_SPACE, type UpdateOp } from './document-state.ts';
import { shownDocument } from './shown-document.ts';
import { updateBackTo } from './update-back.ts';
import { scanUpdate } from './update-scan.ts';

/** A Yjs document in a space. */
export interface YjsDocument {
  /**
   * The document. What editors write into it is written into the space, what others write comes into it.
   * Another one after {@link onReset}; do not keep it.
   */
  readonly doc: Doc;
  /**
   * Calls back when {@link doc} is another one, because something that it held does not count any more:
   * editors bind anew. Returns the way to stop.
   */
  onReset(listener: () => void): () => void;
}

/** Yjs documents: register it, and give a type a field `s.model('org.yjs.document', 1)`. */
export const yjsModel: Model<DocumentState, UpdateOp, YjsDocument> = defineModel<
  DocumentState,
  UpdateOp,
  YjsDocument
>({
  id: 'org.yjs.document',
  version: 1,
  // Yjs integrates what it gets for good: an update is out with what it builds upon.
  voidable: false,
  empty: () => new DocumentState(),
  encode: ({ bytes }) => bytes,
  decode(bytes, meter) {
    const links = scanUpdate(bytes, (count) => meter.step(count));
    return links === undefined ? undefined : { bytes, links };
  },
  apply: (state, op, context) => state.apply(op, context),
  snapshot: ({ doc }) => new TextEncoder().encode(JSON.stringify(shownDocument(doc))),
  links: ({ links }) => ({ makes: links.makes, needs: links.needs }),
  view: (editor) => new DocumentView(editor),
  toJSON: ({ doc }) => shownDocument(doc),
  become(state, wanted) {
    const bytes = updateBackTo(state.doc, wanted.doc);
    const links = scanUpdate(bytes, () => undefined);
    return links === undefined ? [] : [{ bytes, links }];
  },
});

/** See {@link YjsDocument}. */
class DocumentView implements YjsDocument {
  readonly #editor: ModelEditor<DocumentState, UpdateOp>;
  readonly #listeners = new Set<() => void>();
  #doc: Doc | undefined;

  constructor(editor: ModelEditor<DocumentState, UpdateOp>) {
    this.#editor = editor;
    editor.onChange(() => this.#look());
  }

  get doc(): Doc {
    const { doc } = this.#editor.state();
    if (doc !== this.#doc) this.#listen(doc);
    return doc;
  }

  onReset(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #look(): void {
    const before = this.#doc;
    if (before === undefined) return;
    const state = this.#editor.state();
    if (state.doc !== before) {
      this.#listen(state.doc);
      for (const listener of [...this.#listeners]) listener();
    }
    const { thrown } = state;
    state.thrown = undefined;
    if (thrown !== undefined) throw thrown;
  }

  #listen(doc: Doc): void {
    this.#doc?.off('update', this.#write);
    this.#doc = doc;
    doc.on('update', this.#write);
  }

  /** What a person or a library has written into the document. */
  readonly #write = (bytes: Uint8Array, origin: unknown): void => {
    if (origin === FROM_SPACE) return;
    const state = this.#editor.state();
    const links = scanUpdate(bytes, () => undefined);
    try {
      state.ahead = bytes;
      this.#editor.write({ bytes, links: links ?? NO_LINKS });
    } catch (failure) {
      // The document is ahead of what is written.
      this.#editor.reload();
      throw failure;
    } finally {
      state.ahead = undefined;
    }
  };
}

const NO_LINKS: UpdateOp['links'] = { makes: [], needs: [], parents: [], types: new Set() };
