import { cdp, userEvent } from 'vitest/browser';
import type { EditorView } from '@codemirror/view';
import { afterEach, expect, test } from 'vitest';
import { meet, snippets, type SnippetReplica } from './editor.fixture.ts';
import { showRemoteCursors } from './remote-cursors.ts';
import type { StableSelection } from './text-binding.ts';
import { createTextEditor } from './text-editor.ts';

const views: EditorView[] = [];

afterEach(() => {
  for (const view of views.splice(0)) view.destroy();
  document.body.replaceChildren();
});

interface Open extends SnippetReplica {
  readonly view: EditorView;
  readonly did: string[];
  selection: StableSelection | null | undefined;
}

function two(code: string, language: 'plain' | 'markdown' = 'plain'): [Open, SnippetReplica] {
  const [ada, bob] = snippets(['ada', 'bob'], code) as [SnippetReplica, SnippetReplica];
  const did: string[] = [];
  const opened: Open = { ...ada, did, selection: undefined, view: undefined as never };
  const view = createTextEditor({
    place: document.body,
    db: ada.replica.db,
    text: ada.text,
    language,
    editable: true,
    attributes: { 'aria-label': 'Code' },
    undo: () => did.push('undo'),
    redo: () => did.push('redo'),
    onSelection: (selection) => {
      opened.selection = selection;
    },
  });
  views.push(view);
  return [Object.assign(opened, { view }), bob];
}

test('what is typed is in the text, and Markdown goes on with its lists', async () => {
  const [ada, bob] = two('', 'markdown');
  ada.view.focus();
  await userEvent.keyboard('- one{Enter}two');
  await expect.poll(() => ada.text.toString()).toBe('- one\n- two');
  meet([ada, bob]);
  expect(bob.text.toString()).toBe('- one\n- two');
});

test('a character is composed in peace while somebody else writes into the same line', async () => {
  const [ada, bob] = two('one two');
  ada.view.focus();
  await userEvent.keyboard('{Control>}{End}{/Control}');
  await cdp().send('Input.imeSetComposition', { text: 'か', selectionStart: 1, selectionEnd: 1 });
  expect(ada.view.composing).toBe(true);
  bob.text.insert(0, 'zero ');
  meet([ada, bob]);
  expect(ada.view.state.doc.toString()).toBe('one twoか');
  expect(bob.text.toString()).toBe('zero one two');
  await cdp().send('Input.imeSetComposition', { text: '加', selectionStart: 1, selectionEnd: 1 });
  await cdp().send('Input.insertText', { text: '加' });
  await expect.poll(() => ada.view.state.doc.toString()).toBe('zero one two加');
  meet([ada, bob]);
  expect(bob.text.toString()).toBe('zero one two加');
});

test('the cursor of somebody else stands where he writes, and moves with the text', () => {
  const [ada, bob] = two('one two');
  const selection = [bob.text.cursor(0, 'before'), bob.text.cursor(3)] as const;
  showRemoteCursors(ada.view, ada.text, [{ id: 'bob', name: 'Bob', hue: 3, selection }]);
  const caret = ada.view.dom.querySelector<HTMLElement>('.remote-caret');
  expect(caret?.dataset['name']).toBe('Bob');
  expect(ada.view.dom.querySelector('.remote-selection')?.textContent).toBe('one');
  bob.text.insert(0, 'more than ');
  meet([ada, bob]);
  expect(ada.view.dom.querySelector('.remote-selection')?.textContent).toBe('one');
});

test('a cursor that comes before its letters is shown when they are here', () => {
  const [ada, bob] = two('one');
  bob.text.insert(3, ' two');
  const place = bob.text.cursor(7);
  const bobs = { id: 'bob', name: 'Bob', hue: 3, selection: [place, place] as const };
  showRemoteCursors(ada.view, ada.text, [bobs]);
  expect(ada.view.dom.querySelector('.remote-caret')).toBeNull();
  meet([ada, bob]);
  const line = ada.view.dom.querySelector('.remote-caret')?.closest('.cm-line');
  expect(line?.textContent).toBe('one two');
});

test('the own selection is told, undo is asked for', async () => {
  const [ada, bob] = two('one two');
  ada.view.focus();
  await userEvent.keyboard('{Control>}{Home}{/Control}{ArrowRight}{ArrowRight}');
  await expect.poll(() => ada.selection?.map((place) => bob.text.position(place))).toEqual([2, 2]);
  await userEvent.keyboard('{Control>}z{/Control}{Control>}y{/Control}');
  expect(ada.did).toEqual(['undo', 'redo']);
  ada.view.contentDOM.blur();
  await expect.poll(() => ada.selection).toBeNull();
});
