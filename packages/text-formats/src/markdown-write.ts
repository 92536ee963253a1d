/** Writes a rich text as Markdown: CommonMark, with `~~` and the boxes of task lists. */
import type { Block, RichBlock, RichDocument, RichRun } from '@atoll/client';
import { LINE_BREAK } from './block-collector.ts';
import { BREAK_ENTITY, escaped, inlineOf } from './markdown-inline.ts';
import { objectAddress } from './object-address.ts';

type Item = Extract<Block, { readonly kind: 'bullet' | 'ordered' | 'todo' }>;

/**
 * Markdown of a document. Empty paragraphs, and marks that Markdown does not know, are lost; marks that do
 * not end at the end of a word may be.
 */
export function markdownOf(document: RichDocument): string {
  const lists = new Lists();
  const parts: string[] = [];
  let before: Written | undefined;
  for (const { block, runs } of document) {
    const isItem = block.kind === 'bullet' || block.kind === 'ordered' || block.kind === 'todo';
    if (!isItem) lists.end();
    const text = isItem ? lists.item(block, runs) : blockText({ block, runs });
    if (text === '') continue;
    if (before !== undefined) parts.push(between(before, { block, text }));
    parts.push(text);
    before = { block, text };
  }
  return parts.length === 0 ? '' : `${parts.join('')}\n`;
}

interface Written {
  readonly block: Block;
  readonly text: string;
}

function between(before: Written, next: Written): string {
  if (isItem(before.block) && isItem(next.block)) {
    // The sign of an item without text would underline, or go on with, the text above it.
    return isBare(next.text) && !isBare(before.text) ? '\n\n' : '\n';
  }
  return before.block.kind === 'quote' && next.block.kind === 'quote' ? '\n>\n' : '\n\n';
}

/** True for an item without text. */
function isBare(item: string): boolean {
  return /^ *(?:-|\d+\.)$/.test(item);
}

function isItem(block: Block): block is Item {
  return block.kind === 'bullet' || block.kind === 'ordered' || block.kind === 'todo';
}

function blockText({ block, runs }: RichBlock): string {
  switch (block.kind) {
    case 'heading':
      // Signs at its end would be taken for the end of the heading.
      return `${'#'.repeat(block.level)} ${inlineOf(runs, BREAK_ENTITY).replace(/#$/, '\\#')}`.trimEnd();
    case 'quote':
      return `> ${inlineOf(runs, '\\\n> ')}`.trimEnd();
    case 'divider':
      return '---';
    case 'code':
      return fenced(block.language, plain(runs).replaceAll(LINE_BREAK, '\n'));
    case 'embed':
      return `![${escaped(plain(runs)).replaceAll(LINE_BREAK, BREAK_ENTITY)}](${objectAddress(block)})`;
    default:
      return inlineOf(runs, '\\\n');
  }
}

function fenced(language: string, code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return code === '' ? `${fence}${language}\n${fence}` : `${fence}${language}\n${code}\n${fence}`;
}

function plain(runs: readonly RichRun[]): string {
  return runs.map(({ text }) => text).join('');
}

/** Items at their indentation: below the text of the item that holds them. */
class Lists {
  /** Open lists, the outermost first: width of the item's sign, and its number. */
  #levels: { kind: string; width: number; number: number }[] = [];

  end(): void {
    this.#levels = [];
  }

  item(block: Item, runs: readonly RichRun[]): string {
    const depth = Math.min(block.depth, this.#levels.length);
    const known = this.#levels[depth];
    const kind = block.kind === 'ordered' ? 'ordered' : 'bullet';
    const number = known?.kind === kind ? known.number + 1 : 1;
    const sign = kind === 'ordered' ? `${number}. ` : '- ';
    this.#levels = [...this.#levels.slice(0, depth), { kind, number, width: sign.length }];
    const indent = this.#levels.slice(0, depth).reduce((sum, { width }) => sum + width, 0);
    const box = block.kind === 'todo' ? (block.checked ? '[x] ' : '[ ] ') : '';
    const text = inlineOf(runs, `\\\n${' '.repeat(indent + sign.length)}`);
    return `${' '.repeat(indent)}${sign}${box}${text}`.trimEnd();
  }
}
