/** Rules of merging, one pair of concurrent edits each: what both replicas must show, in either order. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { WorldReplica } from './testing/log-world.ts';

const fields = {
  title: s.string(),
  tags: s.set(s.string()),
  votes: s.counter(),
  steps: s.list(s.string()),
  labels: s.map(s.string()),
};
const Note = defineType('test.MergeNote', fields);

type NoteObject = ReturnType<typeof noteOf>;

function noteOf(replica: WorldReplica, id: string) {
  const found = replica.db
    .query(Note)
    .deleted('include')
    .run()
    .find((each) => each.id === id);
  if (found === undefined) throw new RangeError('the note is not here');
  return found;
}

/** Two who know one note. */
function pair(): { ada: WorldReplica; bob: WorldReplica; mine: NoteObject; theirs: NoteObject } {
  const [ada, bob] = [new WorldReplica('ada'), new WorldReplica('bob')];
  const { id } = ada.db.add(Note, { title: 'one', tags: ['a'], steps: ['x', 'y', 'z'] });
  ada.tick();
  bob.pull(ada);
  return { ada, bob, mine: noteOf(ada, id), theirs: noteOf(bob, id) };
}

function meet(ada: WorldReplica, bob: WorldReplica): void {
  for (const each of [ada, bob]) each.tick();
  ada.pull(bob);
  bob.pull(ada);
  expect(ada.root()).toBe(bob.root());
}

test('an addition that a removal has not seen stays, on both sides', () => {
  const { ada, bob, mine, theirs } = pair();
  mine.tags.add('b');
  ada.tick();
  mine.tags.delete('b');
  theirs.tags.add('b');
  meet(ada, bob);
  expect([...mine.tags].sort()).toEqual(['a', 'b']);
  expect([...theirs.tags].sort()).toEqual(['a', 'b']);
});

test('of what two write under one key of a map both stand, and the same one is shown', () => {
  const { ada, bob, mine, theirs } = pair();
  mine.labels.set('k', 'mine');
  theirs.labels.set('k', 'theirs');
  meet(ada, bob);
  expect(mine.labels.get('k')).toBe(theirs.labels.get('k'));
  mine.labels.set('k', 'both');
  meet(ada, bob);
  expect(theirs.labels.toObject()).toEqual({ k: 'both' });
});

test('an assignment takes the place of the count that it has seen, and not of one made meanwhile', () => {
  const { ada, bob, mine, theirs } = pair();
  theirs.votes.increment(5);
  meet(ada, bob);
  mine.votes.assign(2);
  meet(ada, bob);
  expect(theirs.votes.value).toBe(2);
  mine.votes.assign(10);
  theirs.votes.increment(1);
  meet(ada, bob);
  expect(mine.votes.value).toBe(10);
  expect(theirs.votes.value).toBe(10);
});

test('settling a conflict covers what was listed, and nothing that arrived since', () => {
  const { ada, bob, mine, theirs } = pair();
  mine.title = 'mine';
  theirs.title = 'theirs';
  meet(ada, bob);
  const listed = ada.db.conflicts(mine, 'title');
  expect(listed).toHaveLength(2);
  theirs.title = 'later';
  bob.tick();
  ada.pull(bob);
  ada.db.resolve(mine, 'title', { value: 'both', of: listed });
  meet(ada, bob);
  const left = bob.db.conflicts(theirs, 'title').map(({ value }) => value);
  expect(new Set(left)).toEqual(new Set(['later', 'both']));
});

test('an op without a right replaces nothing, whatever it was written over', () => {
  const isVoid = new Set<unknown>();
  const ada = new WorldReplica('ada', (block) => isVoid.has(block));
  const bob = new WorldReplica('bob');
  const { id } = bob.db.add(Note, { title: 'one' });
  bob.tick();
  ada.pull(bob);
  noteOf(bob, id).title = 'without a right';
  bob.tick();
  isVoid.add(bob.own.at(-1));
  ada.pull(bob);
  expect(noteOf(ada, id).title).toBe('one');
  expect(ada.db.conflicts(noteOf(ada, id), 'title')).toHaveLength(1);
});

test('of two moves of one element the same one counts, whichever arrives first', () => {
  for (let salt = 0; salt < 8; salt++) {
    const replicas = ['ada', 'bob', 'cyd', 'dan'].map(
      (name) => new WorldReplica(name, undefined, `${salt}`),
    );
    const [ada, bob, cyd, dan] = replicas as [
      WorldReplica,
      WorldReplica,
      WorldReplica,
      WorldReplica,
    ];
    const { id } = ada.db.add(Note, { title: 'one', steps: ['x', 'y', 'z'] });
    ada.tick();
    for (const each of [bob, cyd, dan]) each.pull(ada);
    noteOf(ada, id).steps.move(0, 2);
    noteOf(bob, id).steps.move(0, 1);
    for (const each of [ada, bob]) each.tick();
    cyd.pull(ada);
    cyd.pull(bob);
    dan.pull(bob);
    dan.pull(ada);
    expect(cyd.root()).toBe(dan.root());
    expect(noteOf(cyd, id).steps.toArray()).toEqual(noteOf(dan, id).steps.toArray());
  }
});

test('an edit by somebody who cannot know of the object does nothing', () => {
  const { ada, bob, theirs } = pair();
  theirs.title = 'from nowhere';
  bob.tick();
  const block = bob.own.at(-1);
  if (block === undefined) throw new RangeError('nothing was written');
  const cyd = new WorldReplica('cyd');
  cyd.pull(ada);
  cyd.receive({ ...block, past: new Set() });
  expect(noteOf(cyd, theirs.id).title).toBe('one');
});

test('a version of a type that its writer cannot know of writes no field', () => {
  const Wider = defineType('test.MergeNote', { ...fields, extra: s.string().default('none') });
  const { ada, bob } = pair();
  const extraOf = (replica: WorldReplica) => {
    const [found] = replica.db.query(Wider).run();
    if (found === undefined) throw new RangeError('the note is not here');
    return found;
  };
  extraOf(bob).extra = 'published with this';
  bob.tick();
  const publication = bob.own.at(-1);
  ada.pull(bob);
  extraOf(ada).extra = 'known';
  ada.tick();
  const block = ada.own.at(-1);
  if (block === undefined || publication === undefined) throw new RangeError('nothing was written');
  const [cyd, dan] = [new WorldReplica('cyd'), new WorldReplica('dan')];
  for (const each of [cyd, dan]) each.pull(bob);
  cyd.receive(block);
  expect(extraOf(cyd).extra).toBe('known');
  const past = new Set([...block.past].filter((each) => each !== publication));
  dan.receive({ ...block, past });
  expect(dan.db.conflicts(extraOf(dan), 'extra').map(({ value }) => value)).toEqual([
    'published with this',
  ]);
});
