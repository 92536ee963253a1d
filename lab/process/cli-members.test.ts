// Roles, removals and groups on the command line, between processes through a server.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CliWorld, type Profile } from './cli-world.ts';

async function letIn(
  host: Profile,
  guest: Profile,
  ...[space, role, ...how]: [space: string, role: string, ...how: string[]]
): Promise<void> {
  const invite = host.start('invite', space, '--role', role, ...how);
  const { auth, code } = await invite.next(({ code: line }) => line !== undefined);
  await guest.ok('join', String(code), '--auth', String(auth));
  await invite.ended;
}

test('an admin who is made a reader may not write; one who is removed is told by whom', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  await ann.ok('space', 'create', 'Trip');
  await letIn(ann, bob, 'Trip', 'admin');
  await ann.ok('sync');
  const listed = await ann.run('member', 'list', 'Trip');
  expect(listed.lines.map(({ name, role }) => [name, role])).toEqual(
    expect.arrayContaining([
      ['Ann', 'owner'],
      ['Bob', 'admin'],
    ]),
  );
  expect(await ann.ok('member', 'role', 'Trip', 'Bob', 'reader')).toMatchObject({
    role: 'reader',
    stays: [],
  });
  await ann.ok('sync');
  await bob.ok('sync');
  expect(await bob.refused('add', 'Trip', 'Place', 'title=Horta')).toMatchObject({
    code: 'CLI_READER',
  });
  expect((await bob.refused('member', 'remove', 'Trip', 'Ann')).code).toBe('CLIENT_NOT_ALLOWED');
  const plan = await ann.ok('member', 'remove', 'Trip', 'Bob', '--dry-run');
  expect(plan).toMatchObject({ possible: true, stays: null, groups: [], invited: [] });
  expect(await ann.ok('member', 'remove', 'Trip', 'Bob')).toMatchObject({ role: null });
  expect(await ann.ok('member', 'removals', 'Trip')).toMatchObject({
    kind: 'removed',
    who: [{ name: 'Bob' }],
    mayRestore: true,
  });
  await ann.ok('sync');
  await bob.ok('sync');
  expect(await bob.ok('member', 'removals', 'Trip')).toMatchObject({ who: [{ name: 'Bob' }] });
  expect((await bob.refused('add', 'Trip', 'Place', 'title=Horta')).code).toMatch(
    /CLI_READER|SPACE_REMOVED/u,
  );
});

test('who was let in without what was before is made an admin only where that is meant', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  await ann.ok('space', 'create', 'Trip');
  await ann.ok('add', 'Trip', 'Place', 'title=Before');
  await letIn(ann, bob, 'Trip', 'writer', '--without-history');
  await ann.ok('sync');
  expect(await ann.ok('member', 'show', 'Trip', 'Bob')).toMatchObject({ withHistory: false });
  for (const refused of [
    ['member', 'role', 'Trip', 'Bob', 'admin'],
    ['member', 'role', 'Trip', 'Bob', 'owner', '--until-epoch', 'next'],
    ['member', 'hand-over', 'Trip', 'Bob'],
    ['grant', 'Trip', 'Bob', 'admin'],
  ]) {
    expect(await ann.refused(...refused)).toEqual({ exit: 1, code: 'CLI_SHOWS_HISTORY' });
  }
  await ann.ok('member', 'role', 'Trip', 'Bob', 'commenter');
  await ann.ok('member', 'role', 'Trip', 'Bob', 'admin', '--with-history');
  expect(await ann.ok('member', 'show', 'Trip', 'Bob')).toMatchObject({
    role: 'admin',
    withHistory: true,
  });
});

test('a group gives what it has to who is in it, and says so', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  await ann.ok('space', 'create', 'Trip');
  await letIn(ann, bob, 'Trip', 'reader');
  await ann.ok('sync');
  await ann.ok('group', 'create', 'Trip', 'Crew');
  await ann.ok('group', 'create', 'Trip', 'Everybody');
  await ann.ok('group', 'add', 'Trip', 'Everybody', 'Crew');
  await ann.ok('group', 'add', 'Trip', 'Crew', 'Bob', '--lead');
  expect(await ann.ok('grant', 'Trip', 'Everybody', 'writer')).toMatchObject({ role: 'writer' });
  expect((await ann.refused('group', 'add', 'Trip', 'Crew', 'Everybody')).code).toBe(
    'CLIENT_TEAM_CIRCLE',
  );
  await ann.ok('sync');
  await bob.ok('sync');
  await bob.ok('add', 'Trip', 'Place', 'title=Horta');
  const shown = await bob.ok('member', 'show', 'Trip', 'Bob');
  expect(shown).toMatchObject({ role: 'writer', writes: true, controls: false });
  expect((await bob.ok('group', 'rename', 'Trip', 'Crew', 'Sailors'))['name']).toBe('Sailors');
  expect(await ann.ok('revoke', 'Trip', 'Everybody')).toMatchObject({ role: null });
  await ann.ok('sync');
  await bob.ok('sync');
  expect(await bob.refused('add', 'Trip', 'Place', 'title=Pico')).toMatchObject({
    code: 'CLI_READER',
  });
});

test('what a removed member wrote without knowing it does not count until somebody takes it up', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  await ann.ok('space', 'create', 'Trip');
  await letIn(ann, bob, 'Trip', 'writer');
  await ann.ok('sync');
  await bob.ok('sync');
  await bob.ok('add', 'Trip', 'Place', 'title=Horta');
  await ann.ok('member', 'remove', 'Trip', 'Bob');
  await ann.ok('sync');
  await bob.ok('sync');
  // Nobody looks into the mailbox of before any more: what he has goes by hand.
  expect(await bob.ok('take-up', 'Trip')).toMatchObject({ displayName: 'Bob' });
  const file = join(world.dir, 'bob.atoll');
  await bob.ok('archive', 'Trip', file);
  await ann.ok('unarchive', file);
  const titles = async (): Promise<unknown[]> =>
    (await ann.run('query', 'Trip', 'Place')).lines.map(({ title }) => title);
  expect(await titles()).toEqual([]);
  const lost = await ann.ok('take-up', 'Trip');
  expect(lost).toMatchObject({ displayName: 'Bob', takenUp: null, changed: [{ life: 'created' }] });
  expect((await ann.refused('take-up', 'Trip', '000000000000')).code).toBe('CLI_ENTRY');
  const taken = await ann.ok('take-up', 'Trip', String(lost['entry']));
  expect(taken['objects']).toHaveLength(1);
  expect(await titles()).toEqual(['Horta']);
  expect(await ann.ok('take-up', 'Trip')).toMatchObject({ takenUp: { by: expect.any(String) } });
  await ann.ok('undo', 'Trip');
  expect(await titles()).toEqual([]);
});

test('a reader changes the one thing that he is given a right over, until it is taken back or ends', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  await ann.ok('space', 'create', 'Trip');
  await letIn(ann, bob, 'Trip', 'reader');
  const { id: horta } = await ann.ok('add', 'Trip', 'Place', 'title=Horta', 'words=Port');
  const { id: pico } = await ann.ok('add', 'Trip', 'Place', 'title=Pico', 'words=Peak');
  const sync = async (): Promise<void> => {
    for (const who of [ann, bob, ann]) await who.ok('sync');
  };
  const changes = (id: unknown, what: string): Promise<unknown> =>
    bob.refused('set', 'Trip', String(id), what).then(({ code }) => code);
  await sync();
  expect(await changes(horta, 'title=No')).toBe('CLI_READER');
  const over = ['--object', String(horta)];
  const given = ['grant', 'Trip', 'Bob', 'writer', ...over, '--until-epoch', 'next'];
  expect(await ann.ok(...given)).toMatchObject({ role: 'writer', object: horta, stays: [] });
  await sync();
  await bob.ok('set', 'Trip', String(horta), 'title=Horta on Faial');
  expect(await changes(pico, 'title=No')).toBe('SPACE_NO_RIGHT');
  const { lines } = await bob.run('who', 'Trip', String(horta));
  expect(lines).toMatchObject([
    { name: 'Ann', changes: true, gives: true, reasons: [{ over: 'space', role: 'owner' }] },
    { name: 'Bob', changes: true, gives: false, reasons: [{ over: 'just-this', untilEpoch: 1 }] },
  ]);
  expect((await bob.plain('who', 'Trip', String(pico))).stdout).toMatch(
    /Bob +sees it +reader over space, from Ann/u,
  );
  expect(await ann.ok('member', 'parts', 'Trip')).toMatchObject({
    ...{ name: 'Bob', object: horta, role: 'writer', untilEpoch: 1, mayTakeBack: true },
  });
  await sync();
  expect(await ann.ok('revoke', 'Trip', 'Bob', ...over)).toMatchObject({ role: null });
  await sync();
  expect(await changes(horta, 'title=No')).toBe('CLI_READER');
  expect(await ann.ok('show', 'Trip', String(horta))).toMatchObject({ title: 'Horta on Faial' });

  // Over one field, until the epoch that is agreed on next.
  await ann.ok(
    'grant',
    'Trip',
    'Bob',
    'writer',
    '--object',
    String(pico),
    '--field',
    'words',
    '--until-epoch',
    '1',
  );
  await sync();
  await bob.ok('set', 'Trip', String(pico), 'words=The peak');
  expect(await changes(pico, 'title=No')).toBe('SPACE_NO_RIGHT');
  await sync();
  await ann.ok('space', 'epoch', 'Trip', '--seal');
  await sync();
  expect(await changes(pico, 'words=No')).toBe('CLI_READER');
  expect(await ann.ok('show', 'Trip', String(pico))).toMatchObject({ words: 'The peak' });

  // Only while Ann owns the space.
  const owned = [...given.slice(0, -2), '--while', 'Ann', '--while-role'];
  expect(await ann.ok(...owned, 'owner')).toMatchObject({ role: 'writer' });
  await sync();
  await bob.ok('set', 'Trip', String(horta), 'title=Horta again');
  expect((await bob.plain('member', 'parts', 'Trip')).stdout).toMatch(/while Ann is owner/u);
  expect((await ann.refused(...owned, 'king')).code).toBe('CLI_USAGE');
  const never = ['grant', 'Trip', 'Bob', 'writer', '--while', 'Bob', '--while-role', 'admin'];
  expect((await ann.refused(...never)).code).toBe('CLIENT_CONDITION');
  const nobody = ['grant', 'Trip', 'Bob', 'writer', '--while-role', 'admin'];
  expect((await ann.refused(...nobody)).code).toBe('CLI_USAGE');
  expect((await ann.refused(...given.with(-1, '1'))).code).toBe('CLIENT_EPOCH_PAST');
  expect((await ann.refused('grant', 'Trip', 'Bob', 'owner', ...over)).code).toBe('CLI_USAGE');
  expect((await ann.refused('revoke', 'Trip', 'Bob', '--field', 'words')).code).toBe('CLI_USAGE');
});
