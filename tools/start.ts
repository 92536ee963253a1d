// `npm start`: builds the workspace application and serves it from a local KUBE until Ctrl-C.
// Arguments after `--` go to the server: `npm start -- --port 8080`.
import { spawn } from 'node:child_process';
import { BUILD_APPLICATION } from './build.ts';
import { ROOT } from './run/command.ts';
import { runSteps } from './run/steps.ts';

/** Where the local server keeps sealed blocks between two starts. */
const DATA = '.atoll/kube';

const failed = await runSteps([BUILD_APPLICATION], { parallel: 1, stopAtFailure: true });
if (failed.length > 0) process.exit(1);

const given = process.argv.slice(2);
const data = given.includes('--data') ? [] : ['--data', DATA];
const server = spawn(process.execPath, ['apps/kube/bin/kube.mjs', 'start', ...data, ...given], {
  cwd: ROOT,
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to both; the server ends cleanly and decides when.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => server.kill('SIGTERM'));
server.on('exit', (status) => process.exit(status ?? 0));
