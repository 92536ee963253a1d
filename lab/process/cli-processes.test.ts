// Several processes of one profile at once, servers that go and come back, and command lines that are wrong.
import { expect, test } from 'vitest';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliWorld, TRACE, bringIn, rootsOf } from './cli-world.ts';

test('one process of a profile sends what others write, and ten of them write at once', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  await ann.ok('space', 'create', 'Yard');
  await bringIn(ann, bob, { space: 'Yard' });
  const serving = ann.start('serve');
  await serving.next((line) => line['at'] === 'online');
  const writing = Array.from({ length: 10 }, (_, at) => ann.ok('add', 'Yard', 'Task', `n=${at}`));
  const ids = (await Promise.all(writing)).map(({ id }) => id);
  expect(new Set(ids).size).toBe(10);
  expect(await ann.ok('query', 'Yard', 'Task', '--count')).toEqual({ count: 10 });
  // Ann never runs sync: the serving process has seen the others' commits.
  let count: unknown = 0;
  while (count !== 10) {
    await bob.ok('sync', '--until-idle');
    count = (await bob.ok('query', 'Yard', 'Task', '--count'))['count'];
  }
  const [root, same] = await rootsOf('Yard', [ann, bob]);
  expect(same).toBe(root);
  expect((await serving.end()).code).toBe(0);
});

test('what was written before a kill -9 is there after it, and the profile opens at once', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  await ann.ok('space', 'create', 'Yard');
  await bringIn(ann, bob, { space: 'Yard' });
  const serving = ann.start('serve');
  await serving.next((line) => line['at'] === 'online');
  const { id } = await ann.ok('add', 'Yard', 'Task', 'title=Before');
  await serving.end('SIGKILL');
  await ann.ok('set', 'Yard', String(id), 'title=After');
  await ann.ok('sync', '--until-idle');
  await bob.ok('sync', '--until-idle');
  expect(await bob.ok('query', 'Yard', 'Task')).toEqual({ id, title: 'After' });
});

test('work goes on while the server is away, and arrives when it is back with its old data', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  await ann.ok('space', 'create', 'Yard');
  await bringIn(ann, bob, { space: 'Yard' });
  await world.stopKube();
  const { id } = await ann.ok('add', 'Yard', 'Task', 'title=Alone');
  expect(await ann.refused('sync', '--until-idle', '--timeout', '2')).toEqual({
    exit: 1,
    code: 'CLI_TIMEOUT',
  });
  await world.startKube();
  expect(Number((await ann.ok('sync', '--until-idle'))['sent'])).toBeGreaterThan(0);
  expect(await ann.ok('sync', '--until-idle')).toMatchObject({ sent: 0, received: 0 });
  expect(Number((await bob.ok('sync', '--until-idle'))['received'])).toBeGreaterThan(0);
  expect(await bob.ok('query', 'Yard', 'Task')).toEqual({ id, title: 'Alone' });
});

test('servers that are gone hold nobody up, however many a profile has known', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  // Nothing listens there: the discard port and its neighbours.
  for (const port of [9, 11, 13, 15, 17, 19]) {
    await ann.ok('space', 'create', `Old ${port}`, '--kube', `http://127.0.0.1:${port}`);
  }
  await ann.ok('space', 'create', 'New', '--kube', world.url);
  await bringIn(ann, bob, { space: 'New' });
  await ann.ok('add', 'New', 'Task', 'title=Reached');
  expect(Number((await ann.ok('sync', '--until-idle'))['sent'])).toBeGreaterThan(0);
  await bob.ok('sync', '--until-idle');
  expect(await bob.ok('query', 'New', 'Task', '--count')).toEqual({ count: 1 });
  expect((await ann.run('space', 'list')).lines).toHaveLength(7);
});

test('a recorded text of 259,778 edits is replayed and reaches the other side letter by letter', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  await ann.ok('space', 'create', 'Papers');
  await bringIn(ann, bob, { space: 'Papers' });
  const id = String((await ann.ok('add', 'Papers', 'Paper', 'title=Recorded'))['id']);
  const { length } = await ann.ok('text', 'Papers', id, 'body', '--replay', TRACE);
  expect(length).toBe(104_852);
  await ann.ok('sync', '--until-idle');
  await bob.ok('sync', '--until-idle');
  const mine = await ann.ok('text', 'Papers', id, 'body');
  expect(String(mine['text'])).toHaveLength(104_852);
  expect(await bob.ok('text', 'Papers', id, 'body')).toEqual(mine);
  const concurrent = TRACE.replace('automerge-paper', 'friendsforever');
  expect(await ann.refused('text', 'Papers', id, 'body', '--replay', concurrent)).toEqual({
    exit: 1,
    code: 'CLI_FILE',
  });
});

test('mistakes end with a code, a sentence and an exit code, never with a stack trace', async () => {
  await using world = await CliWorld.open({ kube: false });
  const nobody = world.profile('nobody');
  expect(await nobody.ok('whoami')).toEqual({ identity: null });
  expect(await nobody.refused('space', 'create', 'X')).toEqual({
    exit: 1,
    code: 'CLIENT_NO_IDENTITY',
  });
  const ann = await world.person('Ann');
  expect(await ann.refused('init', '--name', 'Again')).toEqual({
    exit: 1,
    code: 'CLIENT_HAS_IDENTITY',
  });
  expect(await ann.refused('quary')).toEqual({ exit: 2, code: 'CLI_USAGE' });
  expect(await ann.refused('space', 'craete', 'X')).toEqual({ exit: 2, code: 'CLI_USAGE' });
  expect(await ann.refused('space', 'create')).toEqual({ exit: 2, code: 'CLI_USAGE' });
  expect(await ann.refused('space', 'list', '--al')).toEqual({ exit: 2, code: 'CLI_USAGE' });
  expect(await ann.refused('sync')).toMatchObject({ exit: 2 });
  await ann.ok('space', 'create', 'Twice');
  await ann.ok('space', 'create', 'Twice');
  expect(await ann.refused('space', 'info', 'Twice')).toEqual({
    exit: 1,
    code: 'CLI_SPACE_AMBIGUOUS',
  });
  expect(await ann.refused('space', 'info', 'None')).toEqual({
    exit: 1,
    code: 'CLI_SPACE_UNKNOWN',
  });
  await ann.ok('space', 'create', 'One');
  expect(await ann.refused('invite', 'One')).toEqual({ exit: 1, code: 'CLIENT_NO_SERVER' });
  const id = String((await ann.ok('add', 'One', 'Task', 'n=3', 'title=Name'))['id']);
  expect(await ann.refused('set', 'One', id, 'n=many')).toEqual({ exit: 1, code: 'CLI_FIELD' });
  expect(await ann.refused('set', 'One', 'f'.repeat(32), 'n=1')).toMatchObject({ exit: 1 });
  expect(await ann.refused('query', 'One', 'Nothing')).toEqual({
    exit: 1,
    code: 'CLI_TYPE_UNKNOWN',
  });
  expect(await ann.refused('query', 'One', 'Task', '--where', 'x=1')).toMatchObject({ exit: 1 });
  expect(await ann.refused('text', 'One', id, 'title')).toEqual({ exit: 1, code: 'CLI_FIELD' });
  const missing = ['import', 'One', join(world.dir, 'none.jsonl'), '--type', 'T'] as const;
  expect(await ann.refused(...missing)).toEqual({ exit: 1, code: 'CLI_FILE' });
  const torn = join(world.dir, 'torn.jsonl.gz');
  await writeFile(torn, (await readFile(TRACE)).subarray(0, 5_000));
  expect(await ann.refused('import', 'One', torn, '--type', 'T')).toEqual({
    exit: 1,
    code: 'CLI_FILE',
  });
  const plain = await ann.plain('space', 'info', 'None');
  expect(plain.stdout).toBe('');
  expect(plain.stderr).toMatch(/^CLI_SPACE_UNKNOWN: [A-Z].*\.\n$/u);
  const damaged = world.profile('damaged');
  await damaged.ok('init', '--name', 'Dan');
  await writeFile(join(damaged.dir, 'blocks.sqlite'), 'this is no database, nor was it ever one');
  await rm(join(damaged.dir, 'blocks.sqlite-wal'), { force: true });
  expect(await damaged.refused('space', 'list')).toMatchObject({ exit: 1, code: 'STORE_CORRUPT' });
  await copyFile(torn, join(damaged.dir, 'keys.sealed'));
  expect(await damaged.refused('whoami')).toMatchObject({ exit: 1 });
});
