/** Collects blocks from a reader that meets text, marks and borders of blocks one after the other. */
import type { Block, Marks, MarkValue, RichDocument, RichRun } from '@atoll/client';

/** A line break inside a block. */
export const LINE_BREAK = '\u2028';

const PARAGRAPH: Block = { kind: 'paragraph' };

interface Open {
  block: Block;
  readonly runs: RichRun[];
}

/** Blocks so far, and the one that is open. */
export class BlockCollector {
  readonly #blocks: Open[] = [];
  #open: Open | undefined;

  /** Marks that lie on what comes next. */
  readonly marks: Map<string, MarkValue> = new Map();

  /** Begins a block; it stays even if nothing comes. */
  begin(block: Block): void {
    this.#open = { block, runs: [] };
    this.#blocks.push(this.#open);
  }

  /** Ends the block: text that comes next is a paragraph of its own. */
  end(): void {
    this.#open = undefined;
  }

  /** True if text would go on in a block that has some. */
  get hasText(): boolean {
    return (this.#open?.runs.length ?? 0) > 0;
  }

  /** True if a block is open. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** The last unit of the open block. */
  get lastUnit(): string {
    return this.#open?.runs.at(-1)?.text.at(-1) ?? '';
  }

  /** Adds text; line ends become breaks. */
  text(text: string): void {
    const clean = text.toWellFormed().replace(/\r\n?|\n/g, LINE_BREAK);
    if (clean === '') return;
    if (this.#open === undefined) this.begin(PARAGRAPH);
    const runs = (this.#open as Open).runs;
    const marks: Marks = Object.fromEntries([...this.marks].sort(([a], [b]) => (a < b ? -1 : 1)));
    const last = runs.at(-1);
    if (last !== undefined && sameMarks(last.marks, marks)) {
      runs[runs.length - 1] = { text: last.text + clean, marks };
    } else runs.push({ text: clean, marks });
  }

  /** Takes white space from the end of the open block. */
  trimEnd(): void {
    const runs = this.#open?.runs ?? [];
    for (let last = runs.at(-1); last !== undefined; last = runs.at(-1)) {
      const text = last.text.replace(/[ \u2028]+$/, '');
      if (text === last.text) return;
      runs.pop();
      if (text !== '') runs.push({ text, marks: last.marks });
    }
  }

  /** Takes text from the beginning of the open block, if all of it is in the first run. */
  takeStart(pattern: RegExp): string | undefined {
    const first = this.#open?.runs[0];
    const found = first === undefined ? null : pattern.exec(first.text);
    if (first === undefined || found === null) return undefined;
    const rest = first.text.slice(found[0].length);
    (this.#open as Open).runs.splice(0, 1, ...(rest === '' ? [] : [{ ...first, text: rest }]));
    return found[0];
  }

  /** Makes the open block another one. */
  become(block: Block): void {
    if (this.#open !== undefined) this.#open.block = block;
  }

  /** All blocks: at least one. */
  finish(): RichDocument {
    return this.#blocks.length === 0 ? [{ block: PARAGRAPH, runs: [] }] : this.#blocks;
  }
}

function sameMarks(a: Marks, b: Marks): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
