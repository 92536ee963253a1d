// What was changed before the page was loaded again is taken back after it: a text, a property, places.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile } from './browser-people.ts';

const PATIENCE = { timeout: 20_000 };
const LOADED_MS = 180_000;

const stage = stageOfFile();

const LANES = ['todo', 'doing', 'done'] as const;

/** Titles of the tasks of each lane of the board, in their order. */
async function board(page: Page): Promise<readonly (readonly string[])[]> {
  const titlesIn = (lane: string): Promise<string[]> =>
    page.locator(`[data-testid="lane-${lane}"] [data-testid="task"] .title`).allInnerTexts();
  return Promise.all(LANES.map(titlesIn));
}

/** Loads the page anew at once, whatever it is about to do, and waits until undo is there again. */
async function reload(page: Page): Promise<void> {
  await page.reload();
  await page.getByTestId('undo').waitFor();
}

/**
 * Changes what is seen and loads the page anew at once. A page may go before its store has the change, which is not
 * there then: it is made again. What was seen before the change and after it.
 */
async function kept<T>(
  page: Page,
  seen: () => Promise<T>,
  change: () => Promise<void>,
): Promise<readonly [before: T, after: T]> {
  const before = await seen();
  for (;;) {
    await change();
    await expect.poll(seen, PATIENCE).not.toEqual(before);
    const after = await seen();
    await reload(page);
    await expect.poll(seen, PATIENCE).toSatisfy((now: T) => isOneOf(now, [before, after]));
    if (isOneOf(await seen(), [after])) return [before, after];
  }
}

function isOneOf(one: unknown, all: readonly unknown[]): boolean {
  return all.some((each) => JSON.stringify(each) === JSON.stringify(one));
}

async function press(page: Page, button: 'undo' | 'redo'): Promise<void> {
  await expect.poll(() => page.getByTestId(button).isEnabled(), PATIENCE).toBe(true);
  await page.getByTestId(button).click();
}

test(
  'a text, a property and places on the board are taken back after a reload',
  async () => {
    const ada = await stage.window(`${stage.world.url}/?profile=undo`);
    const { page } = ada;
    await ada.startNew('Ada');
    for (const title of ['Passports', 'Rooms', 'Cars']) await ada.addTask(title);
    const here = page.url().split('/tasks')[0] ?? '';
    const row = (title: string): ReturnType<Page['locator']> =>
      page.getByTestId('task').filter({ hasText: title }).first();
    const text = (): Promise<string> => ada.noteText();

    // A text: of what is kept of it, all is taken back, also if the last key is not among it.
    await ada.openNote();
    const before = await text();
    let written = before;
    while (written === before) {
      await ada.typeAtEnd(' Do not forget the tickets.');
      await expect.poll(text, PATIENCE).toContain('tickets.');
      const typed = await text();
      await reload(page);
      await expect.poll(text, PATIENCE).toContain(before);
      written = await text();
      expect(typed.startsWith(written)).toBe(true);
    }
    await kept(page, text, () => press(page, 'undo'));
    expect(await text()).toBe(before);
    // And brought back, over one more reload.
    await kept(page, text, () => press(page, 'redo'));
    expect(await text()).toBe(written);

    // A property.
    await page.goto(`${here}/tasks/board`);
    await row('Passports').waitFor();
    const lanes = (): ReturnType<typeof board> => board(page);
    const [named] = await kept(page, lanes, async () => {
      await row('Passports').focus();
      await page.keyboard.press('F2');
      await page.keyboard.press('Control+A');
      await page.keyboard.type('Visas');
      await page.keyboard.press('Enter');
      await row('Visas').waitFor();
    });
    await press(page, 'undo');
    await expect.poll(lanes, PATIENCE).toEqual(named);

    // A place in a lane, and a lane.
    const [top = ''] = named[0] ?? [];
    const [first] = await kept(page, lanes, async () => {
      await row(top).focus();
      await page.keyboard.press('Alt+ArrowDown');
    });
    const [moved] = await kept(page, lanes, async () => {
      await row(top).focus();
      await page.keyboard.press('Alt+ArrowRight');
    });
    expect((await lanes())[1]).toEqual([top]);
    const [, back] = await kept(page, lanes, () => press(page, 'undo'));
    expect(back).toEqual(moved);
    await press(page, 'undo');
    await expect.poll(lanes, PATIENCE).toEqual(first);
    expect(ada.complaints).toEqual([]);
  },
  LOADED_MS,
);
