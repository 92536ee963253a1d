// `npm test`: the checks, then the build, then the tests that need time, processes or a browser.
// It runs all of them even after a failure, so that the closing line is the whole truth.
import { CHECKS, suite } from './check.ts';
import { ensureChromium } from './ensure-chromium.ts';
import { clearTotals, readTotals } from './run/totals.ts';
import { runSteps, type Step } from './run/steps.ts';

const BUILD: Step = { name: 'build', command: ['npm', 'run', '--silent', 'build'] };
/** One after the other: each fills the machine. */
const missing = ensureChromium();
const SUITES = ['sim', 'process', ...(missing === undefined ? ['web', 'browser'] : [])].map(suite);
const TEST_NAMES = new Set(['unit', ...SUITES.map((step) => step.name)]);

clearTotals();

const failed = [
  ...(missing === undefined ? [] : ['chromium']),
  ...(await runSteps(CHECKS, { parallel: 2, stopAtFailure: false })),
  ...(await runSteps([BUILD], { parallel: 1, stopAtFailure: false })),
  ...(await runSteps(SUITES, { parallel: 1, stopAtFailure: false, live: true })),
];

const totals = readTotals();
// A check that is no test, or a suite that died before it could count, is one failure.
const uncounted = failed.filter((name) => !TEST_NAMES.has(name)).length;
const silent = failed.length > 0 && totals.failed + uncounted === 0 ? 1 : 0;
const failures = totals.failed + uncounted + silent;

if (failed.length > 0) process.stdout.write(`\nfailed: ${failed.join(', ')}\n`);
for (const line of totals.failures) process.stdout.write(`  ${line}\n`);
if (missing !== undefined) process.stdout.write(`${missing}\n`);
if (totals.skipped > 0) process.stdout.write(`${totals.skipped} skipped\n`);
if (totals.passed === 0) process.stdout.write('no test has run\n');
process.stdout.write(`${totals.passed} passed, ${failures} failed\n`);
process.exitCode = failures > 0 || totals.passed === 0 ? 1 : 0;
