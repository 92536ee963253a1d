/** The law of the binding: whatever editors do at once, all show the same text, marks and blocks. */
import { fc, test } from '@fast-check/vitest';
import type { Block, RichDocument } from '@atoll/client';
import type { Node } from 'prosemirror-model';
import { TextSelection, type Command, type Transaction } from 'prosemirror-state';
import { expect } from 'vitest';
import { editingCommands, indent, insertDivider, setLink, toggle, toggleBlock } from './editing.ts';
import { HeadlessEditor, meet, pages } from './editor.fixture.ts';
import { docOf, posAtUnit, unitAtPos } from './rich-nodes.ts';
import { richSchema } from './rich-schema.ts';

const START: RichDocument = [
  { block: { kind: 'heading', level: 1 }, runs: [{ text: 'A title', marks: {} }] },
  {
    block: { kind: 'paragraph' },
    runs: [
      { text: 'some ', marks: {} },
      { text: 'bold', marks: { bold: true } },
      { text: ' text 👋\u2028and more', marks: {} },
    ],
  },
  { block: { kind: 'divider' }, runs: [] },
  { block: { kind: 'todo', depth: 0, checked: false }, runs: [{ text: 'boots', marks: {} }] },
  { block: { kind: 'code', language: 'ts' }, runs: [{ text: 'a\u2028b', marks: {} }] },
];

const BLOCKS: readonly Block[] = [
  { kind: 'heading', level: 2 },
  { kind: 'bullet', depth: 0 },
  { kind: 'todo', depth: 0, checked: true },
  { kind: 'quote' },
  { kind: 'code', language: '' },
];

const steps = fc.array(
  fc.record({
    editor: fc.nat(2),
    kind: fc.nat(13),
    a: fc.nat(),
    b: fc.nat(),
    text: fc.constantFrom('x', 'yy', '👋', 'e\u0301', ' '),
  }),
  { maxLength: 30 },
);

type Step = (typeof steps extends fc.Arbitrary<infer T> ? T : never)[number];

function place(doc: Node, at: number): number {
  return at % (doc.content.size + 1);
}

/** A position at which no character is cut. */
function whole(doc: Node, at: number): number {
  const pos = place(doc, at);
  const before = doc.resolve(pos).nodeBefore?.text ?? '';
  const cuts = /[\ud800-\udbff]$/.test(before);
  return cuts ? pos - 1 : pos;
}

function act(editor: HeadlessEditor, step: Step): void {
  const { doc } = editor;
  const ends = [whole(doc, step.a), whole(doc, step.b)].sort((a, b) => a - b) as [number, number];
  const selection = TextSelection.between(doc.resolve(ends[0]), doc.resolve(ends[1]));
  const caret = TextSelection.near(doc.resolve(ends[0]));
  const run = (command: Command): void => void command(editor.state, editor.dispatch);
  const select = (collapsed: boolean): void => {
    editor.dispatch(editor.state.tr.setSelection(collapsed ? caret : selection));
  };
  const change = (make: (tr: Transaction) => Transaction): void =>
    editor.dispatch(make(editor.state.tr));
  select(step.kind < 6);
  switch (step.kind) {
    case 0:
    case 1:
    case 2:
      return change((tr) => tr.insertText(step.text));
    case 3:
      return run(editingCommands.enter);
    case 4:
      return run(editingCommands.backspace);
    case 5:
      return run(editingCommands.softBreak);
    case 6:
      return change((tr) => tr.deleteSelection());
    case 7:
      return run(toggle(step.a % 2 === 0 ? 'bold' : 'code'));
    case 8:
      return run(setLink(step.a % 3 === 0 ? undefined : 'https://a.example/'));
    case 9:
      return run(toggleBlock(BLOCKS[step.b % BLOCKS.length] as Block));
    case 10:
      return run(insertDivider);
    case 11:
      return run(indent(step.a % 2 === 0 ? 1 : -1));
    case 12:
      return change((tr) =>
        tr.replaceWith(selection.from, selection.to, selection.content().content),
      );
    default:
      // Two far apart steps of one transaction.
      return change((tr) => {
        const first = TextSelection.near(tr.doc.resolve(ends[1]));
        tr.insertText(step.text, first.from);
        return tr.insertText('z', TextSelection.near(tr.doc.resolve(0)).from);
      });
  }
}

test.prop([steps], { numRuns: 100 })(
  'editors that write at once end with the same document, which is that of the texts',
  (list) => {
    const replicas = pages(['ada', 'bob', 'eve'], START);
    const editors = replicas.map((each) => new HeadlessEditor(each));
    list.forEach((step, at) => {
      const editor = editors[step.editor] as HeadlessEditor;
      // A character is composed now and then, and others go on writing.
      if (at % 7 === 3) editor.composing = true;
      if (at % 7 === 5) {
        for (const each of editors) {
          each.composing = false;
          each.binding.sync(each);
        }
      }
      act(editor, step);
      const { replica, text } = replicas[step.editor] as (typeof replicas)[number];
      replica.tick();
      if (!editor.composing) expect(editor.doc.toJSON()).toEqual(docOf(text.toDocument()).toJSON());
      if (step.a % 4 === 0) {
        const other = replicas[(step.editor + 1) % 3] as (typeof replicas)[number];
        replica.pull(other.replica);
      }
    });
    for (const editor of editors) {
      editor.composing = false;
      editor.binding.sync(editor);
    }
    meet(replicas);
    const [first] = editors as [HeadlessEditor];
    editors.forEach((editor, at) => {
      const shown = docOf((replicas[at] as (typeof replicas)[number]).text.toDocument());
      expect(editor.doc.toJSON()).toEqual(shown.toJSON());
      expect(editor.doc.toJSON()).toEqual(first.doc.toJSON());
    });
  },
);

test.prop([fc.nat(60)])('places of the editor and of the text are each other’s', (unit) => {
  const doc = docOf(START);
  const at = Math.min(unit, 30);
  expect(unitAtPos(doc, posAtUnit(doc, at))).toBe(at);
  expect(richSchema.nodes.doc.name).toBe('doc');
});
