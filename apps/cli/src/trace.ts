/** Recorded editing in the format of the collection josephg/editing-traces, sequential ones. */
import { CliError } from './cli-error.ts';

/** Position, number of characters deleted there, text inserted there. */
export type Patch = readonly [position: number, deleted: number, inserted: string];

/** A recording: where it starts, what was done, where it ends. */
export interface Trace {
  readonly startContent: string;
  readonly endContent: string;
  readonly patches: readonly Patch[];
}

/** Reads a trace. @throws CliError `CLI_FILE`. */
export function parseTrace(text: string, path: string): Trace {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CliError('CLI_FILE', `${path} is not JSON`, { cause });
  }
  const trace = value as Partial<Record<string, unknown>> | null;
  if (trace?.['kind'] === 'concurrent') {
    throw new CliError('CLI_FILE', `${path} was made by several people; only one can be replayed`);
  }
  const { startContent = '', endContent, txns } = trace ?? {};
  if (typeof startContent !== 'string' || typeof endContent !== 'string' || !Array.isArray(txns)) {
    throw new CliError('CLI_FILE', `${path} is not a recording of editing`);
  }
  const patches = txns.flatMap((txn: unknown) => patchesOf(txn, path));
  return { startContent, endContent, patches };
}

function patchesOf(txn: unknown, path: string): Patch[] {
  const patches: unknown = (txn as { patches?: unknown } | null)?.patches;
  if (Array.isArray(patches) && patches.every(isPatch)) return patches;
  throw new CliError('CLI_FILE', `${path} holds an edit that is none`);
}

function isPatch(value: unknown): value is Patch {
  if (!Array.isArray(value)) return false;
  const [at, deleted, inserted] = value as unknown[];
  return isCount(at) && isCount(deleted) && typeof inserted === 'string';
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
