// Private parts of a space on the command line, between processes through a server.
import { expect, test } from 'vitest';
import { CliWorld, type Profile } from './cli-world.ts';

const SECRET = 'The cake is for Thursday';

async function letIn(host: Profile, guest: Profile, role: string): Promise<void> {
  const invite = host.start('invite', 'Trip', '--role', role);
  const { auth, code } = await invite.next(({ code: line }) => line !== undefined);
  await guest.ok('join', String(code), '--auth', String(auth));
  await invite.ended;
}

test('who reads a zone sees what lies there; the others see that there is something', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const cleo = await world.person('Cleo');
  await ann.ok('space', 'create', 'Trip');
  await letIn(ann, bob, 'writer');
  await letIn(ann, cleo, 'reader');
  await ann.ok('sync');
  const { zone } = await ann.ok('zone', 'create', 'Trip', 'Surprise');
  await ann.ok('add', 'Trip', 'Idea', 'text=Everybody reads this');
  const made = await ann.ok('add', 'Trip', 'Idea', `text=${SECRET}`, '--zone', 'Surprise');
  expect(made['zone']).toBe(zone);
  // Without more than reading the space she writes in the zone that she is let into.
  expect(await ann.ok('zone', 'grant', 'Trip', 'Surprise', 'Cleo')).toMatchObject({
    zone,
    role: 'writer',
    history: true,
  });
  await ann.ok('sync');
  await bob.ok('sync');
  await cleo.ok('sync');
  const sees = async (who: Profile): Promise<readonly unknown[]> => {
    const { lines } = await who.run('query', 'Trip', 'Idea');
    return lines.map(({ text, zone: place }) => [text, place]);
  };
  const all = [
    ['Everybody reads this', undefined],
    [SECRET, zone],
  ];
  expect(await sees(ann)).toEqual(all);
  expect(await sees(cleo)).toEqual(all);
  expect(await sees(bob)).toEqual(all.slice(0, 1));
  const found = await bob.plain('query', 'Trip', 'Idea');
  expect(found.stderr).toContain('There is a zone here that you cannot read (2 changes)');
  expect(await bob.ok('zone', 'list', 'Trip')).toMatchObject({ zone, name: null, role: null });
  expect((await bob.plain('zone', 'list', 'Trip')).stdout).toMatch(
    /\(you do not read it\) +read by (Ann, Cleo|Cleo, Ann) .*2 changes that you cannot read/u,
  );
  const members = await bob.run('zone', 'members', 'Trip', String(zone).slice(0, 8));
  expect(members.lines.map(({ name, role }) => [name, role])).toEqual([
    ['Ann', 'owner'],
    ['Cleo', 'writer'],
  ]);
  expect((await bob.refused('add', 'Trip', 'Idea', 'text=x', '--zone', String(zone))).code).toBe(
    'CLI_READER',
  );
  expect((await bob.refused('zone', 'grant', 'Trip', String(zone), 'Bob')).code).toBe(
    'SPACE_NO_RIGHT',
  );
  await cleo.ok('set', 'Trip', String(made['id']), 'text=The cake is for Friday');
  expect((await cleo.refused('add', 'Trip', 'Idea', 'text=y')).code).toBe('CLI_READER');

  // Put out, she keeps what she has read and reads nothing newer.
  await cleo.ok('sync');
  await ann.ok('sync');
  expect(await ann.ok('zone', 'revoke', 'Trip', 'Surprise', 'Cleo')).toMatchObject({ role: null });
  await ann.ok('add', 'Trip', 'Idea', 'text=And candles', '--zone', 'Surprise');
  await ann.ok('sync');
  await cleo.ok('sync');
  const kept = (await sees(cleo)).map((row) => (row as readonly unknown[])[0]);
  expect(kept).toContain('The cake is for Friday');
  expect(kept).not.toContain('And candles');
});

test('what all read and few write: announcements', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  await ann.ok('space', 'create', 'Trip');
  await letIn(ann, bob, 'admin');
  await bob.ok('sync');
  const { zone } = await bob.ok('zone', 'create', 'Trip', 'News', '--open');
  await bob.ok('add', 'Trip', 'Idea', 'text=We leave at nine', '--zone', 'News');
  await bob.ok('sync');
  await ann.ok('sync');
  const { lines } = await ann.run('query', 'Trip', 'Idea');
  expect(lines.map(({ text, zone: place }) => [text, place])).toEqual([['We leave at nine', zone]]);
  expect(await ann.ok('zone', 'list', 'Trip')).toMatchObject({
    ...{ zone, name: 'News', open: true, role: 'reader' },
  });
  expect((await ann.plain('zone', 'list', 'Trip')).stdout).toContain('read by everybody');
  expect((await ann.refused('add', 'Trip', 'Idea', 'text=x', '--zone', 'News')).code).toBe(
    'CLI_READER',
  );
  expect((await ann.refused('zone', 'grant', 'Trip', 'News', 'Ann')).code).toBe('SPACE_NO_RIGHT');
  await bob.ok('zone', 'grant', 'Trip', 'News', 'Ann');
  await bob.ok('sync');
  await ann.ok('sync');
  await ann.ok('add', 'Trip', 'Idea', 'text=At ten', '--zone', 'News');
  expect((await ann.plain('zone', 'revoke', 'Trip', 'News', 'Ann')).stdout).toContain(
    'reads News as everybody does',
  );
});

test('one who is let in without history reads what comes then; names and words are checked', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  await ann.ok('space', 'create', 'Trip');
  await letIn(ann, bob, 'writer');
  await ann.ok('sync');
  await ann.ok('zone', 'create', 'Trip', 'Draft');
  await ann.ok('zone', 'rename', 'Trip', 'Draft', 'Plan');
  await ann.ok('add', 'Trip', 'Idea', `text=${SECRET}`, '--zone', 'Plan');
  await ann.ok('zone', 'grant', 'Trip', 'Plan', 'Bob', '--role', 'reader', '--without-history');
  await ann.ok('add', 'Trip', 'Idea', 'text=From now on', '--zone', 'Plan');
  await ann.ok('sync');
  await bob.ok('sync');
  const { lines } = await bob.run('query', 'Trip', 'Idea');
  expect(lines.map(({ text }) => text)).toEqual(['From now on']);
  expect((await bob.refused('add', 'Trip', 'Idea', 'text=x', '--zone', 'Plan')).code).toBe(
    'CLI_READER',
  );
  const refusals: readonly (readonly [string, readonly string[]])[] = [
    ['CLI_ZONE_UNKNOWN', ['zone', 'members', 'Trip', 'Nothing']],
    ['CLI_MEMBER_UNKNOWN', ['zone', 'grant', 'Trip', 'Plan', 'Nobody']],
    ['CLI_USAGE', ['zone', 'grant', 'Trip', 'Plan', 'Bob', '--role', 'admin']],
    ['CLIENT_ZONE_NAME', ['zone', 'create', 'Trip', ' ']],
  ];
  for (const [code, args] of refusals) {
    expect((await ann.refused(...args)).code, args.join(' ')).toBe(code);
  }
});
