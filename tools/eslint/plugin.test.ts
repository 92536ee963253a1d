// Each rule of ours must fire on what it forbids.
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, test } from 'vitest';
import { atollRules } from './plugin.ts';

function messages(rule: string, code: string, filename = 'noun.ts'): string[] {
  const linter = new Linter();
  const config: Linter.Config = {
    files: ['**/*.ts'],
    plugins: { atoll: atollRules },
    languageOptions: { parser: tseslint.parser as Linter.Parser },
    rules: { [`atoll/${rule}`]: 'error' },
  };
  return linter.verify(code, config, { filename }).map(({ message }) => message);
}

test('a file that does not say what it is is refused', () => {
  expect(messages('file-comment', `const a = 1;`)).toHaveLength(1);
  expect(messages('file-comment', `const a = 1;\n// late`)).toHaveLength(1);
  expect(messages('file-comment', `// What it is.\nconst a = 1;`)).toEqual([]);
});

test('an exported thing without a doc comment is refused', () => {
  expect(messages('doc-exports', `export const A = 1;`)).toHaveLength(1);
  expect(messages('doc-exports', `// Not a doc comment.\nexport const A = 1;`)).toHaveLength(1);
  expect(messages('doc-exports', `/** Meaning. */\nexport const A = 1;`)).toEqual([]);
  expect(messages('doc-exports', `export { a } from './a.ts';`)).toEqual([]);
});

test('overloads share the comment of the first', () => {
  const code = `/** Doubles. */\nexport function f(a: 1): 2;\nexport function f(a: 2): 4;`;
  expect(messages('doc-exports', code)).toEqual([]);
});

test.each(['utils.ts', 'helper.ts', 'types.ts', 'common.ts'])('%s is no name', (name) => {
  expect(messages('file-name', `const a = 1;`, name)).toHaveLength(1);
});

test('a noun of the domain is a name', () => {
  expect(messages('file-name', `const a = 1;`, 'type-registry.ts')).toEqual([]);
});
