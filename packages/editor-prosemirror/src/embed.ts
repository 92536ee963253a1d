/** Putting objects and files into a text. */
import type { EditorState } from 'prosemirror-state';
import { TextSelection, type Command } from 'prosemirror-state';
import type { EditorProps, EditorView } from 'prosemirror-view';
import { richSchema } from './rich-schema.ts';

/** Files that somebody has dropped into or pasted at a position of the document. */
export type OnFiles = (files: readonly File[], pos: number) => void;

/**
 * Puts an object into the text, below the block at a position (that of the selection, if none is given), or
 * in its place where it is an empty paragraph. The selection goes on behind it.
 */
export function insertEmbed(object: string, pos?: number): Command {
  return (state, dispatch) => {
    const { tr, doc } = state;
    const $pos = doc.resolve(Math.min(pos ?? state.selection.to, doc.content.size));
    const embed = richSchema.node('embed', { object, space: null });
    const isInBlock = $pos.depth > 0;
    const block = isInBlock ? $pos.node(1) : undefined;
    const isBlank = block?.type.name === 'paragraph' && block.content.size === 0;
    const from = isInBlock ? (isBlank ? $pos.before(1) : $pos.after(1)) : $pos.pos;
    const to = isBlank ? $pos.after(1) : from;
    const isLast = to === doc.content.size;
    // Below the last one there must be somewhere to go on writing.
    tr.replaceWith(from, to, isLast ? [embed, richSchema.node('paragraph')] : [embed]);
    if (pos === undefined) selectBehind(state, tr, from + embed.nodeSize);
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

function selectBehind(state: EditorState, tr: EditorState['tr'], pos: number): void {
  const $behind = tr.doc.resolve(Math.min(pos + 1, tr.doc.content.size));
  if (state.selection instanceof TextSelection) tr.setSelection(TextSelection.near($behind));
}

/** Takes files that come by drag or by paste, and leaves everything else to the editor. */
export function filesProps(onFiles: OnFiles | undefined): EditorProps {
  if (onFiles === undefined) return {};
  return {
    handlePaste: (view, event) => {
      const data = event.clipboardData;
      // Programs that write texts give a picture of them too: the text is what was meant.
      if (data === null || data.types.includes('text/plain')) return false;
      return give(view, [...data.files], view.state.selection.to);
    },
    handleDrop: (view, event) => {
      const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
      const files = [...(event.dataTransfer?.files ?? [])];
      return give(view, files, at?.pos ?? view.state.doc.content.size);
    },
  };

  function give(view: EditorView, files: readonly File[], pos: number): boolean {
    if (files.length === 0 || !view.editable) return false;
    onFiles?.(files, pos);
    return true;
  }
}
