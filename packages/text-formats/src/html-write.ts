/** Writes a rich text as HTML that is safe to show: everything is escaped, links are checked. */
import {
  isSafeLink,
  type Block,
  type Marks,
  type MarkValue,
  type RichBlock,
  type RichDocument,
  type RichRun,
} from '@atoll/client';
import { LINE_BREAK } from './block-collector.ts';

/** Marks with an element of their own, the outermost first. */
const ELEMENTS: readonly (readonly [key: string, tag: string])[] = [
  ['link', 'a'],
  ['bold', 'strong'],
  ['italic', 'em'],
  ['underline', 'u'],
  ['strike', 's'],
  ['code', 'code'],
];

/** HTML of a document: one element a block, lists nested. */
export function htmlOf(document: RichDocument): string {
  const parts: string[] = [];
  const lists: string[] = [];
  const closeTo = (depth: number): void => {
    while (lists.length > depth) parts.push(`</li></${lists.pop()}>`);
  };
  for (const each of document) {
    const { block, runs } = each;
    const isItem = block.kind === 'bullet' || block.kind === 'ordered' || block.kind === 'todo';
    if (!isItem) {
      closeTo(0);
      parts.push(blockHtml(each));
      continue;
    }
    const tag = block.kind === 'ordered' ? 'ol' : 'ul';
    const depth = Math.min(block.depth, lists.length);
    closeTo(depth + 1);
    if (lists[depth] !== undefined && lists[depth] !== tag) closeTo(depth);
    if (lists[depth] === undefined) {
      parts.push(`<${tag}>`);
      lists.push(tag);
    } else parts.push('</li>');
    parts.push(`<li${keeping(runs)}>${box(block)}${runsHtml(runs)}`);
  }
  closeTo(0);
  return parts.join('');
}

function box(block: Block): string {
  if (block.kind !== 'todo') return '';
  return `<input type="checkbox" disabled${block.checked ? ' checked' : ''}>`;
}

function blockHtml({ block, runs }: RichBlock): string {
  const inner = runsHtml(runs);
  const style = keeping(runs);
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}${style}>${inner}</h${block.level}>`;
    case 'quote':
      return `<blockquote><p${style}>${inner}</p></blockquote>`;
    case 'divider':
      return '<hr>';
    case 'code': {
      const text = runs.map((run) => run.text).join('');
      const code = escaped(text.replaceAll(LINE_BREAK, '\n'));
      const name = block.language === '' ? '' : ` class="language-${escaped(block.language)}"`;
      return `<pre><code${name}>${code}</code></pre>`;
    }
    case 'embed': {
      const space = block.space === undefined ? '' : ` data-space="${escaped(block.space)}"`;
      const caption = inner === '' ? '' : `<figcaption${style}>${inner}</figcaption>`;
      return `<figure data-object="${escaped(block.object)}"${space}>${caption}</figure>`;
    }
    default:
      return `<p${style}>${inner}</p>`;
  }
}

function runsHtml(runs: readonly RichRun[]): string {
  return runs.map(({ text, marks }) => runHtml(text, marks)).join('');
}

function runHtml(text: string, marks: Marks): string {
  let html = escaped(text).replaceAll(LINE_BREAK, '<br>');
  const known = new Set(ELEMENTS.map(([key]) => key));
  for (const [key, value] of Object.entries(marks)) {
    if (!known.has(key)) html = `<span ${dataOf(key, value)}>${html}</span>`;
  }
  for (const [key, tag] of [...ELEMENTS].reverse()) {
    const value = marks[key];
    if (value === undefined) continue;
    if (key !== 'link') html = `<${tag}>${html}</${tag}>`;
    else if (typeof value === 'string' && isSafeLink(value)) {
      html = `<a href="${escaped(value)}" rel="noopener noreferrer">${html}</a>`;
    }
  }
  return html;
}

function dataOf(key: string, value: MarkValue): string {
  const text = value === true ? '' : ` data-value="${escaped(value)}"`;
  return `data-mark="${escaped(key)}"${text}`;
}

/** Said of blocks with white space that a page would fold. */
function keeping(runs: readonly RichRun[]): string {
  const text = runs.map((run) => run.text).join('');
  return /^[ \u2028]|[ \u2028] |[ \u2028]$|[\t\f]|\u2028 | \u2028/.test(text)
    ? ' style="white-space:pre-wrap"'
    : '';
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll('\u00a0', '&nbsp;');
}
