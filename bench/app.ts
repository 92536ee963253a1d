/**
 * How the workspace application feels: from an input to the frame that shows what it did, in a real Chromium,
 * with 10,000 tasks, a note of 50,000 characters and 21,296 packages. Beside each the same keys in a bare field
 * of an empty page: what browser and machine take by themselves.
 *
 *   npm run bench -- app
 *   npx node bench/app.ts tasks packages      # some parts
 *   npx node bench/app.ts --profile packages  # and the functions in which they spend their time, by their names
 */
import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { chromium } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../tools/chromium.ts';
import { CliWorld, PACKAGES } from '../lab/process/cli-world.ts';
import { visits } from './app/first-visit.ts';
import * as moments from './app/moments.ts';
import { profiled } from './app/profile.ts';
import { hostOf } from './app/spaces.ts';
import { STOPWATCH, type Times } from './app/stopwatch.ts';

/** A part that has not ended by then is given up, and the next one begins. */
const PART_MS = 90_000;

/** Parts in their order; the others need those that are always there. */
const PARTS = {
  bareField: moments.bareField,
  join: moments.join,
  coldStart: moments.coldStart,
  tasks: moments.tasks,
  palette: moments.palette,
  note: moments.note,
  taskTable: moments.taskTable,
  heap: moments.heap,
  openPackages: moments.openPackages,
  packages: moments.packages,
  heapOfBoth: moments.heap,
} as const;
const ALWAYS: readonly string[] = ['bareField', 'join'];
/** What a part begins with. */
const BEFORE: Readonly<Record<string, string>> = { packages: 'openPackages' };

const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const withProfile = process.argv.includes('--profile');
const isAsked = (name: string): boolean =>
  asked.length === 0 ||
  ALWAYS.includes(name) ||
  asked.some((each) => each === name || BEFORE[each] === name);

const build = ['vite', 'build', 'apps/workspace', '--logLevel', 'error'];
execFileSync('npx', withProfile ? [...build, '--minify', 'false'] : build, {
  stdio: ['ignore', 'ignore', 'inherit'],
});
await using world = await CliWorld.open();
await using host = await hostOf(world.url, PACKAGES);
const browser = await chromium.launch({
  executablePath: findChromium() ?? 'chromium',
  args: [...CHROMIUM_ARGS],
});
await using _closed = { [Symbol.asyncDispose]: () => browser.close() };

const load = (): string => loadavg()[0]?.toFixed(1) ?? '';
console.log(`Chromium ${browser.version()}, load ${load()}\n`);
for (const { requests, bytes } of await visits(browser, world.url)) {
  const kib = (bytes / 1024).toFixed(1);
  console.log(`start with empty caches: ${String(requests)} requests, ${kib} KiB`);
}
console.log('\n| moment | median, ms | p95, ms | CPU of each, ms | budget | p95 of budget |');
console.log('|---|--:|--:|--:|--:|--:|');

const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
await context.addInitScript(STOPWATCH);
const page = await context.newPage();
page.setDefaultTimeout(PART_MS / 2);
const row = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);
const stage: moments.Stage = {
  page,
  host,
  url: world.url,
  line(what: string, budgetMs: number | undefined, { median, p95, cpu }: Times) {
    const budget = budgetMs === undefined ? '' : `${String(budgetMs)} ms`;
    const share = budgetMs === undefined ? '' : `${(p95 / budgetMs).toFixed(1)}×`;
    row([what, median.toFixed(1), p95.toFixed(1), cpu?.toFixed(1) ?? '', budget, share]);
  },
  figure: (what, value, budget) => row([what, value, '', '', budget, '']),
};
for (const [name, part] of Object.entries(PARTS)) if (isAsked(name)) await run(name, part);
console.log(`\nload at the end ${load()}`);

async function run(name: string, part: (stage: moments.Stage) => Promise<void>): Promise<void> {
  const begun = performance.now();
  try {
    if (withProfile) {
      const lines = await profiled(page, () => inTime(part(stage)));
      console.log(`\n${name}, busiest functions:\n${lines.join('\n')}\n`);
    } else await inTime(part(stage));
  } catch (failure) {
    console.log(`| ${name}: did not end: ${String(failure).split('\n')[0] ?? ''} | | | | | |`);
    process.exitCode = 1;
  }
  const seconds = (performance.now() - begun) / 1_000;
  if (asked.length > 0 || withProfile) console.log(`${name}: ${seconds.toFixed(1)} s`);
}

async function inTime(work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not within ${String(PART_MS)} ms`)), PART_MS);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
