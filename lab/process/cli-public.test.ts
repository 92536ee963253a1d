// Public spaces between real processes and a real server: nobody has to be there for others to read.
import { expect, test } from 'vitest';
import { CliWorld } from './cli-world.ts';

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
