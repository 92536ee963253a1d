// Invitations that need no digits, from the command line: another admin answers, and people ask.
import { expect, test } from 'vitest';
import { ATOLL, CliWorld, bringIn } from './cli-world.ts';

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

test('open invitations are listed, and one is ended although another program answers it', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  await ann.ok('space', 'create', 'Dock');
  const { lines } = await ann.run('invite', 'Dock', '--link', '--uses', '5', '--expires', '7d');
  await ann.run('invite', 'Dock', '--ask', '--role', 'reader');
  const serving = ann.start('serve');
  const list = (await ann.run('invitation', 'list', 'Dock')).lines;
  expect(list.map(({ role, uses, way }) => ({ role, uses, way }))).toEqual([
    { way: 'ask', role: 'reader', uses: 1 },
    { way: 'link', role: 'reader', uses: 5 },
  ]);
  const id = String(list[1]?.['id']);
  expect(await ann.ok('invitation', 'revoke', 'Dock', id.slice(0, 8))).toEqual({ revoked: id });
  expect((await ann.run('invitation', 'list', 'Dock')).lines).toHaveLength(1);
  expect(await ann.refused('invitation', 'revoke', 'Dock', id)).toMatchObject({
    code: 'CLI_INVITATION',
  });
  const late = bob.refused('join', String(lines[0]?.['code']), '--timeout', '20');
  expect(await late).toMatchObject({ code: expect.stringMatching(/INVITATION|TIMEOUT/u) });
  await serving.end('SIGINT');
});

test('a profile is changed and shown, and what nobody could be shown is refused', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const change = ['--name', 'Ann O.', '--about', 'Rows on Tuesdays', '--colour', '3'];
  const shown = { name: 'Ann O.', about: 'Rows on Tuesdays', colour: 3, picture: null };
  expect(await ann.ok('profile', ...change)).toMatchObject(shown);
  expect(await ann.ok('profile')).toMatchObject(shown);
  expect(await ann.refused('profile', '--picture', ATOLL)).toMatchObject({
    code: 'CLIENT_PICTURE',
  });
});
