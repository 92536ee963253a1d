/** How one writes: keys, what typing a sign at the start of a block does, and commands for toolbars. */
import { sameBlock, type Block } from '@atoll/client';
import { baseKeymap, chainCommands, toggleMark } from 'prosemirror-commands';
import { keydownHandler } from 'prosemirror-keymap';
import type { Node, ResolvedPos } from 'prosemirror-model';
import {
  Plugin,
  TextSelection,
  type Command,
  type EditorState,
  type Transaction,
} from 'prosemirror-state';
import { blockOfNode, nodeOfBlock, richSchema, type RichMarkName } from './rich-schema.ts';

const DEPTH_MAX = 8;
const PARAGRAPH: Block = { kind: 'paragraph' };

/** What keys do besides typing. */
export interface EditingOptions {
  readonly undo: () => void;
  readonly redo: () => void;
  /** Asks for the address of a link, as a button of the toolbar does. */
  readonly askLink?: () => void;
}

/** Marks that a command can give and take. */
export type SimpleMark = Exclude<RichMarkName, 'link' | 'other'>;

/** Gives what is selected a mark, or takes it. */
export function toggle(mark: SimpleMark): Command {
  return toggleMark(richSchema.marks[mark]);
}

/** Makes a link of what is selected; without an address takes the link. */
export function setLink(href: string | undefined): Command {
  return (state, dispatch) => {
    const { from, to, empty } = state.selection;
    if (empty) return false;
    const { link } = richSchema.marks;
    const { tr } = state;
    if (href === undefined) tr.removeMark(from, to, link);
    else tr.addMark(from, to, link.create({ href }));
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

/** Makes every selected block this one; a second time, paragraphs again. */
export function toggleBlock(block: Block): Command {
  return (state, dispatch) => {
    const blocks = selectedBlocks(state);
    if (blocks.length === 0) return false;
    const isSet = blocks.every(({ node }) => isLike(blockOfNode(node), block));
    const { tr } = state;
    for (const { pos, node } of blocks) {
      const was = blockOfNode(node);
      const next = isSet ? PARAGRAPH : keepingDepth(was, block);
      setBlockAt(tr, pos, next);
    }
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

/** Puts a divider below the block. */
export const insertDivider: Command = (state, dispatch) => {
  const { $to } = state.selection;
  if ($to.depth === 0) return false;
  const after = $to.after(1);
  const { tr } = state;
  const nodes = [richSchema.node('divider'), richSchema.node('paragraph')];
  tr.insert(after, nodes);
  tr.setSelection(TextSelection.create(tr.doc, after + 2));
  dispatch?.(tr.scrollIntoView());
  return true;
};

/** True if all that is selected has the mark, or typing would have it. */
export function isMarked(state: EditorState, name: RichMarkName): boolean {
  const type = richSchema.marks[name];
  const { from, to, $from, empty } = state.selection;
  if (empty) return type.isInSet(state.storedMarks ?? $from.marks()) !== undefined;
  return state.doc.rangeHasMark(from, to, type);
}

/** What the block at the selection's start is. */
export function blockAtSelection({ selection }: EditorState): Block {
  const { $from } = selection;
  // Of everything, or of a divider, the selection is not inside of a block.
  const node = $from.depth > 0 ? $from.node(1) : $from.nodeAfter;
  return node === null ? PARAGRAPH : blockOfNode(node);
}

function selectedBlocks({ doc, selection }: EditorState): { pos: number; node: Node }[] {
  const found: { pos: number; node: Node }[] = [];
  doc.nodesBetween(selection.from, selection.to, (node, pos) => {
    if (node.isTextblock) found.push({ pos, node });
    return false;
  });
  return found;
}

/** Equal but for depth and state. */
function isLike(one: Block, other: Block): boolean {
  if (one.kind !== other.kind) return false;
  if ('depth' in one) return true;
  return sameBlock(one, other);
}

function keepingDepth(was: Block, next: Block): Block {
  return 'depth' in was && 'depth' in next ? { ...next, depth: was.depth } : next;
}

function setBlockAt(tr: Transaction, pos: number, block: Block): void {
  const { name, attrs } = nodeOfBlock(block);
  const at = tr.mapping.map(pos);
  const node = tr.doc.nodeAt(at);
  if (node === null) return;
  tr.setBlockType(at + 1, at + 1, richSchema.nodes[name], attrs);
}

/** Enter at the end of a heading goes on with a paragraph; in an empty item it leaves the list. */
const enter: Command = (state, dispatch) => {
  const { selection } = state;
  const { $from } = selection;
  if (!(selection instanceof TextSelection) || $from.depth !== 1) return false;
  const block = blockOfNode($from.parent);
  if (block.kind === 'code') return breakInCode(state, dispatch, $from);
  const isEmpty = $from.parent.content.size === 0 && selection.empty;
  if (isEmpty && block.kind !== 'paragraph') return loosen(state, dispatch, block);
  splitBlock(state, dispatch, block);
  return true;
};

/** Makes the block at the caret less deep, or a paragraph. */
function loosen(
  state: EditorState,
  dispatch: ((tr: Transaction) => void) | undefined,
  block: Block,
): true {
  const isDeep = 'depth' in block && block.depth > 0;
  const next = isDeep ? { ...block, depth: block.depth - 1 } : PARAGRAPH;
  const { tr } = state;
  setBlockAt(tr, state.selection.$from.before(1), next);
  dispatch?.(tr.scrollIntoView());
  return true;
}

function splitBlock(
  state: EditorState,
  dispatch: ((tr: Transaction) => void) | undefined,
  block: Block,
): void {
  const { $from, $to, from } = state.selection;
  const atEnd = $to.parentOffset === $to.parent.content.size;
  const { name, attrs } = nodeOfBlock(nextBlock(block, atEnd));
  const { tr } = state;
  tr.deleteSelection();
  tr.split(tr.mapping.map(from), 1, [{ type: richSchema.nodes[name], attrs }]);
  const marks = state.storedMarks ?? (atEnd ? $from.marks() : []);
  tr.ensureMarks(marks);
  dispatch?.(tr.scrollIntoView());
}

function nextBlock(block: Block, atEnd: boolean): Block {
  if (block.kind === 'todo') return { ...block, checked: false };
  if (block.kind === 'embed') return PARAGRAPH;
  return block.kind === 'heading' && atEnd ? PARAGRAPH : block;
}

/** Two line ends at the end of code leave it. */
function breakInCode(
  state: EditorState,
  dispatch: ((tr: Transaction) => void) | undefined,
  $from: ResolvedPos,
): boolean {
  const text = $from.parent.textContent;
  const { tr } = state;
  if ($from.parentOffset === text.length && text.endsWith('\n') && state.selection.empty) {
    tr.delete($from.pos - 1, $from.pos);
    const after = tr.mapping.map($from.after(1));
    tr.insert(after, richSchema.node('paragraph'));
    tr.setSelection(TextSelection.create(tr.doc, after + 1));
  } else tr.insertText('\n');
  dispatch?.(tr.scrollIntoView());
  return true;
}

/** A line break that stays in the block. */
const softBreak: Command = (state, dispatch) => {
  const { $from } = state.selection;
  if (!$from.parent.isTextblock) return false;
  const { tr } = state;
  if ($from.parent.type.spec.code === true) tr.insertText('\n');
  else tr.replaceSelectionWith(richSchema.node('break'), true);
  dispatch?.(tr.scrollIntoView());
  return true;
};

/** Backspace at the start of what is no paragraph makes it one, an item first less deep. */
const backspace: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.depth !== 1 || $from.parentOffset > 0) return false;
  const block = blockOfNode($from.parent);
  if (block.kind === 'paragraph' || block.kind === 'embed') return false;
  return loosen(state, dispatch, block);
};

/** What the keys do that make and join blocks. */
export const editingCommands: Readonly<Record<'enter' | 'softBreak' | 'backspace', Command>> = {
  enter,
  softBreak,
  backspace: chainCommands(backspace, baseKeymap['Backspace'] as Command),
};

/** Moves items in or out. Outside of lists the key is free, so that one can leave the editor by it. */
export function indent(by: 1 | -1): Command {
  return (state, dispatch) => {
    const { tr } = state;
    let isItem = false;
    for (const { pos, node } of selectedBlocks(state)) {
      const block = blockOfNode(node);
      if (!('depth' in block)) continue;
      isItem = true;
      const depth = Math.min(Math.max(block.depth + by, 0), DEPTH_MAX);
      if (depth !== block.depth) tr.setNodeAttribute(pos, 'depth', depth);
    }
    if (isItem && tr.docChanged) dispatch?.(tr.scrollIntoView());
    return isItem;
  };
}

/** Signs at the start of a paragraph, and what they make of it. */
const SIGNS: readonly (readonly [sign: RegExp, block: (match: RegExpExecArray) => Block])[] = [
  [/^(#{1,6})$/, (match) => ({ kind: 'heading', level: (match[1] ?? '#').length })],
  [/^[-*+]$/, () => ({ kind: 'bullet', depth: 0 })],
  [/^1[.)]$/, () => ({ kind: 'ordered', depth: 0 })],
  [/^\[( |x)?\]$/, (match) => ({ kind: 'todo', depth: 0, checked: match[1] === 'x' })],
  [/^>$/, () => ({ kind: 'quote' })],
  [/^```([\w.+#-]{0,64})$/, (match) => ({ kind: 'code', language: match[1] ?? '' })],
];

/** A space behind a sign makes the block; the sign goes. */
function signTyped(state: EditorState, from: number): Transaction | undefined {
  const $from = state.doc.resolve(from);
  if ($from.depth !== 1 || $from.parent.type.spec.code === true) return undefined;
  const kind = $from.parent.type.name;
  if (kind !== 'paragraph' && kind !== 'item') return undefined;
  const typed = $from.parent.textBetween(0, $from.parentOffset, null, '\ufffc');
  for (const [sign, make] of SIGNS) {
    const match = sign.exec(typed);
    if (match === null) continue;
    const block = make(match);
    if (kind === 'item' && block.kind !== 'todo') return undefined;
    const { tr } = state;
    tr.delete($from.start(1), from);
    setBlockAt(tr, $from.before(1), keepingDepth(blockOfNode($from.parent), block));
    return tr;
  }
  return undefined;
}

/** The plugin that makes the editor write as people expect. */
export function editingPlugin(options: EditingOptions): Plugin {
  const did =
    (run: (() => void) | undefined): Command =>
    () => {
      run?.();
      return run !== undefined;
    };
  const handleKeyDown = keydownHandler({
    ...baseKeymap,
    Enter: chainCommands(enter, baseKeymap['Enter'] as Command),
    'Shift-Enter': softBreak,
    Backspace: editingCommands.backspace,
    Tab: indent(1),
    'Shift-Tab': indent(-1),
    'Mod-b': toggle('bold'),
    'Mod-i': toggle('italic'),
    'Mod-u': toggle('underline'),
    'Mod-e': toggle('code'),
    'Mod-Shift-x': toggle('strike'),
    'Mod-k': did(options.askLink),
    'Mod-Alt-0': toggleBlock(PARAGRAPH),
    'Mod-Alt-1': toggleBlock({ kind: 'heading', level: 1 }),
    'Mod-Alt-2': toggleBlock({ kind: 'heading', level: 2 }),
    'Mod-Alt-3': toggleBlock({ kind: 'heading', level: 3 }),
    'Mod-Shift-7': toggleBlock({ kind: 'ordered', depth: 0 }),
    'Mod-Shift-8': toggleBlock({ kind: 'bullet', depth: 0 }),
    'Mod-Shift-9': toggleBlock({ kind: 'todo', depth: 0, checked: false }),
    'Mod-z': did(options.undo),
    'Mod-y': did(options.redo),
    'Mod-Shift-z': did(options.redo),
  });
  return new Plugin({
    props: {
      handleKeyDown,
      handleTextInput: (view, from, to, text) => {
        if (text !== ' ' || from !== to || view.composing) return false;
        const tr = signTyped(view.state, from);
        if (tr === undefined) return false;
        view.dispatch(tr);
        return true;
      },
      handleDOMEvents: {
        // The browser's own undo knows nothing of what others wrote.
        beforeinput: (_view, event) => {
          const { inputType } = event;
          if (inputType !== 'historyUndo' && inputType !== 'historyRedo') return false;
          event.preventDefault();
          (inputType === 'historyUndo' ? options.undo : options.redo)();
          return true;
        },
      },
    },
  });
}
