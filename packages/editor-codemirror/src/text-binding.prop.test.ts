/** The law of the binding: whatever editors do at once, all show the same text. */
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { HeadlessEditor, meet, snippets } from './editor.fixture.ts';

const steps = fc.array(
  fc.record({
    editor: fc.nat(2),
    a: fc.nat(),
    length: fc.nat(4),
    text: fc.constantFrom('', 'x', 'y\nz', '👋', '\r\n', 'e\u0301', '\u2028', 'שלום'),
  }),
  { maxLength: 40 },
);

test.prop([steps], { numRuns: 150 })('editors that write at once end with the text', (list) => {
  const replicas = snippets(['ada', 'bob', 'eve'], 'one\ntwo 👋\r\nthree');
  const editors = replicas.map((each) => new HeadlessEditor(each));
  list.forEach(({ editor: which, a, length, text }, at) => {
    const editor = editors[which] as HeadlessEditor;
    const { replica, text: field } = replicas[which] as (typeof replicas)[number];
    if (at % 7 === 3) editor.composing = true;
    if (at % 7 === 5) {
      for (const each of editors) {
        each.composing = false;
        each.binding.sync();
      }
    }
    const from = a % (editor.state.doc.length + 1);
    editor.edit(from, Math.min(from + length, editor.state.doc.length), text);
    replica.tick();
    if (!editor.composing) expect(editor.content).toBe(field.toString());
    if (a % 4 === 0) replica.pull((replicas[(which + 1) % 3] as (typeof replicas)[number]).replica);
  });
  for (const editor of editors) {
    editor.composing = false;
    editor.binding.sync();
  }
  meet(replicas);
  editors.forEach((editor, at) => {
    expect(editor.content).toBe((replicas[at] as (typeof replicas)[number]).text.toString());
    expect(editor.content).toBe((editors[0] as HeadlessEditor).content);
  });
});
