/** One run of the command line, with its surroundings given: arguments, environment and streams. */
import type { Client } from '@atoll/client';
import { CliError } from './cli-error.ts';
import type { Command } from './command.ts';
import { CommandLine, usage } from './command-line.ts';
import { COMMANDS } from './commands.ts';
import { helpText, usageOf } from './help.ts';
import { Output, type LineSink } from './output.ts';
import { openKeys, openProfile, profilePlace } from './profile.ts';
import { onStopped, stoppedBy } from './stopped-device.ts';

/** How a run ends: done, failed, or not understood. */
export const EXIT: { readonly done: 0; readonly failed: 1; readonly usage: 2 } = {
  done: 0,
  failed: 1,
  usage: 2,
};

/** The surroundings of a run. */
export interface CliRun {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: LineSink;
  readonly stderr: LineSink;
}

/** Runs a command; gives the exit code and never throws. */
export async function runCli(run: CliRun): Promise<number> {
  const { args, stdout, stderr } = run;
  if (args[0] === 'kube') return startKube(args.slice(1));
  const out = new Output({ isJson: args.includes('--json'), stdout, stderr });
  if (args.length === 0 || args[0] === 'help' || args[0] === '--help') {
    stdout.write(helpText());
    return EXIT.done;
  }
  let command: Command | undefined;
  try {
    command = findCommand(args);
    const words = command.name.split(' ').length;
    const line = CommandLine.parse(args.slice(words), command);
    if (line.has('help')) {
      stdout.write(`${usageOf(command)}\n\n${command.summary}\n`);
      return EXIT.done;
    }
    await runCommand(command, { ...run, line, out });
    return EXIT.done;
  } catch (failure) {
    out.progress('');
    out.error(failure);
    const isUsage = failure instanceof CliError && failure.code === 'CLI_USAGE';
    if (isUsage && command !== undefined) stderr.write(`\n  ${usageOf(command)}\n`);
    return isUsage ? EXIT.usage : EXIT.failed;
  }
}

async function runCommand(
  command: Command,
  run: CliRun & { readonly line: CommandLine; readonly out: Output },
): Promise<void> {
  const { env, line, out } = run;
  const place = profilePlace(env, line.value('kube'));
  const clients: Client[] = [];
  /** Those that do nothing on a device that was stopped. */
  const acting: Client[] = [];
  const abort = new AbortController();
  const interrupt = (): void => abort.abort(new CliError('CLI_CANCELLED', 'interrupted'));
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    const execute = await command.load();
    await execute({
      line,
      out,
      signal: abort.signal,
      dir: place.dir,
      openKeys: () => openKeys(place),
      open: async (options = {}) => {
        const client = await openProfile(place, options);
        clients.push(client);
        if (options.stopped !== true) {
          acting.push(client);
          onStopped(client, (why) => abort.abort(why));
        }
        if (abort.signal.reason instanceof CliError) throw abort.signal.reason;
        return client;
      },
    });
    // What stays until it is interrupted ends well, but not by this.
    const stopped = await stoppedBy(acting, abort.signal);
    if (stopped !== undefined) throw stopped;
  } catch (failure) {
    throw (await stoppedBy(acting, abort.signal)) ?? failure;
  } finally {
    // A command that failed has still written what it wrote before.
    for (const client of clients) await client.close();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** The longest name that the arguments begin with. @throws CliError `CLI_USAGE`. */
export function findCommand(args: readonly string[]): Command {
  const fits = COMMANDS.filter(({ name }) => {
    const words = name.split(' ');
    return words.every((word, at) => args[at] === word);
  });
  const [found] = fits.sort((a, b) => b.name.length - a.name.length);
  if (found !== undefined) return found;
  const family = COMMANDS.filter(({ name }) => name.startsWith(`${args[0] ?? ''} `));
  if (family.length > 0) {
    throw usage(`say which: ${family.map(({ name }) => `atoll ${name}`).join(', ')}`);
  }
  throw usage(`there is no command "${args[0] ?? ''}"; atoll help lists all`);
}

/** The server is a program of its own, with its own signals and exit codes. */
async function startKube(args: readonly string[]): Promise<number> {
  const { spawn } = await import('node:child_process');
  const { fileURLToPath } = await import('node:url');
  const bin = fileURLToPath(new URL('../../kube/bin/kube.mjs', import.meta.url));
  const child = spawn(process.execPath, [bin, ...args], { stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', pass);
  process.on('SIGINT', pass);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? EXIT.failed));
  });
}
