import type { TextChange } from '@atoll/client';
import { EditorSelection } from '@codemirror/state';
import { expect, test } from 'vitest';
import { HeadlessEditor, meet, snippets, type SnippetReplica } from './editor.fixture.ts';

function two(code: string): [SnippetReplica, SnippetReplica, HeadlessEditor] {
  const [ada, bob] = snippets(['ada', 'bob'], code) as [SnippetReplica, SnippetReplica];
  return [ada, bob, new HeadlessEditor(ada)];
}

test('a transaction with two changes makes these two edits', () => {
  const [ada, bob, editor] = two('one two three');
  const heard: TextChange[] = [];
  bob.text.subscribe((changes) => heard.push(...changes));
  const changes = [
    { from: 0, to: 3, insert: '1' },
    { from: 8, insert: 'and ' },
  ];
  editor.dispatch(editor.state.update({ changes }));
  editor.binding.sync();
  meet([ada, bob]);
  expect(bob.text.toString()).toBe('1 two and three');
  expect(heard.some(({ deleted }) => deleted > 3)).toBe(false);
});

test('what others write leaves the selection on the same words', () => {
  const [ada, bob, editor] = two('one two three');
  editor.dispatch(editor.state.update({ selection: EditorSelection.range(4, 7) }));
  bob.text.insert(0, 'zero ');
  bob.text.insert(bob.text.length, ' four');
  meet([ada, bob]);
  const { from, to } = editor.state.selection.main;
  expect(editor.state.sliceDoc(from, to)).toBe('two');
});

test('while a character is composed nothing comes in or goes out, and then both are there', () => {
  const [ada, bob, editor] = two('one two');
  editor.composing = true;
  editor.edit(3, 3, 'か');
  bob.text.insert(0, 'zero ');
  bob.text.delete(8, 4);
  meet([ada, bob]);
  expect(editor.content).toBe('oneか two');
  expect(ada.text.toString()).toBe('zero one');
  editor.composing = false;
  editor.binding.sync();
  expect(editor.content).toBe('zero oneか');
  expect(ada.text.toString()).toBe('zero oneか');
});

test('of two who type at one place, editor and text have the same order', () => {
  const [ada, bob, editor] = two('ab');
  editor.composing = true;
  editor.edit(1, 1, 'X');
  bob.text.insert(1, 'Y');
  meet([ada, bob]);
  editor.composing = false;
  editor.binding.sync();
  expect(editor.content).toBe(ada.text.toString());
  meet([ada, bob]);
  expect(bob.text.toString()).toBe(editor.content);
});

test('a carriage return is a character, so that positions stay those of the text', () => {
  const [ada, bob, editor] = two('a\r\nb');
  expect(editor.state.doc.length).toBe(4);
  editor.edit(4, 4, '!');
  meet([ada, bob]);
  expect(bob.text.toString()).toBe('a\r\nb!');
});

test('half of a character takes the other half with it', () => {
  const [ada, , editor] = two('a👋b');
  editor.edit(1, 2, '');
  expect(editor.content).toBe('ab');
  expect(ada.text.toString()).toBe('ab');
});

test('what cannot be written is taken out of the editor again', () => {
  const [ada, , editor] = two('one');
  ada.replica.readOnly = true;
  editor.edit(3, 3, '!');
  expect(editor.content).toBe('one');
});
