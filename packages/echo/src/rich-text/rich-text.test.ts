import { describe, expect, test } from 'vitest';
import { EchoError } from '../echo-error.ts';
import { UndoLog } from '../undo-log.ts';
import { PLAIN_ORDER } from '../sequence/trace.fixture.ts';
import { TextSequence } from '../sequence/text-sequence.ts';
import { MarkTable } from './mark-table.ts';
import { END, START } from './unit-order.ts';
import { bodyOf, meet, pages, told, type PageReplica } from './rich-text.fixture.ts';

function two(text: string): [PageReplica, PageReplica] {
  return pages(text, ['ada', 'bob']) as [PageReplica, PageReplica];
}

function one(text: string): PageReplica['body'] {
  return (pages(text, ['ada']) as [PageReplica])[0].body;
}

describe('marks', () => {
  test('bold grows at its end and not at its start; a link does neither', () => {
    const body = one('a bold link z');
    body.mark(2, 6, 'bold');
    body.mark(7, 11, 'link', 'https://a.example/');
    body.insert(6, '!');
    body.insert(2, '?');
    expect(told(body.toDocument())).toBe('a ?<bold>bold!</> <link=https://a.example/>link</> z');
    body.insert(13, '+');
    expect(told(body.toDocument())).toBe('a ?<bold>bold!</> <link=https://a.example/>link</>+ z');
    expect(body.marksAt(8)).toEqual({ bold: true });
    expect(body.marksAt(13)).toEqual({});
  });

  test.each([
    ['bold', true, true],
    ['italic', true, true],
    ['color', 'red', true],
    ['link', 'https://a.example/', false],
    ['code', true, false],
    ['mention', 'ada', false],
    ['mention:m1', 'ada', false],
    ['comment:c1', 'why', false],
  ] as const)('typing at the end of %s, %j, is under it: %j', (key, value, grows) => {
    const body = one('word');
    body.mark(0, 4, key, value);
    body.insert(4, '+');
    expect(body.marksAt(5)).toEqual(grows ? { [key]: value } : {});
    expect(body.toDocument()[0]?.runs).toHaveLength(grows ? 1 : 2);
  });

  test('bold at the end of the text goes on growing', () => {
    const body = one('end');
    body.mark(0, 3, 'bold');
    body.insert(3, 'less');
    expect(told(body.toDocument())).toBe('<bold>endless</>');
  });

  test('what is unbolded inside of bold does not catch it again by typing', () => {
    const body = one('abcdef');
    body.mark(0, 6, 'bold');
    body.unmark(2, 4, 'bold');
    body.insert(4, 'X');
    body.insert(2, 'Y');
    expect(told(body.toDocument())).toBe('<bold>abY</>cdX<bold>ef</>');
  });

  test('typing beside the rest of a cut link is no link', () => {
    const body = one('abcdef');
    body.mark(0, 6, 'link', 'l');
    body.unmark(2, 4, 'link');
    body.insert(4, 'X');
    body.insert(2, 'Y');
    expect(told(body.toDocument())).toBe('<link=l>ab</>YcdX<link=l>ef</>');
  });

  test('two who mark overlapping words both get their way', () => {
    const [ada, bob] = two('The fox jumped.');
    ada.body.mark(0, 7, 'bold');
    bob.body.mark(4, 14, 'bold');
    bob.body.mark(4, 7, 'italic');
    meet([ada, bob]);
    expect(told(ada.body.toDocument())).toBe('<bold>The </><bold italic>fox</><bold> jumped</>.');
    expect(told(bob.body.toDocument())).toBe(told(ada.body.toDocument()));
  });

  test('of two colours of one word one is shown, and the same one everywhere', () => {
    const [ada, bob] = two('red');
    ada.body.mark(0, 3, 'colour', 'red');
    bob.body.mark(0, 2, 'colour', 'blue');
    meet([ada, bob]);
    const shown = told(ada.body.toDocument());
    expect(told(bob.body.toDocument())).toBe(shown);
    expect(['<colour=red>red</>', '<colour=blue>re</><colour=red>d</>']).toContain(shown);
  });

  test('comments lie over each other', () => {
    const [ada, bob] = two('The fox jumped.');
    ada.body.mark(0, 7, 'comment:a', 'cute');
    bob.body.mark(4, 14, 'comment:b', 'when?');
    meet([ada, bob]);
    expect(told(bob.body.toDocument())).toBe(
      '<comment:a=cute>The </><comment:a=cute comment:b=when?>fox</><comment:b=when?> jumped</>.',
    );
    ada.body.unmark(0, 7, 'comment:a');
    meet([ada, bob]);
    expect(told(bob.body.toDocument())).toBe('The <comment:b=when?>fox jumped</>.');
  });

  test('what somebody types inside a stretch that another marks at the same time is marked', () => {
    const [ada, bob] = two('The jumped.');
    ada.body.mark(0, 11, 'bold');
    bob.body.insert(4, 'fox ');
    meet([ada, bob]);
    expect(told(ada.body.toDocument())).toBe('<bold>The fox jumped.</>');
  });

  test('a mark over deleted text is there when the deletion is undone', () => {
    const [ada, bob] = two('a word');
    const undo = new UndoLog(ada.replica.db);
    ada.body.delete(2, 4);
    ada.replica.tick();
    bob.body.mark(2, 6, 'bold');
    meet([ada, bob]);
    expect(told(ada.body.toDocument())).toBe('a ');
    undo.undo();
    expect(told(ada.body.toDocument())).toBe('a <bold>word</>');
  });

  test('an emoji is marked whole or not at all', () => {
    const body = one('a👋z');
    body.mark(0, 2, 'bold');
    expect(told(body.toDocument())).toBe('<bold>a👋</>z');
    body.unmark(2, 4, 'bold');
    expect(told(body.toDocument())).toBe('<bold>a</>👋z');
  });

  test('a void mark is not there, and what it had covered is', () => {
    const wrong = new Set<unknown>();
    const [ada, bob] = pages('word', ['ada', 'bob']) as [PageReplica, PageReplica];
    ada.body.mark(0, 4, 'colour', 'red');
    meet([ada, bob]);
    bob.body.mark(0, 2, 'colour', 'blue');
    bob.replica.tick();
    const block = bob.replica.own.at(-1);
    meet([ada, bob]);
    if (block === undefined) expect.unreachable();
    wrong.add(block);
    ada.replica.setVoid([block], (each) => wrong.has(each));
    expect(told(ada.body.toDocument())).toBe('<colour=red>word</>');
  });

  test('of more keys than any text needs the first are shown, on every replica alike', () => {
    const text = new TextSequence(PLAIN_ORDER);
    text.insert({ agent: 0, position: 0, text: 'word' });
    const keys = Array.from({ length: 5000 }, (_, at) => `comment:${at}`);
    const [one, other] = [keys, keys.toReversed()].map((order) => {
      const marks = new MarkTable(text.sequence, PLAIN_ORDER);
      for (const key of order) marks.write({ key, value: true, start: START, end: END }, 1);
      marks.write({ key: 'zebra', value: true, start: START, end: END }, 1);
      return marks;
    });
    const shown = one?.ofGap(2) ?? {};
    expect(Object.keys(shown)).toHaveLength(4096);
    expect(shown['zebra']).toBe(true);
    expect(other?.ofGap(2)).toEqual(shown);
    expect(other?.runs(0, 4)).toEqual([{ from: 0, to: 4, marks: shown }]);
    expect(one?.hasRoom(1)).toBe(false);
  });

  test('what is no mark is refused', () => {
    const body = one('word');
    expect(() => body.mark(0, 4, 'Bold!')).toThrow(EchoError);
    expect(() => body.mark(0, 4, 'link', 'x'.repeat(3000))).toThrow(EchoError);
    expect(() => body.mark(0, 5, 'bold')).toThrow(EchoError);
    expect(told(body.toDocument())).toBe('word');
  });
});

describe('blocks', () => {
  test('a block begins with its boundary, and the first one at the start', () => {
    const body = one('Title');
    body.setBlock(0, { kind: 'heading', level: 1 });
    body.split(5, { kind: 'todo', depth: 0, checked: false });
    body.insert(6, 'milk');
    expect(told(body.toDocument())).toBe('[heading 1]Title\n[todo 0 false]milk');
    expect(body.toString()).toBe('Title\nmilk');
    expect(body.blockAt(5)).toEqual({ kind: 'heading', level: 1 });
    expect(body.blockAt(6)).toEqual({ kind: 'todo', depth: 0, checked: false });
  });

  test('joining two blocks leaves what the first one was', () => {
    const body = one('a');
    body.split(1, { kind: 'quote' });
    body.insert(2, 'b');
    body.delete(1, 1);
    expect(told(body.toDocument())).toBe('ab');
  });

  test('who makes a heading of a block that another one cuts gets the first half', () => {
    const [ada, bob] = two('one two');
    ada.body.setBlock(0, { kind: 'heading', level: 2 });
    bob.body.split(3);
    meet([ada, bob]);
    expect(told(ada.body.toDocument())).toBe('[heading 2]one\n two');
    expect(told(bob.body.toDocument())).toBe(told(ada.body.toDocument()));
  });

  test('who checks a box, who indents it and who makes it a bullet do not meet', () => {
    const [ada, bob] = two('boots');
    ada.body.setBlock(0, { kind: 'todo', depth: 0, checked: false });
    meet([ada, bob]);
    ada.body.setBlock(0, { kind: 'todo', depth: 0, checked: true });
    bob.body.setBlock(0, { kind: 'todo', depth: 1, checked: false });
    meet([ada, bob]);
    expect(told(ada.body.toDocument())).toBe('[todo 1 true]boots');
    expect(told(bob.body.toDocument())).toBe('[todo 1 true]boots');
    ada.body.setBlock(0, { kind: 'bullet', depth: 1 });
    bob.body.setBlock(0, { kind: 'todo', depth: 2, checked: true });
    meet([ada, bob]);
    expect(told(ada.body.toDocument())).toBe('[bullet 2]boots');
    expect(told(bob.body.toDocument())).toBe('[bullet 2]boots');
  });

  test('what is written of a block is what differs, and undo takes back that alone', () => {
    const [ada, bob] = two('boots');
    ada.body.setBlock(0, { kind: 'todo', depth: 1, checked: false });
    meet([ada, bob]);
    const undo = new UndoLog(ada.replica.db);
    ada.body.setBlock(0, { kind: 'todo', depth: 1, checked: true });
    meet([ada, bob]);
    bob.body.setBlock(0, { kind: 'todo', depth: 2, checked: true });
    meet([ada, bob]);
    undo.undo();
    meet([ada, bob]);
    expect(told(bob.body.toDocument())).toBe('[todo 2 false]boots');
    ada.body.setBlock(0, { kind: 'paragraph' });
    ada.body.setBlock(0, { kind: 'todo', depth: 0, checked: false });
    expect(told(ada.body.toDocument())).toBe('[todo 0 false]boots');
  });

  test('only the boundary of a block can be made something; a letter counts for nothing', () => {
    const [ada, bob] = two('one two');
    ada.body.split(3);
    ada.replica.tick();
    const { db } = ada.replica;
    const type = db.fold.typeOf(0);
    const leaf = type.compiled.leafByName.get('body');
    if (leaf === undefined) expect.unreachable();
    const field = type.fields[leaf.index] as number;
    const branch = db.fold.blocks.branches.nameOf(0);
    const write = (key: string): void =>
      void db.mutations.set({ row: 0, type, leaf }, { kind: 'quote' }, { key });
    // A letter, the boundary, an element that is not there yet, no name at all.
    for (const key of [`${branch}.0`, `${branch}.7`, `${branch}.99`, 'first']) write(key);
    // Not what a depth can be, and no part that there is.
    for (const key of [`${branch}.7/depth`, `${branch}.7/size`, 'start/']) write(key);
    meet([ada, bob]);
    expect(told(bob.body.toDocument())).toBe('one\n[quote] two');
    for (const { replica } of [ada, bob]) {
      expect(replica.db.sequences.text(0, field)?.rich?.blocks.size).toBe(1);
    }
    expect(ada.replica.root()).toBe(bob.replica.root());
  });

  test('text in a divider shows as a paragraph', () => {
    const [ada, bob] = two('a');
    ada.body.split(1, { kind: 'paragraph' });
    meet([ada, bob]);
    ada.body.setBlock(2, { kind: 'divider' });
    bob.body.insert(2, 'text');
    meet([ada, bob]);
    expect(told(ada.body.toDocument())).toBe('a\ntext');
  });

  test('an object stands in the text by its id', () => {
    const body = one('see');
    const object = '00112233445566778899aabbccddeeff';
    body.split(3, { kind: 'embed', object });
    expect(body.toDocument()[1]?.block).toEqual({ kind: 'embed', object });
    expect(() => body.setBlock(4, { kind: 'embed', object: 'nothing' })).toThrow(EchoError);
    expect(() => body.setBlock(4, { kind: 'heading', level: 7 })).toThrow(EchoError);
  });

  test('undo takes back what a block was made, and redo makes it again', () => {
    const [ada] = two('one');
    const undo = new UndoLog(ada.replica.db);
    ada.body.setBlock(0, { kind: 'quote' });
    ada.replica.tick();
    ada.body.mark(0, 3, 'bold');
    ada.replica.tick();
    undo.undo();
    expect(told(ada.body.toDocument())).toBe('[quote]one');
    undo.undo();
    expect(told(ada.body.toDocument())).toBe('one');
    undo.redo();
    undo.redo();
    expect(told(ada.body.toDocument())).toBe('[quote]<bold>one</>');
  });

  test('undo of a mark leaves what somebody else has marked since', () => {
    const [ada, bob] = two('word');
    const undo = new UndoLog(ada.replica.db);
    ada.body.mark(0, 4, 'colour', 'red');
    meet([ada, bob]);
    bob.body.mark(0, 2, 'colour', 'blue');
    meet([ada, bob]);
    undo.undo();
    meet([ada, bob]);
    expect(told(bob.body.toDocument())).toBe('<colour=blue>wo</>rd');
  });
});

test('a listener is told where marks and blocks changed, own and foreign', () => {
  const [ada, bob] = two('one two');
  const heard: unknown[] = [];
  bob.body.subscribe((changes, origin) => heard.push(origin, ...changes));
  ada.body.mark(4, 7, 'bold');
  ada.replica.tick();
  ada.body.setBlock(0, { kind: 'quote' });
  meet([ada, bob]);
  expect(heard).toEqual([
    'foreign',
    { position: 4, deleted: 0, inserted: '', formatted: 3 },
    'foreign',
    { position: 0, deleted: 0, inserted: '', formatted: 1 },
  ]);
});

test('a page that is made with text has it', () => {
  const [ada] = two('made');
  expect(bodyOf(ada.replica).toString()).toBe('made');
  expect(told(ada.body.toDocument())).toBe('made');
});
