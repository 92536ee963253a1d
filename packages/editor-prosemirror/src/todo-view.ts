/** Draws a todo with a box that can be checked, by hand and by keyboard. */
import type { Node } from 'prosemirror-model';
import type { EditorView, NodeView } from 'prosemirror-view';

/** See {@link NodeView}. */
export class TodoView implements NodeView {
  readonly dom: HTMLElement;
  readonly contentDOM: HTMLElement;
  readonly #box: HTMLInputElement;

  constructor(
    node: Node,
    view: EditorView,
    at: { readonly pos: () => number | undefined; readonly label: string },
  ) {
    this.dom = document.createElement('div');
    this.#box = document.createElement('input');
    this.#box.type = 'checkbox';
    this.#box.contentEditable = 'false';
    this.#box.setAttribute('aria-label', at.label);
    this.contentDOM = document.createElement('div');
    this.contentDOM.dataset['text'] = '';
    this.dom.append(this.#box, this.contentDOM);
    this.#box.addEventListener('change', () => {
      const pos = at.pos();
      if (pos === undefined || !view.editable) return;
      view.dispatch(view.state.tr.setNodeAttribute(pos, 'checked', this.#box.checked));
    });
    this.#show(node, view.editable);
  }

  /** Shows another state of the same todo. */
  update(node: Node): boolean {
    if (node.type.name !== 'todo') return false;
    this.#show(node, !this.#box.disabled);
    return true;
  }

  /** The box is not the editor's business. */
  stopEvent(event: Event): boolean {
    return event.target === this.#box;
  }

  /** What the box does to itself is no text. */
  ignoreMutation(mutation: { readonly type: string; readonly target: unknown }): boolean {
    return mutation.type !== 'selection' && mutation.target === this.#box;
  }

  #show(node: Node, editable: boolean): void {
    const isDone = node.attrs['checked'] === true;
    this.dom.dataset['todo'] = isDone ? 'done' : 'open';
    this.dom.dataset['depth'] = String(node.attrs['depth']);
    this.#box.checked = isDone;
    this.#box.disabled = !editable;
  }
}
