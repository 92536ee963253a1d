// Named versions and branches: a space is seen as it was, compared and brought back; something is tried in a
// branch and merged, with what both sides changed asked and chosen.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile, type WindowPerson } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 20_000 };
/** Several screens, each examined in every look. */
const EXAMINED_MS = 240_000;

const stage = stageOfFile();

/** Gives a task another title in its panel. */
async function rename({ page }: WindowPerson, from: string, to: string): Promise<void> {
  await page.getByTestId('task').filter({ hasText: from }).first().click();
  await page.getByTestId('panel-title').fill(to);
  await page.keyboard.press('Enter');
  await page.getByTestId('task').filter({ hasText: to }).first().waitFor();
  await page.getByTestId('panel').getByRole('button', { name: 'Close' }).click();
}

function titles(page: Page): Promise<string[]> {
  return page.getByTestId('task').allInnerTexts();
}

test(
  'a version is named, seen as it was, compared with now and brought back; undo takes that back',
  async () => {
    const ada = await stage.window();
    const { page } = ada;
    await ada.startNew('Ada');
    await ada.addTask('Renew passports');
    await page.getByTestId('nav-versions').click();
    await page.getByText('No versions yet.').waitFor();
    await page.getByRole('button', { name: 'Name this version' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Name this version' }).click();
    await dialog.getByText('Give it a name.').waitFor();
    await dialog.getByLabel('Name of the version').fill('First plan');
    await page.keyboard.press('Enter');
    await page.getByTestId('version').filter({ hasText: 'First plan' }).waitFor();

    await ada.goTo('tasks');
    await rename(ada, 'Renew passports', 'Renew both passports');
    await ada.addTask('Book a ferry');

    // As it was: every view, and nothing that changes anything.
    await page.getByTestId('nav-versions').click();
    expect(await faultsOf(page), 'versions').toEqual([]);
    await page.getByRole('link', { name: /See as it was: First plan/ }).click();
    await page.getByTestId('past-notice').waitFor();
    await expect.poll(() => titles(page), PATIENCE).toEqual(['Renew passports']);
    expect(await page.getByRole('textbox', { name: 'New task' }).count()).toBe(0);
    expect(await faultsOf(page), 'as it was').toEqual([]);
    await page.getByTestId('task').first().click();
    await page.getByTestId('panel').waitFor();
    expect(await page.getByTestId('object-history').count()).toBe(0);
    await page.keyboard.press('Escape');
    await ada.goTo('notes');
    await page.getByTestId('note').first().click();
    await page.getByTestId('note-text').waitFor();
    expect(await page.getByTestId('note-text').getAttribute('contenteditable')).toBe('false');
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByTestId('past-notice').waitFor({ state: 'detached' });

    await page.getByTestId('nav-versions').click();
    await page.getByRole('button', { name: 'More for First plan' }).click();
    await page.getByRole('menuitem', { name: 'Changed since' }).click();
    await page.getByTestId('change').nth(1).waitFor();
    expect(await page.getByTestId('changes').innerText()).toContain('Renew both passports');
    expect(await faultsOf(page), 'changed since').toEqual([]);
    await page.getByRole('button', { name: 'Bring this back' }).click();
    await page.getByText('Nothing is different.').waitFor();
    await ada.goTo('tasks');
    await expect.poll(() => titles(page), PATIENCE).toEqual(['Renew passports']);
    await page.getByTestId('undo').click();
    await expect.poll(async () => (await titles(page)).length, PATIENCE).toBe(2);

    // A moment before everything: what was not there yet is not shown, and it is no failure.
    await page.getByTestId('nav-versions').click();
    await page.getByLabel('Another moment').fill('2020-01-01T12:00');
    await page.getByRole('button', { name: 'Look' }).click();
    await page.getByText('No tasks yet').waitFor();
    await page.goto(page.url().replace(/was=.*$/u, 'was=v%3ANobody'));
    await page.getByText('This state cannot be shown.').waitFor();
    expect(ada.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'something is tried in a branch, compared, decided and merged; undo opens the branch again',
  async () => {
    const ada = await stage.window();
    const { page } = ada;
    await ada.startNew('Ada');
    for (const title of ['Hull', 'Mast']) await ada.addTask(title);
    await page.getByTestId('nav-versions').click();
    await page.getByRole('button', { name: 'Try something' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of the branch').fill('Boat, blue');
    await dialog.getByRole('button', { name: 'Make the branch' }).click();
    await page.getByTestId('branch-notice').waitFor();
    await page.getByText('You are in a branch of Ada’s space.').waitFor();
    await expect.poll(() => titles(page), PATIENCE).toEqual(['Hull', 'Mast']);
    await rename(ada, 'Hull', 'Blue hull');
    await rename(ada, 'Mast', 'Blue mast');
    await ada.addTask('Blue paint');

    // Meanwhile, where it came from.
    const space = page.getByTestId('nav-space');
    await space.filter({ hasText: 'Ada’s space' }).click();
    await expect.poll(() => titles(page), PATIENCE).toEqual(['Hull', 'Mast']);
    await rename(ada, 'Hull', 'Steel hull');

    await space.filter({ hasText: 'Boat, blue' }).click();
    await page.getByRole('link', { name: 'Compare and merge' }).click();
    await page.getByTestId('conflict').waitFor();
    await page.getByTestId('change').nth(2).waitFor();
    await page.getByText('1 thing is still to be decided.').waitFor();
    await page.getByText('What has changed in Ada’s space since').click();
    await page.getByTestId('change').nth(3).waitFor();
    expect(await faultsOf(page), 'compare and merge').toEqual([]);
    const merge = page.getByRole('button', { name: 'Merge into Ada’s space' });
    expect(await merge.getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('radio', { name: 'From Ada’s space' }).click();
    await merge.click();
    await page.getByTestId('toast').filter({ hasText: 'Merged' }).waitFor();
    await expect
      .poll(() => titles(page), PATIENCE)
      .toEqual(['Steel hull', 'Blue mast', 'Blue paint']);
    await expect.poll(() => space.filter({ hasText: 'Boat, blue' }).count(), PATIENCE).toBe(0);
    await page.getByTestId('nav-versions').click();
    const aside = page.getByTestId('branch-aside').filter({ hasText: 'Boat, blue' });
    await aside.getByText(/Merged/).waitFor();
    expect(await faultsOf(page), 'merged').toEqual([]);

    await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
    await space.filter({ hasText: 'Boat, blue' }).waitFor();
    await ada.goTo('tasks');
    await expect.poll(() => titles(page), PATIENCE).toEqual(['Steel hull', 'Mast']);

    await page.getByTestId('nav-versions').click();
    await page.getByRole('button', { name: 'Throw away: Boat, blue' }).click();
    await expect.poll(() => space.filter({ hasText: 'Boat, blue' }).count(), PATIENCE).toBe(0);
    await page.getByRole('button', { name: 'Take out again: Boat, blue' }).click();
    await space.filter({ hasText: 'Boat, blue' }).waitFor();

    // One note alone: what else is in the space stays out of the branch.
    await ada.openNote();
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').waitFor();
    await page.keyboard.type('try something');
    await page.getByRole('option', { name: /Try something in a branch/ }).click();
    await page.getByRole('radio', { name: /Only/ }).click();
    await page.getByRole('button', { name: 'Make the branch' }).click();
    await page.getByTestId('branch-notice').waitFor();
    await page.getByTestId('note').first().waitFor();
    await ada.goTo('tasks');
    await page.getByText('No tasks yet').waitFor();
    expect(ada.complaints).toEqual([]);
  },
  EXAMINED_MS,
);
