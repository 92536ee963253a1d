// Which modules of a build are kept in one file.
import { expect, test } from 'vitest';
import {
  filesAtOnce,
  inFiles,
  inOneFile,
  modulesAtOnce,
  modulesWith,
  type BuiltFile,
} from './at-once.ts';

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

test('a part comes with what it shares, and without a part into whose file that was put', () => {
  const asked: readonly BuiltFile[] = [
    ...files,
    { ...file('screen', ['list', 'shared'], ['screen']), isDynamicEntry: true },
    { ...file('list', [], ['rows', 'list']), isDynamicEntry: true },
  ];
  expect([...modulesWith(asked, 'screen')].sort()).toEqual(['deep', 'screen', 'used-by-both']);
});

test('what two sets have lies in the file of the first', () => {
  const { groups } = inFiles({
    page: new Set(['both']),
    client: new Set(['both', 'own']),
  }).codeSplitting;
  const [page, client] = groups;
  expect(page?.priority).toBeGreaterThan(client?.priority ?? 0);
  expect(groups.map(({ test: holds }) => holds('own'))).toEqual([false, true]);
});
