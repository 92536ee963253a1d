/** Documents of the editor and of rich texts: one from the other, and places in both. */
import type { RichBlock, RichDocument, RichRun } from '@atoll/client';
import { Fragment, type Node } from 'prosemirror-model';
import { blockOfNode, marksOf, marksOfSet, nodeOfBlock, richSchema } from './rich-schema.ts';

/** A line break inside a block. */
const LINE_BREAK = '\u2028';

/** The node of a block. */
export function nodeOf({ block, runs }: RichBlock): Node {
  const { name, attrs } = nodeOfBlock(block);
  if (name === 'divider') return richSchema.node(name, attrs);
  const isCode = name === 'codeblock';
  const content: Node[] = [];
  for (const { text, marks } of runs) {
    if (isCode) {
      content.push(richSchema.text(text.replaceAll(LINE_BREAK, '\n')));
      continue;
    }
    const set = marksOf(marks);
    text.split(LINE_BREAK).forEach((piece, at) => {
      if (at > 0) content.push(richSchema.node('break', null, [], set));
      if (piece !== '') content.push(richSchema.text(piece, set));
    });
  }
  return richSchema.node(name, attrs, Fragment.fromArray(joinedText(content)));
}

/** Code has no marks, so that what had some is one text there. */
function joinedText(nodes: readonly Node[]): Node[] {
  const [first] = nodes;
  const isText = nodes.every((node) => node.isText && node.marks.length === 0);
  if (first === undefined || nodes.length === 1 || !isText) return [...nodes];
  return [richSchema.text(nodes.map((node) => node.text ?? '').join(''))];
}

/** The editor's document of a rich text. */
export function docOf(document: RichDocument): Node {
  return richSchema.node('doc', null, document.map(nodeOf));
}

/** The block of a node. */
function blockOf(node: Node): RichBlock {
  const runs: RichRun[] = [];
  node.forEach((child) => {
    const text = child.isText ? (child.text ?? '').replaceAll('\n', LINE_BREAK) : LINE_BREAK;
    const marks = marksOfSet(child.marks);
    const last = runs.at(-1);
    if (last !== undefined && JSON.stringify(last.marks) === JSON.stringify(marks)) {
      runs[runs.length - 1] = { text: last.text + text, marks };
    } else runs.push({ text, marks });
  });
  return { block: blockOfNode(node), runs };
}

/** The rich text of some of a document's nodes. */
export function documentOf(doc: Node, from = 0, to: number = doc.childCount): RichDocument {
  const blocks: RichBlock[] = [];
  for (let at = from; at < to; at++) blocks.push(blockOf(doc.child(at)));
  return blocks;
}

/** A block of the editor's document: where it is, in both ways of counting. */
export interface Place {
  readonly index: number;
  /** Position before the node. */
  readonly pos: number;
  /** Unit at which its text begins. */
  readonly unit: number;
}

/** The block at or around a position; at the end of the document, behind the last. */
export function placeAtPos(doc: Node, pos: number): Place {
  let at = 0;
  let unit = 0;
  for (let index = 0; index < doc.childCount; index++) {
    const node = doc.child(index);
    if (pos < at + node.nodeSize) return { index, pos: at, unit };
    at += node.nodeSize;
    unit += node.content.size + 1;
  }
  return { index: doc.childCount, pos: at, unit };
}

/** The block around a unit. */
function placeAtUnit(doc: Node, wanted: number): Place {
  let pos = 0;
  let unit = 0;
  for (let index = 0; index < doc.childCount - 1; index++) {
    const node = doc.child(index);
    if (wanted <= unit + node.content.size) return { index, pos, unit };
    pos += node.nodeSize;
    unit += node.content.size + 1;
  }
  return { index: doc.childCount - 1, pos, unit };
}

/** The unit of a position inside a block; of one between blocks, the start of the next. */
export function unitAtPos(doc: Node, pos: number): number {
  const place = placeAtPos(doc, pos);
  if (place.index === doc.childCount) return Math.max(0, place.unit - 1);
  return place.unit + Math.max(0, pos - place.pos - 1);
}

/** The position of a unit: inside its block, or before a divider. */
export function posAtUnit(doc: Node, wanted: number): number {
  const place = placeAtUnit(doc, wanted);
  const node = doc.child(place.index);
  if (!node.isTextblock) return place.pos;
  return place.pos + 1 + Math.min(wanted - place.unit, node.content.size);
}
