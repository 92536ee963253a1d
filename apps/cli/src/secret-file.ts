/** Secrets that a command is given: in files or on standard input, never on the command line, where all can read. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CliError } from './cli-error.ts';
import { usage, type CommandLine } from './command-line.ts';

/** What an option names: a file, or `-` for standard input. @throws CliError `CLI_USAGE`, `CLI_FILE`. */
export async function secretOf(line: CommandLine, option: string): Promise<string> {
  const path = line.value(option);
  if (path === undefined) throw usage(`--${option} FILE is missing; - is standard input`);
  if (path === '-') return text(process.stdin);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CliError('CLI_FILE', `"${path}" cannot be read`, { cause });
  }
}

/** The first line of a secret. @throws CliError `CLI_FILE` where it is empty. */
export function firstLine(secret: string, name: string): string {
  const [first = ''] = secret.split(/\r?\n/);
  if (first === '') throw new CliError('CLI_FILE', `${name} has no passphrase in its first line`);
  return first;
}
