// History that is let go, from the command line: not while nobody else has it, and nothing is lost by it.
import { expect, test } from 'vitest';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CliWorld, bringIn, rootsOf, type Profile } from './cli-world.ts';

async function edit(profile: Profile, task: string, times: number): Promise<void> {
  for (let at = 0; at < times; at++) await profile.ok('set', 'Boat', task, `title=Coat ${at}`);
}

/** History says where it begins, and tells what has happened since. */
async function expectAbove(profile: Profile, task: string): Promise<void> {
  const { begins, since } = await profile.ok('history', 'Boat');
  expect(begins).toMatchObject({ epoch: 1, since, dropped: expect.any(String) as string });
  const { frontier } = begins as { readonly frontier: readonly string[] };
  const refusal = await profile.refused('show', 'Boat', task, '--at', '2001-01-01');
  expect(refusal).toMatchObject({ code: 'HISTORY_DROPPED' });
  await profile.ok('set', 'Boat', task, 'title=Varnish');
  const entry = await profile.ok('history', 'Boat', task);
  const change = { field: 'title', kind: 'value', before: 'Coat 5', after: 'Varnish' };
  expect(entry).toMatchObject({ ops: 1, changes: [change] });
  const then = await profile.ok('show', 'Boat', task, '--at', frontier.join(','));
  expect(then).toMatchObject({ title: 'Coat 5' });
  await profile.ok('revert', 'Boat', task, '--to', frontier.join(','));
  expect(await profile.ok('show', 'Boat', task)).toMatchObject({ title: 'Coat 5' });
}

test('history stays while the server is away, goes when it has all of it, and is there for who joins', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  await ann.ok('space', 'create', 'Boat');
  const { id } = await ann.ok('add', 'Boat', 'Task', 'title=Coat');
  await edit(ann, String(id), 6);
  await world.stopKube();
  expect(await ann.ok('space', 'epoch', 'Boat', '--seal')).toMatchObject({ number: 1 });
  const kept = await ann.ok('space', 'epoch', 'Boat', '--drop', '--timeout', '1');
  expect(kept['history']).toEqual({ at: 'kept', why: 'no-other-holder' });
  await world.startKube();
  const young = await ann.ok('space', 'epoch', 'Boat', '--drop', '--older-than', '30');
  expect(young['history']).toEqual({ at: 'kept', why: 'too-new' });
  const dropped = await ann.ok('space', 'epoch', 'Boat', '--drop');
  expect(dropped['history']).toMatchObject({ at: 'dropped' });
  expect(Number((dropped['history'] as { blocks: number }).blocks)).toBeGreaterThan(4);
  expect(await ann.ok('show', 'Boat', String(id))).toMatchObject({ title: 'Coat 5' });
  await expectAbove(ann, String(id));
  const bob = await world.person('Bob');
  await bringIn(ann, bob, { space: 'Boat' });
  await bob.ok('sync', '--until-idle');
  const roots = await rootsOf('Boat', [ann, bob]);
  expect(roots[1]).toBe(roots[0]);
});

/** Ann has dropped the history of her boat, and the server loses all that it had. */
async function dropAndLose(world: CliWorld, ann: Profile, id: string): Promise<void> {
  await edit(ann, id, 4);
  await ann.ok('space', 'epoch', 'Boat', '--seal');
  const dropped = await ann.ok('space', 'epoch', 'Boat', '--drop');
  expect(dropped['history']).toMatchObject({ at: 'dropped' });
  await ann.ok('set', 'Boat', id, 'title=Last coat');
  await world.stopKube();
  await rm(join(world.dir, 'kube'), { recursive: true });
  await world.startKube();
}

test('where the server has lost everything, members give each other the state', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  await ann.ok('space', 'create', 'Boat');
  const { id } = await ann.ok('add', 'Boat', 'Task', 'title=Coat');
  await dropAndLose(world, ann, String(id));
  const bob = await world.person('Bob');
  await bringIn(ann, bob, { space: 'Boat' });
  // Mostly it has come while Ann waited for Bob.
  const isThere = async (): Promise<boolean> => {
    const [hers, his] = await rootsOf('Boat', [ann, bob]);
    return hers === his;
  };
  for (let tries = 0; tries < 4 && !(await isThere()); tries++) {
    const serving = ann.start('serve');
    // Until the server was given what stands for the history that it has lost, it never says that it has all.
    await bob.run('sync', '--timeout', '5');
    await serving.end();
  }
  expect(await isThere()).toBe(true);
  expect(await bob.ok('show', 'Boat', String(id))).toMatchObject({ title: 'Last coat' });
});

test('a server that has lost everything is given what stands for it, and that is enough for who was away', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  await ann.ok('space', 'create', 'Boat');
  const { id } = await ann.ok('add', 'Boat', 'Task', 'title=Coat');
  const bob = await world.person('Bob');
  await bringIn(ann, bob, { space: 'Boat' });
  await bob.ok('sync', '--until-idle');
  await dropAndLose(world, ann, String(id));
  await ann.ok('sync', '--until-idle', '--timeout', '90');
  await bob.ok('sync', '--until-idle', '--timeout', '90');
  expect(await bob.ok('show', 'Boat', String(id))).toMatchObject({ title: 'Last coat' });
  const [hers, his] = await rootsOf('Boat', [ann, bob]);
  expect(his).toBe(hers);
});
