// The one table of who may import whom. dependency-cruiser enforces it (see .dependency-cruiser.js),
// type imports included; docs/ARCHITECTURE.md says why. To change a row is to change the architecture.

/** What one workspace folder may import besides itself. */
export interface Layer {
  /** Folder under the root, without a trailing slash. */
  readonly folder: string;
  /** Folders of other workspaces that its code may import. */
  readonly mayImport: readonly string[];
  /** Further folders that its tests may import. Tests may always use `packages/testkit`. */
  readonly testsMayImport?: readonly string[];
  /** May touch `node:*`; everything else reaches the outside world through ports. */
  readonly node?: true;
}

const pkg = (...names: string[]): string[] => names.map((name) => `packages/${name}`);

/**
 * Paths of tests and of what only tests use: `x.test.ts`, contract suites, `test-network.ts`. A string,
 * because dependency-cruiser takes patterns as text.
 */
export const TEST_PATH: string = String.raw`\.(test|contract|fixture)\.tsx?$|/test-[a-z-]+\.tsx?$|/(test|testing|contracts)/`;

/** Everything an application installs or a simulated world contains. */
const ALL_BUT_PLATFORMS = pkg(
  'kernel',
  'codec',
  'crypto',
  'schema',
  'feed',
  'halo',
  'echo',
  'mesh',
  'client',
);

/** Bottom to top. What is not in a row is forbidden. */
export const LAYERS: readonly Layer[] = [
  { folder: 'packages/kernel', mayImport: [] },
  { folder: 'packages/codec', mayImport: pkg('kernel') },
  { folder: 'packages/crypto', mayImport: pkg('kernel', 'codec') },
  {
    folder: 'packages/schema',
    mayImport: pkg('kernel', 'codec'),
    // The hash comes in as an argument; tests pass the real one.
    testsMayImport: pkg('crypto'),
  },
  { folder: 'packages/feed', mayImport: pkg('kernel', 'codec', 'crypto') },
  // A pure fold over feeds: knows nothing of objects or connections.
  { folder: 'packages/halo', mayImport: pkg('kernel', 'codec', 'crypto', 'feed') },
  // For web services in Node: decides who signs in, without a store, a network, or anything of the client.
  {
    folder: 'packages/verify',
    mayImport: pkg('kernel', 'codec', 'crypto', 'halo'),
    node: true,
  },
  // Moves sealed blocks and cannot read them: it asks a port who may have which feed.
  { folder: 'packages/mesh', mayImport: pkg('kernel', 'codec', 'crypto', 'feed') },
  {
    folder: 'packages/echo',
    mayImport: pkg('kernel', 'codec', 'crypto', 'schema', 'feed', 'halo'),
  },
  // The one door for applications; platforms are injected.
  {
    folder: 'packages/client',
    mayImport: pkg('kernel', 'codec', 'crypto', 'schema', 'feed', 'halo', 'echo', 'mesh'),
  },
  {
    folder: 'packages/react',
    mayImport: pkg('client'),
    testsMayImport: pkg('platform-web', 'schema'),
  },
  // Custom data models are applications' code: each is a package that nothing below knows.
  {
    folder: 'packages/model-sheet',
    mayImport: pkg('client'),
    testsMayImport: pkg('echo', 'schema', 'kernel', 'crypto'),
  },
  {
    folder: 'packages/model-yjs',
    mayImport: pkg('client'),
    testsMayImport: pkg('echo', 'schema', 'kernel', 'crypto'),
  },
  // Formats and editors see texts as applications do.
  { folder: 'packages/text-formats', mayImport: pkg('client', 'schema') },
  {
    folder: 'packages/editor-codemirror',
    mayImport: pkg('client'),
    testsMayImport: pkg('echo', 'schema', 'kernel', 'crypto'),
  },
  {
    folder: 'packages/editor-prosemirror',
    mayImport: pkg('client'),
    testsMayImport: pkg('echo', 'schema', 'kernel', 'crypto'),
  },
  { folder: 'packages/platform-web', mayImport: pkg('kernel', 'mesh', 'codec', 'crypto') },
  {
    folder: 'packages/platform-node',
    mayImport: pkg('kernel', 'mesh', 'codec', 'crypto'),
    node: true,
  },
  {
    folder: 'packages/atoll',
    mayImport: pkg('client', 'schema', 'kernel', 'platform-web', 'platform-node'),
  },
  // Runs inside tests only, so it may sign with Node's own Ed25519.
  { folder: 'packages/testkit', mayImport: ALL_BUT_PLATFORMS, node: true },
  // A cloudpeer has no code that opens a block: neither echo nor schema nor client.
  {
    folder: 'apps/kube',
    mayImport: pkg('kernel', 'codec', 'crypto', 'feed', 'halo', 'mesh', 'platform-node'),
    node: true,
  },
  {
    folder: 'apps/cli',
    mayImport: [
      ...pkg('atoll', 'kernel', 'client', 'schema', 'platform-node', 'text-formats'),
      ...pkg('model-sheet', 'model-yjs'),
      'apps/kube',
    ],
    node: true,
  },
  {
    folder: 'apps/workspace',
    mayImport: pkg(
      'atoll',
      'kernel',
      'client',
      'react',
      'platform-web',
      'schema',
      'text-formats',
      'editor-codemirror',
      'editor-prosemirror',
      'model-sheet',
      'model-yjs',
    ),
  },
  { folder: 'examples', mayImport: [...pkg('atoll', 'text-formats', 'verify'), 'apps/kube'] },
];

/** Folders that may import everything: they measure, attack and check the rest. */
export const FREE_FOLDERS: readonly string[] = ['bench', 'lab', 'tools'];

/** Each third-party library and the workspaces that may import it: one, or the reason for more. */
export const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  '@noble/ciphers': pkg('crypto'),
  '@noble/curves': pkg('crypto'),
  '@noble/hashes': pkg('crypto'),
  '@scure/base': pkg('crypto'),
  '@scure/bip39': pkg('crypto'),
  'hash-wasm': pkg('crypto'),
  // Sealing short texts in Node, loaded with the thousandth; browsers never get it.
  libsodium: pkg('platform-node'),
  // The index behind text search in queries.
  minisearch: pkg('echo'),
  // Snapshots that are fetched are deflated, alike on every platform (decision 0137).
  fflate: pkg('echo'),
  'node-datachannel': pkg('platform-node'),
  // A client side and a server side of one protocol.
  ws: [...pkg('platform-node'), 'apps/kube'],
  // The bindings and the application are both React.
  react: [...pkg('react'), 'apps/workspace'],
  'react-dom': [...pkg('react'), 'apps/workspace'],
  // Backups and exported notes are several files in one (decision 0139).
  '@zip.js/zip.js': ['apps/workspace'],
  'markdown-it': pkg('text-formats'),
  htmlparser2: pkg('text-formats'),
  '@codemirror/commands': pkg('editor-codemirror'),
  '@codemirror/lang-markdown': pkg('editor-codemirror'),
  '@codemirror/state': pkg('editor-codemirror'),
  '@codemirror/view': pkg('editor-codemirror'),
  'prosemirror-commands': pkg('editor-prosemirror'),
  'prosemirror-keymap': pkg('editor-prosemirror'),
  'prosemirror-model': pkg('editor-prosemirror', 'model-yjs'),
  'prosemirror-state': pkg('editor-prosemirror', 'model-yjs'),
  'prosemirror-transform': pkg('editor-prosemirror'),
  'prosemirror-view': pkg('editor-prosemirror', 'model-yjs'),
  'csv-parse': ['apps/cli'],
  // y-prosemirror only in tests: it is for applications to choose their editor.
  'y-prosemirror': pkg('model-yjs'),
  'y-protocols': pkg('model-yjs'),
  yjs: pkg('model-yjs'),
  yaml: ['apps/cli'],
  'radix-ui': ['apps/workspace'],
  uqr: ['apps/workspace', 'apps/cli'],
  // Property tests are everywhere; arbitraries live in the testkit.
  'fast-check': pkg('testkit'),
  // Contract suites are tests that others run.
  vitest: pkg('testkit'),
  '@fast-check/vitest': pkg('testkit'),
};
