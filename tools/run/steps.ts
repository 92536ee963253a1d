// A list of named steps, run side by side, each reported with its duration.
import { runCommand, type Outcome } from './command.ts';

/** One check: what it is called and what runs it. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What went wrong in few lines, to be read before all that was printed. */
  readonly failures?: () => readonly string[];
}

/** How the steps are run. */
export interface StepOptions {
  /** Steps at a time. */
  readonly parallel: number;
  /** After a failure, start no further step. */
  readonly stopAtFailure: boolean;
  /** Show output while a step runs; only sensible one at a time. */
  readonly live?: boolean;
}

function report(step: Step, outcome: Outcome): void {
  const seconds = (outcome.durationMs / 1_000).toFixed(1).padStart(6);
  process.stdout.write(`${outcome.ok ? 'ok    ' : 'FAILED'} ${seconds} s  ${step.name}\n`);
  if (outcome.ok) return;
  for (const line of step.failures?.() ?? []) process.stdout.write(`  ${line}\n`);
  if (outcome.output !== '') process.stdout.write(`${outcome.output}\n`);
}

/** Runs all steps, or up to the first failure. Returns the names of those that failed or never ran. */
export async function runSteps(
  steps: readonly Step[],
  options: StepOptions,
): Promise<readonly string[]> {
  const waiting = [...steps];
  const failed: string[] = [];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      if (options.live) process.stdout.write(`\n== ${step.name}\n`);
      const outcome = await runCommand(step.command, {
        ...(step.env && { env: step.env }),
        ...(options.live && { live: true }),
      });
      report(step, outcome);
      if (outcome.ok) continue;
      failed.push(step.name);
      if (options.stopAtFailure) waiting.length = 0;
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, lane));
  return failed;
}
