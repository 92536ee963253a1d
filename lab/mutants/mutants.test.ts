/** A rule that was rewritten takes its mutant along: one whose text is gone would break nothing. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ALL_MUTANTS } from './all.ts';

test.each(ALL_MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  'the rule is where its mutant looks for it: %s',
  (_, { file, find, replace }) => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(text.split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  },
);

test('no two mutants have one name', () => {
  expect(new Set(ALL_MUTANTS.map(({ name }) => name)).size).toBe(ALL_MUTANTS.length);
});
