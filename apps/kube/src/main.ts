/** `kube start`: reads the configuration, starts, says where, and ends cleanly on a signal. */
import { errorCode, type Log } from '@atoll/kernel';
import { USAGE, readConfig } from './config.ts';
import { Kube } from './kube.ts';
import { KubeError } from './kube-error.ts';

/** Exit codes: what the caller did wrong, and what went wrong here. */
const EXIT = { arguments: 2, failed: 1 } as const;

/** How often a server that npm has started looks whether its shell is still there. */
const PARENT_POLL_MS = 250;

/** Events for the operator on stderr, one JSON value a line. Never addresses, ids or content. */
const stderrLog: Log = {
  event(level, name, fields = {}) {
    if (level === 'debug') return;
    process.stderr.write(`${JSON.stringify({ level, event: name, ...fields })}\n`);
  },
};

/** Read before anything is said: whoever reads our first line may end npm at once. */
const PARENT = process.ppid;

async function start(args: readonly string[]): Promise<void> {
  const config = await readConfig(args);
  const kube = await Kube.start(config, stderrLog);
  if (config.json) {
    process.stdout.write(`${JSON.stringify({ url: kube.url, name: kube.name })}\n`);
  } else {
    process.stdout.write(
      `Atoll runs at ${kube.url}\nSealed blocks are kept in ${config.dataDir}\n`,
    );
  }
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    kube[Symbol.asyncDispose]().then(
      () => process.exit(0),
      (failure: unknown) => fail(failure),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  followParent(end);
}

/**
 * npm runs programs through a shell, which does not pass a signal on: whoever ends `npx kube start`
 * would leave the server behind. So a server that npm has started ends when its shell has.
 */
function followParent(end: () => void): void {
  if (process.env['npm_command'] === undefined) return;
  const timer = setInterval(() => {
    if (process.ppid === PARENT) return;
    clearInterval(timer);
    end();
  }, PARENT_POLL_MS);
  timer.unref();
}

function fail(failure: unknown): void {
  const code = errorCode(failure);
  const message = failure instanceof Error ? failure.message : 'unknown failure';
  process.stderr.write(`${code}: ${message}\n`);
  const isArguments = failure instanceof KubeError && failure.code === 'KUBE_ARGUMENTS';
  if (isArguments) process.stderr.write(`\n${USAGE}`);
  process.exit(isArguments ? EXIT.arguments : EXIT.failed);
}

// A promise that nobody waited for is a defect, but no reason to cut everybody's connection.
process.on('unhandledRejection', (failure) => {
  stderrLog.event('error', 'kube.unhandled', { code: errorCode(failure) });
});

const [command, ...args] = process.argv.slice(2);
if (command === 'start') start(args).catch(fail);
else if (command === undefined || command === 'help' || command === '--help') {
  process.stdout.write(USAGE);
} else {
  fail(new KubeError('KUBE_ARGUMENTS', `there is no command ${command}`));
}
