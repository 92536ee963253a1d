/** The words of rich text: marks, blocks, deltas, documents. Plain data, equal for editors and formats. */
import type { TextChange, TextField } from './instance.ts';

/** `true`, or what the mark says: the address of a link, the colour, the text of a comment. */
export type MarkValue = true | string;

/** Marks of a stretch by key: `bold`, `link`, or `comment:id` for marks that may lie over each other. */
export type Marks = Readonly<Record<string, MarkValue>>;

/** What a block is. Lists are flat: an item has a depth from 0 on. */
export type Block =
  | { readonly kind: 'paragraph' | 'quote' | 'divider' }
  | { readonly kind: 'heading'; readonly level: number }
  | { readonly kind: 'bullet' | 'ordered'; readonly depth: number }
  | { readonly kind: 'todo'; readonly depth: number; readonly checked: boolean }
  | { readonly kind: 'code'; readonly language: string }
  /** An object in the text, by id; `space` if it is another one. Its own text is a caption. */
  | { readonly kind: 'embed'; readonly object: string; readonly space?: string };

/** Text with one set of marks. A line break inside a block is U+2028. */
export interface RichRun {
  readonly text: string;
  readonly marks: Marks;
}

/** A block with its content. */
export interface RichBlock {
  readonly block: Block;
  readonly runs: readonly RichRun[];
}

/** A whole rich text as plain data: at least one block. */
export type RichDocument = readonly RichBlock[];

/**
 * One step of a delta. Positions are UTF-16 code units; the boundary before each block but the first is
 * one unit, `\n` in the plain text.
 */
export type RichDeltaOp =
  /** Text with exactly these marks, whatever stands around it. */
  | { readonly insert: string; readonly attributes?: Marks }
  /** Begins a block. */
  | { readonly insert: { readonly block: Block } }
  /** Passes units, giving them marks (`null` takes one away) and the boundaries among them a block. */
  | {
      readonly retain: number;
      readonly attributes?: Readonly<Record<string, MarkValue | null>>;
      readonly block?: Block;
    }
  | { readonly delete: number }
  /** What the first block is. Only as the first step. */
  | { readonly start: Block };

/** A change of a rich text, or, with inserts alone, a rich text. */
export type RichDelta = readonly RichDeltaOp[];

/** A change of a rich text as a reader sees it. */
export interface RichChange extends TextChange {
  /** Units from `position` on whose marks or blocks may be others now. */
  readonly formatted?: number;
}

/** Collaborative text with marks and blocks. As plain text, blocks are lines. */
export interface RichTextField extends TextField {
  /** Gives a stretch a mark. */
  mark(from: number, to: number, key: string, value?: MarkValue): void;
  /** Takes a mark from a stretch. */
  unmark(from: number, to: number, key: string): void;
  /** What typing at a position would be marked with. */
  marksAt(position: number): Marks;
  /** What the block around a position is. */
  blockAt(position: number): Block;
  /** Makes the block around a position another one. */
  setBlock(position: number, block: Block): void;
  /** Begins a block at a position; what follows up to the next one is in it. */
  split(position: number, block?: Block): void;
  /** Blocks and their runs; with positions, those blocks that have a unit between them or touch it. */
  toDocument(from?: number, to?: number): RichDocument;
  /** Makes the text this document by the edits that are needed. */
  setDocument(document: RichDocument): void;
  /** The content as inserts. */
  toDelta(): RichDelta;
  /** Applies a delta by the ops that are needed. */
  applyDelta(delta: RichDelta): void;
  subscribe(
    listener: (changes: readonly RichChange[], origin: 'own' | 'foreign') => void,
  ): () => void;
}
