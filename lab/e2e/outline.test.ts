// Notes below notes: by keys, by menu and by drag, seen by another window, taken back by undo.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile, together } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 20_000 };
/** Several screens, each examined in every look. */
const EXAMINED_MS = 180_000;

const stage = stageOfFile();

/** The outline as lines, each set in by its depth. */
async function outline(page: Page): Promise<string[]> {
  const rows = page.locator('.note-item');
  return rows.evaluateAll((items) =>
    items.map((item) => {
      const depth = Number((item as HTMLElement).dataset['depth']);
      return `${'-'.repeat(depth)}${item.querySelector('.strong')?.textContent ?? ''}`;
    }),
  );
}

test(
  'notes are put below each other and in an order, and everybody sees it so',
  async () => {
    const [ada, jun] = await together(stage, 'Jun');

    const { page } = ada;
    for (const title of ['Packing', 'Ferry', 'Trip']) {
      await ada.goTo('notes');
      await page.getByRole('button', { name: 'New note' }).click();
      await page.getByTestId('note-title').fill(title);
    }
    await ada.goTo('notes');
    await jun.goTo('notes');
    await expect
      .poll(() => outline(page), PATIENCE)
      .toEqual(['Trip', 'Ferry', 'Packing', 'Start here']);

    // By keys: in, and up.
    const row = (title: string): ReturnType<Page['locator']> =>
      page.getByTestId('note').filter({ hasText: title });
    await row('Ferry').focus();
    await page.keyboard.press('Alt+ArrowRight');
    await row('Packing').focus();
    await page.keyboard.press('Alt+ArrowRight');
    await page.keyboard.press('Alt+ArrowUp');
    const wanted = ['Trip', '-Packing', '-Ferry', 'Start here'];
    await expect.poll(() => outline(page), PATIENCE).toEqual(wanted);
    expect(await page.getByRole('status').first().innerText()).toBe(
      'Packing: below Trip, place 1 of 2',
    );
    await expect.poll(() => outline(jun.page), PATIENCE).toEqual(wanted);
    expect(await faultsOf(page), 'outline').toEqual([]);

    // By menu: a note below another one.
    await page.getByRole('button', { name: 'More for Ferry' }).click();
    await page.getByRole('menuitem', { name: 'New note below' }).click();
    await page.getByTestId('note-title').fill('Times');
    await ada.goTo('notes');
    await expect
      .poll(() => outline(jun.page), PATIENCE)
      .toEqual(['Trip', '-Packing', '-Ferry', '--Times', 'Start here']);

    // By drag: onto the middle of a row is below it; nothing goes below itself.
    await row('Trip').dragTo(row('Times'));
    expect((await outline(page))[0]).toBe('Trip');
    await row('Times').dragTo(row('Start here'));
    await expect
      .poll(() => outline(page), PATIENCE)
      .toEqual(['Trip', '-Packing', '-Ferry', 'Start here', '-Times']);
    await page.getByTestId('undo').click();
    await expect
      .poll(() => outline(jun.page), PATIENCE)
      .toEqual(['Trip', '-Packing', '-Ferry', '--Times', 'Start here']);
    expect(ada.complaints).toEqual([]);
    expect(jun.complaints).toEqual([]);
  },
  EXAMINED_MS,
);
