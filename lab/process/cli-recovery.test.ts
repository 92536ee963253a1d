// An identity whose only device is gone comes back from its words and a server, by the real command.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CliWorld, rootsOf, secondDevice } from './cli-world.ts';

async function wordsIn(world: CliWorld, name: string, words: readonly unknown[]): Promise<string> {
  const path = join(world.dir, name);
  await writeFile(path, words.join(' '), { mode: 0o600 });
  return path;
}

test('a clean profile has everything from words and server, with nobody else online', async () => {
  await using world = await CliWorld.open();
  const ann = world.profile('ann');
  const [made] = (await ann.run('init', '--name', 'Ann', '--kube', world.url)).lines;
  const file = await wordsIn(world, 'words.txt', made?.['words'] as readonly unknown[]);
  expect(made?.['kubes']).toEqual([world.url]);
  await ann.ok('space', 'create', 'Dock');
  await ann.ok('add', 'Dock', 'Boat', 'name=Heron');
  await ann.ok('sync', '--until-idle');
  await ann.ok('words', 'check', '--words-file', file);
  const root = await rootsOf('Dock', [ann]);
  await rm(join(world.dir, 'ann'), { recursive: true });
  const again = world.profile('again');
  const run = await again.run('recover', '--words-file', file, '--kube', world.url);
  expect(run.stderr).toBe('');
  expect(run.lines[0]).toMatchObject({ identity: made?.['identity'], name: 'Ann', spaces: 1 });
  expect(run.lines[0]).toMatchObject({ complete: true });
  expect(await rootsOf('Dock', [again])).toEqual(root);
  await again.ok('add', 'Dock', 'Boat', 'name=Gull');
  expect((await again.run('device', 'list')).lines).toHaveLength(2);
});

test('words that somebody has seen are changed: the new ones bring everything back, the old ones nothing', async () => {
  await using world = await CliWorld.open();
  const ann = world.profile('ann');
  const [made] = (await ann.run('init', '--name', 'Ann', '--kube', world.url)).lines;
  const old = await wordsIn(world, 'old.txt', made?.['words'] as readonly unknown[]);
  await ann.ok('space', 'create', 'Dock');
  await ann.ok('add', 'Dock', 'Boat', 'name=Heron');
  await ann.ok('sync', '--until-idle');
  const [fresh] = (await ann.run('words', 'make')).lines;
  const now = await wordsIn(world, 'new.txt', fresh?.['words'] as readonly unknown[]);
  expect(await ann.refused('words', 'change', '--words-file', now, '--new-file', old)).toEqual({
    exit: 1,
    code: 'CLIENT_WRONG_WORDS',
  });
  const run = await ann.run('words', 'change', '--words-file', old, '--new-file', now);
  expect(run.lines).toEqual([{ changed: true, ready: true }]);
  await ann.ok('words', 'check', '--words-file', now);
  expect(await ann.refused('words', 'check', '--words-file', old)).toMatchObject({
    code: 'CLI_OTHER_WORDS',
  });
  await ann.ok('sync', '--until-idle');
  await rm(join(world.dir, 'ann'), { recursive: true });
  const again = world.profile('again');
  const kube = ['--kube', world.url];
  expect(await again.refused('recover', '--words-file', old, ...kube)).toMatchObject({
    code: 'CLIENT_NOTHING_TO_RECOVER',
  });
  const back = await again.run('recover', '--words-file', now, ...kube);
  expect(back.lines[0]).toMatchObject({ identity: made?.['identity'], spaces: 1, complete: true });
  expect((await again.run('query', 'Dock', 'Boat')).lines).toHaveLength(1);
});

test('who comes back by a copy that a device which is away left under old words is stopped, and told why', async () => {
  await using world = await CliWorld.open();
  const ann = world.profile('ann');
  const [made] = (await ann.run('init', '--name', 'Ann', '--kube', world.url)).lines;
  const old = await wordsIn(world, 'old.txt', made?.['words'] as readonly unknown[]);
  const phone = await secondDevice(world, ann, 'phone');
  const [fresh] = (await ann.run('words', 'make')).lines;
  const now = await wordsIn(world, 'new.txt', fresh?.['words'] as readonly unknown[]);
  await ann.ok('words', 'change', '--words-file', old, '--new-file', now);
  const stale = world.profile('stale');
  const kube = ['--kube', world.url];
  const refused = await stale.run('recover', '--words-file', old, ...kube);
  expect(refused.stderr).toMatch(
    /CLI_DEVICE_STOPPED.* came back with 24 words that were changed on/,
  );
  expect(await stale.refused('device', 'list')).toMatchObject({ code: 'CLI_DEVICE_STOPPED' });
  // By the words of now it stays; the copy goes when the phone comes.
  await stale.ok('device', 'restore', '--words-file', now);
  await phone.ok('sync', '--until-idle');
  await stale.ok('sync', '--until-idle');
  expect(
    await world.profile('thief').refused('recover', '--words-file', old, ...kube),
  ).toMatchObject({ code: 'CLIENT_NOTHING_TO_RECOVER' });
});

test('wrong words, words of nobody, another’s words and no server each say what to do', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const short = await wordsIn(world, 'short.txt', ['one', 'two']);
  const nobody = await wordsIn(world, 'nobody.txt', [...Array<string>(23).fill('abandon'), 'art']);
  const fresh = world.profile('fresh');
  const kube = ['--kube', world.url];
  expect(await fresh.refused('recover', '--words-file', short, ...kube)).toEqual({
    exit: 1,
    code: 'CRYPTO_WORDS_COUNT',
  });
  expect(await fresh.refused('recover', '--words-file', nobody, ...kube)).toEqual({
    exit: 1,
    code: 'CLIENT_NOTHING_TO_RECOVER',
  });
  expect(await fresh.refused('recover', '--words-file', join(world.dir, 'none'))).toEqual({
    exit: 1,
    code: 'CLI_FILE',
  });
  expect(await ann.refused('words', 'check', '--words-file', nobody)).toEqual({
    exit: 1,
    code: 'CLI_OTHER_WORDS',
  });
  expect(await ann.refused('recover', '--words-file', nobody)).toEqual({
    exit: 1,
    code: 'CLIENT_HAS_IDENTITY',
  });
});
