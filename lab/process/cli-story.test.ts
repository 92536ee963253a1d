// The story that everything is for, from the command line: two people, one space, a server that cannot read.
import { expect, test } from 'vitest';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliWorld, bringIn, rootsOf } from './cli-world.ts';

test('two people write in one space at once and apart, and end with the same', async () => {
  await using world = await CliWorld.open();
  const ann = world.profile('ann');
  const made = await ann.ok('init', '--name', 'Ann', '--kube', world.url);
  expect(made['words']).toHaveLength(24);
  expect(made['identity']).toMatch(/^[0-9a-f]{64}$/u);
  const bob = await world.person('Bob');
  const { space } = await ann.ok('space', 'create', 'Harbour plan');
  const id = String(space);

  const invitation = ann.start('invite', id, '--role', 'writer');
  const first = await invitation.next();
  expect(Object.keys(first)).toEqual(['code', 'url', 'auth', 'expires']);
  expect(await bob.ok('join', String(first['code']), '--auth', String(first['auth']))).toEqual({
    space,
  });
  const { identity: bobId } = await bob.ok('whoami');
  expect(await invitation.next()).toEqual({ joined: bobId });
  expect((await invitation.ended).code).toBe(0);

  // Both without a connection: adding and setting sends nothing.
  const note = await ann.ok('add', id, 'Note', 'title=Quay wall', 'body:text=Stone.', 'done=false');
  await ann.ok('sync', '--until-idle');
  await bob.ok('sync', '--until-idle');
  const noteId = String(note['id']);
  await Promise.all([
    ann.ok('text', id, noteId, 'body', '--insert', '0', 'Old '),
    bob.ok('text', id, noteId, 'body', '--insert', '6', ' Brick.'),
  ]);
  await Promise.all([
    ann.ok('set', id, noteId, 'title=Quay wall, north'),
    bob.ok('set', id, noteId, 'done=true'),
  ]);
  await bob.ok('add', id, 'Note', 'title=Crane');
  await ann.ok('sync', '--until-idle');
  await bob.ok('sync', '--until-idle');
  await ann.ok('sync', '--until-idle');

  expect(await bob.ok('text', id, noteId, 'body')).toEqual({ text: 'Old Stone. Brick.' });
  const { lines } = await ann.run('query', id, 'Note', '--order', 'title:desc');
  expect(lines.map(({ title }) => title)).toEqual(['Quay wall, north', 'Crane']);
  expect(lines[0]).toMatchObject({ done: true });
  const roots = await rootsOf(id, [ann, bob]);
  expect(roots[0]).toMatch(/^[0-9a-f]{64}$/u);
  expect(roots[1]).toBe(roots[0]);
  const members = await ann.run('member', 'list', id);
  expect(members.lines.map(({ name, role }) => `${name} ${role}`).sort()).toEqual([
    'Ann owner',
    'Bob writer',
  ]);

  await world.stopKube();
  const kept: string[] = [];
  for (const name of await readdir(join(world.dir, 'kube'), { recursive: true })) {
    kept.push(await readFile(join(world.dir, 'kube', name), 'latin1').catch(() => ''));
  }
  expect(kept.join('').length).toBeGreaterThan(1_000);
  for (const secret of ['Quay', 'Stone', 'Harbour', 'Ann', 'Note', String(bobId), id]) {
    expect(kept.join('')).not.toContain(secret);
  }
});

test('changes come while both are online, without anybody asking', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  await ann.ok('space', 'create', 'Live');
  await bringIn(ann, bob, { space: 'Live' });
  const watching = bob.start('watch', 'Live');
  await watching.next((line) => line['watching'] === true);
  const serving = ann.start('serve');
  await serving.next((line) => line['at'] === 'here' && line['name'] === 'Bob');
  const { id } = await ann.ok('add', 'Live', 'Task', 'title=Paint the bow');
  expect(await watching.next((line) => line['change'] === 'added')).toMatchObject({
    id,
    type: 'Task',
    object: { title: 'Paint the bow' },
  });
  await ann.ok('delete', 'Live', String(id));
  expect((await watching.next((line) => line['change'] === 'deleted'))['id']).toBe(id);
  expect((await serving.end()).code).toBe(0);
  expect((await watching.end('SIGINT')).code).toBe(0);
});

test('what one has done can be taken back in a later run, and made again', async () => {
  await using world = await CliWorld.open({ kube: false });
  const ann = await world.person('Ann');
  await ann.ok('space', 'create', 'Alone');
  const id = String((await ann.ok('add', 'Alone', 'Task', 'title=One', 'tags=["a","b"]'))['id']);
  await ann.ok('set', 'Alone', id, 'title=Two', 'tags=b,c');
  const shown = async (): Promise<unknown> => (await ann.run('query', 'Alone', 'Task')).lines;
  expect(await shown()).toEqual([{ id, title: 'Two', tags: ['b', 'c'] }]);
  expect(await ann.ok('undo', 'Alone')).toMatchObject({ nothing: false, skipped: 0 });
  expect(await shown()).toEqual([{ id, title: 'One', tags: ['a', 'b'] }]);
  expect(await ann.ok('redo', 'Alone')).toMatchObject({ nothing: false });
  expect(await shown()).toEqual([{ id, title: 'Two', tags: ['b', 'c'] }]);
  await ann.ok('delete', 'Alone', id);
  expect(await shown()).toEqual([]);
  await ann.ok('restore', 'Alone', id);
  expect(await ann.ok('query', 'Alone', 'Task', '--count')).toEqual({ count: 1 });
});
