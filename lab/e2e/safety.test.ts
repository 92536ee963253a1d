// What people are told where something may be lost: two answers that were given at once, and a browser that
// has cleared what was kept in it.
import { expect, test } from 'vitest';
import { stageOfFile, together } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 20_000 };
/** Several screens, each examined in every look. */
const EXAMINED_MS = 180_000;

const stage = stageOfFile();

test(
  'of two titles that were given at once both are shown, and one is chosen for everybody',
  async () => {
    const [ada, jun] = await together(stage, 'Jun');
    await ada.addTask('Ferry');
    await jun.goTo('tasks');
    await jun.seesTask('Ferry');

    for (const person of [ada, jun]) await person.turnOffline();
    for (const [person, title] of [
      [ada, 'Early ferry'],
      [jun, 'Late ferry'],
    ] as const) {
      await person.page.getByTestId('task').filter({ hasText: 'Ferry' }).first().click();
      await person.page.getByTestId('panel-title').fill(title);
      await person.page.keyboard.press('Enter');
    }
    for (const person of [ada, jun]) await person.turnOffline();

    const { page } = ada;
    await page.getByTestId('answers').click();
    const dialog = page.getByRole('dialog', { name: /Several answers/ });
    await dialog.getByText('Early ferry').waitFor();
    await dialog.getByText('Late ferry').waitFor();
    expect(await faultsOf(page), 'two answers').toEqual([]);
    await dialog
      .getByRole('listitem')
      .filter({ hasText: 'Late ferry' })
      .getByRole('button', { name: 'Keep this' })
      .click();
    await expect.poll(() => jun.page.getByTestId('answers').count(), PATIENCE).toBe(0);
    for (const person of [ada, jun]) {
      await expect
        .poll(() => person.page.getByTestId('panel-title').inputValue(), PATIENCE)
        .toBe('Late ferry');
    }
    expect(ada.complaints).toEqual([]);
    expect(jun.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'who comes back to a browser that has cleared everything is told so, and what to do',
  async () => {
    const ada = await stage.window(`${stage.world.url}/?profile=cleared`);
    await ada.startNew('Ada');
    const { page } = ada;
    // Of a page that is not the application nothing holds the databases open.
    await page.goto(`${stage.world.url}/icon.svg`);
    await page.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) {
        if (name !== undefined) indexedDB.deleteDatabase(name);
      }
    });
    await page.goto(`${stage.world.url}/?profile=cleared`);
    await page.getByText('This browser has lost what Ada kept in it.').waitFor();
    expect(await faultsOf(page), 'cleared').toEqual([]);
    await page.getByRole('button', { name: /I have an invitation/ }).waitFor();
  },
  EXAMINED_MS,
);

test(
  'a space that is damaged on this device is said to be, and keeps nobody from the others',
  async () => {
    const ada = await stage.window(`${stage.world.url}/?profile=damaged`);
    await ada.startNew('Ada');
    await ada.addTask('Pack');
    const { page } = ada;
    const broken = /spaces?\/([0-9a-f]{64})/u.exec(page.url())?.[1] ?? '';
    await page.goto(`${stage.world.url}/icon.svg`);
    await page.evaluate(async (space) => {
      const opening = indexedDB.open('atoll-store/damaged');
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error ?? new Error('no database'));
      });
      const transaction = database.transaction('bodies', 'readwrite');
      transaction.objectStore('bodies').delete(IDBKeyRange.bound([space, 0], [space, Infinity]));
      await new Promise((resolve) => (transaction.oncomplete = resolve));
      database.close();
    }, broken);
    await page.goto(`${stage.world.url}/?profile=damaged`);
    await page.getByTestId('nav-space').first().click();
    await page.getByText('could not be opened on this device').waitFor();
    await page.getByText('STORE_CORRUPT').waitFor();
    expect(await faultsOf(page), 'damaged').toEqual([]);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('could not be opened on this device').waitFor();
  },
  EXAMINED_MS,
);
