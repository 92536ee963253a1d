// History on the command line: what was, what differs, and the way back.
import { expect, test } from 'vitest';
import { CliWorld } from './cli-world.ts';

test('an object is shown as it was in a version, compared, and brought back', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  await ann.ok('space', 'create', 'Trip');
  const { id } = (await ann.ok('add', 'Trip', 'Place', 'title=Horta', 'nights=3')) as {
    id: string;
  };
  await ann.ok('version', 'Trip', 'First plan');
  await ann.ok('set', 'Trip', id, 'title=Pico', 'nights=2');
  expect(await ann.ok('show', 'Trip', id)).toMatchObject({ title: 'Pico' });
  expect(await ann.ok('show', 'Trip', id, '--at', 'First plan')).toMatchObject({
    title: 'Horta',
    nights: 3,
  });
  expect(await ann.ok('diff', 'Trip', id, '--from', 'First plan')).toMatchObject({
    id,
    life: 'kept',
    fields: [
      { field: 'title', kind: 'value', before: 'Horta', after: 'Pico' },
      { field: 'nights', kind: 'value', before: 3, after: 2 },
    ],
  });
  expect(await ann.ok('version', 'Trip')).toMatchObject({ name: 'First plan' });
  expect(await ann.ok('history', 'Trip', id, '--limit', '1')).toMatchObject({
    life: 'created',
    touched: ['nights', 'title'],
  });
  await ann.ok('revert', 'Trip', id, '--to', 'First plan');
  expect(await ann.ok('show', 'Trip', id)).toMatchObject({ title: 'Horta', nights: 3 });
  await ann.ok('undo', 'Trip');
  expect(await ann.ok('show', 'Trip', id)).toMatchObject({ title: 'Pico', nights: 2 });
  await ann.ok('revert', 'Trip', '--to', 'First plan');
  expect(await ann.ok('show', 'Trip', id)).toMatchObject({ title: 'Horta' });
});

test('points, names and objects that are not there are refused with a code', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  await ann.ok('space', 'create', 'Trip');
  const { id } = (await ann.ok('add', 'Trip', 'Place', 'title=Horta')) as { id: string };
  const refused = async (...args: string[]): Promise<unknown> => (await ann.refused(...args)).code;
  expect(await refused('show', 'Trip', id, '--at', 'Nowhere')).toBe('CLI_POINT');
  expect(await refused('show', 'Trip', id, '--at', '00'.repeat(32))).toBe('HISTORY_POINT');
  expect(await refused('show', 'Trip', id, '--at', '2001-01-01')).toBe('CLI_OBJECT_UNKNOWN');
  expect(await refused('revert', 'Trip', id, '--to', '2001-01-01')).toBe('HISTORY_OBJECT');
  expect(await refused('revert', 'Trip', id)).toBe('CLI_USAGE');
  expect(await refused('version', 'Trip', 'None', '--delete')).toBe('HISTORY_VERSION');
  expect(await refused('history', 'Trip', '00'.repeat(16))).toBe('HISTORY_OBJECT');
});

test('a branch is worked on apart, and merged once its conflicts are decided', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  await ann.ok('space', 'create', 'Trip');
  const { id } = (await ann.ok('add', 'Trip', 'Place', 'title=Horta', 'nights=3')) as {
    id: string;
  };
  expect(await ann.ok('branch', 'Trip', 'Other plan')).toMatchObject({ objects: 1 });
  const copy = (await ann.ok('query', 'Other plan', 'Place')) as { id: string };
  await ann.ok('set', 'Other plan', copy.id, 'title=Pico', 'nights=5');
  expect(await ann.ok('show', 'Trip', id)).toMatchObject({ title: 'Horta', nights: 3 });
  await ann.ok('set', 'Trip', id, 'title=Faial');
  expect(await ann.ok('merge', 'Other plan', '--dry-run')).toMatchObject({
    objects: [id],
    conflicts: [{ object: id, field: 'title', origin: 'Faial', branch: 'Pico' }],
  });
  expect(await ann.refused('merge', 'Other plan')).toMatchObject({ code: 'HISTORY_CONFLICTS' });
  await ann.ok('merge', 'Other plan', '--keep', 'origin');
  expect(await ann.ok('show', 'Trip', id)).toMatchObject({ title: 'Faial', nights: 5 });
  expect(await ann.refused('merge', 'Other plan')).toMatchObject({ code: 'HISTORY_MERGED' });
  expect(await ann.refused('merge', 'Trip')).toMatchObject({ code: 'HISTORY_BRANCH' });
});
