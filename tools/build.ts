// `npm run build`: the workspace application for the browser, and what gets published.
import { existsSync } from 'node:fs';
import { runSteps, type Step } from './run/steps.ts';
import { ROOT } from './run/command.ts';

/** A folder is built once it holds what it is built from. */
const BUILDS: readonly (Step & { readonly needs: string })[] = [
  {
    name: 'build apps/workspace',
    needs: 'apps/workspace/vite.config.ts',
    command: ['vite', 'build', 'apps/workspace'],
  },
  {
    name: 'build packages for publishing',
    needs: 'packages/atoll/src/node.ts',
    command: ['node', 'tools/pack.ts'],
  },
];

const missing = BUILDS.filter(({ needs }) => !existsSync(ROOT + needs));
for (const { name, needs } of missing) process.stdout.write(`MISSING ${needs}, so no ${name}\n`);
const ready = BUILDS.filter((step) => !missing.includes(step));
const failed = await runSteps(ready, { parallel: 1, stopAtFailure: true });
if (failed.length > 0 || missing.length > 0) process.exitCode = 1;
