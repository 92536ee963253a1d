// `npm run check`: everything that can be said about the code without a browser or a second process.
import { clearTotals, readFailures, readTotals, TOTALS_VARIABLE } from './run/totals.ts';
import { runSteps, type Step } from './run/steps.ts';

/** The tests of one project, counted. */
export function suite(project: string): Step {
  return {
    name: project,
    command: ['vitest', 'run', '--project', project],
    env: { [TOTALS_VARIABLE]: project },
    failures: () => readFailures(project),
  };
}

/** Longest first, so that no long one is left alone at the end. */
export const CHECKS: readonly Step[] = [
  suite('unit'),
  { name: 'lint', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'api', command: ['npm', 'run', '--silent', 'api'] },
  { name: 'format', command: ['npm', 'run', '--silent', 'format'] },
  { name: 'types', command: ['npm', 'run', '--silent', 'types'] },
  { name: 'deadcode', command: ['npm', 'run', '--silent', 'deadcode'] },
  { name: 'layers', command: ['npm', 'run', '--silent', 'layers'] },
  { name: 'errors', command: ['npm', 'run', '--silent', 'docs:errors', '--', '--check'] },
];

if (import.meta.main) {
  clearTotals();
  // Two at a time: the smallest machine that this is meant for has two cores.
  const failed = await runSteps(CHECKS, { parallel: 2, stopAtFailure: true });
  const { passed, failed: failedTests } = readTotals();
  process.stdout.write(`unit tests: ${passed} passed, ${failedTests} failed\n`);
  if (failed.length > 0) {
    process.stdout.write(`check failed: ${failed.join(', ')}\n`);
    process.exitCode = 1;
  }
}
