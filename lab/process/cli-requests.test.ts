// Invitations that need no digits, from the command line: another admin answers, and people ask.
import { expect, test } from 'vitest';
import { CliWorld, bringIn } from './cli-world.ts';

test('an admin answers an invitation whose maker has gone', async () => {
  await using world = await CliWorld.open();
  const [ann, bob, eve] = [
    await world.person('Ann'),
    await world.person('Bob'),
    await world.person('Eve'),
  ];
  await ann.ok('space', 'create', 'Dock');
  await bringIn(ann, bob, { space: 'Dock', role: 'admin' });
  const { lines } = await ann.run('invite', 'Dock', '--delegated', '--expires', '7d');
  const { auth, code } = lines[0] ?? {};
  await bob.ok('sync');
  const serving = bob.start('serve');
  const joined = await eve.ok('join', String(code), '--auth', String(auth));
  expect(joined).toMatchObject({ space: expect.any(String) });
  await serving.end('SIGINT');
  const members = (await eve.run('member', 'list', 'Dock')).lines;
  expect(members.map(({ name }) => name).sort()).toEqual(['Ann', 'Bob', 'Eve']);
});

test('somebody asks, is listed, and is in after a yes', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  await ann.ok('space', 'create', 'Dock');
  const { lines } = await ann.run('invite', 'Dock', '--ask', '--expires', '7d');
  const code = String(lines[0]?.['code']);
  const serving = ann.start('serve');
  const asked = await bob.ok('join', code, '--say', 'Bob from the choir');
  expect(asked).toMatchObject({ asked: 'Dock' });
  const list = (await ann.run('requests', 'list', 'Dock')).lines;
  expect(list).toMatchObject([{ name: 'Bob', text: 'Bob from the choir', role: 'writer' }]);
  await ann.ok('requests', 'approve', 'Dock', 'Bob', '--role', 'reader');
  expect((await ann.run('requests', 'list', 'Dock')).lines).toEqual([]);
  const joined = await bob.ok('join', code);
  expect(joined).toMatchObject({ space: expect.any(String) });
  await serving.end('SIGINT');
  expect(await ann.refused('requests', 'refuse', 'Dock', 'Bob')).toMatchObject({
    code: 'CLI_INVITATION',
  });
});
