import { cdp, userEvent } from 'vitest/browser';
import { afterEach, expect, test } from 'vitest';
import type { EditorView } from 'prosemirror-view';
import type { RichDocument } from '@atoll/client';
import { meet, pages, type PageReplica } from './editor.fixture.ts';
import { insertEmbed } from './embed.ts';
import { showHighlights } from './highlights.ts';
import { showRemoteCursors } from './remote-cursors.ts';
import { createRichEditor } from './rich-editor.ts';
import type { StableSelection } from './rich-binding.ts';

const views: EditorView[] = [];

afterEach(() => {
  for (const view of views.splice(0)) {
    view.destroy();
    view.dom.remove();
  }
  document.body.replaceChildren();
});

interface Open extends PageReplica {
  readonly view: EditorView;
  readonly did: string[];
  selection: StableSelection | null | undefined;
}

function open(page: PageReplica): Open {
  const did: string[] = [];
  const place = document.createElement('div');
  // As every style sheet for an editor must say: white space is text.
  place.style.whiteSpace = 'pre-wrap';
  document.body.append(place);
  const opened: Open = { ...page, did, selection: undefined, view: undefined as never };
  const view = createRichEditor({
    place,
    db: page.replica.db,
    text: page.text,
    editable: () => true,
    attributes: { 'aria-label': 'Text' },
    boxLabel: 'Done',
    undo: () => did.push('undo'),
    redo: () => did.push('redo'),
    onSelection: (selection) => {
      opened.selection = selection;
    },
  });
  views.push(view);
  return Object.assign(opened, { view });
}

function two(text: string): [Open, PageReplica] {
  const document: RichDocument = [
    { block: { kind: 'paragraph' }, runs: text === '' ? [] : [{ text, marks: {} }] },
  ];
  const [ada, bob] = pages(['ada', 'bob'], document) as [PageReplica, PageReplica];
  return [open(ada), bob];
}

function toldOf({ text }: PageReplica): string[] {
  return text
    .toDocument()
    .map(
      ({ block, runs }) =>
        `${block.kind}: ${runs.map((run) => [run.text, ...Object.keys(run.marks)].join('|')).join(' ')}`,
    );
}

test('what is typed is in the text: words, marks, blocks', async () => {
  const [ada, bob] = two('');
  ada.view.focus();
  await userEvent.keyboard(
    '# Title{Enter}some {Control>}b{/Control}bold{Control>}b{/Control} text',
  );
  await userEvent.keyboard('{Enter}- milk{Enter}{Tab}bread{Enter}{Enter}{Enter}[[] boots');
  meet([ada, bob]);
  expect(toldOf(bob)).toEqual([
    'heading: Title',
    'paragraph: some  bold|bold  text',
    'bullet: milk',
    'bullet: bread',
    'todo: boots',
  ]);
  expect(ada.view.dom.querySelector('h1')?.textContent).toBe('Title');
  expect(ada.view.dom.querySelector('strong')?.textContent).toBe('bold');
});

test('a character is composed in peace while somebody else writes into the same line', async () => {
  const [ada, bob] = two('one two');
  ada.view.focus();
  await userEvent.keyboard('{Control>}{End}{/Control}');
  await cdp().send('Input.imeSetComposition', { text: 'k', selectionStart: 1, selectionEnd: 1 });
  await cdp().send('Input.imeSetComposition', { text: 'か', selectionStart: 1, selectionEnd: 1 });
  expect(ada.view.composing).toBe(true);
  bob.text.insert(0, 'zero ');
  meet([ada, bob]);
  // Neither side knows of the other yet, and the page under the keyboard is left alone.
  expect(ada.view.dom.textContent).toBe('one twoか');
  expect(bob.text.toString()).toBe('zero one two');
  await cdp().send('Input.imeSetComposition', { text: '加', selectionStart: 1, selectionEnd: 1 });
  await cdp().send('Input.insertText', { text: '加' });
  await expect.poll(() => ada.view.dom.textContent).toBe('zero one two加');
  meet([ada, bob]);
  expect(bob.text.toString()).toBe('zero one two加');
  await userEvent.keyboard('!');
  expect(ada.view.dom.textContent).toBe('zero one two加!');
});

test('the cursor of somebody else stands where he writes, and moves with the text', () => {
  const [ada, bob] = two('one two');
  const cursor = bob.text.cursor(3);
  showRemoteCursors(ada.view, [
    { id: 'bob', name: 'Bob', hue: 3, selection: [bob.text.cursor(0, 'before'), cursor] },
  ]);
  const caret = (): HTMLElement | null => ada.view.dom.querySelector('.remote-caret');
  expect(caret()?.dataset['name']).toBe('Bob');
  expect(caret()?.previousSibling?.textContent).toBe('one');
  expect(ada.view.dom.querySelector('.remote-selection')?.textContent).toBe('one');
  bob.text.insert(0, 'more than ');
  meet([ada, bob]);
  expect(ada.view.dom.textContent).toBe('more than one two');
  expect(ada.view.dom.querySelector('.remote-selection')?.textContent).toBe('one');
  showRemoteCursors(ada.view, []);
  expect(caret()).toBeNull();
});

test('a cursor that comes before its letters is shown when they are here', () => {
  const [ada, bob] = two('one');
  bob.text.insert(3, ' two');
  const place = bob.text.cursor(7);
  showRemoteCursors(ada.view, [{ id: 'bob', name: 'Bob', hue: 3, selection: [place, place] }]);
  expect(ada.view.dom.querySelector('.remote-caret')).toBeNull();
  meet([ada, bob]);
  const caret = ada.view.dom.querySelector('.remote-caret');
  expect(caret?.previousSibling?.textContent).toBe('one two');
});

test('an editor that has ended is left alone by what is still told to it', () => {
  const [ada, bob] = two('one two');
  const place = bob.text.cursor(3);
  ada.view.destroy();
  showRemoteCursors(ada.view, [{ id: 'bob', name: 'Bob', hue: 3, selection: [place, place] }]);
  showHighlights(ada.view, [{ key: 'comment', from: place, to: place, look: 'commented' }]);
  expect(ada.view.isDestroyed).toBe(true);
});

test('the own selection is told as stable places, and taken back when one leaves', async () => {
  const [ada, bob] = two('one two');
  ada.view.focus();
  await userEvent.keyboard('{Control>}{Home}{/Control}{ArrowRight}{ArrowRight}{ArrowRight}');
  await expect.poll(() => ada.selection?.map((place) => bob.text.position(place))).toEqual([3, 3]);
  ada.view.dom.blur();
  await expect.poll(() => ada.selection).toBeNull();
});

test('a box is checked by a click, here and elsewhere', async () => {
  const [ada, bob] = two('boots');
  bob.text.setBlock(0, { kind: 'todo', depth: 0, checked: false });
  meet([ada, bob]);
  const box = ada.view.dom.querySelector('input') as HTMLInputElement;
  expect(box.checked).toBe(false);
  await userEvent.click(box);
  meet([ada, bob]);
  expect(bob.text.blockAt(0)).toEqual({ kind: 'todo', depth: 0, checked: true });
  bob.text.setBlock(0, { kind: 'todo', depth: 0, checked: false });
  meet([ada, bob]);
  expect(box.checked).toBe(false);
});

test('undo and redo are asked for, not done by the browser', async () => {
  const [ada] = two('one');
  ada.view.focus();
  await userEvent.keyboard('!{Control>}z{/Control}{Control>}y{/Control}');
  expect(ada.did).toEqual(['undo', 'redo']);
  expect(ada.text.toString()).toContain('!');
});

test('what is pasted from a page keeps its blocks and loses what runs', async () => {
  const [ada] = two('');
  ada.view.focus();
  const html =
    '<h2>Head</h2><p>a <a href="javascript:alert(1)">bad</a> <a href="https://x.example/">good</a></p><script>x()</script><ul><li>one<ul><li>two</li></ul></li></ul>';
  ada.view.pasteHTML(html);
  await expect
    .poll(() => toldOf(ada))
    .toEqual(['heading: Head', 'paragraph: a bad  good|link', 'bullet: one', 'bullet: two']);
  expect(ada.text.toDocument()[3]?.block).toEqual({ kind: 'bullet', depth: 1 });
});

test('an object in the text is shown by the application, has a caption, and can be taken out', async () => {
  const [ada, bob] = two('one');
  ada.view.destroy();
  ada.view.dom.remove();
  const shown = new Map<string, () => void>();
  const place = document.createElement('div');
  place.style.whiteSpace = 'pre-wrap';
  document.body.append(place);
  const given: (readonly [string, number])[] = [];
  const view = createRichEditor({
    place,
    db: ada.replica.db,
    text: ada.text,
    editable: () => true,
    attributes: { 'aria-label': 'Text' },
    boxLabel: 'Done',
    undo: () => undefined,
    redo: () => undefined,
    embeds: {
      captionLabel: 'Caption',
      fill: (card, { object, remove }) => {
        card.textContent = `card of ${object.slice(0, 4)}`;
        shown.set(object, remove);
        return () => shown.delete(object);
      },
    },
    onFiles: (files, pos) => given.push(...files.map(({ name }) => [name, pos] as const)),
  });
  views.push(view);
  const object = 'ab'.repeat(16);
  view.focus();
  insertEmbed(object, 2)(view.state, view.dispatch);
  meet([ada, bob]);
  expect(toldOf(bob)).toEqual(['paragraph: one', 'embed: ', 'paragraph: ']);
  expect(view.dom.querySelector('figure')?.textContent).toBe('card of abab');
  // The caption is text like any other; the card is none.
  bob.text.insert(4, 'at sea');
  meet([ada, bob]);
  expect(view.dom.querySelector('figcaption')?.textContent).toBe('at sea');
  expect(shown.size).toBe(1);
  const data = new DataTransfer();
  data.items.add(new File(['x'], 'sea.png', { type: 'image/png' }));
  const paste = { clipboardData: data, bubbles: true, cancelable: true };
  view.dom.dispatchEvent(new ClipboardEvent('paste', paste));
  expect(given.map(([name]) => name)).toEqual(['sea.png']);
  shown.get(object)?.();
  meet([ada, bob]);
  expect(toldOf(bob)).toEqual(['paragraph: one', 'paragraph: ']);
  expect(shown.size).toBe(0);
});
