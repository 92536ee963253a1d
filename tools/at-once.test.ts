// Which modules of a build are kept in one file.
import { expect, test } from 'vitest';
import { filesAtOnce, inOneFile, modulesAtOnce, type BuiltFile } from './at-once.ts';

const file = (
  name: string,
  imports: string[],
  moduleIds: string[],
  isEntry = false,
): BuiltFile => ({
  name,
  fileName: `${name}.js`,
  imports: imports.map((each) => `${each}.js`),
  isEntry,
  moduleIds,
});

const files = [
  file('browser', ['shared'], ['core', 'web', 'browser'], true),
  file('node', ['shared', 'browser'], ['disk', 'node'], true),
  file('shared', ['deep'], ['used-by-both']),
  file('deep', [], ['deep']),
  file('later', ['shared'], ['asked-for']),
];

test('what is only imported when it is asked for is not loaded at once', () => {
  const names = filesAtOnce(files, ({ name }) => name === 'browser').map(({ name }) => name);
  expect(names).toEqual(['browser', 'shared', 'deep']);
});

test('one file holds what every entry loads at once, and no entry', () => {
  const modules = modulesAtOnce(files, ['browser', 'node']);
  expect([...modules].sort()).toEqual(['deep', 'used-by-both']);
  const [group] = inOneFile(modules).codeSplitting.groups;
  expect([...modules, 'asked-for', 'node'].filter((id) => group?.test(id))).toHaveLength(2);
});
