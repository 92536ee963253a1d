// What STYLE asks of the code and a machine can check. `docs/decisions/0041-lint.md` gives reasons.
import tseslint from 'typescript-eslint';
import { atollRules } from './tools/eslint/plugin.ts';

const TESTS = [
  '**/*.test.ts',
  '**/*.test.tsx',
  '**/*.contract.ts',
  '**/*.fixture.ts',
  '**/test-*.ts',
  '**/test/**',
  '**/testing/**',
  '**/contracts/**',
];
/** Where the outside world may be touched: adapters, programs, and what tests or measures them. */
const OUTSIDE = [
  'packages/platform-*/**',
  'packages/verify/src/node-world.ts',
  'apps/**',
  'bench/**',
  'lab/**',
  'tools/**',
  'examples/**',
];

const WORLD = [
  ['Date', 'read the time from the Clock port'],
  ['performance', 'read the time from the Clock port'],
  ['setTimeout', 'wait through the Clock port'],
  ['setInterval', 'wait through the Clock port'],
  ['setImmediate', 'wait through the Clock port'],
  ['requestAnimationFrame', 'wait through the Clock port'],
  ['crypto', 'use @atoll/crypto and the Rng port'],
  ['fetch', 'reach the network through a port'],
  ['WebSocket', 'reach the network through a port'],
  ['RTCPeerConnection', 'reach the network through a port'],
  ['BroadcastChannel', 'reach other tabs through the Bus port'],
  ['indexedDB', 'store through the Store port'],
  ['localStorage', 'store through the Store port'],
  ['navigator', 'belongs to platform-web'],
  ['process', 'belongs to platform-node'],
  ['Buffer', 'use Uint8Array and @atoll/kernel bytes'],
  ['console', 'report through the Log port'],
].map(([name, message]) => ({ name, message }));

const FORBIDDEN_SYNTAX = [
  {
    selector: 'ThrowStatement > NewExpression[callee.name=/^(Error|TypeError|RangeError)$/]',
    message: 'Throw the typed error of the package, with a stable code.',
  },
  { selector: 'ExportAllDeclaration', message: 'Name every export.' },
  { selector: 'ExportDefaultDeclaration', message: 'Use a named export.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.cache/**', 'coverage/**', 'bench/data/**'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strict],
    plugins: { atoll: atollRules },
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/max-params': ['error', { max: 4 }],
      'atoll/doc-exports': 'error',
      'atoll/file-comment': 'error',
      'atoll/file-name': 'error',
      complexity: ['error', { max: 12, variant: 'modified' }],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...FORBIDDEN_SYNTAX],
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'preserve-caught-error': 'error',
    },
  },
  {
    files: ['packages/**/*.ts', 'packages/**/*.tsx'],
    ignores: [...TESTS, ...OUTSIDE],
    rules: {
      'no-restricted-globals': ['error', ...WORLD],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Draw from the Rng port.' },
        {
          object: 'globalThis',
          property: 'crypto',
          message: 'Use @atoll/crypto and the Rng port.',
        },
        { object: 'globalThis', property: 'setTimeout', message: 'Wait through the Clock port.' },
        { object: 'globalThis', property: 'Date', message: 'Read the time from the Clock port.' },
      ],
    },
  },
  {
    // Interface components are long for their markup and take their shape from it.
    files: ['**/*.tsx'],
    rules: {
      complexity: ['error', { max: 16, variant: 'modified' }],
      'max-lines-per-function': ['error', { max: 110, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // A test suite is one function to the parser; a test may throw and assert what it likes.
    files: [...TESTS, 'lab/**', 'bench/**', 'tools/**', 'examples/**'],
    rules: {
      'atoll/doc-exports': 'off',
      'max-lines-per-function': 'off',
      complexity: ['error', { max: 16, variant: 'modified' }],
      'no-restricted-syntax': ['error', ...FORBIDDEN_SYNTAX.slice(1)],
    },
  },
  // A test beside the code says by its name what it is of.
  {
    files: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'apps/**/*.test.tsx'],
    rules: { 'atoll/file-comment': 'off' },
  },
  { files: ['*.config.ts', '**/*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
