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

/**
 * Loads the page anew once it has nothing to do any more, and waits until undo is there again. Of a letter that is
 * typed in the very moment of loading, what undo needs may not be stored yet.
 */
async function reload(page: Page): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await page.evaluate(() => new Promise((idle) => requestIdleCallback(() => idle(undefined))));
  }
  await page.reload();
  await page.getByTestId('undo').waitFor();
}

async function undo(page: Page): Promise<void> {
  await expect.poll(() => page.getByTestId('undo').isEnabled(), PATIENCE).toBe(true);
  await page.getByTestId('undo').click();
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
      page.getByTestId('task').filter({ hasText: title });

    // A text.
    await ada.openNote();
    const before = await ada.noteText();
    await ada.typeAtEnd(' Do not forget the tickets.');
    await expect.poll(() => ada.noteText(), PATIENCE).toContain('tickets.');
    const written = await ada.noteText();
    await reload(page);
    await expect.poll(() => ada.noteText(), PATIENCE).toBe(written);
    await undo(page);
    await expect.poll(() => ada.noteText(), PATIENCE).toBe(before);
    // And brought back, over one more reload.
    await reload(page);
    await expect.poll(() => page.getByTestId('redo').isEnabled(), PATIENCE).toBe(true);
    await page.getByTestId('redo').click();
    await expect.poll(() => ada.noteText(), PATIENCE).toBe(written);

    // A property.
    await page.goto(`${here}/tasks/board`);
    await row('Passports').first().focus();
    await page.keyboard.press('F2');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Visas');
    await page.keyboard.press('Enter');
    await row('Visas').waitFor();
    await reload(page);
    await row('Visas').waitFor();
    await undo(page);
    await row('Passports').waitFor();
    expect(await row('Visas').count()).toBe(0);

    // A place in a lane, and a lane.
    const first = await board(page);
    const [top = ''] = first[0] ?? [];
    await row(top).focus();
    await page.keyboard.press('Alt+ArrowDown');
    await expect.poll(async () => (await board(page))[0]?.[1], PATIENCE).toBe(top);
    const moved = await board(page);
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(async () => (await board(page))[1], PATIENCE).toEqual([top]);
    const over = await board(page);
    await reload(page);
    await expect.poll(() => board(page), PATIENCE).toEqual(over);
    await undo(page);
    await expect.poll(() => board(page), PATIENCE).toEqual(moved);
    await reload(page);
    await undo(page);
    await expect.poll(() => board(page), PATIENCE).toEqual(first);
    expect(ada.complaints).toEqual([]);
  },
  LOADED_MS,
);
