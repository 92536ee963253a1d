// Invitations that do not go as they should, readers who try to write, and a second device.
import { expect, test } from 'vitest';
import { CliWorld, bringIn, rootsOf } from './cli-world.ts';

test('wrong digits are used up, new ones are shown, and the right ones let in once', async () => {
  await using world = await CliWorld.open();
  const [ann, bob, eve] = [
    await world.person('Ann'),
    await world.person('Bob'),
    await world.person('Eve'),
  ];
  await ann.ok('space', 'create', 'Dock');
  const invitation = ann.start('invite', 'Dock');
  const first = await invitation.next();
  const code = String(first['code']);
  const wrong = String(first['auth']) === '123456' ? '654321' : '123456';
  expect(await eve.refused('join', code, '--auth', wrong)).toEqual({
    exit: 1,
    code: 'CLI_WRONG_DIGITS',
  });
  const second = await invitation.next();
  expect(second).toMatchObject({ triesLeft: 2 });
  expect(second['auth']).not.toBe(first['auth']);
  expect(await eve.refused('join', code, '--auth', String(first['auth']))).toMatchObject({
    exit: 1,
  });
  const third = await invitation.next();
  await bob.ok('join', code, '--auth', String(third['auth']));
  expect((await invitation.ended).code).toBe(0);
  expect(
    await eve.refused('join', code, '--auth', String(third['auth']), '--timeout', '5'),
  ).toMatchObject({ exit: 1 });
  const { lines } = await bob.run('member', 'list', 'Dock');
  expect(lines.map(({ name }) => name).sort()).toEqual(['Ann', 'Bob']);
});

test('three wrong tries close an invitation', async () => {
  await using world = await CliWorld.open();
  const [ann, eve] = [await world.person('Ann'), await world.person('Eve')];
  await ann.ok('space', 'create', 'Dock');
  const invitation = ann.start('invite', 'Dock');
  let line = await invitation.next();
  const code = String(line['code']);
  for (let tries = 0; tries < 3; tries++) {
    const wrong = line['auth'] === '123456' ? '654321' : '123456';
    expect(await eve.refused('join', code, '--auth', wrong)).toMatchObject({ exit: 1 });
    if (tries < 2) line = await invitation.next();
  }
  const ended = await invitation.ended;
  expect(ended.code).toBe(1);
  expect(ended.lines.at(-1)).toMatchObject({ error: { code: 'CLI_INVITATION' } });
});

test('an invitation ends with Ctrl-C and with its time, and nobody joins after', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  await ann.ok('space', 'create', 'Dock');
  const invitation = ann.start('invite', 'Dock');
  const { auth, code } = await invitation.next();
  const cancelled = await invitation.end('SIGINT');
  expect(cancelled.code).toBe(1);
  expect(cancelled.lines.at(-1)).toMatchObject({ error: { code: 'CLI_CANCELLED' } });
  expect(await bob.refused('join', String(code), '--auth', String(auth), '--timeout', '4')).toEqual(
    { exit: 1, code: 'CLI_TIMEOUT' },
  );
  expect(await ann.refused('invite', 'Dock', '--timeout', '1.5')).toMatchObject({ exit: 1 });
  expect(await bob.refused('join', 'no-code', '--auth', '123456')).toEqual({
    exit: 1,
    code: 'CLI_INVITATION',
  });
});

test('a reader reads everything and is refused every change', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  await ann.ok('space', 'create', 'Dock');
  const { id } = await ann.ok('add', 'Dock', 'Task', 'title=Look');
  await bringIn(ann, bob, { space: 'Dock', role: 'reader' });
  await bob.ok('sync', '--until-idle');
  expect(await bob.ok('query', 'Dock', 'Task')).toEqual({ id, title: 'Look' });
  const refused = { exit: 1, code: 'CLI_READER' };
  expect(await bob.refused('set', 'Dock', String(id), 'title=Mine')).toEqual(refused);
  expect(await bob.refused('add', 'Dock', 'Task', 'title=More')).toEqual(refused);
  expect(await bob.refused('delete', 'Dock', String(id))).toEqual(refused);
  expect(await bob.refused('invite', 'Dock')).toMatchObject({
    exit: 1,
    code: 'CLIENT_NOT_ALLOWED',
  });
});

test('a second device of the same person has the same spaces and writes in them', async () => {
  await using world = await CliWorld.open();
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  await ann.ok('space', 'create', 'Dock');
  await ann.ok('add', 'Dock', 'Task', 'title=First');
  const invitation = ann.start('device', 'invite');
  const { auth, code } = await invitation.next();
  const phone = world.profile('phone');
  const joined = await phone.ok(
    'device',
    'join',
    String(code),
    '--auth',
    String(auth),
    '--kube',
    world.url,
  );
  expect((await invitation.ended).code).toBe(0);
  const { identity } = await ann.ok('whoami');
  expect(joined).toMatchObject({ identity });
  await phone.ok('sync', '--until-idle');
  await phone.ok('add', 'Dock', 'Task', 'title=From the other device');
  await phone.ok('sync', '--until-idle');
  await ann.ok('sync', '--until-idle');
  expect(await ann.ok('query', 'Dock', 'Task', '--count')).toEqual({ count: 2 });
  expect(await rootsOf('Dock', [ann, phone])).toHaveLength(2);
  const [root, same] = await rootsOf('Dock', [ann, phone]);
  expect(same).toBe(root);
  expect((await ann.run('device', 'list')).lines).toHaveLength(2);
  expect(await bob.refused('space', 'info', 'Dock')).toMatchObject({ code: 'CLI_SPACE_UNKNOWN' });
  // The second device is admitted to spaces that come later, too.
  await ann.ok('space', 'create', 'Later');
  await ann.ok('sync', '--until-idle');
  await phone.ok('sync', '--until-idle');
  expect(await phone.ok('space', 'info', 'Later')).toMatchObject({ name: 'Later' });
});
