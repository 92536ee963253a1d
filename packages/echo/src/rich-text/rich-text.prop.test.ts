/** Laws of rich texts: deltas do what they say, differences are found, replicas agree, rows come back. */
import { fc, test } from '@fast-check/vitest';
import type { Block, Marks, MarkValue, RichDelta, RichDocument } from '@atoll/schema';
import { expect } from 'vitest';
import { UndoLog } from '../undo-log.ts';
import { deltaOfDocument, documentOfDelta, addRun, textOfDocument } from './delta.ts';
import { deltaBetween } from './diff.ts';
import { meet, pages, type PageReplica } from './rich-text.fixture.ts';

const texts = fc.string({
  unit: fc.constantFrom('a', 'b', 'é', '👋', 'e\u0301', '\u2028'),
  maxLength: 6,
});
const marks: fc.Arbitrary<Marks> = fc.dictionary(
  fc.constantFrom('bold', 'italic', 'link', 'comment:1'),
  fc.constantFrom<MarkValue>(true, 'one', 'two'),
  { maxKeys: 2 },
);
const blocks = fc.constantFrom<Block>(
  { kind: 'paragraph' },
  { kind: 'heading', level: 3 },
  { kind: 'bullet', depth: 1 },
  { kind: 'todo', depth: 0, checked: true },
  { kind: 'code', language: 'ts' },
  { kind: 'quote' },
);
const richBlocks = fc
  .record({ block: blocks, pieces: fc.array(fc.tuple(texts, marks), { maxLength: 3 }) })
  .map(({ block, pieces }) => {
    const runs: { text: string; marks: Marks }[] = [];
    for (const [text, mark] of pieces) addRun(runs, text, sortedMarks(mark));
    return { block, runs };
  });
const documents: fc.Arbitrary<RichDocument> = fc.array(richBlocks, { minLength: 1, maxLength: 4 });

function sortedMarks(marks: Marks): Marks {
  return Object.fromEntries(Object.entries(marks).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function page(): PageReplica {
  return (pages('', ['ada']) as [PageReplica])[0];
}

test.prop([documents])('a document is what its delta inserts', (document) => {
  expect(documentOfDelta(deltaOfDocument(document))).toEqual(document);
});

test.prop([documents, documents])('a text becomes any document from any other', (before, after) => {
  const { body, replica } = page();
  body.setDocument(before);
  expect(body.toDocument()).toEqual(before);
  replica.tick();
  body.setDocument(after);
  expect(body.toDocument()).toEqual(after);
  expect(documentOfDelta(body.toDelta())).toEqual(after);
  expect(body.toString()).toBe(textOfDocument(after));
});

test.prop([documents])('nothing is done where nothing differs', (document) => {
  expect(deltaBetween(document, document)).toEqual([]);
});

test.prop([documents, documents, fc.nat(), fc.nat()])(
  'a difference with a known place also makes the one of the other',
  (before, after, start, end) => {
    // Any stretch outside of which the texts agree will do.
    const [a, b] = [textOfDocument(before), textOfDocument(after)];
    let same = 0;
    while (same < Math.min(a.length, b.length) && a[same] === b[same]) same++;
    const from = start % (same + 1);
    const rest = Math.min(a.length, b.length) - from;
    let behind = 0;
    while (behind < rest && a.at(-1 - behind) === b.at(-1 - behind)) behind++;
    behind = end % (behind + 1);
    const place = { from, to: a.length - behind, now: b.length - behind };
    if (!isWhole(a, place.from) || !isWhole(a, place.to) || !isWhole(b, place.now)) return;
    const { body } = page();
    body.setDocument(before);
    body.applyDelta(deltaBetween(before, after, place));
    expect(body.toDocument()).toEqual(after);
  },
);

function isWhole(text: string, at: number): boolean {
  return !/[\ud800-\udbff]/.test(text[at - 1] ?? '') || !/[\udc00-\udfff]/.test(text[at] ?? '');
}

const edits = fc.array(
  fc.record({ writer: fc.nat(2), at: fc.nat(), to: fc.nat(), kind: fc.nat(5), text: texts, marks }),
  { maxLength: 25 },
);

test.prop([edits], { numRuns: 60 })(
  'replicas that edit at once show the same text, marks and blocks, as their news said',
  (steps) => {
    const all = pages('a text\nof lines', ['ada', 'bob', 'eve']);
    const heard = all.map(({ body }) => {
      const seen = { text: body.toString() };
      body.subscribe((changes) => {
        for (const { position, deleted, inserted } of changes) {
          seen.text = seen.text.slice(0, position) + inserted + seen.text.slice(position + deleted);
        }
      });
      return seen;
    });
    for (const { writer, at, to, kind, text, marks } of steps) {
      const { body, replica } = all[writer] as PageReplica;
      editAt(body, { at: at % (body.length + 1), to: to % (body.length + 1), kind, text, marks });
      replica.tick();
      if (kind === 5) meet([all[writer] as PageReplica, all[(writer + 1) % 3] as PageReplica]);
    }
    meet(all);
    const [first, ...others] = all as [PageReplica, ...PageReplica[]];
    for (const other of others) {
      expect(other.body.toDocument()).toEqual(first.body.toDocument());
      expect(other.replica.root()).toBe(first.replica.root());
    }
    all.forEach(({ body }, at) => expect(heard[at]?.text).toBe(body.toString()));
  },
);

const items = fc.oneof(
  fc.record({ kind: fc.constantFrom('bullet' as const, 'ordered' as const), depth: fc.nat(3) }),
  fc.record({ kind: fc.constant('todo' as const), depth: fc.nat(3), checked: fc.boolean() }),
);

test.prop([items, items, items])(
  'of two changes of an item, each keeps what the other one leaves alone',
  (before, mine, theirs) => {
    const all = pages('item', ['ada', 'bob']) as [PageReplica, PageReplica];
    const [ada, bob] = all;
    ada.body.setBlock(0, before);
    meet(all);
    ada.body.setBlock(0, mine);
    bob.body.setBlock(0, theirs);
    meet(all);
    const now = ada.body.blockAt(0) as Block & { depth: number; checked?: boolean };
    expect(bob.body.blockAt(0)).toEqual(now);
    expect(ada.replica.root()).toBe(bob.replica.root());
    expect([mine.kind, theirs.kind]).toContain(now.kind);
    for (const [one, other] of [
      [mine, theirs],
      [theirs, mine],
    ] as const) {
      if (one.kind === before.kind) expect(now.kind).toBe(other.kind);
      if (one.depth === before.depth) expect(now.depth).toBe(other.depth);
    }
    const checks = [before, mine, theirs].map((item) => 'checked' in item && item.checked);
    if (now.kind !== 'todo' || [before, mine, theirs].some(({ kind }) => kind !== 'todo')) return;
    expect(now.checked).toBe(checks[1] === checks[0] ? checks[2] : checks[1]);
  },
);

test.prop([edits], { numRuns: 60 })(
  'undoing everything, alone, gives what was there, and redoing everything what came after',
  (steps) => {
    const [{ body, replica }] = pages('a text\nof lines', ['ada']) as [PageReplica];
    const undo = new UndoLog(replica.db);
    const before = body.toDocument();
    for (const { at, to, kind, text, marks } of steps) {
      editAt(body, { at: at % (body.length + 1), to: to % (body.length + 1), kind, text, marks });
      replica.tick();
    }
    const after = body.toDocument();
    while (undo.canUndo) undo.undo();
    expect(body.toDocument()).toEqual(before);
    while (undo.canRedo) undo.redo();
    expect(body.toDocument()).toEqual(after);
  },
);

function editAt(
  body: PageReplica['body'],
  edit: { at: number; to: number; kind: number; text: string; marks: Marks },
): void {
  const from = Math.min(edit.at, edit.to);
  const to = Math.max(edit.at, edit.to);
  const delta: RichDelta = [{ retain: from }, { insert: `${edit.text}x`, attributes: edit.marks }];
  switch (edit.kind) {
    case 0:
      body.applyDelta(delta);
      break;
    case 1:
      for (const [key, value] of Object.entries(edit.marks)) body.mark(from, to, key, value);
      break;
    case 2:
      body.unmark(from, to, 'bold');
      break;
    case 3:
      body.split(from, { kind: 'bullet', depth: edit.to % 3 });
      break;
    default:
      body.delete(from, Math.min(to - from, 3));
  }
}
