import { isSafeLink, type Block, type RichDocument } from '@atoll/client';
import { describe, expect, test } from 'vitest';
import {
  documentOfHtml,
  documentOfMarkdown,
  htmlOf,
  markdownOf,
  TextFormatError,
} from './index.ts';

const SAMPLE = `# The island

A *small* place with **many** [birds](<https://birds.example/a?b=c>) and \`code\`.

- milk
- bread
  - rye
    1. dark
    2. darker
- [ ] wash
- [x] dry

> A quote\\
> of two lines

\`\`\`ts
const a = 1;

const b = 2;
\`\`\`

---

![The plan](atoll:object/00112233445566778899aabbccddeeff)
`;

function blocksOf(document: RichDocument): Block[] {
  return document.map(({ block }) => block);
}

function textOf(document: RichDocument): string {
  return document.map(({ runs }) => runs.map(({ text }) => text).join('')).join('\n');
}

describe('Markdown', () => {
  test('a page with everything is read, and written as it was', () => {
    const document = documentOfMarkdown(SAMPLE);
    expect(blocksOf(document)).toEqual([
      { kind: 'heading', level: 1 },
      { kind: 'paragraph' },
      { kind: 'bullet', depth: 0 },
      { kind: 'bullet', depth: 0 },
      { kind: 'bullet', depth: 1 },
      { kind: 'ordered', depth: 2 },
      { kind: 'ordered', depth: 2 },
      { kind: 'todo', depth: 0, checked: false },
      { kind: 'todo', depth: 0, checked: true },
      { kind: 'quote' },
      { kind: 'code', language: 'ts' },
      { kind: 'divider' },
      { kind: 'embed', object: '00112233445566778899aabbccddeeff' },
    ]);
    expect(document[1]?.runs[5]).toEqual({
      text: 'birds',
      marks: { link: 'https://birds.example/a?b=c' },
    });
    expect(markdownOf(document)).toBe(SAMPLE);
  });

  test('signs that are text stay text', () => {
    const text = '*not* _this_ [or](that) <b> & `so` # 1. - ~~x~~ \\';
    const document: RichDocument = [
      { block: { kind: 'paragraph' }, runs: [{ text, marks: {} }] },
      { block: { kind: 'paragraph' }, runs: [{ text: '# no heading', marks: {} }] },
      { block: { kind: 'paragraph' }, runs: [{ text: '1. no item', marks: {} }] },
      { block: { kind: 'bullet', depth: 0 }, runs: [{ text: '[ ] no box', marks: {} }] },
    ];
    expect(documentOfMarkdown(markdownOf(document))).toEqual(document);
  });

  test('raw HTML is text, and an address that runs something is no link', () => {
    const document = documentOfMarkdown('<script>alert(1)</script>\n\n[x](javascript:alert(1))');
    expect(textOf(document)).toContain('<script>');
    expect(document.flatMap(({ runs }) => runs).every(({ marks }) => !('link' in marks))).toBe(
      true,
    );
  });

  test('a picture becomes a link to it', () => {
    const [block] = documentOfMarkdown('See ![a map](https://x.example/m.png).');
    expect(block?.runs[1]).toEqual({ text: 'a map', marks: { link: 'https://x.example/m.png' } });
  });

  test('an item in three paragraphs is an item and two paragraphs', () => {
    expect(blocksOf(documentOfMarkdown('- a\n\n  b\n\n  c'))).toEqual([
      { kind: 'bullet', depth: 0 },
      { kind: 'paragraph' },
      { kind: 'paragraph' },
    ]);
  });

  test('nothing gives one empty paragraph', () => {
    expect(documentOfMarkdown('')).toEqual([{ block: { kind: 'paragraph' }, runs: [] }]);
    expect(markdownOf(documentOfMarkdown(''))).toBe('');
  });

  test('more than a long book is refused', () => {
    expect(() => documentOfMarkdown('a'.repeat(8 * 1024 * 1024 + 1))).toThrow(TextFormatError);
  });
});

describe('HTML', () => {
  test('what Markdown gave is written as HTML and read again', () => {
    const document = documentOfMarkdown(SAMPLE);
    const html = htmlOf(document);
    expect(html).toContain(
      '<ul><li>milk</li><li>bread<ul><li>rye<ol><li>dark</li><li>darker</li></ol></li></ul></li>',
    );
    expect(documentOfHtml(html)).toEqual(document);
  });

  test('scripts and styles are dropped, unknown elements lose their tags', () => {
    const html =
      '<style>p{}</style><p>a<script>alert(1)</script><blink onclick="x()">b</blink></p><svg><text>c</text></svg><img src=x onerror=alert(1)>';
    const document = documentOfHtml(html);
    expect(textOf(document)).toBe('ab');
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://x',
    '',
  ])('%j is no link', (address) => {
    expect(isSafeLink(address)).toBe(false);
    const html = htmlOf([
      { block: { kind: 'paragraph' }, runs: [{ text: 'x', marks: { link: address } }] },
    ]);
    expect(html).toBe('<p>x</p>');
    const [block] = documentOfHtml(`<a href="${address.replaceAll('"', '&quot;')}">x</a>`);
    expect(block?.runs).toEqual([{ text: 'x', marks: {} }]);
  });

  test.each(['https://a.example/', 'mailto:ada@a.example', '/path?q=a:b', '#part', 'a/b'])(
    '%j is a link',
    (address) => {
      expect(isSafeLink(address)).toBe(true);
    },
  );

  test('what is written cannot leave its element', () => {
    const evil = '"><script>alert(1)</script>&<\'';
    const html = htmlOf([
      { block: { kind: 'code', language: 'ts' }, runs: [{ text: evil, marks: {} }] },
      {
        block: { kind: 'paragraph' },
        runs: [{ text: evil, marks: { 'comment:1': evil, link: `/${evil.replaceAll(' ', '')}` } }],
      },
    ]);
    expect(html).not.toContain('<script');
    expect(documentOfHtml(html)[0]?.runs[0]?.text).toBe(evil);
  });

  test('white space folds as on a page, and is kept in code', () => {
    const document = documentOfHtml(
      '<p>\n  a\n  <b> b </b>\n  c </p>\n<pre>x\n  y\n</pre><div>one<div>two</div>three</div>',
    );
    expect(textOf(document)).toBe('a b c\nx\u2028  y\u2028\none\ntwo\nthree');
  });

  test('elements that are never closed or never opened do no harm', () => {
    expect(textOf(documentOfHtml('<p>a<p>b</i></div><ul><li>c<li>d'))).toBe('a\nb\nc\nd');
    expect(textOf(documentOfHtml('<div>'.repeat(5000) + 'deep'))).toBe('deep');
  });
});
