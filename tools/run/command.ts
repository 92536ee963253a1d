// Runs one command of the workshop and keeps or shows what it prints.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository's root, with a trailing slash; tests of the tools point them at a small tree. */
export const ROOT: string =
  process.env['ATOLL_TOOLS_ROOT'] ?? fileURLToPath(new URL('../../', import.meta.url));

/** How a command ended. */
export interface Outcome {
  readonly ok: boolean;
  /** Both streams in order of arrival; empty if it was shown at once. */
  readonly output: string;
  readonly durationMs: number;
}

/** What may vary from run to run. */
export interface CommandOptions {
  /** Show what it prints while it runs, instead of keeping it. */
  readonly live?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** The environment of a child: the tools of this repository first, the Node it runs on too. */
function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const path = `${ROOT}node_modules/.bin:${process.env['PATH'] ?? ''}`;
  return { ...process.env, PATH: path, ...extra };
}

/** Runs `command` to its end. Never throws: a command that cannot start has failed. */
export function runCommand(
  command: readonly string[],
  options: CommandOptions = {},
): Promise<Outcome> {
  const startedMs = performance.now();
  const [file = '', ...args] = command;
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const chunks: Buffer[] = [];
  const finish = (ok: boolean): void =>
    resolve({
      ok,
      output: Buffer.concat(chunks).toString('utf8'),
      durationMs: performance.now() - startedMs,
    });
  const child = spawn(file, args, {
    cwd: options.cwd ?? ROOT,
    env: environment(options.env),
    stdio: ['ignore', options.live ? 'inherit' : 'pipe', options.live ? 'inherit' : 'pipe'],
  });
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.on('error', (failure) => {
    chunks.push(Buffer.from(`${file}: ${failure.message}\n`));
    finish(false);
  });
  child.on('close', (status) => finish(status === 0));
  return promise;
}
