// Counts tests over several runs of the test runner: each run writes one file, these are summed.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { ROOT } from './command.ts';

/** Tests that ended one way or the other. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** A line for each failure: where it happened, and how its message begins. */
  readonly failures: readonly string[];
}

/** The environment variable that names a run, and by which its reporter knows that it is counted. */
export const TOTALS_VARIABLE = 'ATOLL_TEST_TOTALS';

const FOLDER = `${ROOT}.cache/test-totals`;

/** Forgets the runs before this one. */
export function clearTotals(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
}

/** Keeps the totals of the run `name`. */
export function writeTotals(name: string, totals: Totals): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/${name}.json`, JSON.stringify(totals));
}

function readRun(file: string): Totals {
  return JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Totals;
}

/** What failed in the run `name`; nothing if it died before it could say. */
export function readFailures(name: string): readonly string[] {
  return existsSync(`${FOLDER}/${name}.json`) ? readRun(`${name}.json`).failures : [];
}

/** The sum of the runs since {@link clearTotals}. */
export function readTotals(): Totals {
  const runs = readdirSync(FOLDER).map(readRun);
  const sum = (pick: (totals: Totals) => number): number =>
    runs.reduce((total, run) => total + pick(run), 0);
  return {
    passed: sum((run) => run.passed),
    failed: sum((run) => run.failed),
    skipped: sum((run) => run.skipped),
    failures: runs.flatMap((run) => run.failures),
  };
}
