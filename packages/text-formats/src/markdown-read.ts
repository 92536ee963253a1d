/** Reads Markdown: CommonMark, with `~~` and the boxes of task lists. Raw HTML is taken as text. */
import { isSafeLink, type Block, type RichDocument } from '@atoll/client';
import MarkdownIt, { type Token } from 'markdown-it';
import { BlockCollector, LINE_BREAK } from './block-collector.ts';
import { objectOfAddress } from './object-address.ts';
import { requireSize } from './text-format-error.ts';

/** Deepest item of a list that a rich text has. */
const DEPTH_MAX = 8;

const parser = new MarkdownIt('commonmark', { html: false }).enable('strikethrough');
// Addresses stay as they are written; which of them are links is decided here, by one rule for all formats.
parser.normalizeLink = (address) => address;
parser.validateLink = () => true;

const MARKS: Readonly<Record<string, string>> = { strong: 'bold', em: 'italic', s: 'strike' };

/** The document of Markdown. @throws TextFormatError `TEXT_FORMAT_TOO_LARGE`. */
export function documentOfMarkdown(markdown: string): RichDocument {
  requireSize(markdown);
  const walk = new Walk();
  for (const token of parser.parse(markdown, {})) walk.block(token);
  return walk.blocks.finish();
}

/** A walk over the parser's flat list of tokens. */
class Walk {
  readonly blocks: BlockCollector = new BlockCollector();
  readonly #lists: ('bullet' | 'ordered')[] = [];
  #quotes = 0;
  /** An item was begun and has no block yet. */
  #isItem = false;

  block(token: Token): void {
    switch (token.type) {
      case 'bullet_list_open':
      case 'ordered_list_open':
        this.#emptyItem();
        this.#lists.push(token.type === 'bullet_list_open' ? 'bullet' : 'ordered');
        break;
      case 'bullet_list_close':
      case 'ordered_list_close':
        this.#lists.pop();
        break;
      case 'list_item_open':
        this.#isItem = true;
        break;
      case 'list_item_close':
        this.#emptyItem();
        break;
      case 'blockquote_open':
        this.#quotes++;
        break;
      case 'blockquote_close':
        this.#quotes--;
        break;
      case 'paragraph_open':
        this.blocks.begin(this.#paragraph());
        break;
      case 'heading_open':
        this.#isItem = false;
        this.blocks.begin({ kind: 'heading', level: Number(token.tag.slice(1)) });
        break;
      case 'inline':
        this.#inline(token);
        break;
      default:
        this.#leaf(token);
    }
  }

  #leaf(token: Token): void {
    switch (token.type) {
      case 'fence':
      case 'code_block': {
        this.#isItem = false;
        const language = /^[\w.+#-]{1,64}/.exec(token.info.trim())?.[0] ?? '';
        this.blocks.begin({ kind: 'code', language });
        this.blocks.text(token.content.replace(/\n$/, ''));
        this.blocks.end();
        break;
      }
      case 'hr':
        this.#isItem = false;
        this.blocks.begin({ kind: 'divider' });
        this.blocks.end();
        break;
      case 'paragraph_close':
      case 'heading_close':
        this.blocks.end();
        break;
      default:
    }
  }

  /** An item without text is an item too. */
  #emptyItem(): void {
    if (!this.#isItem) return;
    this.blocks.begin(this.#paragraph());
    this.blocks.end();
  }

  #paragraph(): Block {
    const kind = this.#lists.at(-1);
    if (this.#isItem && kind !== undefined) {
      this.#isItem = false;
      return { kind, depth: Math.min(this.#lists.length - 1, DEPTH_MAX) };
    }
    return { kind: this.#quotes > 0 ? 'quote' : 'paragraph' };
  }

  #inline(token: Token): void {
    const children = token.children ?? [];
    const [only] = children;
    const embedded =
      children.length === 1 && only?.type === 'image'
        ? objectOfAddress(attributeOf(only, 'src'))
        : undefined;
    if (embedded !== undefined) {
      this.blocks.become(embedded);
      this.blocks.text(captionOf(only));
      return;
    }
    for (const child of children) this.#span(child);
    this.blocks.marks.clear();
    this.#box(token);
  }

  /** `[ ]` or `[x]` at the start of an item. */
  #box(token: Token): void {
    const kind = this.#lists.at(-1);
    const isBox = kind === 'bullet' && /^\[[ xX]\](?: |$)/.test(token.content);
    const box = isBox ? this.blocks.takeStart(/^\[[ xX]\](?: |$)/) : undefined;
    if (box === undefined) return;
    const depth = Math.min(this.#lists.length - 1, DEPTH_MAX);
    this.blocks.become({ kind: 'todo', depth, checked: box[1] !== ' ' });
  }

  #span(token: Token): void {
    const { marks } = this.blocks;
    switch (token.type) {
      case 'text':
      case 'text_special':
        this.blocks.text(token.content);
        break;
      case 'code_inline':
        marks.set('code', true);
        this.blocks.text(token.content);
        marks.delete('code');
        break;
      case 'softbreak':
        this.blocks.text(' ');
        break;
      case 'hardbreak':
        this.blocks.text(LINE_BREAK);
        break;
      case 'link_open':
        this.#link(attributeOf(token, 'href'));
        break;
      case 'link_close':
        marks.delete('link');
        break;
      case 'image':
        this.#image(token);
        break;
      default: {
        const mark = MARKS[token.tag];
        if (mark !== undefined && token.nesting === 1) marks.set(mark, true);
        else if (mark !== undefined && token.nesting === -1) marks.delete(mark);
      }
    }
  }

  #link(address: string): void {
    if (isSafeLink(address)) this.blocks.marks.set('link', address);
  }

  /** Pictures of elsewhere are not fetched: a link to them stays. */
  #image(token: Token): void {
    const address = attributeOf(token, 'src');
    const before = this.blocks.marks.get('link');
    this.#link(address);
    this.blocks.text(token.content === '' ? address : captionOf(token));
    if (before === undefined) this.blocks.marks.delete('link');
    else this.blocks.marks.set('link', before);
  }
}

/** What stands in the place of a picture, without its marks. */
function captionOf(image: Token | undefined): string {
  const parts = image?.children ?? [];
  return parts
    .map(({ content, type }) => {
      if (type === 'softbreak') return ' ';
      if (type === 'hardbreak') return LINE_BREAK;
      return content;
    })
    .join('');
}

function attributeOf(token: Token, name: string): string {
  return String(token.attrGet(name) ?? '');
}
