/** The command line in this process, on a profile of its own that goes with the file of tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { runCli } from './run-cli.ts';

/** Code of exit, and the last line that was written; empty where nothing was. */
export interface Ended {
  readonly code: number;
  readonly last: Readonly<Record<string, unknown>>;
}

/** A folder for files of tests, and what runs a command with `--json`. Called while tests are declared. */
export function commandLine(): {
  readonly dir: string;
  readonly run: (...args: string[]) => Promise<Ended>;
} {
  const dir = mkdtempSync(join(tmpdir(), 'atoll-command-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const run = async (...args: string[]): Promise<Ended> => {
    let stdout = '';
    const code = await runCli({
      args: [...args, '--json'],
      env: { ATOLL_HOME: join(dir, 'home') },
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: () => undefined },
    });
    const line = stdout.trim().split('\n').at(-1) ?? '';
    return { code, last: line === '' ? {} : (JSON.parse(line) as Ended['last']) };
  };
  return { dir, run };
}
