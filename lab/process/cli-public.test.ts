// Public spaces between real processes and a real server: nobody has to be there for others to read.
import { expect, test } from 'vitest';
import { CliWorld, type Profile } from './cli-world.ts';

test('a space is published, followed while nobody is there, and taken back', async () => {
  await using world = await CliWorld.open();
  const [ann, bob, eve] = [
    await world.person('Ann'),
    await world.person('Bob'),
    await world.person('Eve'),
  ];
  await ann.ok('space', 'create', 'Recipes');
  const { id } = await ann.ok('add', 'Recipes', 'Recipe', 'title=Soup');
  const { url } = await ann.ok('space', 'publish', 'Recipes');
  expect(await ann.ok('space', 'publish', 'Recipes')).toMatchObject({ url });
  await ann.ok('sync', '--until-idle');
  await bob.ok('space', 'follow', String(url));
  await bob.ok('sync', '--until-idle');
  expect(await bob.ok('query', 'Recipes', 'Recipe')).toEqual({ id, title: 'Soup' });
  expect(await bob.refused('add', 'Recipes', 'Recipe', 'title=Salt')).toMatchObject({ exit: 1 });
  expect(await ann.ok('member', 'list', 'Recipes')).toMatchObject({ name: 'Ann' });
  expect(await ann.ok('space', 'unpublish', 'Recipes')).toMatchObject({ links: 1 });
  await ann.ok('add', 'Recipes', 'Recipe', 'title=Secret');
  await ann.ok('sync', '--until-idle');
  await bob.run('sync', '--until-idle', '--timeout', '10');
  expect(await bob.ok('query', 'Recipes', 'Recipe')).toEqual({ id, title: 'Soup' });
  expect(await eve.refused('space', 'follow', String(url))).toEqual({
    exit: 1,
    code: 'CLIENT_LINK_ENDED',
  });
  expect(await eve.refused('space', 'follow', 'no-link')).toMatchObject({ exit: 1 });
});

test('visitors post, an admin takes up, declines, hides and bans, and lists leave out what is hidden', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  await ann.ok('space', 'create', 'Recipes');
  await ann.ok('add', 'Recipes', 'Recipe', 'title=Soup');
  const { url } = await ann.ok('space', 'publish', 'Recipes');
  await ann.ok('sync', '--until-idle');
  await bob.ok('space', 'follow', String(url));
  await bob.ok('sync', '--until-idle');
  const post = ['post', 'Recipes', 'Recipe'] as const;
  expect(await bob.refused(...post, 'title=Salt')).toEqual({ exit: 1, code: 'CLIENT_DOOR_CLOSED' });
  expect(await bob.refused('moderate', 'open', 'Recipes', 'Recipe')).toMatchObject({ exit: 1 });
  expect(await ann.ok('moderate', 'open', 'Recipes', 'Recipe', '--bytes', '64')).toMatchObject({
    ...{ types: ['Recipe'], takesItself: false, bytesMax: 64 },
  });
  await ann.ok('sync', '--until-idle');
  await bob.ok('sync', '--until-idle');
  expect(await bob.refused(...post, `title=${'x'.repeat(80)}`)).toEqual({
    ...{ exit: 1, code: 'CLIENT_NOT_WANTED' },
  });
  const bread = await bob.ok(...post, 'title=Bread');
  expect(bread).toMatchObject({ state: 'waiting' });
  await bob.ok(...post, 'title=Spam');
  const listed = async (who: Profile): Promise<readonly unknown[]> => {
    const { lines } = await who.run('moderate', 'list', 'Recipes');
    return lines.map(({ fields, what }) => [what, (fields as { title?: string } | null)?.title]);
  };
  expect(await listed(ann)).toEqual([
    ['waiting', 'Bread'],
    ['waiting', 'Spam'],
  ]);
  const { lines: waiting } = await ann.run('moderate', 'list', 'Recipes');
  expect(waiting[0]?.['author']).toMatchObject({ displayName: 'Bob' });
  const { object } = await ann.ok('moderate', 'take', 'Recipes', String(bread['id']).slice(0, 12));
  await ann.ok('moderate', 'decline', 'Recipes', String(waiting[1]?.['id']));
  expect(await ann.refused('moderate', 'take', 'Recipes', 'ab')).toEqual({
    ...{ exit: 1, code: 'CLIENT_UNKNOWN_CONTRIBUTION' },
  });
  await ann.ok('sync', '--until-idle');
  await bob.ok('sync', '--until-idle');
  expect(await titles(bob)).toEqual(['Soup', 'Bread']);
  expect(await listed(bob)).toContainEqual(['mine, shown', 'Bread']);
  await ann.ok('moderate', 'hide', 'Recipes', String(object));
  expect(await titles(ann)).toEqual(['Soup']);
  expect(await titles(ann, '--hidden', 'only')).toEqual(['Bread']);
  expect(await ann.ok('query', 'Recipes', 'Recipe', '--count')).toEqual({ count: 1 });
  expect(await ann.refused('query', 'Recipes', 'Recipe', '--hidden', 'x')).toMatchObject({
    exit: 2,
  });
  await ann.ok('moderate', 'show', 'Recipes', String(object));
  expect(await titles(ann)).toEqual(['Soup', 'Bread']);
  const author = String((waiting[0]?.['author'] as { id: string }).id);
  await ann.ok('moderate', 'ban', 'Recipes', author, '--everything');
  expect(await titles(ann)).toEqual(['Soup']);
  expect(await listed(ann)).toContainEqual(['banned author', undefined]);
  await ann.ok('sync', '--until-idle');
  await bob.ok('sync', '--until-idle');
  expect(await titles(bob)).toEqual(['Soup']);
  expect(await bob.refused(...post, 'title=Sorry')).toMatchObject({ code: 'CLIENT_NOT_WANTED' });
  await ann.ok('moderate', 'allow', 'Recipes', author);
  expect(await titles(ann)).toEqual(['Soup', 'Bread']);
  await ann.ok('moderate', 'renew', 'Recipes');
  await ann.ok('moderate', 'close', 'Recipes');
  await ann.ok('sync', '--until-idle');
  await bob.ok('sync', '--until-idle');
  expect(await bob.refused(...post, 'title=Late')).toMatchObject({ code: 'CLIENT_DOOR_CLOSED' });
});

async function titles(who: Profile, ...options: readonly string[]): Promise<readonly unknown[]> {
  const { lines } = await who.run('query', 'Recipes', 'Recipe', ...options);
  return lines.map(({ title }) => title);
}
