/**
 * How the workspace application feels: from an input to the frame that shows what it did, in a real Chromium,
 * with 10,000 tasks, a note of 50,000 characters and 21,296 packages. Beside each the same keys in a bare field
 * of an empty page: what browser and machine take by themselves.
 *
 *   npm run bench -- app
 */
import { loadavg } from 'node:os';
import { execFileSync } from 'node:child_process';
import { chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../tools/chromium.ts';
import { CliWorld, PACKAGES } from '../lab/process/cli-world.ts';
import { hostOf, PASSPHRASE } from './app/spaces.ts';
import { visits } from './app/first-visit.ts';
import { figures, longestTask, STOPWATCH, timed, until, type Times } from './app/stopwatch.ts';

/** Inputs of each kind: enough for a 95th percentile, few enough to end soon. */
const TURNS = 40;
const STARTS = 5;
/** Longer than what follows by itself when a space has come. */
const SETTLED_MS = 3_000;

/** The last line of the table names what is missing of a budget. */
function line(what: string, budgetMs: number | undefined, { median, p95 }: Times): void {
  const budget = budgetMs === undefined ? '' : `${String(budgetMs)} ms`;
  const share = budgetMs === undefined ? '' : `${(p95 / budgetMs).toFixed(1)}×`;
  const cells = [median.toFixed(1), p95.toFixed(1), budget, share];
  console.log(`| ${what} | ${cells.join(' | ')} |`);
}

const build = ['vite', 'build', 'apps/workspace', '--logLevel', 'error'];
execFileSync('npx', build, { stdio: ['ignore', 'ignore', 'inherit'] });
await using world = await CliWorld.open();
await using host = await hostOf(world.url, PACKAGES);
const browser = await chromium.launch({
  executablePath: findChromium() ?? 'chromium',
  args: [...CHROMIUM_ARGS],
});
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
await context.addInitScript(STOPWATCH);
const page = await context.newPage();
page.setDefaultTimeout(60_000);

console.log(`Chromium ${browser.version()}, load ${loadavg()[0]?.toFixed(1) ?? ''}\n`);
for (const { requests, bytes } of await visits(browser, world.url)) {
  console.log(
    `start with empty caches: ${String(requests)} requests, ${(bytes / 1024).toFixed(1)} KiB`,
  );
}
console.log('| moment | median, ms | p95, ms | budget | p95 of budget |');
console.log('|---|--:|--:|--:|--:|');

await bareField();
await join();
await coldStart();
await tasks();
await palette();
await note();
await openPackages();
await packages();
await browser.close();

async function bareField(): Promise<void> {
  await page.goto('data:text/html,<input id=field>');
  await page.locator('#field').focus();
  line(
    'a key in a bare field',
    undefined,
    await timed(page, TURNS, () => page.keyboard.press('a')),
  );
}

async function join(): Promise<void> {
  const { digits, url } = await host.invite();
  await page.goto(url);
  await page.getByLabel('Your name').fill('Jun');
  await page.keyboard.press('Enter');
  await page.getByTestId('six-digits').fill(digits);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByTestId('nav-tasks').filter({ hasText: '10,000' }).waitFor();
  await page.getByTestId('receiving').waitFor({ state: 'detached' });
  // Snapshots are made by themselves, and are what the next start reads.
  await page.waitForTimeout(SETTLED_MS);
}

async function openPackages(): Promise<void> {
  await page.goto(`${world.url}/#/settings?over=open-file`);
  const file = { name: 'Packages.atoll', mimeType: '', buffer: host.packages };
  await page.getByTestId('pick-space-file').setInputFiles(file);
  await page.getByLabel('Passphrase of the file').fill(PASSPHRASE);
  await page.keyboard.press('Enter');
  await page.getByTestId('toast').filter({ hasText: 'Opened' }).waitFor();
  await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor();
  await page.waitForTimeout(SETTLED_MS);
}

async function coldStart(): Promise<void> {
  const times: number[] = [];
  for (let turn = 0; turn < STARTS; turn++) {
    await page.goto('about:blank');
    await page.goto(`${world.url}/#/home`, { waitUntil: 'commit' });
    await page.getByTestId('task').first().waitFor();
    times.push(await page.evaluate(() => performance.now()));
  }
  line('cold start with 10,000 things to the first row', 400, figures(times));
}

async function tasks(): Promise<void> {
  const row = page.getByTestId('task').first();
  await row.focus();
  line('tick a task', 16, await timed(page, TURNS, () => page.keyboard.press('Space')));
  const walk = (turn: number): Promise<void> =>
    page.keyboard.press(turn % 2 === 0 ? 'ArrowDown' : 'ArrowUp');
  line('walk in the list', 16, await timed(page, TURNS, walk));
  const move = (turn: number): Promise<void> =>
    page.keyboard.press(turn % 2 === 0 ? 'Alt+ArrowDown' : 'Alt+ArrowUp');
  line('move a task', 16, await timed(page, TURNS, move));
  const panel = (turn: number): Promise<void> =>
    page.keyboard.press(turn % 2 === 0 ? 'Enter' : 'Control+.');
  line('open and close the panel', 50, await timed(page, TURNS, panel));
  const undo = (turn: number): Promise<void> =>
    page.keyboard.press(turn % 2 === 0 ? 'Control+z' : 'Control+Shift+z');
  line('undo, redo', 16, await timed(page, TURNS, undo));
  const view = (): Promise<void> => page.keyboard.press('v');
  line('next view (list, board, table)', 50, await timed(page, 12, view));
}

async function palette(): Promise<void> {
  const open = (turn: number): Promise<void> =>
    page.keyboard.press(turn % 2 === 0 ? 'Control+k' : 'Escape');
  line('open and close the palette', 30, await timed(page, 20, open));
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette').waitFor();
  const letters = 'task 77 of the boat'.split('');
  const type = (turn: number): Promise<void> => page.keyboard.press(letters[turn] ?? 'a');
  line('a key in the palette, 10,000 things', 16, await timed(page, letters.length, type));
  console.log(`|   longest task meanwhile | ${(await longestTask(page)).toFixed(0)} | | 50 ms | |`);
  await page.keyboard.press('Escape');
}

async function note(): Promise<void> {
  await page.getByTestId('nav-notes').first().click();
  await page.getByTestId('note').filter({ hasText: 'Long note' }).click();
  await page.getByTestId('note-text').click();
  const type = (): Promise<void> => page.keyboard.press('a');
  line('a key in a note of 50,000 characters', 16, await timed(page, TURNS, type));
  console.log(`|   longest task meanwhile | ${(await longestTask(page)).toFixed(0)} | | 50 ms | |`);
}

async function packages(): Promise<void> {
  await page.getByTestId('nav-table').filter({ hasText: 'Packages' }).click();
  const count = { selector: '[data-testid=count]' };
  await page.getByTestId('count').filter({ hasText: '21,296' }).waitFor();
  await sorted();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Section' }).click();
  const value = page.getByRole('textbox', { name: /Section/ });
  const times: number[] = [];
  for (const [section, found] of [
    ['games', '1,\\d\\d\\d of'],
    ['python', '\\d,\\d\\d\\d of'],
    ['libs', '\\d,\\d\\d\\d of'],
  ] as const) {
    await value.fill('nothing of that name');
    await page.getByText('Nothing matches the filter').waitFor();
    const input = (): Promise<void> => value.fill(section);
    times.push(await until(page, input, { ...count, pattern: found }));
  }
  line('filter 21,296 packages, count exact', 50, figures(times));
  await scrolled();
  const bytes = await page.evaluate(
    () => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
  );
  console.log(`\nHeap of the page with everything open: ${(bytes / 2 ** 20).toFixed(0)} MiB`);
}

async function sorted(): Promise<void> {
  const head = page.getByRole('columnheader', { name: /Installed size/ });
  const button = head.getByRole('button').first();
  const press = (): Promise<void> => button.click();
  line('sort 21,296 packages', 50, await timed(page, 9, press));
}

/** Frames while the table is scrolled by a screen each. */
async function scrolled(): Promise<void> {
  const times = await frames(page);
  line('a frame while the table is scrolled', 17, figures(times));
}

function frames(of: Page): Promise<readonly number[]> {
  return of.evaluate(
    () =>
      new Promise<readonly number[]>((resolve) => {
        const scroller = document.querySelector('[data-testid=grid-scroll]');
        const found: number[] = [];
        let last = performance.now();
        const step = (now: number): void => {
          found.push(now - last);
          last = now;
          scroller?.scrollBy(0, 800);
          if (found.length > 120) resolve(found.slice(1));
          else requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
  );
}
