// Spaces as files: exported, archived, and back to the same root.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CliWorld } from './cli-world.ts';

test('a space goes through a table and through Markdown files, and comes back the same', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const dir = await mkdtemp(join(tmpdir(), 'atoll-files-'));
  await ann.ok('space', 'create', 'Trip');
  await ann.ok('add', 'Trip', 'Place', 'title==Horta', 'nights=3', 'tags=["sea","hills"]');
  await ann.ok('add', 'Trip', 'Place', 'title=Pico', 'nights=2', 'tags=[]');
  const table = join(dir, 'places.csv');
  expect(await ann.ok('export', 'Trip', table, '--type', 'Place')).toMatchObject({ objects: 2 });
  expect(await readFile(table, 'utf8')).toContain("'=Horta");
  const again = ['import', 'Trip', table, '--type', 'Place', '--key', 'title'] as const;
  expect(await ann.ok(...again)).toMatchObject({ added: 0, changed: 0 });
  const notes = join(dir, 'notes');
  await ann.ok('export', 'Trip', `${notes}/`, '--type', 'Place');
  const back = ['import', 'Trip', notes, '--type', 'Place', '--key', 'title'] as const;
  expect(await ann.ok(...back)).toMatchObject({ objects: 2, added: 0 });
});

test('an archive brings a space to a stranger with the passphrase, to the same root', async () => {
  await using world = await CliWorld.open();
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const dir = await mkdtemp(join(tmpdir(), 'atoll-files-'));
  await ann.ok('space', 'create', 'Trip');
  await ann.ok('add', 'Trip', 'Place', 'title=Horta');
  const secret = join(dir, 'secret');
  await writeFile(secret, 'three quiet islands\n');
  const file = join(dir, 'trip.atoll');
  await ann.ok('archive', 'Trip', file, '--passphrase-file', secret);
  const sealed = await readFile(file);
  expect(sealed.includes('Horta')).toBe(false);
  expect(sealed.includes('Trip')).toBe(false);
  expect(await bob.ok('unarchive', file, '--passphrase-file', secret)).toMatchObject({
    same: true,
  });
  const [theirs, ours] = [
    await bob.ok('space', 'info', 'Trip'),
    await ann.ok('space', 'info', 'Trip'),
  ];
  expect(theirs['root']).toBe(ours['root']);
  const damaged = Uint8Array.from(sealed);
  damaged[sealed.length - 70] = (damaged[sealed.length - 70] ?? 0) ^ 1;
  await writeFile(file, damaged);
  expect(await bob.refused('unarchive', file)).toMatchObject({ code: 'CLIENT_ARCHIVE_DAMAGED' });
});
