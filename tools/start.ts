// `npm start`: builds the workspace application and serves it from a local KUBE until Ctrl-C.
// Arguments after `--` go to the server: `npm start -- --port 8080`.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { BUILD_APPLICATION } from './build.ts';
import { ROOT } from './run/command.ts';
import { runSteps } from './run/steps.ts';

/** The server's own default; a browser keeps a profile per address, so it should stay the same. */
const PORT = 8787;

/** Whether nothing else listens there. */
async function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createServer();
  probe.once('error', () => resolve(false));
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  return promise;
}

const PARENT_POLL_MS = 500;
const parent = process.ppid;

const failed = await runSteps([BUILD_APPLICATION], { parallel: 1, stopAtFailure: true });
if (failed.length > 0) process.exit(1);

const given = process.argv.slice(2);
// Another program at the usual port is no reason to fail; the server prints the address it got.
const port = given.includes('--port') || (await isFree(PORT)) ? [] : ['--port', '0'];
const server = spawn(
  process.execPath,
  ['--disable-warning=ExperimentalWarning', 'apps/kube/bin/kube.mjs', 'start', ...port, ...given],
  { cwd: ROOT, stdio: 'inherit' },
);
// The terminal sends Ctrl-C to both; the server ends cleanly and decides when.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => server.kill('SIGTERM'));
// npm starts this through a shell that passes no signal on: when the shell has gone, so has the user.
setInterval(() => process.ppid !== parent && server.kill('SIGTERM'), PARENT_POLL_MS).unref();
server.on('exit', (status) => process.exit(status ?? 0));
