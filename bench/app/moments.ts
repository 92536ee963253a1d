/** What people do in the application, over and over, each measured from the input to the frame that shows it. */
import type { Page } from 'playwright-core';
import { PASSPHRASE, TASKS, type Host } from './spaces.ts';
import { Busy, figures, longestTask, timed, until, type Times } from './stopwatch.ts';

/** Inputs of each kind: enough for a 95th percentile, few enough to end soon. */
const TURNS = 40;
const STARTS = 5;
/** Longer than what follows by itself when a space has come. */
const SETTLED_MS = 6_000;
const MIB = 2 ** 20;

/** A page to measure, and where the table of results grows. */
export interface Stage {
  readonly page: Page;
  readonly host: Host;
  readonly url: string;
  /** One kind of input: what it took, and what it may take. */
  line(what: string, budgetMs: number | undefined, times: Times): void;
  /** One figure of another kind. */
  figure(what: string, value: string, budget: string): void;
}

/** What browser and machine take by themselves. */
export async function bareField({ page, line }: Stage): Promise<void> {
  await page.goto('data:text/html,<input id=field>');
  await page.locator('#field').focus();
  const times = await timed(page, TURNS, () => page.keyboard.press('a'));
  line('a key in a bare field', undefined, times);
}

/** Comes into the space with the tasks and the note. */
export async function join({ page, host }: Stage): Promise<void> {
  const { digits, url } = await host.invite();
  await page.goto(url);
  await page.getByLabel('Your name').fill('Jun');
  await page.keyboard.press('Enter');
  await page.getByTestId('six-digits').fill(digits);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page
    .getByTestId('nav-tasks')
    .filter({ hasText: TASKS.toLocaleString('en') })
    .waitFor();
  await page.getByTestId('receiving').waitFor({ state: 'detached' });
  // Snapshots are made by themselves, and are what the next start reads.
  await page.waitForTimeout(SETTLED_MS);
}

/** From nothing to the first row. */
export async function coldStart({ page, url, line }: Stage): Promise<void> {
  const times: number[] = [];
  let cpu = 0;
  for (let turn = 0; turn < STARTS; turn++) {
    await page.goto('about:blank');
    const busy = await Busy.of(page);
    await page.goto(`${url}/#/home`, { waitUntil: 'commit' });
    await page.getByTestId('task').first().waitFor();
    times.push(await page.evaluate(() => performance.now()));
    cpu += (await busy.end()) / STARTS;
  }
  line('cold start with 10,000 things to the first row', 400, { ...figures(times), cpu });
}

/** The list of tasks. */
export async function tasks(stage: Stage): Promise<void> {
  const { page, line } = stage;
  await page.getByTestId('task').first().focus();
  line('tick a task', 16, await timed(page, TURNS, () => page.keyboard.press('Space')));
  const eitherKey = (even: string, odd: string, turns = TURNS): Promise<Times> =>
    timed(page, turns, (turn) => page.keyboard.press(turn % 2 === 0 ? even : odd));
  line('walk in the list', 16, await eitherKey('ArrowDown', 'ArrowUp'));
  line('move a task', 16, await eitherKey('Alt+ArrowDown', 'Alt+ArrowUp'));
  line('open and close the panel', 50, await eitherKey('Enter', 'Control+.'));
  line('undo, redo', 16, await eitherKey('Control+z', 'Control+Shift+z'));
  line('next view (list, board, table)', 50, await timed(page, 12, () => page.keyboard.press('v')));
}

/** The palette, which finds things by words. */
export async function palette(stage: Stage): Promise<void> {
  const { page, line } = stage;
  const open = (turn: number): Promise<void> =>
    page.keyboard.press(turn % 2 === 0 ? 'Control+k' : 'Escape');
  line('open and close the palette', 30, await timed(page, 20, open));
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette').waitFor();
  const letters = 'task 77 of the boat'.split('');
  const type = (turn: number): Promise<void> => page.keyboard.press(letters[turn] ?? 'a');
  line('a key in the palette, 10,000 things', 16, await timed(page, letters.length, type));
  await longest(stage);
  await page.keyboard.press('Escape');
}

/** All tasks as a table: a filter as one types it, and scrolling. */
export async function taskTable(stage: Stage): Promise<void> {
  const { page, line } = stage;
  await page.getByTestId('nav-tasks').first().click();
  await page.getByRole('radio', { name: 'Table' }).click();
  await counted(page, '10,0\\d\\d tasks');
  const value = await filterBy(page, 'Title');
  await value.focus();
  const letters = 'task 77'.split('');
  const type = (turn: number): Promise<void> => page.keyboard.press(letters[turn] ?? 'Backspace');
  line('a key in a filter of 10,000 tasks', 16, await timed(page, letters.length * 2, type));
  await longest(stage);
  await page.getByRole('button', { name: /^Remove the filter/ }).click();
  await scrolled(stage);
}

/** A long note. */
export async function note(stage: Stage): Promise<void> {
  const { page, line } = stage;
  await page.getByTestId('nav-notes').first().click();
  await page.getByTestId('note').filter({ hasText: 'Long note' }).click();
  await page.getByTestId('note-text').click();
  const type = (): Promise<void> => page.keyboard.press('a');
  line('a key in a note of 50,000 characters', 16, await timed(page, TURNS, type));
  await longest(stage);
}

/** Opens the space of packages from its file. */
export async function openPackages({ page, host, url }: Stage): Promise<void> {
  await page.goto(`${url}/#/settings?over=open-file`);
  const file = { name: 'Packages.atoll', mimeType: '', buffer: host.packages };
  await page.getByTestId('pick-space-file').setInputFiles(file);
  await page.getByLabel('Passphrase of the file').fill(PASSPHRASE);
  await page.keyboard.press('Enter');
  await page.getByTestId('toast').filter({ hasText: 'Opened' }).waitFor();
  await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor();
  await page.waitForTimeout(SETTLED_MS);
}

/** The table of packages. */
export async function packages(stage: Stage): Promise<void> {
  const { page, line } = stage;
  await page.getByTestId('nav-table').filter({ hasText: 'Packages' }).click();
  await counted(page, '21,296 packages');
  const head = page.getByRole('columnheader', { name: /Installed size/ });
  const press = (): Promise<void> => head.getByRole('button').first().click();
  line('sort 21,296 packages', 50, await timed(page, 9, press));
  await longest(stage);
  const value = await filterBy(page, 'Section');
  const times: number[] = [];
  for (const [section, found] of [
    ['games', '^366 of'],
    ['python', '^1,519 of'],
    ['libs', '^2,307 of'],
  ] as const) {
    await value.fill('nothing of that name');
    await page.getByText('Nothing matches the filter').waitFor();
    const count = { selector: '[data-testid=count]', pattern: found };
    times.push(await until(page, () => value.fill(section), count));
  }
  line('filter 21,296 packages, count exact', 50, figures(times));
  await page.getByRole('button', { name: /^Remove the filter/ }).click();
  await counted(page, '21,296 packages');
  await scrolled(stage);
}

/** What the page holds when its garbage is gone. */
export async function heap({ page, figure }: Stage): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  figure('heap of the page', `${(usedSize / MIB).toFixed(0)} MiB`, '');
}

async function longest({ page, figure }: Stage): Promise<void> {
  figure('  longest task meanwhile', (await longestTask(page)).toFixed(0), '50 ms');
}

async function counted(page: Page, pattern: string): Promise<void> {
  await page
    .getByTestId('count')
    .filter({ hasText: new RegExp(pattern, 'u') })
    .waitFor();
}

async function filterBy(page: Page, field: string): Promise<ReturnType<Page['getByRole']>> {
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: field }).click();
  return page.getByRole('textbox', { name: new RegExp(field, 'u') });
}

/** Frames while a table is scrolled by a screen in each. */
async function scrolled(stage: Stage): Promise<void> {
  const { page, line } = stage;
  const times = await page.evaluate(
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
  line('a frame while that table is scrolled', 17, figures(times));
}
