/**
 * Draws an object in the text: a place that the application fills, and the caption below it, in which one
 * writes. What the application shows is no text, and the editor leaves it alone.
 */
import type { Node } from 'prosemirror-model';
import type { EditorView, NodeView } from 'prosemirror-view';
import { richSchema } from './rich-schema.ts';

/** An object in a text, and what can be done with it there. */
export interface EmbeddedObject {
  /** Id of the object. */
  readonly object: string;
  /** Id of its space, if that is another one. */
  readonly space?: string;
  /** Takes it out of the text, with its caption. */
  readonly remove: () => void;
}

/** Fills a place with what stands for an object; returns the way to empty it again. */
export type FillEmbed = (place: HTMLElement, embedded: EmbeddedObject) => () => void;

/** See {@link NodeView}. */
export class EmbedView implements NodeView {
  readonly dom: HTMLElement;
  readonly contentDOM: HTMLElement;
  readonly #card: HTMLElement;
  readonly #empty: () => void;
  readonly #attrs: Node['attrs'];

  constructor(
    node: Node,
    view: EditorView,
    at: {
      readonly pos: () => number | undefined;
      readonly fill: FillEmbed;
      readonly captionLabel: string;
    },
  ) {
    this.#attrs = node.attrs;
    this.dom = document.createElement('figure');
    this.#card = document.createElement('div');
    this.#card.contentEditable = 'false';
    this.#card.dataset['card'] = '';
    this.contentDOM = document.createElement('figcaption');
    this.contentDOM.dataset['placeholder'] = at.captionLabel;
    this.dom.append(this.#card, this.contentDOM);
    const { object, space } = node.attrs as {
      readonly object: string;
      readonly space: string | null;
    };
    this.dom.dataset['object'] = object;
    if (space !== null) this.dom.dataset['space'] = space;
    this.#show(node);
    const remove = (): void => {
      const pos = at.pos();
      const found = pos === undefined ? null : view.state.doc.nodeAt(pos);
      if (pos === undefined || found === null || !view.editable) return;
      const { tr } = view.state;
      // A document without any block is none.
      if (tr.doc.childCount > 1) tr.delete(pos, pos + found.nodeSize);
      else tr.replaceWith(pos, pos + found.nodeSize, richSchema.node('paragraph'));
      view.dispatch(tr);
    };
    this.#empty = at.fill(this.#card, { object, ...(space === null ? {} : { space }), remove });
  }

  /** Shows another caption of the same object. */
  update(node: Node): boolean {
    const { object, space } = this.#attrs;
    const isSame =
      node.type.name === 'embed' &&
      node.attrs['object'] === object &&
      node.attrs['space'] === space;
    if (isSame) this.#show(node);
    return isSame;
  }

  /** What is pressed in the card is the application's business. */
  stopEvent(event: Event): boolean {
    return event.target instanceof Element && this.#card.contains(event.target);
  }

  /** What changes in the card is no text. */
  ignoreMutation(mutation: { readonly type: string; readonly target: Element | object }): boolean {
    return mutation.target instanceof Element && this.#card.contains(mutation.target);
  }

  /** Ends what fills the place. */
  destroy(): void {
    this.#empty();
  }

  #show(node: Node): void {
    this.contentDOM.toggleAttribute('data-empty', node.content.size === 0);
  }
}
