import { expect, test } from 'vitest';
import { commandLine } from './command-line.fixture.ts';

const { run } = commandLine();

test('a space in which nobody else is is left only when it is said that it may be lost', async () => {
  await run('init', '--name', 'Ann');
  const { last: made } = await run('space', 'create', 'Scratch');
  const refused = await run('space', 'leave', 'Scratch');
  expect(refused.code).toBe(1);
  expect(refused.last['error']).toMatchObject({ code: 'CLIENT_ONLY_MEMBER' });
  expect((await run('space', 'info', 'Scratch')).code).toBe(0);
  const left = await run('space', 'leave', 'Scratch', '--discard');
  expect(left).toEqual({ code: 0, last: { space: made['space'], left: true } });
  expect((await run('space', 'list')).last).toEqual({});
  expect((await run('space', 'info', 'Scratch')).code).toBe(1);
  expect((await run('space', 'list', '--left')).last).toMatchObject({
    space: made['space'],
    name: 'Scratch',
  });
  expect((await run('space', 'restore', 'Garden')).last['error']).toMatchObject({
    code: 'CLI_SPACE_UNKNOWN',
  });
  const back = await run('space', 'restore', 'Scratch');
  expect(back).toEqual({ code: 0, last: { space: made['space'], left: false } });
  expect((await run('space', 'list')).last).toMatchObject({ name: 'Scratch' });
  expect((await run('space', 'list', '--left')).last).toEqual({});
});
