// Tells tools/run/totals.ts how the tests of one run ended; a file that cannot be loaded is a failure.
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { ROOT } from './command.ts';
import { TOTALS_VARIABLE, writeTotals } from './totals.ts';

/** Long enough for the names and the beginning of a message. */
const LINE_LENGTH_MAX = 300;

function count(modules: readonly TestModule[], state: 'passed' | 'failed' | 'skipped'): number {
  return modules.reduce((sum, module) => sum + [...module.children.allTests(state)].length, 0);
}

/** A failure in one line: names and messages may have many. */
function line(where: string, error: { readonly message: string } | undefined): string {
  const [message = ''] = (error?.message ?? '').split('\n');
  return `${where}: ${message}`.slice(0, LINE_LENGTH_MAX);
}

function failuresOf(module: TestModule): readonly string[] {
  const file = relative(ROOT, module.moduleId);
  const tests = [...module.children.allTests('failed')];
  if (tests.length === 0) return module.errors().map((error) => line(file, error));
  return tests.map((test) => line(`${file} > ${test.fullName}`, test.result().errors?.[0]));
}

/** A reporter for a counted run, or nothing when nobody counts. */
export function totalsReporter(): Reporter[] {
  const name = process.env[TOTALS_VARIABLE];
  if (name === undefined) return [];
  return [
    {
      onTestRunEnd(modules, unhandled) {
        // Failures outside a test: at import, in a hook, or thrown with nobody to catch it.
        const broken = modules.filter(
          (module) => module.state() === 'failed' && count([module], 'failed') === 0,
        ).length;
        writeTotals(name, {
          passed: count(modules, 'passed'),
          failed: count(modules, 'failed') + broken + unhandled.length,
          skipped: count(modules, 'skipped'),
          failures: [
            ...modules.flatMap(failuresOf),
            ...unhandled.map((error) => line('outside of any test', error)),
          ],
        });
      },
    },
  ];
}
