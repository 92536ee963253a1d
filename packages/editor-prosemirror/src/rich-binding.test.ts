import { TextSelection } from 'prosemirror-state';
import type { RichChange, RichDocument } from '@atoll/client';
import { describe, expect, test } from 'vitest';
import { editingCommands, toggle, toggleBlock } from './editing.ts';
import { HeadlessEditor, meet, pages, type PageReplica } from './editor.fixture.ts';

function paragraphs(...texts: readonly string[]): RichDocument {
  return texts.map((text) => ({
    block: { kind: 'paragraph' },
    runs: text === '' ? [] : [{ text, marks: {} }],
  }));
}

function two(
  ...texts: readonly string[]
): [PageReplica, PageReplica, HeadlessEditor, HeadlessEditor] {
  const [ada, bob] = pages(['ada', 'bob'], paragraphs(...texts)) as [PageReplica, PageReplica];
  return [ada, bob, new HeadlessEditor(ada), new HeadlessEditor(bob)];
}

function select(editor: HeadlessEditor, from: number, to: number = from): void {
  editor.dispatch(editor.state.tr.setSelection(TextSelection.create(editor.doc, from, to)));
}

/** Edits that another replica hears of, text only. */
function heardBy({ text }: PageReplica): RichChange[] {
  const heard: RichChange[] = [];
  text.subscribe((changes) => heard.push(...changes));
  return heard;
}

describe('from the editor to the text', () => {
  test('typing one letter among equal ones inserts that letter and nothing else', () => {
    const [ada, bob, editor] = two('aaaa', 'bb');
    const heard = heardBy(bob);
    select(editor, 3);
    editor.dispatch(editor.state.tr.insertText('a'));
    meet([ada, bob]);
    expect(heard).toEqual([{ position: 2, deleted: 0, inserted: 'a' }]);
  });

  test('a block that is put before another one leaves that one as it is', () => {
    const [ada, bob, editor] = two('one', 'two');
    select(editor, 6);
    editor.dispatch(editor.state.tr.insert(5, editor.state.schema.node('divider')));
    bob.text.setBlock(4, { kind: 'quote' });
    meet([ada, bob]);
    expect(ada.text.toDocument().map(({ block }) => block.kind)).toEqual([
      'paragraph',
      'divider',
      'quote',
    ]);
  });

  test('making text bold deletes and inserts nothing', () => {
    const [ada, bob, editor] = two('one two');
    const heard = heardBy(bob);
    select(editor, 1, 4);
    toggle('bold')(editor.state, editor.dispatch);
    toggleBlock({ kind: 'heading', level: 1 })(editor.state, editor.dispatch);
    meet([ada, bob]);
    expect(heard.every(({ deleted, inserted }) => deleted === 0 && inserted === '')).toBe(true);
    expect(bob.text.toDocument()).toEqual([
      {
        block: { kind: 'heading', level: 1 },
        runs: [
          { text: 'one', marks: { bold: true } },
          { text: ' two', marks: {} },
        ],
      },
    ]);
  });

  test('one transaction with changes far apart touches nothing in between', () => {
    const [ada, bob, editor] = two('one', 'two', 'three');
    const heard = heardBy(bob);
    editor.dispatch(editor.state.tr.insertText('!', 16).insertText('?', 1));
    meet([ada, bob]);
    expect(bob.text.toString()).toBe('?one\ntwo\nthree!');
    expect(heard.map(({ inserted }) => inserted).sort()).toEqual(['!', '?']);
  });
});

describe('from the text to the editor', () => {
  test('what others write elsewhere leaves the selection where it is', () => {
    const [ada, bob, editor] = two('one two three');
    select(editor, 5, 8);
    bob.text.insert(0, 'zero ');
    bob.text.insert(bob.text.length, ' four');
    meet([ada, bob]);
    expect(editor.doc.textContent).toBe('zero one two three four');
    const { from, to } = editor.state.selection;
    expect(editor.doc.textBetween(from, to)).toBe('two');
  });

  test('blocks that others make and join leave the selection on the same words', () => {
    const [ada, bob, editor] = two('one', 'two three', 'four');
    select(editor, 10, 15);
    expect(editor.doc.textBetween(10, 15)).toBe('three');
    bob.text.split(1, { kind: 'quote' });
    bob.text.delete(4, 1);
    bob.text.split(8, { kind: 'todo', depth: 0, checked: false });
    meet([ada, bob]);
    const { from, to } = editor.state.selection;
    expect(editor.doc.textBetween(from, to)).toBe('three');
  });

  test('a caret stays before what somebody else types at the same place', () => {
    const [ada, bob, editor] = two('ab');
    select(editor, 2);
    bob.text.insert(1, 'X');
    meet([ada, bob]);
    expect(editor.state.selection.head).toBe(2);
  });

  test('a change elsewhere in a block replaces only what changed', () => {
    const [ada, bob, editor] = two('one two', 'three');
    bob.text.mark(4, 7, 'bold');
    meet([ada, bob]);
    expect(editor.foreign).toHaveLength(1);
    const map = editor.foreign[0]?.mapping.maps[0];
    map?.forEach((from, to) => expect([from, to]).toEqual([5, 8]));
  });

  test('undo of the text shows in the editor', () => {
    const [ada, , editor] = two('one');
    select(editor, 4);
    editor.dispatch(editor.state.tr.insertText('!'));
    ada.replica.tick();
    ada.text.delete(3, 1);
    ada.replica.tick();
    expect(editor.doc.textContent).toBe('one');
  });
});

describe('while a character is composed', () => {
  test('nothing comes in or goes out, and afterwards both are there', () => {
    const [ada, bob, editor, other] = two('one two');
    editor.composing = true;
    select(editor, 4);
    editor.dispatch(editor.state.tr.insertText('か'));
    bob.text.insert(0, 'zero ');
    bob.text.delete(8, 4);
    meet([ada, bob]);
    expect(editor.doc.textContent).toBe('oneか two');
    expect(ada.text.toString()).toBe('zero one');
    editor.dispatch(editor.state.tr.insertText('加', 4, 5));
    editor.composing = false;
    editor.binding.sync(editor);
    meet([ada, bob]);
    expect(editor.doc.textContent).toBe('zero one加');
    expect(other.doc.textContent).toBe('zero one加');
  });
});

describe('refusals', () => {
  test('what cannot be written is taken out of the editor again', () => {
    const [ada, , editor] = two('one');
    ada.replica.readOnly = true;
    select(editor, 4);
    editor.dispatch(editor.state.tr.insertText('!'));
    expect(editor.doc.textContent).toBe('one');
  });
});

describe('keys', () => {
  test('Enter in a todo makes another open one, and in an empty one leaves the list', () => {
    const [ada, , editor] = two('milk');
    toggleBlock({ kind: 'todo', depth: 0, checked: true })(editor.state, editor.dispatch);
    select(editor, 5);
    editingCommands.enter(editor.state, editor.dispatch);
    expect(ada.text.toDocument().map(({ block }) => block)).toEqual([
      { kind: 'todo', depth: 0, checked: true },
      { kind: 'todo', depth: 0, checked: false },
    ]);
    editingCommands.enter(editor.state, editor.dispatch);
    expect(ada.text.toDocument()[1]?.block).toEqual({ kind: 'paragraph' });
  });

  test('two line ends at the end of code leave it', () => {
    const [ada, , editor] = two('x');
    toggleBlock({ kind: 'code', language: '' })(editor.state, editor.dispatch);
    select(editor, 2);
    editingCommands.enter(editor.state, editor.dispatch);
    editingCommands.enter(editor.state, editor.dispatch);
    expect(ada.text.toDocument()).toEqual([
      { block: { kind: 'code', language: '' }, runs: [{ text: 'x', marks: {} }] },
      { block: { kind: 'paragraph' }, runs: [] },
    ]);
  });
});
