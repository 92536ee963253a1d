// Leaving a space: said what goes and what stays, gone from this device with everything of it, kept by the others;
// a branch that was thrown away goes for good.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 20_000 };
/** Dialogs are examined in every look. */
const EXAMINED_MS = 240_000;

const stage = stageOfFile();

/** Id of the space where a page is. */
function spaceOf(page: Page): string {
  return /#\/space\/([0-9a-f]{64})/u.exec(page.url())?.[1] ?? '';
}

/** What the databases of a page still hold of a space: names of values, logs, pieces of files. */
function tracesOf(page: Page, space: string): Promise<string[]> {
  return page.evaluate(async (id) => {
    const found: string[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const asked = indexedDB.open(name ?? '');
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error ?? new RangeError('not opened'));
      });
      for (const store of database.objectStoreNames) {
        const keys = await new Promise<IDBValidKey[]>((resolve, reject) => {
          const asked = database.transaction(store).objectStore(store).getAllKeys();
          asked.onsuccess = () => resolve(asked.result);
          asked.onerror = () => reject(asked.error ?? new RangeError('not read'));
        });
        for (const key of keys) {
          const text = [key].flat().map(String).join('/');
          if (text.includes(id.slice(0, 32))) found.push(`${name ?? ''} ${store} ${text}`);
        }
      }
      database.close();
    }
    return found;
  }, space);
}

/** Keys of feeds stay in the keystore, a note and the last position in the store. */
function isLeft(trace: string): boolean {
  return !/atoll-keys|values left\/|profile past\//u.test(trace);
}

test(
  'who leaves a space has nothing of it any more, and the others keep it',
  async () => {
    const ada = await stage.window();
    await ada.startNew('Ada');
    await ada.addTask('Book a ferry');
    const invitation = await ada.invite();
    const jun = await stage.window(invitation.link);
    await jun.joinByLink('Jun', invitation.digits);
    await jun.seesTask('Book a ferry');
    await ada.closeDialog();
    await jun.addTask('Pack the tent');
    await ada.seesTask('Pack the tent');
    const space = spaceOf(jun.page);
    expect((await tracesOf(jun.page, space)).filter(isLeft).length).toBeGreaterThan(3);

    // Offline nobody knows what the others have: it is refused, and asked again what may be lost.
    const offline = async (): Promise<void> => {
      await jun.page.getByTestId('connection').click();
      await jun.page.getByTestId('work-offline').click();
      await jun.page.keyboard.press('Escape');
    };
    const askToLeave = async (): Promise<void> => {
      await jun.page.getByTestId('space-menu').click();
      await jun.page.getByRole('menuitem', { name: 'Leave this space' }).click();
    };
    const dialog = jun.page.getByTestId('leave-space');
    await offline();
    await jun.addTask('Only here');
    await askToLeave();
    await dialog.getByRole('button', { name: 'Leave', exact: true }).click();
    await dialog.getByText('Others may not have everything yet.').waitFor();
    await dialog.getByRole('button', { name: 'Leave and lose it' }).waitFor();
    expect(await faultsOf(jun.page), 'unsent').toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await jun.seesTask('Only here');
    await offline();
    await ada.seesTask('Only here');

    await askToLeave();
    await dialog.getByText('Ada keeps everything').waitFor();
    expect(await faultsOf(jun.page), 'leave').toEqual([]);
    await dialog.getByRole('button', { name: 'Leave', exact: true }).click();
    await jun.page.getByTestId('toast').getByText('You left').waitFor();
    await expect.poll(() => jun.page.getByTestId('nav-space').count(), PATIENCE).toBe(0);
    await jun.page.reload();
    await jun.page.getByText('Nothing here yet').waitFor();
    await expect
      .poll(async () => (await tracesOf(jun.page, space)).filter(isLeft), PATIENCE)
      .toEqual([]);

    await ada.addTask('Stay at home');
    await ada.seesTask('Pack the tent');
    await ada.goTo('members');
    await expect.poll(() => ada.page.getByTestId('member').count(), PATIENCE).toBe(2);

    // Nobody was told: whoever has left comes back without being let in again.
    await jun.page.getByText('You left 1 space').click();
    const row = jun.page.getByTestId('left-space');
    await row.waitFor();
    expect(await faultsOf(jun.page), 'left spaces').toEqual([]);
    await row.getByRole('button', { name: /^Bring back/ }).click();
    await jun.page.getByTestId('toast').getByText('is back').waitFor();
    await row.waitFor({ state: 'detached' });
    await jun.page.getByTestId('nav-space').first().click();
    await jun.seesTask('Stay at home');
    await jun.addTask('Here again');
    await ada.goTo('tasks');
    await ada.seesTask('Here again');
    expect([...ada.complaints, ...jun.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'a branch that was thrown away is deleted for good, and so is a space in which nobody else is',
  async () => {
    const ada = await stage.window(`${stage.world.url}/?profile=alone`);
    const { page } = ada;
    await ada.startNew('Ada');
    await ada.addTask('Renew passports');
    await page.getByTestId('nav-versions').click();
    await page.getByRole('button', { name: 'Try something' }).click();
    await page.getByRole('button', { name: 'Make the branch' }).click();
    await page.getByTestId('branch-notice').waitFor();
    const branch = spaceOf(page);
    await page.goBack();
    await page.getByTestId('branch').waitFor();
    await page.getByRole('button', { name: /^Throw away/ }).click();
    await page.getByTestId('branch-aside').waitFor();
    await page.getByRole('button', { name: /^Delete for good/ }).click();
    const dialog = page.getByTestId('leave-space');
    await dialog.getByText('Nobody else is in it.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByTestId('branch-aside').waitFor();
    await page.getByRole('button', { name: /^Delete for good/ }).click();
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByTestId('branch-aside').waitFor({ state: 'detached' });
    await expect
      .poll(async () => (await tracesOf(page, branch)).filter(isLeft), PATIENCE)
      .toEqual([]);
    await ada.goTo('tasks');
    await ada.seesTask('Renew passports');

    await page.getByTestId('space-menu').click();
    await page.getByRole('menuitem', { name: 'Leave this space' }).click();
    await dialog.waitFor();
    await page.getByRole('menu').waitFor({ state: 'detached' });
    expect(await faultsOf(page), 'for good').toEqual([]);
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('Nothing here yet').waitFor();
    await page.reload();
    await page.getByText('Nothing here yet').waitFor();
    expect(ada.complaints).toEqual([]);
  },
  EXAMINED_MS,
);
