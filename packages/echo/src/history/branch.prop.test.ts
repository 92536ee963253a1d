/** Laws of branches: what was changed in one arrives in the origin, once, and what both changed is told. */
import { fc, test } from '@fast-check/vitest';
import { defineType, s } from '@atoll/schema';
import { expect, test as example } from 'vitest';
import type { Space } from '../space/space.ts';
import { Person, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { randomKindsEdit } from '../testing/random-kinds.ts';
import { shown } from '../testing/shown-content.ts';
import { branchOrigin, mergedMs } from './branch-records.ts';
import { forkOf, mergeFork, type Fork } from './testing/branch-fixture.ts';

type Random = (below: number) => number;

async function edited(space: Space, random: Random, edits: number): Promise<void> {
  for (let edit = 0; edit < edits; edit++) {
    if (random(2) === 0) randomEdit(space.database, random);
    else randomKindsEdit(space.database, random);
  }
  await space.flush();
}

async function forked(person: Person, random: Random): Promise<Fork> {
  const origin = await person.found();
  await edited(origin, random, 25);
  return forkOf(person, origin);
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

test.prop([seeds], { numRuns: 10 })(
  'a branch looks like its origin, and merging it with nothing changed writes nothing',
  async (seed) => {
    const random = randomFrom(seed);
    const at = await forked(await Person.make('Ada', 1), random);
    expect(shown(at.branch)).toEqual(shown(at.origin));
    const before = at.origin.history.frontier();
    expect(await mergeFork(at)).toEqual({ objects: [], conflicts: [] });
    expect(await at.origin.history.compare(before)).toEqual([]);
  },
);

test.prop([seeds], { numRuns: 10 })(
  'a branch merged into an origin that nobody changed makes it look like the branch',
  async (seed) => {
    const random = randomFrom(seed);
    const at = await forked(await Person.make('Ada', 1), random);
    await edited(at.branch, random, 20);
    const { conflicts } = await mergeFork(at);
    expect(conflicts).toEqual([]);
    expect(shown(at.origin)).toEqual(shown(at.branch));
    await expect(mergeFork(at)).rejects.toThrow(
      expect.objectContaining({ code: 'HISTORY_MERGED' }) as Error,
    );
  },
);

test.prop([seeds], { numRuns: 10 })(
  'a merge with conflicts writes nothing until all are decided, and then all sides agree',
  async (seed) => {
    const random = randomFrom(seed);
    const at = await forked(await Person.make('Ada', 1), random);
    await edited(at.branch, random, 20);
    await edited(at.origin, random, 20);
    const root = rootOf(at.origin);
    const { conflicts } = await mergeFork(at, { isDry: true });
    expect(rootOf(at.origin)).toBe(root);
    if (conflicts.length > 0) {
      await expect(mergeFork(at)).rejects.toThrow(
        expect.objectContaining({ code: 'HISTORY_CONFLICTS' }) as Error,
      );
      expect(rootOf(at.origin)).toBe(root);
    }
    expect(
      (await mergeFork(at, { choice: random(2) === 0 ? 'origin' : 'branch' })).conflicts,
    ).toEqual([]);
    expect(mergedMs(at.origin.database, at.branch.id)).toBe(1_000);
  },
);

const Task = defineType('org.example.Task', {
  title: s.string(),
  note: s.text(),
  steps: s.list(s.string()),
  votes: s.counter(),
  next: s.ref().optional(),
});

example('what both sides wrote in different places of one text and list is all there', async () => {
  const ada = await Person.make('Ada', 5);
  const origin = await ada.found();
  const task = origin.database.add(Task, {
    title: 'Trip',
    note: 'one two three',
    steps: ['a', 'b'],
  });
  const other = origin.database.add(Task, { title: 'Other' });
  task.next = other;
  await origin.flush();
  const { branch } = await forkOf(ada, origin, { objects: [task.id] });
  const [copy] = branch.database.query(Task).run();
  if (copy === undefined) throw new RangeError('nothing was copied');
  expect(branchOrigin(branch.database)).toMatchObject({ origin: origin.id, objects: 1 });
  expect([copy.next?.$space, copy.next?.$id]).toEqual([origin.id, other.id]);
  copy.note.insert(0, 'zero ');
  copy.note.delete(9, 4);
  copy.steps.insert(1, 'between');
  copy.votes.increment(2);
  copy.title = 'Voyage';
  task.note.insert(13, ' four');
  task.steps.insert(2, 'c');
  task.votes.increment(1);
  await branch.flush();
  expect(await mergeFork({ origin, branch })).toEqual({ objects: [task.id], conflicts: [] });
  expect(String(task.note)).toBe('zero one three four');
  expect([...task.steps]).toEqual(['a', 'between', 'b', 'c']);
  expect([task.title, task.votes.value]).toEqual(['Voyage', 3]);
  expect([task.next?.$space, task.next?.$id]).toEqual([undefined, other.id]);
});

example('a title that both changed is a conflict, and stays as it is decided', async () => {
  const ada = await Person.make('Ada', 6);
  const origin = await ada.found();
  const task = origin.database.add(Task, { title: 'Trip' });
  await origin.flush();
  const { branch } = await forkOf(ada, origin);
  const [copy] = branch.database.query(Task).run();
  if (copy !== undefined) copy.title = 'Voyage';
  branch.database.add(Task, { title: 'New', next: copy ?? task });
  task.title = 'Journey';
  await branch.flush();
  const { conflicts } = await mergeFork({ origin, branch }, { isDry: true });
  expect(conflicts).toEqual([
    { object: task.id, field: 'title', base: 'Trip', origin: 'Journey', branch: 'Voyage' },
  ]);
  await mergeFork(
    { origin, branch },
    { choice: ({ field }) => (field === 'title' ? 'branch' : undefined) },
  );
  expect(task.title).toBe('Voyage');
  const made = origin.database.query(Task).where({ title: 'New' }).run()[0];
  expect(made?.next?.$id).toBe(task.id);
});

example(
  'what only the origin changed stays without a question, though the branch wrote beside it',
  async () => {
    const ada = await Person.make('Ada', 7);
    const origin = await ada.found();
    const task = origin.database.add(Task, { title: 'Trip', steps: ['a', 'b'] });
    await origin.flush();
    const { branch } = await forkOf(ada, origin);
    const [copy] = branch.database.query(Task).run();
    copy?.votes.increment(1);
    copy?.steps.insert(2, 'c');
    task.title = 'Journey';
    await branch.flush();
    expect(await mergeFork({ origin, branch })).toEqual({ objects: [task.id], conflicts: [] });
    expect([task.title, [...task.steps], task.votes.value]).toEqual([
      'Journey',
      ['a', 'b', 'c'],
      1,
    ]);
  },
);

example(
  'what lies below a deleted object stays hidden in a branch, and after its merge',
  async () => {
    const ada = await Person.make('Ada', 8);
    const origin = await ada.found();
    const Note = defineType('org.example.Note', { name: s.string(), parent: s.tree('notes') });
    const old = origin.database.add(Note, { name: 'Old' });
    origin.database.add(Note, { name: 'Below old', parent: old });
    origin.database.delete(old);
    await origin.flush();
    const { branch } = await forkOf(ada, origin);
    expect(branch.database.children(null, 'notes')).toEqual([]);
    const fresh = branch.database.add(Note, { name: 'Fresh' });
    branch.database.add(Note, { name: 'Below fresh', parent: fresh });
    branch.database.delete(fresh);
    await branch.flush();
    const { objects } = await mergeFork({ origin, branch });
    expect(objects).toHaveLength(1);
    expect(origin.database.children(null, 'notes')).toEqual([]);
    expect(origin.database.query(Note).count()).toBe(2);
  },
);
