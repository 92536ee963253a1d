// Tells tools/run/totals.ts how the tests of one run ended; a file that cannot be loaded is a failure.
import type { Reporter, TestModule } from 'vitest/node';
import { TOTALS_VARIABLE, writeTotals } from './totals.ts';

function count(modules: readonly TestModule[], state: 'passed' | 'failed' | 'skipped'): number {
  return modules.reduce((sum, module) => sum + [...module.children.allTests(state)].length, 0);
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
        });
      },
    },
  ];
}
