/** What a command is, and what it runs with. */
import type { Client } from '@atoll/client';
import type { CommandLine, CommandShape } from './command-line.ts';
import type { Output } from './output.ts';
import type { OpenOptions, ProfileKeys } from './profile.ts';

/** What a command runs with. */
export interface CommandContext {
  readonly line: CommandLine;
  readonly out: Output;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Opens the profile; it is closed when the command ends. */
  readonly open: (options?: OpenOptions) => Promise<Client>;
  /** Folder of the profile. */
  readonly dir: string;
  /** Opens nothing but the keys of the profile. */
  readonly openKeys: () => Promise<ProfileKeys>;
}

/** The code of a command. */
export type RunCommand = (context: CommandContext) => Promise<void>;

/** A command as the table has it: its code is loaded when it is called. */
export interface Command extends CommandShape {
  /** Words before the operands, such as `space create`. */
  readonly name: string;
  readonly summary: string;
  /** Options as usage shows them. */
  readonly usage?: string;
  readonly load: () => Promise<RunCommand>;
}
