/** Undo and redo: across objects and texts, beside other writers, over a restart. */
import { fc, test as property } from '@fast-check/vitest';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { WorldReplica } from './testing/log-world.ts';
import { randomEdit, randomFrom } from './testing/random-edits.ts';
import { UndoLog } from './undo-log.ts';

const Note = defineType('test.Note', {
  title: s.string().optional(),
  body: s.text(),
  tags: s.set(s.string()),
  votes: s.counter(),
  items: s.list(s.string()),
});

function setup(): { ada: WorldReplica; bob: WorldReplica; log: UndoLog; sync: () => void } {
  const ada = new WorldReplica('ada');
  const bob = new WorldReplica('bob');
  const log = new UndoLog(ada.db);
  const sync = (): void => {
    bob.pull(ada);
    ada.pull(bob);
    expect(bob.root()).toBe(ada.root());
  };
  return { ada, bob, log, sync };
}

test('undo goes back step by step and redo forward again', () => {
  const { ada, log } = setup();
  const note = ada.db.add(Note, {});
  ada.tick();
  const states: string[] = [JSON.stringify(note)];
  const edits: (() => void)[] = [
    () => (note.title = 'a'),
    () => (note.title = 'b'),
    () => note.tags.add('x', 'y'),
    () => note.tags.delete('x'),
    () => note.votes.increment(3),
    () => note.votes.assign(10),
    () => note.votes.increment(1),
    () => note.body.insert(0, 'hello'),
    () => note.items.push('one', 'two'),
    () => note.items.move(0, 1),
    () => note.items.set(0, 'TWO'),
    () => note.items.delete(0),
    () => note.body.delete(1, 2),
    () => (note.title = undefined),
  ];
  for (const edit of edits) {
    edit();
    ada.tick();
    states.push(JSON.stringify(note));
  }
  for (let round = 0; round < 2; round++) {
    for (let at = edits.length - 1; at >= 0; at--) {
      expect(log.undo()).toMatchObject({ skipped: [] });
      expect(JSON.stringify(note)).toBe(states[at]);
    }
    for (let at = 1; at <= edits.length; at++) {
      expect(log.redo()).toMatchObject({ skipped: [] });
      expect(JSON.stringify(note)).toBe(states[at]);
    }
  }
  expect(log.canRedo).toBe(false);
});

test('undoing a creation hides the object and redoing shows it as it was', () => {
  const { ada, log } = setup();
  const note = ada.db.add(Note, { title: 'a', body: 'text' });
  ada.tick();
  log.undo();
  expect(ada.db.query(Note).count()).toBe(0);
  expect(log.canUndo).toBe(false);
  log.redo();
  expect(ada.db.query(Note).first()?.body.toString()).toBe('text');
  expect(note.$state).toBe('present');
});

test('a transaction is undone as a whole, across objects and text', () => {
  const { ada, log } = setup();
  const one = ada.db.add(Note, { title: 'one' });
  const two = ada.db.add(Note, { title: 'two' });
  ada.tick();
  ada.db.transaction(() => {
    one.title = 'x';
    one.title = 'y';
    two.body.insert(0, 'hello');
    ada.db.delete(two);
  });
  log.undo();
  expect([one.title, two.body.toString(), two.$state]).toEqual(['one', '', 'present']);
});

test('what another writer has overwritten since is left alone, and reported', () => {
  const { ada, bob, log, sync } = setup();
  const note = ada.db.add(Note, { title: 'a' });
  ada.tick();
  ada.db.transaction(() => {
    note.title = 'b';
    note.tags.add('mine');
  });
  sync();
  const copy = bob.db.query(Note).first();
  if (copy !== undefined) copy.title = 'bob';
  sync();
  expect(log.undo()).toMatchObject({
    done: 1,
    skipped: [{ object: note.id, reason: 'overwritten' }],
  });
  expect([note.title, note.tags.size]).toEqual(['bob', 0]);
  sync();
});

test('undo keeps a concurrent sibling and never republishes a void value', () => {
  const { ada, bob, log, sync } = setup();
  const note = ada.db.add(Note, { title: 'v0' });
  sync();
  const copy = bob.db.query(Note).first();
  if (copy !== undefined) copy.title = 'v1, which turns void';
  sync();
  note.title = 'v2';
  ada.tick();
  if (copy !== undefined) copy.tags.add('later');
  if (copy !== undefined) copy.title = 'v3';
  sync();
  const bad = bob.own[0];
  if (bad !== undefined) {
    for (const replica of [ada, bob]) replica.setVoid([bad], (block) => block === bad);
  }
  log.undo();
  sync();
  const titles = ada.db.conflicts(note, 'title').map((conflict) => conflict.value);
  expect(titles).toContain('v3');
  expect(titles).not.toContain('v1, which turns void');
  expect(titles).not.toContain('v2');
});

test('undo of typing takes back only own characters', () => {
  const { ada, bob, log, sync } = setup();
  const note = ada.db.add(Note, { body: 'base ' });
  sync();
  note.body.insert(5, 'ada ');
  note.body.insert(9, 'types');
  ada.tick();
  const copy = bob.db.query(Note).first();
  copy?.body.insert(0, 'bob ');
  sync();
  copy?.body.delete(9, 1);
  sync();
  expect(note.body.toString()).toBe('bob base da types');
  log.undo();
  sync();
  expect(copy?.body.toString()).toBe('bob base ');
  log.redo();
  expect(note.body.toString()).toBe('bob base da types');
});

test('typing without pause is one gesture', () => {
  const { ada, log } = setup();
  const note = ada.db.add(Note, {});
  ada.tick();
  for (const letter of 'abc') {
    note.body.insert(note.body.length, letter);
    ada.tick();
  }
  expect(log.entries).toHaveLength(2);
  log.undo();
  expect(note.body.toString()).toBe('');
});

test('the stacks survive a restart', () => {
  const { ada, log } = setup();
  const note = ada.db.add(Note, { title: 'a' });
  ada.tick();
  note.title = 'b';
  note.body.insert(0, 'text');
  const stored = log.encode();
  log.close();
  const again = new UndoLog(ada.db);
  again.restore(stored);
  again.undo();
  expect([note.title, note.body.toString()]).toEqual(['a', '']);
  expect(() => again.restore(new Uint8Array([9, 9]))).toThrow(
    expect.objectContaining({ code: 'ECHO_UNDO_MALFORMED' }),
  );
});

test('an undo that is refused as a whole can be tried again', () => {
  const { ada, log } = setup();
  const note = ada.db.add(Note, { title: 'a' });
  ada.tick();
  note.title = 'b';
  ada.tick();
  ada.readOnly = true;
  expect(() => log.undo()).toThrow(expect.objectContaining({ code: 'ECHO_READ_ONLY' }));
  expect([note.title, log.canUndo]).toEqual(['b', true]);
  ada.readOnly = false;
  log.undo();
  expect(note.title).toBe('a');
});

test('a transaction that throws leaves nothing behind and cannot be undone', () => {
  const { ada, log } = setup();
  const note = ada.db.add(Note, { title: 'a', body: 'text' });
  ada.tick();
  const before = JSON.stringify(ada.db.query(Note).run());
  expect(() =>
    ada.db.transaction(() => {
      note.title = 'b';
      note.body.insert(0, 'x');
      note.votes.increment();
      ada.db.add(Note, { title: 'new' });
      throw new RangeError('no');
    }),
  ).toThrow('no');
  expect(JSON.stringify(ada.db.query(Note).run())).toBe(before);
  expect(log.entries).toHaveLength(1);
});

property.prop([fc.integer({ min: 0, max: 2 ** 31 })], { numRuns: 60 })(
  'undoing everything, alone, shows what was there before, and redoing everything what came after',
  (seed) => {
    const random = randomFrom(seed);
    const ada = new WorldReplica('ada');
    for (let edit = 0; edit < 6; edit++) randomEdit(ada.db, random);
    ada.tick();
    const log = new UndoLog(ada.db);
    const show = (): string => JSON.stringify(ada.db.query('test.Thing').run());
    const before = show();
    for (let edit = 0; edit < 12; edit++) {
      randomEdit(ada.db, random);
      if (random(2) === 0) ada.tick();
    }
    ada.tick();
    const after = show();
    while (log.canUndo) log.undo();
    expect(show()).toBe(before);
    while (log.canRedo) log.redo();
    expect(show()).toBe(after);
  },
);

test('undo in one place leaves the other places alone, and redo brings back only what belongs there', () => {
  const { ada, log } = setup();
  const left = ada.db.add(Note, { title: 'left' });
  const right = ada.db.add(Note, { title: 'right' });
  ada.tick();
  left.body.insert(0, 'one');
  ada.tick();
  right.body.insert(0, 'two');
  ada.tick();
  left.title = 'renamed';
  ada.tick();
  expect(log.undo({ object: left.id, field: 'body' })).toMatchObject({ done: 1, skipped: [] });
  expect([left.body.toString(), left.title, right.body.toString()]).toEqual(['', 'renamed', 'two']);
  expect(log.undo({ object: left.id, field: 'body' })).toBeUndefined();
  right.body.insert(3, '!');
  ada.tick();
  expect(log.canRedo).toBe(false);
  expect(log.redo({ object: left.id, field: 'body' })).toMatchObject({ done: 1 });
  expect(left.body.toString()).toBe('one');
  expect(right.body.toString()).toBe('two!');
});

test('undo of an addition leaves what somebody else has added meanwhile', () => {
  const { ada, bob, log, sync } = setup();
  const note = ada.db.add(Note, {});
  ada.tick();
  sync();
  note.tags.add('x');
  ada.tick();
  bob.db.query(Note).run()[0]?.tags.add('x');
  bob.tick();
  sync();
  expect(log.undo()).toMatchObject({ done: 1 });
  sync();
  expect([...note.tags]).toEqual(['x']);
});

test('redo in one place ends with a change there, and with none elsewhere', () => {
  const { ada, log } = setup();
  const [left, right] = [ada.db.add(Note, { title: 'a' }), ada.db.add(Note, { title: 'b' })];
  ada.tick();
  left.title = 'taken back';
  ada.tick();
  expect(log.undo({ object: left.id })).toMatchObject({ done: 1 });
  right.title = 'elsewhere';
  ada.tick();
  expect(log.next('redo', { object: left.id })).toBeDefined();
  left.title = 'here';
  ada.tick();
  expect(log.redo({ object: left.id })).toBeUndefined();
  expect(left.title).toBe('here');
});

test('a named place has its own undo, whatever objects it changed', () => {
  const { ada, log } = setup();
  const note = ada.db.add(Note, {});
  ada.tick();
  const board = log.gesture({ scope: 'board' });
  board(() => (note.title = 'from the board'));
  note.votes.increment(2);
  ada.tick();
  expect(log.next('undo', { scope: 'board' })?.kind).toBe('changed');
  expect(log.undo({ scope: 'board' })).toMatchObject({ done: 1 });
  expect(note.title).toBeUndefined();
  expect(note.votes.value).toBe(2);
  expect(log.undo({ scope: 'board' })).toBeUndefined();
});

test('a gesture of many ticks is taken back as one and keeps its name', () => {
  const { ada, log } = setup();
  const note = ada.db.add(Note, {});
  ada.tick();
  const drag = log.gesture({ label: 'Dragged' });
  for (let at = 0; at < 5; at++) {
    drag(() => note.votes.increment(1));
    ada.tick();
  }
  expect(log.nextUndo).toMatchObject({ label: 'Dragged' });
  expect(log.undo()).toMatchObject({ done: 5 });
  expect(note.votes.value).toBe(0);
  expect(log.nextRedo).toMatchObject({ label: 'Dragged' });
  log.redo();
  expect(note.votes.value).toBe(5);
  expect(log.nextUndo).toMatchObject({ label: 'Dragged' });
});

test('a redo is called after what it brings back, not after what undo wrote', () => {
  const { ada, log } = setup();
  ada.db.add(Note, {});
  ada.tick();
  log.undo();
  expect(log.nextRedo?.kind).toBe('added');
});

test('typing into a string without pause is one gesture', () => {
  const { ada, log } = setup();
  const note = ada.db.add(Note, { title: '' });
  ada.tick();
  for (const title of ['P', 'Pa', 'Pac', 'Pack']) {
    note.title = title;
    ada.tick();
  }
  log.undo();
  expect(note.title).toBe('');
});

test('a preview says what would be left alone and changes nothing', () => {
  const { ada, bob, log, sync } = setup();
  const note = ada.db.add(Note, {});
  ada.tick();
  ada.db.transaction(() => {
    note.title = 'mine';
    note.items.push('one');
    note.tags.add('x');
  });
  sync();
  const theirs = bob.db.query(Note).run()[0];
  if (theirs === undefined) throw new RangeError('not synced');
  theirs.title = 'theirs';
  bob.tick();
  sync();
  const before = JSON.stringify(note);
  const id = log.nextUndo?.id ?? 0;
  const seen = log.preview(id);
  expect(seen).toMatchObject({ done: 2, skipped: [{ reason: 'overwritten' }] });
  expect(JSON.stringify(note)).toBe(before);
  const done = log.undo();
  expect(done).toEqual({ done: seen?.done, skipped: seen?.skipped });
});

test('a gesture of thousands of changes is taken back and brought back whole', () => {
  const { ada, log } = setup();
  log.gesture({ label: 'Import' })(() => {
    for (let at = 0; at < 3000; at++) {
      ada.db.add(Note, { title: `note ${at} ${'x'.repeat(100)}` });
      if (at % 300 === 299) ada.db.commit();
    }
  });
  expect(log.entries).toHaveLength(1);
  expect(log.undo()).toMatchObject({ done: 3000, skipped: [] });
  expect(ada.db.query(Note).run()).toHaveLength(0);
  expect(log.redo()).toMatchObject({ done: 3000 });
  expect(ada.db.query(Note).run()).toHaveLength(3000);
  expect(log.entries).toHaveLength(1);
});

test('text that somebody else has deleted too stays deleted when the own deletion is taken back', () => {
  for (const isLater of [true, false]) {
    const { ada, bob, log, sync } = setup();
    const note = ada.db.add(Note, { body: 'hello' });
    sync();
    const theirs = bob.db.query(Note).run()[0];
    if (theirs === undefined) throw new RangeError('the note is not here');
    // The greater lamport number writes last.
    if (isLater) theirs.title = 'first';
    bob.tick();
    note.body.delete(0, 5);
    if (isLater) theirs.body.delete(0, 5);
    sync();
    const undone = log.undo();
    sync();
    expect(note.body.toString()).toBe(isLater ? '' : 'hello');
    expect(undone?.skipped.length).toBe(isLater ? 1 : 0);
  }
});
