// Turns the table in tools/layers.ts into rules. Nothing is decided here.
import { FREE_FOLDERS, LAYERS, LIBRARIES, TEST_PATH as TEST } from './tools/layers.ts';

const escape = (text) => text.replaceAll(/[.+*?^$()[\]{}|/\\]/gu, String.raw`\$&`);
const anyOf = (folders) => `^(${folders.map(escape).join('|')})/`;
// How an application is built is the workshop's, wherever the builder looks for it.
const BUILD = String.raw`/vite\.config\.ts$`;
const WORKSPACES = '^(packages|apps|bench|lab|examples|tools)/';

const layerRules = LAYERS.flatMap((layer) => {
  const own = [layer.folder, ...layer.mayImport];
  const inTests = [...own, 'packages/testkit', ...(layer.testsMayImport ?? [])];
  return [
    {
      name: `layer:${layer.folder}`,
      comment: `${layer.folder} may import: ${layer.mayImport.join(', ') || 'nothing'}.`,
      severity: 'error',
      from: { path: anyOf([layer.folder]), pathNot: `${TEST}|${BUILD}` },
      to: { path: WORKSPACES, pathNot: anyOf(own) },
    },
    {
      name: `layer:${layer.folder}:tests`,
      comment: `Tests of ${layer.folder} may import what it may, and the testkit.`,
      severity: 'error',
      from: { path: `${anyOf([layer.folder])}.*(${TEST})` },
      to: { path: WORKSPACES, pathNot: anyOf(inTests) },
    },
  ];
});

const libraryRules = Object.entries(LIBRARIES).map(([name, folders]) => ({
  name: `library:${name}`,
  comment: `Only ${folders.join(' and ')} may import ${name}.`,
  severity: 'error',
  from: { path: '^(packages|apps)/', pathNot: [anyOf(folders), TEST] },
  to: { path: `^node_modules/${escape(name)}/` },
}));

export default {
  forbidden: [
    ...layerRules,
    ...libraryRules,
    {
      name: 'library-in-table',
      comment: 'Every third-party library needs a row in tools/layers.ts and a decision page.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: [TEST, String.raw`\.config\.ts$`] },
      to: {
        path: '^node_modules/',
        pathNot: [
          `^node_modules/(${[...Object.keys(LIBRARIES), '@types'].map(escape).join('|')})/`,
          // Virtual modules of the application's bundler.
          '^node_modules/vite/',
        ],
      },
    },
    {
      name: 'node-through-ports',
      comment: 'node:* lives in platform-node and the programs only.',
      severity: 'error',
      from: {
        path: '^packages/|^apps/workspace/src/',
        pathNot: [TEST, ...LAYERS.filter((layer) => layer.node).map((l) => anyOf([l.folder]))],
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-circular',
      comment: 'A cycle has no reading order.',
      severity: 'error',
      from: {},
      // Types that name each other across two files are one thing seen from two sides.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'An import that resolves to nothing.',
      severity: 'error',
      from: {
        path: anyOf([...LAYERS.map((layer) => layer.folder), ...FREE_FOLDERS]),
        // Other frameworks, installed apart by whoever compares with them.
        pathNot: '^bench/peers/',
      },
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    {
      name: 'in-table',
      comment: 'Every workspace has a row in tools/layers.ts.',
      severity: 'error',
      from: {
        path: '^(packages|apps|examples)/',
        pathNot: anyOf(LAYERS.map((layer) => layer.folder)),
      },
      to: {},
    },
    {
      name: 'through-the-door',
      comment: 'Other packages are imported by name through their index, never by path.',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: {
        path: '^packages/',
        pathNot: [
          String.raw`^packages/[^/]+/src/[a-z-/]*(index|browser|node)\.tsx?$`,
          '^$1/$2/',
          // What tests share; see the next rule.
          '/testing/',
        ],
      },
    },
    {
      name: 'tests-stay-tests',
      comment: 'What only tests use may not be needed by anything else.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: [TEST, anyOf(['packages/testkit'])] },
      to: { path: `^(packages|apps)/.*(${TEST})` },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/dist/|^\\.cache/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
    builtInModules: { add: ['node:sqlite', 'node:test', 'node:sea'] },
  },
};
