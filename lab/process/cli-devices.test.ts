// A phone is lost: stopped from the laptop, refused on the phone, brought back by the words, removed; the real command.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CliWorld, rootsOf, secondDevice } from './cli-world.ts';

test('a lost phone is stopped, says so, and is back with the words', async () => {
  await using world = await CliWorld.open();
  const laptop = world.profile('laptop');
  const made = await laptop.ok('init', '--name', 'Ann', '--device', 'Laptop', '--kube', world.url);
  const words = join(world.dir, 'words.txt');
  await writeFile(words, (made['words'] as readonly string[]).join(' '));
  await laptop.ok('space', 'create', 'Dock');
  const phone = await secondDevice(world, laptop, 'phone');
  const mine = await phone.ok('whoami');
  await phone.ok('device', 'rename', String(mine['device']), 'Phone');
  await phone.ok('add', 'Dock', 'Boat', 'name=Heron');
  await phone.ok('sync', '--until-idle');
  await laptop.ok('sync', '--until-idle');
  expect(await laptop.ok('device', 'suspend', 'Phone')).toMatchObject({
    ...{ standing: 'suspended', sent: true },
  });
  expect(await phone.refused('sync', '--until-idle')).toEqual({
    exit: 1,
    code: 'CLI_DEVICE_STOPPED',
  });
  for (const args of [
    ['space', 'list'],
    ['add', 'Dock', 'Boat', 'name=Gull'],
    ['device', 'list'],
  ]) {
    expect(await phone.refused(...args)).toEqual({ exit: 1, code: 'CLI_DEVICE_STOPPED' });
  }
  expect(await phone.ok('whoami')).toEqual(mine);
  expect(await phone.ok('device', 'restore', '--words-file', words)).toMatchObject({
    ...{ standing: 'active', sent: true },
  });
  await phone.ok('add', 'Dock', 'Boat', 'name=Gull');
  await phone.ok('sync', '--until-idle');
  await laptop.ok('sync', '--until-idle');
  expect((await laptop.ok('query', 'Dock', 'Boat', '--count'))['count']).toBe(2);
  const [atLaptop, atPhone] = await rootsOf('Dock', [laptop, phone]);
  expect(atLaptop).toBe(atPhone);
  await laptop.ok('device', 'remove', 'Phone', '--words-file', words);
  const listed = (await laptop.run('device', 'list')).lines;
  expect(listed.map(({ name, standing }) => [name, standing])).toEqual([
    ['Laptop', 'active'],
    ['Phone', 'removed'],
  ]);
});
