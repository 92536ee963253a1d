/** Writes a rich text as Markdown: CommonMark, with `~~` and the boxes of task lists. */
import type { Block, Marks, RichBlock, RichDocument, RichRun } from '@atoll/client';
import { LINE_BREAK } from './block-collector.ts';
import { objectAddress } from './object-address.ts';

/** Marks that Markdown has, the outermost first. Others are left out. */
const SIGNS: readonly (readonly [key: string, sign: string])[] = [
  ['bold', '**'],
  ['italic', '*'],
  ['strike', '~~'],
];

type Item = Extract<Block, { readonly kind: 'bullet' | 'ordered' | 'todo' }>;

/**
 * Markdown of a document. Empty paragraphs, and marks that Markdown does not know, are lost; marks that do
 * not end at the end of a word may be.
 */
export function markdownOf(document: RichDocument): string {
  const lists = new Lists();
  const parts: string[] = [];
  let before: Block | undefined;
  for (const { block, runs } of document) {
    const isItem = block.kind === 'bullet' || block.kind === 'ordered' || block.kind === 'todo';
    if (!isItem) lists.end();
    const text = isItem ? lists.item(block, runs) : blockText({ block, runs });
    if (text === '') continue;
    if (before !== undefined) parts.push(between(before, block));
    parts.push(text);
    before = block;
  }
  return parts.length === 0 ? '' : `${parts.join('')}\n`;
}

function between(before: Block, next: Block): string {
  if (isItem(before) && isItem(next)) return '\n';
  return before.kind === 'quote' && next.kind === 'quote' ? '\n>\n' : '\n\n';
}

function isItem(block: Block): block is Item {
  return block.kind === 'bullet' || block.kind === 'ordered' || block.kind === 'todo';
}

function blockText({ block, runs }: RichBlock): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${inline(runs, ' ')}`.trimEnd();
    case 'quote':
      return `> ${inline(runs, '\\\n> ')}`.trimEnd();
    case 'divider':
      return '---';
    case 'code':
      return fenced(block.language, plain(runs).replaceAll(LINE_BREAK, '\n'));
    case 'embed':
      return `![${escaped(plain(runs).replaceAll(LINE_BREAK, ' '))}](${objectAddress(block)})`;
    default:
      return inline(runs, '\\\n');
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
    const text = inline(runs, `\\\n${' '.repeat(indent + sign.length)}`);
    return `${' '.repeat(indent)}${sign}${box}${text}`.trimEnd();
  }
}

/** Text with signs for marks; `lineBreak` stands for a break inside the block. */
function inline(runs: readonly RichRun[], lineBreak: string): string {
  let text = '';
  let open: string[] = [];
  const close = (to: number): void => {
    for (const key of open.slice(to).reverse()) text += signOf(key);
    open = open.slice(0, to);
  };
  let link: string | undefined;
  for (const run of runs) {
    const wanted = keysOf(run.marks);
    const address = typeof run.marks['link'] === 'string' ? run.marks['link'] : undefined;
    if (address !== link) {
      close(0);
      if (link !== undefined) text += `](<${escapedAddress(link)}>)`;
      if (address !== undefined) text += '[';
      link = address;
    }
    let same = 0;
    while (same < open.length && open[same] === wanted[same]) same++;
    close(same);
    const [, space, rest] = /^( *)(.*)$/su.exec(run.text) as unknown as [string, string, string];
    // A sign beside white space opens nothing.
    text += space;
    for (const key of wanted.slice(same)) text += signOf(key);
    open = wanted;
    text += content(rest, run.marks, text === '' || text.endsWith('\n'));
  }
  close(0);
  if (link !== undefined) text += `](<${escapedAddress(link)}>)`;
  return text.replaceAll(LINE_BREAK, lineBreak);
}

function keysOf(marks: Marks): string[] {
  return SIGNS.filter(([key]) => marks[key] === true).map(([key]) => key);
}

function signOf(key: string): string {
  return SIGNS.find(([name]) => name === key)?.[1] ?? '';
}

function content(text: string, marks: Marks, isStart: boolean): string {
  if (marks['code'] === true && text !== '') {
    const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
    const ticks = '`'.repeat(longest + 1);
    const pad = /^`|`$|^ .*\S.* $/u.test(text) ? ' ' : '';
    return ticks + pad + text.replaceAll(LINE_BREAK, ' ') + pad + ticks;
  }
  const lines = text.split(LINE_BREAK).map((line, at) => {
    const safe = escaped(line);
    return isStart || at > 0 ? escapedStart(safe) : safe;
  });
  return lines.join(LINE_BREAK);
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<]|&(?=[#\w])|~(?=~|$)|(?<=~)~|!$/g, '\\$&');
}

/** What would begin a block at the start of a line. */
function escapedStart(line: string): string {
  const [, space, rest] = /^([ \t]*)(.*)$/su.exec(line) as unknown as [string, string, string];
  const kept = rest.replace(/^([#+=>-])/, '\\$1').replace(/^(\d{1,9})([.)])/, '$1\\$2');
  return space.replace(/[ \t]/g, (unit) => (unit === ' ' ? '&#32;' : '&#9;')) + kept;
}

function escapedAddress(address: string): string {
  return address.replace(/[\\<>]/g, '\\$&').replaceAll('\n', '%0A');
}
