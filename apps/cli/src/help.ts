/** What `atoll help` and a wrong command line show. */
import { columns } from './columns.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';

const HEAD = `atoll: spaces, objects and people from the command line

  atoll COMMAND [OPERANDS] [OPTIONS]
`;

const TAIL = `
Every command takes --json (one JSON value a line on stdout) and --kube URL.

  ATOLL_HOME   folder of the profile (default ~/.atoll)
  ATOLL_KUBE   address of the server, like --kube; remembered in the profile

SPACE is an id, the beginning of one, or a name, as long as only one space fits.
Exit codes: 0 done, 1 failed, 2 the command line is not understood.
`;

/** The whole help. */
export function helpText(): string {
  const rows = COMMANDS.map(({ name, operands, summary }) => [
    `  ${[name, ...operands].join(' ')}`,
    summary,
  ]);
  rows.push(['  kube start', 'start a server; `atoll kube help` shows its options']);
  return `${HEAD}\n${columns(rows).join('\n')}\n${TAIL}`;
}

/** How one command is called. */
export function usageOf({ name, operands, usage }: Command): string {
  return ['atoll', name, ...operands, ...(usage === undefined ? [] : [usage])].join(' ');
}
