// Before the tests that start programs: the command line in few files. Hundreds of times it is started, and reading its
// thousand modules anew takes longer than what most of them do.
import { mkdir, writeFile } from 'node:fs/promises';
import { build } from 'tsdown';

const ROOT = new URL('../../', import.meta.url).pathname;
const DIR = `${ROOT}.cache/run/cli`;

/** Writes what the tests start as `atoll`. The server is started from its source, as people do. */
export async function setup(): Promise<void> {
  const [cli, node] = [`${ROOT}apps/cli`, `${ROOT}packages/platform-node/src`];
  await build({
    config: false,
    cwd: cli,
    entry: {
      main: 'src/main.ts',
      'store-worker': `${node}/store-worker.ts`,
      'rtc-child': `${node}/rtc-child.ts`,
    },
    format: 'esm',
    platform: 'node',
    target: 'es2024',
    outDir: DIR,
    clean: true,
    dts: false,
    hash: false,
    logLevel: 'warn',
    fixedExtension: false,
    tsconfig: `${ROOT}tsconfig.json`,
    deps: { neverBundle: [/^node:/u, /^node-datachannel/u], alwaysBundle: [/^[^.]/u] },
  });
  await mkdir(`${ROOT}.cache/kube/bin`, { recursive: true });
  await writeFile(
    `${ROOT}.cache/kube/bin/kube.mjs`,
    "await import('../../../apps/kube/bin/kube.mjs');\n",
  );
  const start =
    "import module from 'node:module';\nmodule.enableCompileCache();\nawait import('./main.js');\n";
  await writeFile(`${DIR}/atoll.mjs`, start);
}
