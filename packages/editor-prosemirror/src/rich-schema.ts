/**
 * The editor's schema: one node a block, flat as in a rich text, so that positions of both follow from each
 * other. Depth, kind and state of list items are attributes.
 */
import { isSafeLink, type Block, type Marks, type MarkValue } from '@atoll/client';
import {
  Schema,
  type Attrs,
  type Mark,
  type MarkSpec,
  type Node,
  type NodeSpec,
  type TagParseRule,
} from 'prosemirror-model';

/** Names of nodes: blocks, and what stands in them. */
export type RichNodeName =
  | 'doc'
  | 'paragraph'
  | 'heading'
  | 'item'
  | 'todo'
  | 'codeblock'
  | 'quote'
  | 'divider'
  | 'embed'
  | 'text'
  | 'break';
/** Names of marks. */
export type RichMarkName = 'link' | 'bold' | 'italic' | 'underline' | 'strike' | 'code' | 'other';

const DEPTH_MAX = 8;

function depthOf(element: HTMLElement): number {
  let depth = -1;
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    if (at.nodeName === 'UL' || at.nodeName === 'OL') depth++;
  }
  return Math.min(Math.max(depth, 0), DEPTH_MAX);
}

function itemRule(kind: string, match: (element: HTMLElement) => boolean): TagParseRule {
  const getAttrs = (element: HTMLElement): Attrs | false =>
    match(element) ? { kind, depth: depthOf(element) } : false;
  return { tag: 'li', getAttrs };
}

const isTodo = (element: HTMLElement): boolean =>
  element.querySelector(':scope > input[type=checkbox], :scope > p > input[type=checkbox]') !==
  null;

const nodes: Record<RichNodeName, NodeSpec> = {
  doc: { content: 'block+' },
  paragraph: {
    content: 'inline*',
    group: 'block',
    parseDOM: [{ tag: 'p' }],
    toDOM: () => ['p', 0],
  },
  heading: {
    content: 'inline*',
    group: 'block',
    defining: true,
    attrs: { level: { default: 1, validate: 'number' } },
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level } })),
    toDOM: (node) => [`h${String(node.attrs['level'])}`, 0],
  },
  item: {
    content: 'inline*',
    group: 'block',
    defining: true,
    attrs: {
      kind: { default: 'bullet', validate: 'string' },
      depth: { default: 0, validate: 'number' },
    },
    parseDOM: [
      {
        tag: 'div[data-item]',
        getAttrs: (element) => ({
          kind: element.dataset['item'] === 'ordered' ? 'ordered' : 'bullet',
          depth: dataDepth(element),
        }),
      },
      itemRule(
        'ordered',
        (element) => !isTodo(element) && element.parentElement?.nodeName === 'OL',
      ),
      itemRule('bullet', (element) => !isTodo(element)),
    ],
    toDOM: (node) => [
      'div',
      { 'data-item': String(node.attrs['kind']), 'data-depth': String(node.attrs['depth']) },
      0,
    ],
  },
  todo: {
    content: 'inline*',
    group: 'block',
    defining: true,
    attrs: {
      depth: { default: 0, validate: 'number' },
      checked: { default: false, validate: 'boolean' },
    },
    parseDOM: [
      {
        tag: 'div[data-todo]',
        contentElement: '[data-text]',
        getAttrs: (element) => ({
          depth: dataDepth(element),
          checked: element.dataset['todo'] === 'done',
        }),
      },
      {
        tag: 'li',
        getAttrs: (element) =>
          isTodo(element) && {
            depth: depthOf(element),
            checked: element.querySelector('input')?.checked ?? false,
          },
      },
    ],
    toDOM: (node) => [
      'div',
      {
        'data-todo': node.attrs['checked'] === true ? 'done' : 'open',
        'data-depth': String(node.attrs['depth']),
      },
      ['div', { 'data-text': '' }, 0],
    ],
  },
  codeblock: {
    content: 'text*',
    marks: '',
    group: 'block',
    code: true,
    defining: true,
    attrs: { language: { default: '', validate: 'string' } },
    parseDOM: [
      {
        tag: 'pre',
        preserveWhitespace: 'full',
        getAttrs: (element) => ({
          language: /language-([\w.+#-]{1,64})/.exec(element.innerHTML.slice(0, 200))?.[1] ?? '',
        }),
      },
    ],
    toDOM: ({ attrs }) => ['pre', ['code', { class: `language-${String(attrs['language'])}` }, 0]],
  },
  quote: {
    content: 'inline*',
    group: 'block',
    defining: true,
    parseDOM: [{ tag: 'blockquote' }],
    toDOM: () => ['blockquote', 0],
  },
  divider: { group: 'block', parseDOM: [{ tag: 'hr' }], toDOM: () => ['hr'] },
  embed: {
    content: 'inline*',
    group: 'block',
    defining: true,
    attrs: { object: { validate: 'string' }, space: { default: null, validate: 'string|null' } },
    parseDOM: [
      {
        tag: 'figure[data-object]',
        contentElement: 'figcaption',
        getAttrs: (element) => {
          const { object = '', space = null } = element.dataset;
          return /^[0-9a-f]{32}$/.test(object) ? { object, space } : false;
        },
      },
    ],
    toDOM: ({ attrs }) => [
      'figure',
      {
        'data-object': String(attrs['object']),
        ...(attrs['space'] === null ? {} : { 'data-space': String(attrs['space']) }),
      },
      ['figcaption', 0],
    ],
  },
  text: { group: 'inline' },
  break: {
    inline: true,
    group: 'inline',
    selectable: false,
    parseDOM: [{ tag: 'br' }],
    toDOM: () => ['br'],
    leafText: () => '\n',
  },
};

function dataDepth(element: HTMLElement): number {
  const depth = Number(element.dataset['depth']);
  return Number.isInteger(depth) ? Math.min(Math.max(depth, 0), DEPTH_MAX) : 0;
}

function style(tag: string, also: readonly string[], styles: readonly string[] = []): MarkSpec {
  return {
    parseDOM: [
      ...[tag, ...also].map((each) => ({ tag: each })),
      ...styles.map((each) => ({ style: each })),
    ],
    toDOM: () => [tag, 0],
  };
}

const VALUE = { default: null, validate: 'string|null' } as const;

const marks: Record<RichMarkName, MarkSpec> = {
  link: {
    attrs: { href: { validate: 'string' } },
    inclusive: false,
    parseDOM: [
      {
        tag: 'a[href]',
        getAttrs: (element) => {
          const href = element.getAttribute('href') ?? '';
          return isSafeLink(href) && { href };
        },
      },
    ],
    toDOM: ({ attrs }) => {
      const href = String(attrs['href']);
      // Somebody else may have written it, with a program of his own.
      return ['a', isSafeLink(href) ? { href, rel: 'noopener noreferrer' } : {}, 0];
    },
  },
  bold: style('strong', ['b'], ['font-weight=bold', 'font-weight=700']),
  italic: style('em', ['i'], ['font-style=italic']),
  underline: style('u', []),
  strike: style('s', ['del', 'strike']),
  code: { ...style('code', ['kbd']), inclusive: false },
  /** All other marks, each by its key; those of comments may lie over each other. */
  other: {
    attrs: { key: { validate: 'string' }, value: VALUE },
    excludes: '',
    inclusive: false,
    toDOM: ({ attrs }) => [
      'span',
      {
        'data-mark': String(attrs['key']),
        ...(attrs['value'] === null ? {} : { 'data-value': String(attrs['value']) }),
      },
      0,
    ],
  },
};

/** The schema of editors for rich texts. */
export const richSchema: Schema<RichNodeName, RichMarkName> = new Schema({ nodes, marks });

/** What a node is as a block. */
export function blockOfNode(node: Node): Block {
  const { attrs } = node;
  const depth = Number(attrs['depth']);
  switch (node.type.name) {
    case 'heading':
      return { kind: 'heading', level: Number(attrs['level']) };
    case 'item':
      return { kind: attrs['kind'] === 'ordered' ? 'ordered' : 'bullet', depth };
    case 'todo':
      return { kind: 'todo', depth, checked: attrs['checked'] === true };
    case 'codeblock':
      return { kind: 'code', language: String(attrs['language']) };
    case 'quote':
    case 'divider':
      return { kind: node.type.name };
    case 'embed': {
      const { object, space } = attrs as { readonly object: string; readonly space: string | null };
      return { kind: 'embed', object, ...(space === null ? {} : { space }) };
    }
    default:
      return { kind: 'paragraph' };
  }
}

/** Name and attributes of the node for a block. */
export function nodeOfBlock(block: Block): { readonly name: RichNodeName; readonly attrs: Attrs } {
  switch (block.kind) {
    case 'bullet':
    case 'ordered':
      return { name: 'item', attrs: { kind: block.kind, depth: block.depth } };
    case 'code':
      return { name: 'codeblock', attrs: { language: block.language } };
    default: {
      const { kind, ...attrs } = block;
      return { name: kind, attrs };
    }
  }
}

const SIMPLE = new Set(['bold', 'italic', 'underline', 'strike', 'code']);

/** The editor's marks for those of a text. */
export function marksOf(given: Marks): readonly Mark[] {
  let set: readonly Mark[] = [];
  for (const [key, value] of Object.entries(given)) set = markOf(key, value).addToSet(set);
  return set;
}

function markOf(key: string, value: MarkValue): Mark {
  const types = richSchema.marks;
  if (key === 'link' && value !== true) return types.link.create({ href: value });
  if (SIMPLE.has(key) && value === true) return types[key as 'bold'].create();
  return types.other.create({ key, value: value === true ? null : value });
}

/** A text's marks for those of the editor. */
export function marksOfSet(set: readonly Mark[]): Marks {
  const found: Record<string, MarkValue> = {};
  for (const { type, attrs } of set) {
    if (type.name === 'link') found['link'] = String(attrs['href']);
    else if (type.name !== 'other') found[type.name] = true;
    else found[String(attrs['key'])] = attrs['value'] === null ? true : String(attrs['value']);
  }
  const keys = Object.keys(found).sort();
  return Object.fromEntries(keys.map((key) => [key, found[key] as MarkValue]));
}
