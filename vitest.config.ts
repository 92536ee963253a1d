// Test projects differ in what they need: nothing (unit), time (sim), processes, a browser.
import { playwright } from '@vitest/browser-playwright';
import {
  defineConfig,
  type TestProjectInlineConfiguration,
  type ViteUserConfig,
} from 'vitest/config';
import { CHROMIUM_ARGS, findChromium } from './tools/chromium.ts';
import { totalsReporter } from './tools/run/totals-reporter.ts';

/** Node's notices about type stripping and node:sqlite say nothing about a test. */
const execArgv = ['--disable-warning=ExperimentalWarning'];

const SECOND_MS = 1_000;
const NOT_UNIT = ['**/node_modules/**', '**/dist/**', '**/*.sim.test.ts', '**/*.browser.test.ts'];

/** Gives properties their seed. */
const SEEDED = ['tools/run/seed.setup.ts'];
/** Seed of all properties; `random` for another one in each of them and each run. */
const seed = process.env['ATOLL_SEED'] ?? '20261122';

/** Tests beside the code that open real connections between processes and wait for them. */
const REAL_NETWORK = ['packages/platform-node/src/rtc.test.ts'];

/** Code that needs a page around it: IndexedDB, WebCrypto, BroadcastChannel, WebRTC. */
const web: TestProjectInlineConfiguration = {
  extends: true,
  // Bundled before the first test: found later, it would reload the page under it.
  optimizeDeps: {
    include: [
      'fast-check',
      '@codemirror/commands',
      '@codemirror/lang-markdown',
      '@codemirror/state',
      '@codemirror/view',
      'prosemirror-commands',
      'prosemirror-keymap',
      'prosemirror-model',
      'prosemirror-state',
      'prosemirror-transform',
      'prosemirror-view',
      'react',
      'react-dom/client',
      'y-prosemirror',
      'y-protocols/awareness',
      'yjs',
    ],
  },
  test: {
    name: 'web',
    include: [
      'packages/*/src/**/*.browser.test.ts',
      // What is published or fixed for ever holds on every platform.
      'lab/vectors/*.browser.test.ts',
      'packages/crypto/src/golden.vector.test.ts',
    ],
    setupFiles: SEEDED,
    testTimeout: 60 * SECOND_MS,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: findChromium() ?? 'chromium',
          args: [...CHROMIUM_ARGS],
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
};

const config: ViteUserConfig = defineConfig({
  test: {
    // Inherited by every project below.
    execArgv,
    provide: seed === 'random' ? {} : { seed: Number(seed) },
    pool: 'forks',
    // The runner would leave one core of two idle.
    maxWorkers: '100%',
    passWithNoTests: true,
    reporters: ['default', ...totalsReporter()],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{packages,apps}/*/src/**/*.test.{ts,tsx}', '{spec,bench,tools}/**/*.test.ts'],
          exclude: [...NOT_UNIT, ...REAL_NETWORK],
          // Nothing here keeps state in a module or changes a global, and loading everything anew for
          // every file takes longer than the tests.
          isolate: false,
          setupFiles: SEEDED,
          // A busy machine is slow, not wrong.
          testTimeout: 60 * SECOND_MS,
          hookTimeout: 60 * SECOND_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'sim',
          include: ['packages/*/src/**/*.sim.test.ts', 'lab/**/*.test.ts'],
          // What is in neither of the other projects, so that no folder is forgotten.
          exclude: ['**/node_modules/**', 'lab/{process,e2e}/**', '**/*.browser.test.ts'],
          setupFiles: SEEDED,
          // Whole worlds of replicas; each suite chooses its number of seeds.
          testTimeout: 300 * SECOND_MS,
          hookTimeout: 300 * SECOND_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          include: ['lab/process/**/*.test.ts', 'examples/**/*.test.ts', ...REAL_NETWORK],
          globalSetup: ['lab/process/bundled.setup.ts'],
          // Each starts several programs, which wait for one another most of the time.
          testTimeout: 240 * SECOND_MS,
          hookTimeout: 120 * SECOND_MS,
        },
      },
      web,
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['lab/e2e/**/*.test.ts'],
          globalSetup: ['lab/e2e/built.setup.ts', 'lab/process/bundled.setup.ts'],
          // One chromium at a time: two starve each other on a small machine.
          fileParallelism: false,
          testTimeout: 180 * SECOND_MS,
          hookTimeout: 180 * SECOND_MS,
        },
      },
    ],
  },
});

export default config;
