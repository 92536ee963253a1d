/** Branches and merges where moderators have hidden something: neither copies it, shows it or asks about it. */
import type { ObjectId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from '../space/space.ts';
import { Person } from '../space/testing/space-fixture.ts';
import type { MergeChoice } from './branch.ts';
import { branchOrigin } from './branch-records.ts';
import { forkOf, mergeFork } from './testing/branch-fixture.ts';

const Page = defineType('hidden.Page', { title: s.string(), parent: s.tree('hidden') });

function titles({ database }: Space): readonly string[] {
  return database
    .query(Page)
    .hidden('include')
    .run()
    .map(({ title }) => title)
    .sort();
}

function page({ database }: Space, title: string) {
  const found = database
    .query(Page)
    .hidden('include')
    .run()
    .find((one) => one.title === title);
  if (found === undefined) throw new RangeError(title);
  return found;
}

function hide({ database }: Space, ...objects: readonly { readonly id: string }[]): void {
  database.hidden.replace(new Set(objects.map(({ id }) => id as ObjectId)));
}

async function garden(): Promise<{ readonly ada: Person; readonly origin: Space }> {
  const ada = await Person.make('Ada', 1);
  const origin = await ada.found();
  const home = origin.database.add(Page, { title: 'home' });
  const spam = origin.database.add(Page, { title: 'spam' });
  origin.database.add(Page, { title: 'below spam', parent: spam });
  origin.database.add(Page, { title: 'below home', parent: home });
  await origin.flush();
  return { ada, origin };
}

test('a branch has nothing of what is hidden, nor of what stands below it', async () => {
  const { ada, origin } = await garden();
  hide(origin, page(origin, 'spam'));
  const { branch } = await forkOf(ada, origin);
  expect(titles(branch)).toEqual(['below home', 'home']);
  const below = branch.database.children(page(branch, 'home'));
  expect(below.map(({ id }) => id)).toEqual([page(branch, 'below home').id]);
  expect(branchOrigin(branch.database)?.objects).toBe(2);
});

test('nor where it is asked for by its name, or was written before it was hidden', async () => {
  const { ada, origin } = await garden();
  const spam = page(origin, 'spam');
  hide(origin, spam);
  const { branch } = await forkOf(ada, origin, { objects: [spam.id, page(origin, 'home').id] });
  expect(titles(branch)).toEqual(['home']);
  hide(origin);
  const { branch: later } = await forkOf(ada, origin, { objects: [spam.id] });
  expect(titles(later)).toEqual(['spam']);
});

test('what is hidden after the fork is merged without a word, and nobody is asked about it', async () => {
  const { ada, origin } = await garden();
  const at = await forkOf(ada, origin);
  page(at.branch, 'spam').title = 'spam in the branch';
  page(at.branch, 'below home').title = 'better';
  await at.branch.flush();
  const spam = page(origin, 'spam');
  spam.title = 'spam in the origin';
  await origin.flush();
  const asked: string[] = [];
  const choice: MergeChoice = ({ object }) => {
    asked.push(object);
    return 'branch';
  };
  expect((await mergeFork(at, { isDry: true })).conflicts.map(({ object }) => object)).toEqual([
    spam.id,
  ]);
  hide(origin, spam);
  expect((await mergeFork(at, { isDry: true })).conflicts).toEqual([]);
  const { conflicts, objects } = await mergeFork(at, { choice });
  expect([conflicts, asked]).toEqual([[], []]);
  expect(objects).toEqual([page(origin, 'better').id]);
  expect(spam.title).toBe('spam in the origin');
});

test('what the branch changed of it where the origin did not is there when it is shown again', async () => {
  const { ada, origin } = await garden();
  const at = await forkOf(ada, origin);
  page(at.branch, 'spam').title = 'not spam at all';
  await at.branch.flush();
  const spam = page(origin, 'spam');
  hide(origin, spam);
  expect((await mergeFork(at)).objects).toEqual([]);
  hide(origin);
  expect(spam.title).toBe('not spam at all');
});

test('what is hidden in the branch is not brought, neither what was made there nor changed', async () => {
  const { ada, origin } = await garden();
  const at = await forkOf(ada, origin);
  const { database } = at.branch;
  const made = database.add(Page, { title: 'made and hidden' });
  database.add(Page, { title: 'below it', parent: made });
  database.add(Page, { title: 'made', parent: page(at.branch, 'home') });
  page(at.branch, 'below spam').title = 'worse';
  await at.branch.flush();
  hide(at.branch, made, page(at.branch, 'spam'));
  const { objects } = await mergeFork(at);
  expect(titles(origin)).toEqual(['below home', 'below spam', 'home', 'made', 'spam']);
  expect(objects).toEqual([page(origin, 'made').id]);
});

test('a merge tells the ids of the origin, also of what the branch created; a dry run those of the branch', async () => {
  const { ada, origin } = await garden();
  const at = await forkOf(ada, origin);
  const made = at.branch.database.add(Page, { title: 'new' });
  page(at.branch, 'home').title = 'changed';
  await at.branch.flush();
  const home = page(origin, 'home').id;
  expect((await mergeFork(at, { isDry: true })).objects).toEqual([home, made.id]);
  const merged = await mergeFork(at);
  expect(merged.objects).toEqual([page(origin, 'changed').id, page(origin, 'new').id]);
  expect(merged.objects[1]).not.toBe(made.id);
});
