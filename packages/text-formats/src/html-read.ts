/**
 * Reads HTML of strangers, such as what was copied from a page, without building a page: unknown elements
 * lose their tags, scripts and styles their content too, and addresses that run something are no links.
 */
import { isSafeLink, type Block, type MarkValue, type RichDocument } from '@atoll/client';
import { Parser } from 'htmlparser2';
import { BlockCollector, LINE_BREAK } from './block-collector.ts';
import { requireSize } from './text-format-error.ts';

/** Elements whose content is no text. */
const SILENT = new Set(
  'script style head title template noscript iframe object embed svg math textarea select button audio video canvas'.split(
    ' ',
  ),
);
/** Elements that begin and end a paragraph. */
const BORDERS = new Set(
  'p div section article header footer main aside nav address figure figcaption table thead tbody tr td th dl dt dd details summary form fieldset body html'.split(
    ' ',
  ),
);
const MARKS: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strike',
  del: 'strike',
  strike: 'strike',
  code: 'code',
  kbd: 'code',
  samp: 'code',
};
/** Elements that may be open inside of each other; deeper ones are taken for their text. */
const DEPTH_MAX = 256;
/** Deepest item of a list that a rich text has. */
const ITEM_DEPTH_MAX = 8;
/** What a mark may say. */
const MARK_VALUE_UNITS_MAX = 2048;

type Attributes = Readonly<Record<string, string>>;

/** The document of HTML. @throws TextFormatError `TEXT_FORMAT_TOO_LARGE`. */
export function documentOfHtml(html: string): RichDocument {
  requireSize(html);
  const walk = new Walk();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => walk.open(name, attributes),
      ontext: (text) => walk.text(text),
      onclosetag: (name) => walk.close(name),
    },
    { decodeEntities: true },
  );
  parser.write(html);
  parser.end();
  return walk.finish();
}

/** What an open element has changed. */
interface Opened {
  readonly name: string;
  readonly undo: () => void;
}

class Walk {
  readonly #blocks = new BlockCollector();
  readonly #open: Opened[] = [];
  readonly #lists: ('bullet' | 'ordered')[] = [];
  #silent = 0;
  #deep = 0;
  #quotes = 0;
  /** White space is kept: inside of `pre`, or where the style says so. */
  #keeps = 0;
  /** Inside of a code block marks say nothing. */
  #code = 0;
  #space = false;
  /** Nothing has come since `pre`. */
  #isFresh = false;

  open(name: string, attributes: Attributes): void {
    if (this.#open.length >= DEPTH_MAX) {
      this.#deep++;
      return;
    }
    this.#isFresh = name === 'pre';
    this.#open.push({ name, undo: this.#enter(name, attributes) });
  }

  close(name: string): void {
    if (this.#deep > 0) {
      this.#deep--;
      return;
    }
    const last = this.#open.at(-1);
    if (last?.name !== name) return;
    this.#open.pop();
    last.undo();
  }

  text(text: string): void {
    if (this.#silent > 0) return;
    if (this.#keeps > 0) {
      // The line end just behind the tag is not part of the text.
      this.#blocks.text(this.#isFresh ? text.replace(/^\r?\n/, '') : text);
      this.#isFresh = false;
      return;
    }
    const folded = text.replace(/[ \t\n\f\r]+/g, ' ');
    const isStart = !this.#blocks.hasText || this.#blocks.lastUnit === LINE_BREAK;
    const begins = folded.startsWith(' ') && (isStart || this.#space);
    const clean = begins ? folded.slice(1) : folded;
    if (clean === '') return;
    if (clean === ' ' && !this.#blocks.isOpen) return;
    this.#blocks.text(clean);
    this.#space = clean.endsWith(' ');
  }

  finish(): RichDocument {
    while (this.#open.length > 0) this.#open.pop()?.undo();
    this.#border();
    return this.#blocks.finish();
  }

  /** Does what a tag says; returns what its end says. */
  #enter(name: string, attributes: Attributes): () => void {
    if (SILENT.has(name)) {
      this.#silent++;
      return () => void this.#silent--;
    }
    if (this.#silent > 0) return nothing;
    const unkeep = this.#keepSpace(name, attributes);
    const leave = this.#enterBlock(name, attributes) ?? this.#enterMark(name, attributes);
    return () => {
      leave();
      unkeep();
    };
  }

  #keepSpace(name: string, { style = '' }: Attributes): () => void {
    if (name !== 'pre' && !/white-space:\s*(?:pre|break-spaces)/i.test(style)) return nothing;
    this.#keeps++;
    return () => void this.#keeps--;
  }

  #enterBlock(name: string, attributes: Attributes): (() => void) | undefined {
    const heading = /^h([1-6])$/.exec(name)?.[1];
    if (heading !== undefined) return this.#block({ kind: 'heading', level: Number(heading) });
    switch (name) {
      case 'br':
        this.#blocks.text(LINE_BREAK);
        this.#space = false;
        return nothing;
      case 'hr':
        this.#block({ kind: 'divider' })();
        return nothing;
      case 'ul':
      case 'ol':
        return this.#list(name === 'ul' ? 'bullet' : 'ordered');
      case 'li':
        return this.#block(this.#item());
      case 'blockquote':
        this.#border();
        this.#quotes++;
        return () => {
          this.#border();
          this.#quotes--;
        };
      case 'pre':
        return this.#codeBlock(attributes);
      case 'input':
        this.#box(attributes);
        return nothing;
      case 'figure':
        return this.#figure(attributes);
      default:
        return BORDERS.has(name) ? this.#paragraph(name) : undefined;
    }
  }

  #enterMark(name: string, attributes: Attributes): () => void {
    if (this.#code > 0) {
      if (name === 'code') this.#language(attributes);
      return nothing;
    }
    const mark = markOf(name, attributes);
    return mark === undefined ? nothing : this.#mark(mark.key, mark.value);
  }

  #mark(key: string, value: MarkValue): () => void {
    const { marks } = this.#blocks;
    const before = marks.get(key);
    marks.set(key, value);
    return () => {
      if (before === undefined) marks.delete(key);
      else marks.set(key, before);
    };
  }

  #block(block: Block): () => void {
    this.#border();
    this.#blocks.begin(block);
    return () => this.#border();
  }

  /** A paragraph inside of an item or caption that has no text yet is the item itself. */
  #paragraph(name: string): () => void {
    if (this.#blocks.isOpen && !this.#blocks.hasText && name !== 'tr') return () => this.#border();
    this.#border();
    if (name === 'p') this.#blocks.begin({ kind: this.#quotes > 0 ? 'quote' : 'paragraph' });
    else if (this.#quotes > 0) this.#blocks.begin({ kind: 'quote' });
    return () => this.#border();
  }

  #list(kind: 'bullet' | 'ordered'): () => void {
    this.#border();
    this.#lists.push(kind);
    return () => {
      this.#border();
      this.#lists.pop();
    };
  }

  #item(): Block {
    const depth = Math.min(Math.max(0, this.#lists.length - 1), ITEM_DEPTH_MAX);
    return { kind: this.#lists.at(-1) ?? 'bullet', depth };
  }

  #box(attributes: Attributes): void {
    if (attributes['type'] !== 'checkbox' || this.#lists.length === 0) return;
    if (!this.#blocks.isOpen || this.#blocks.hasText) return;
    const depth = Math.min(this.#lists.length - 1, ITEM_DEPTH_MAX);
    this.#blocks.become({ kind: 'todo', depth, checked: attributes['checked'] !== undefined });
  }

  #codeBlock(attributes: Attributes): () => void {
    const leave = this.#block({ kind: 'code', language: '' });
    this.#language(attributes);
    this.#code++;
    return () => {
      this.#code--;
      this.#blocks.end();
      leave();
    };
  }

  #language({ class: names = '' }: Attributes): void {
    const language = /(?:^|\s)language-([\w.+#-]{1,64})(?:\s|$)/.exec(names)?.[1];
    if (language !== undefined) this.#blocks.become({ kind: 'code', language });
  }

  #figure(attributes: Attributes): () => void {
    const { 'data-object': object = '', 'data-space': space } = attributes;
    const isObject = /^[0-9a-f]{32}$/.test(object);
    if (!isObject || (space !== undefined && !/^[0-9a-f]{64}$/.test(space))) {
      return this.#paragraph('figure');
    }
    return this.#block({ kind: 'embed', object, ...(space === undefined ? {} : { space }) });
  }

  /** Ends what is open, without the white space at its end. */
  #border(): void {
    if (this.#keeps === 0) this.#blocks.trimEnd();
    this.#blocks.end();
    this.#space = false;
  }
}

function nothing(): void {}

/** The mark that an element stands for. */
function markOf(
  name: string,
  attributes: Attributes,
): { readonly key: string; readonly value: MarkValue } | undefined {
  const { style = '', href = '' } = attributes;
  const key = MARKS[name];
  // Some programs wrap all that they copy into bold that is none.
  if (key !== undefined) {
    const isNone = key === 'bold' && /font-weight:\s*(?:normal|400)/i.test(style);
    return isNone ? undefined : { key, value: true };
  }
  if (name === 'a') return isSafeLink(href) ? { key: 'link', value: href } : undefined;
  if (name !== 'span') return undefined;
  const own = ownMark(attributes);
  if (own !== undefined) return own;
  if (/font-weight:\s*(?:bold|[6-9]00)/i.test(style)) return { key: 'bold', value: true };
  return /font-style:\s*italic/i.test(style) ? { key: 'italic', value: true } : undefined;
}

/** A mark as we write those that HTML does not know. */
function ownMark({
  'data-mark': key = '',
  'data-value': value,
}: Attributes): { readonly key: string; readonly value: MarkValue } | undefined {
  if (!/^[a-z][a-z0-9-]{0,60}(?::[\w-]{1,60})?$/.test(key)) return undefined;
  if (value === undefined) return { key, value: true };
  return value.length > MARK_VALUE_UNITS_MAX ? undefined : { key, value: value.toWellFormed() };
}
