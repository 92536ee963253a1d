/** What stands on the command line: the command, its operands, and the options it knows. */
import { parseArgs } from 'node:util';
import { CliError } from './cli-error.ts';

/** An option: a value, a value that may repeat, or a switch. */
export type OptionKind = 'value' | 'list' | 'switch';

/** What a command accepts. */
export interface CommandShape {
  /** Names of operands, as usage shows them; `…` at the end of the last: any number, at least one. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, OptionKind>>;
  /** Options that take two values, such as `--insert 5 TEXT`. */
  readonly pairs?: readonly string[];
}

/** Options of every command. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionKind>> = {
  json: 'switch',
  kube: 'value',
  help: 'switch',
};

/** Longest time that can be waited for: a day. */
const SECONDS_MAX = 86_400;

/** A command line that fits its command. */
export class CommandLine {
  readonly operands: readonly string[];
  readonly #values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly #pairs: ReadonlyMap<string, readonly [string, string]>;

  private constructor(parts: {
    readonly operands: readonly string[];
    readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
    readonly pairs: ReadonlyMap<string, readonly [string, string]>;
  }) {
    this.operands = parts.operands;
    this.#values = parts.values;
    this.#pairs = parts.pairs;
  }

  /** Checks arguments against what the command accepts. @throws CliError `CLI_USAGE`. */
  static parse(args: readonly string[], shape: CommandShape): CommandLine {
    const { pairs, rest } = takePairs(args, shape.pairs ?? []);
    const { positionals, values } = parseRest(rest, { ...COMMON_OPTIONS, ...shape.options });
    if (values['help'] !== true) checkOperands(positionals, shape.operands);
    return new CommandLine({ operands: positionals, values, pairs });
  }

  /** Operand by place; those of the shape are there. */
  operand(at: number): string {
    return this.operands[at] ?? '';
  }

  /** True when the switch was given. */
  has(name: string): boolean {
    return this.#values[name] === true;
  }

  /** Value of an option. */
  value(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Values of an option that may repeat. */
  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value : [];
  }

  /** Both values of an option with two. */
  pair(name: string): readonly [string, string] | undefined {
    return this.#pairs.get(name);
  }

  /** A count. @throws CliError `CLI_USAGE`. */
  count(name: string): number | undefined {
    const text = this.value(name);
    return text === undefined ? undefined : parseCount(text, `--${name}`);
  }

  /** A time in seconds, as milliseconds. @throws CliError `CLI_USAGE`. */
  timeMs(name: string): number | undefined {
    const text = this.value(name);
    if (text === undefined) return undefined;
    const seconds = Number(text);
    if (text.trim() !== '' && seconds > 0 && seconds <= SECONDS_MAX) return seconds * 1_000;
    throw usage(`--${name} takes seconds, up to ${SECONDS_MAX}`);
  }
}

/** A whole number from 0. @throws CliError `CLI_USAGE`. */
export function parseCount(text: string, what: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw usage(`${what} takes a whole number, not "${text}"`);
}

/** The error for a command line that is not understood. */
export function usage(message: string, cause?: unknown): CliError {
  return new CliError('CLI_USAGE', message, { cause });
}

/** Takes options with two values out: the second may begin with a dash. */
function takePairs(
  args: readonly string[],
  names: readonly string[],
): { pairs: Map<string, readonly [string, string]>; rest: string[] } {
  const pairs = new Map<string, readonly [string, string]>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    const name = arg.startsWith('--') ? arg.slice(2) : '';
    if (!names.includes(name)) {
      rest.push(arg);
      continue;
    }
    const [first, second] = args.slice(at + 1, at + 3);
    if (first === undefined || second === undefined) throw usage(`${arg} takes two values`);
    pairs.set(name, [first, second]);
    at += 2;
  }
  return { pairs, rest };
}

function parseRest(
  args: readonly string[],
  kinds: Readonly<Record<string, OptionKind>>,
): {
  positionals: string[];
  values: Record<string, string | boolean | readonly string[] | undefined>;
} {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      {
        type: kind === 'switch' ? ('boolean' as const) : ('string' as const),
        ...(kind === 'list' ? { multiple: true } : {}),
      },
    ]),
  );
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    });
    return { positionals, values: values as Record<string, string | boolean | string[]> };
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : 'the options are not understood';
    const ambiguous = /^Option '(--[a-z-]+).* argument is ambiguous/.exec(message);
    if (ambiguous !== null) {
      const option = ambiguous[1] ?? '';
      throw usage(`a value that begins with a dash is written ${option}=VALUE`, failure);
    }
    throw usage(message.split(/[.\n]/)[0] ?? message, failure);
  }
}

function checkOperands(given: readonly string[], names: readonly string[]): void {
  const missing = names.filter((name) => !name.startsWith('[')).at(given.length);
  const least = names.filter((name) => !name.startsWith('[')).length;
  if (given.length < least) throw usage(`${missing ?? 'an operand'} is missing`);
  const isOpen = names.at(-1)?.includes('…') === true;
  if (!isOpen && given.length > names.length) {
    throw usage(`"${given[names.length] ?? ''}" is one operand too many`);
  }
}
